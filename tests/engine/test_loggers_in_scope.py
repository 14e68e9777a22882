"""The logger that code can use at a line: there, and certain to be set when the line runs."""

from __future__ import annotations

import ast

import pytest

from fixaudit.source import loggers
from fixaudit.source.source import Source


def logger_at_mark(text: str) -> str | None:
    """The expression of the logger in scope where the text calls `mark()`."""
    source = Source("pkg/service.py", text.encode())
    mark = next(
        call
        for call in source.nodes(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id == "mark"
    )
    found = loggers.in_scope(source, mark)
    return found.expression if found else None


def test_an_attribute_set_first_in_init() -> None:
    text = (
        "import logging\n\nclass Pump:\n    def __init__(self):\n        self.valve = 1\n"
        "        self.log = logging.getLogger('pump')\n\n    def stop(self):\n        mark()\n"
    )
    assert logger_at_mark(text.replace("mark()", "self.log.info('x'); mark()")) == "self.log"
    assert logger_at_mark(text) == "self.log"


@pytest.mark.parametrize(
    "inner", ["mark()", "self._deeper()\n\n    def _deeper(self):\n        mark()"]
)
def test_a_method_that_init_runs_before_it_sets_the_attribute(inner: str) -> None:
    text = (
        "import logging\n\nclass Pump:\n    def __init__(self):\n        self._measure()\n"
        "        self.log = logging.getLogger('pump')\n\n"
        f"    def _measure(self):\n        {inner}\n"
    )
    assert logger_at_mark(text) is None


def test_an_attribute_that_only_another_method_sets() -> None:
    text = (
        "import logging\n\nclass Motor:\n    def start(self):\n"
        "        self.log = logging.getLogger('m')\n\n    def stop(self):\n        mark()\n"
    )
    assert logger_at_mark(text) is None


def test_an_attribute_of_the_class_body_is_there_in_init() -> None:
    text = (
        "import logging\n\nclass Fan:\n    log = logging.getLogger('fan')\n\n"
        "    def __init__(self):\n        mark()\n"
    )
    assert logger_at_mark(text) == "self.log"


@pytest.mark.parametrize(
    ("signature", "found"),
    [
        ("log=logging.getLogger('a')", "log"),
        ("queue, *, log=logging.getLogger('a')", "log"),
        ("log: logging.Logger", "log"),
        ("log: logging.Logger | None", None),
        ("log: 'logging.Logger | None' = None", None),
        ("log: typing.Optional[logging.Logger] = None", None),
        ("log=None", None),
        ("log", None),
    ],
)
def test_a_parameter_by_its_annotation_or_default(signature: str, found: str | None) -> None:
    assert logger_at_mark(f"import logging\n\ndef drain({signature}):\n    mark()\n") == found


def test_a_module_logger_that_is_none_until_set_up() -> None:
    text = (
        "import logging\nlogger = None\n\ndef set_up():\n    global logger\n"
        "    logger = logging.getLogger('x')\n\ndef work():\n    mark()\n"
    )
    assert logger_at_mark(text) is None


def test_an_optional_parameter_that_is_filled_first() -> None:
    text = (
        "import logging\n\ndef work(log=None):\n    log = log or logging.getLogger()\n    mark()\n"
    )
    assert logger_at_mark(text) == "log"


def test_a_class_method_has_no_attribute_of_instances() -> None:
    text = (
        "import logging\n\nclass Pump:\n    def __init__(self):\n"
        "        self.log = logging.getLogger('pump')\n\n    @classmethod\n    def make(cls):\n"
        "        mark()\n"
    )
    assert logger_at_mark(text) is None
    body = text.replace("    def __init__(self):\n        self.log", "    log", 1)
    assert logger_at_mark(body) == "cls.log"


@pytest.mark.parametrize(
    "value", ["made()", "made() or logging.getLogger('a')", "logging.getLogger('a') if x else None"]
)
def test_a_logger_that_may_be_none(value: str) -> None:
    text = (
        "import logging\n\ndef made():\n    if x:\n        return None\n"
        f"    return logging.getLogger('a')\n\nlog = {value}\n\ndef run():\n    mark()\n"
    )
    assert logger_at_mark(text) == ("log" if " or " in value else None)


def test_an_attribute_that_is_none_until_another_method_sets_it() -> None:
    text = (
        "import logging\n\nclass Pump:\n    def __init__(self):\n        self.log = None\n\n"
        "    def start(self):\n        self.log = logging.getLogger('pump')\n\n"
        "    def stop(self):\n        mark()\n"
    )
    assert logger_at_mark(text) is None
