"""Which expressions are loggers: by what makes them, by a likeness, and what is known to be none."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit.semantics.project import Project
from fixaudit.source import loggers
from fixaudit.source.source import Source

_FACTORIES = """\
import logging
import structlog
from loguru import logger as loguru_logger
from typing import Annotated, Optional

_default = None

class Adapter(logging.LoggerAdapter):
    def process(self, msg, kwargs):
        return msg, kwargs

class Own(logging.Logger):
    def notice(self, msg): ...

class Short(logging.LoggerAdapter):
    def exception(self, msg, *args, **kwargs): ...

class Journal:
    def exception(self, msg): ...

def several(name, quiet=False):
    log = logging.getLogger(name)
    log.setLevel(10)
    if quiet:
        log.propagate = False
        return log
    handler = logging.StreamHandler()
    log.addHandler(handler)
    return log

def nested(name):
    def make():
        return logging.getLogger(name)
    return make()

def quoted(name) -> "Optional[logging.Logger]": ...
def annotated(name) -> Annotated[logging.Logger, "x"]: ...
def child(name):
    return logging.getLogger("app").getChild(name)
def bound(name):
    return structlog.get_logger(name).bind(app="x")
def guru():
    return loguru_logger.bind(x=1)
def kept():
    global _default
    if _default is None:
        _default = logging.getLogger("d")
    return _default
def adapter(name):
    return Adapter(logging.getLogger(name), {})
def stored(name):
    return stores[name]
def get_logger(name):
    return stores[name]

class Logs:
    log = logging.getLogger("logs")
    @staticmethod
    def static(name):
        found = logging.getLogger(name)
        found.propagate = False
        return found
    @classmethod
    def of_class(cls, name) -> logging.Logger: ...
"""


def source_of(folder: Path, text: str) -> Source:
    """`here.py` in a project with the factories, and its last expression."""
    (folder / "made.py").write_text(_FACTORIES, encoding="utf-8")
    (folder / "words.py").write_text("def start(): ...\n", encoding="utf-8")
    path = folder / "here.py"
    path.write_text(text, encoding="utf-8")
    return Source(
        "here.py", path.read_bytes(), project=Project(folder), module="here", location=path
    )


def asked(folder: Path, made: str) -> tuple[Source, ast.expr]:
    """The use of a name that is bound to the expression `made`."""
    imports = "import logging, flask, transformers, company\nimport made\nfrom made import *\n"
    source = source_of(folder, f"{imports}log = {made}\nlog\n")
    last = source.tree.body[-1]
    assert isinstance(last, ast.Expr)
    return source, last.value


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        ("several('x')", "stdlib"),
        ("made.several('x')", "stdlib"),
        ("nested('x')", "stdlib"),
        ("quoted('x')", "stdlib"),
        ("annotated('x')", "stdlib"),
        ("child('x')", "stdlib"),
        ("bound('x')", "structlog"),
        ("guru()", "loguru"),
        ("kept()", "stdlib"),
        ("adapter('x')", "stdlib"),
        ("Own('x')", "stdlib"),
        ("Logs.static('x')", "stdlib"),
        ("Logs.of_class('x')", "stdlib"),
        ("Logs.log", "stdlib"),
        ("logging.LoggerAdapter(logging.getLogger('x'), {})", "stdlib"),
        ("flask.Flask('x').logger", "stdlib"),
        ("transformers.utils.logging.get_logger('x')", "stdlib"),
        ("made.Short(logging.getLogger('x'), {})", None),
        ("made.Journal()", None),
        ("company.log.get_logger('x')", None),
        ("get_logger('x')", None),
    ],
)
def test_kinds(tmp_path: Path, made: str, kind: str | None) -> None:
    assert loggers.kind_of(*asked(tmp_path, made)) == kind


@pytest.mark.parametrize(
    ("made", "name"),
    [
        ("company.log.get_logger('x')", "company.log.get_logger"),
        ("company.logger", "company.logger"),
        ("company.Logger()", "company.Logger"),
        ("get_logger('x')", "get_logger"),
        ("several('x')", None),
        ("stored('x')", None),
        ("made.Journal()", None),
        ("company.get_journal()", None),
        ("company.blogger", None),
    ],
)
def test_likely(tmp_path: Path, made: str, name: str | None) -> None:
    hint = loggers.likely(*asked(tmp_path, made))
    assert (hint.text if hint else None) == (
        f"`{name}` gives a logger by its name only" if name else None
    )
    assert hint is None or hint.is_hint


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("import words as log\n", True),
        ("from made import several as log\n", True),
        ("from made import Journal as log\n", True),
        ("import made\nlog = made.Journal()\n", True),
        ("from company import logger as log\n", False),
        ("import made\nlog = made.several('x')\n", False),
        ("import made\nlog = made.stored('x')\n", False),
    ],
)
def test_what_is_known_to_be_another_thing(tmp_path: Path, text: str, other: bool) -> None:
    source = source_of(tmp_path, text)
    (binding,) = source.scopes.module.bindings["log"]
    assert loggers.other_than_logger(source, binding) is other


@pytest.mark.parametrize(
    ("parameter", "other"),
    [
        ("log: bool = False", True),
        ("log=True", True),
        ("log='info'", True),
        ("log: str | None = None", True),
        ("log", False),
        ("log=None", False),
    ],
)
def test_parameters(tmp_path: Path, parameter: str, other: bool) -> None:
    source = source_of(tmp_path, f"def notify({parameter}):\n    log\n")
    function = source.tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    (binding,) = source.lookup("log", function.body[0])
    assert loggers.other_than_logger(source, binding) is other
