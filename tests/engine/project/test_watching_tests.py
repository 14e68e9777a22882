"""Which tests watch a function, by what the calls in them run."""

from __future__ import annotations

import ast
import re
from textwrap import dedent

import pytest
from project_trees import Grow

from fixaudit.semantics.project import Project
from fixaudit.semantics.values.reach import MAX_CALLS
from fixaudit.source.source import Source
from fixaudit.source.watching_tests import WatchPattern, watching_calls

_CAPSYS = WatchPattern((b"capsys",), re.compile("capsys"))


def _watched(project: Project, name: str) -> dict[str, list[tuple[str, int]]]:
    """By the functions of a file: which calls of tests run it, and how far away."""
    assert project.root is not None
    path = project.root / name
    source = Source(name, path.read_bytes(), project=project, module=project.module_name(path))
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = [
        *source.nodes(ast.FunctionDef),
        *source.nodes(ast.AsyncFunctionDef),
    ]
    return {
        function.name: [
            (call.place(project), call.calls)
            for call in watching_calls(source, function.body[0], _CAPSYS)
        ]
        for function in functions
    }


_SAY = "def say():\n    pass\n"
_CALLS = {
    "a function": ("def start():\n    say()\n", "app.start()"),
    "a constructor": ("class App:\n    def __init__(self):\n        say()\n", "app.App()"),
    "an inherited constructor": (
        """
        class Base:
            def __init__(self):
                self.load()
            def load(self):
                pass
        class App(Base):
            def load(self):
                say()
        """,
        "app.App()",
    ),
    "super": (
        """
        class Base:
            def load(self):
                say()
        class App(Base):
            def load(self):
                super().load()
        """,
        "app.App().load()",
    ),
    "a function that is handed on": (
        "import threading\ndef start():\n    threading.Thread(target=say)\n",
        "app.start()",
    ),
    "a command that a runner is given": ("", "runner.invoke(app.say)"),
    "a coroutine": ("async def start():\n    await say()\n", "asyncio.run(app.start())"),
    "a block that is entered": (
        """
        class Box:
            def __enter__(self):
                say()
        def start():
            with Box() as box:
                return box
        """,
        "app.start()",
    ),
    "an object that is called": (
        """
        class Step:
            def __call__(self):
                say()
        def start():
            step = Step()
            step()
        """,
        "app.start()",
    ),
}


@pytest.mark.parametrize("name", _CALLS)
def test_calls_are_followed(grow: Grow, name: str) -> None:
    app, call = _CALLS[name]
    test = f"import app\n\n\ndef test(capsys):\n    {call}\n"
    project = grow({"app.py": dedent(app) + _SAY, "tests/test_app.py": test})
    assert [place for place, _ in _watched(project, "app.py")["say"]] == ["tests/test_app.py:5"]


@pytest.mark.parametrize(
    "test",
    [
        "import app\n\n\ndef test():\n    app.start()\n",
        "import app\n\n\ndef test(capsys):\n    app.App\n\n\ndef test_other():\n    app.start()\n",
        "from elsewhere import app\n\n\ndef test(capsys):\n    app.start()\n    app.App().begin()\n",
        "import json\n\n\ndef test(program, capsys):\n    program.start()\n    program.begin()\n",
    ],
)
def test_what_no_watching_test_calls_is_not_watched(grow: Grow, test: str) -> None:
    app = "def start():\n    pass\n\n\nclass App:\n    def begin(self):\n        pass\n"
    project = grow({"app.py": app, "tests/test_app.py": test})
    assert _watched(project, "app.py") == {"start": [], "begin": []}


def test_a_method_of_an_unknown_object_counts_for_the_classes_the_test_imports(grow: Grow) -> None:
    app = (
        "class App:\n    def begin(self):\n        self.step()\n    def step(self):\n        pass\n"
    )
    test = "import app\n\n\ndef test(program, capsys):\n    program.begin()\n"
    project = grow({"app.py": app, "tests/test_app.py": test})
    place = "tests/test_app.py:5"
    assert _watched(project, "app.py") == {"begin": [(place, 0)], "step": [(place, 1)]}


def test_helpers_of_the_test_are_followed(grow: Grow) -> None:
    test = """
        import unittest
        from app import start

        class TestApp(unittest.TestCase):
            def go(self):
                start()

            def test(self, capsys):
                self.go()
        """
    project = grow({"app.py": "def start():\n    pass\n", "tests/test_app.py": test})
    assert _watched(project, "app.py") == {"start": [("tests/test_app.py:10", 1)]}


def test_a_few_calls_deep_and_round_in_circles(grow: Grow) -> None:
    names = [f"step{number}" for number in range(MAX_CALLS + 3)]
    following = [*names[1:], names[0]]
    app = "".join(
        f"def {name}():\n    {then}()\n" for name, then in zip(names, following, strict=True)
    )
    test = "import app\n\n\ndef test(capsys):\n    app.step0()\n"
    found = _watched(grow({"app.py": app, "tests/test_app.py": test}), "app.py")
    depths = [calls for place in found.values() for _, calls in place]
    assert depths == list(range(MAX_CALLS + 1))


def test_a_call_that_is_edited_in_counts(grow: Grow) -> None:
    files = {
        "app.py": "def say():\n    pass\n",
        "helper.py": "import app\n\ndef tell():\n    pass\n",
        "tests/test_app.py": "import helper\n\n\ndef test(capsys):\n    helper.tell()\n",
    }
    project = grow(files)
    assert project.root is not None
    assert _watched(project, "app.py") == {"say": []}
    project.overlay(project.root / "helper.py", "import app\n\ndef tell():\n    app.say()\n")
    assert _watched(project, "app.py") == {"say": [("tests/test_app.py:5", 1)]}
