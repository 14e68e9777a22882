"""Signatures: which keywords and how many arguments a function takes."""

from __future__ import annotations

import ast

import pytest
from project_trees import Grow

from fixaudit.semantics.module_facts import ParameterKind
from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts


def _function(project: Project, name: str) -> FunctionFacts:
    found = project.definition(name)
    assert isinstance(found, FunctionFacts)
    return found


def _call(text: str) -> ast.Call:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call)
    return node


def test_parameters_and_colour(grow: Grow) -> None:
    project = grow({"m.py": """
            async def f(a, /, b, c=1, *args, d, e=None, **kw) -> int:
                def inner():
                    yield 1
                return inner
            def g():
                yield 1
            async def agen():
                yield 1
            """})
    function = _function(project, "m.f")
    assert [(item.name, item.kind, item.has_default) for item in function.parameters] == [
        ("a", ParameterKind.POSITIONAL_ONLY, False),
        ("b", ParameterKind.POSITIONAL, False),
        ("c", ParameterKind.POSITIONAL, True),
        ("args", ParameterKind.VAR_POSITIONAL, False),
        ("d", ParameterKind.KEYWORD_ONLY, False),
        ("e", ParameterKind.KEYWORD_ONLY, True),
        ("kw", ParameterKind.VAR_KEYWORD, False),
    ]
    assert (function.is_async, function.is_generator) == (True, False)
    assert function.returns is not None
    assert _function(project, "m.g").is_generator
    assert _function(project, "m.agen").is_async


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        ("f(1, 2)", {}),
        ("f(1, b=2, c=3)", {}),
        ("f(1)", {"missing": ("b",)}),
        ("f(1, 2, 3, 4)", {"surplus": 1}),
        ("f(1, 2, timeout=3)", {"unexpected": ("timeout",)}),
        ("f(a=1, b=2)", {"unexpected": ("a",), "missing": ("a",)}),
        ("f(1, 2, b=3)", {"twice": ("b",)}),
    ],
)
def test_fit_of_a_call(grow: Grow, call: str, wrong: dict[str, object]) -> None:
    function = _function(grow({"m.py": "def f(a, /, b, c=1): ...\n"}), "m.f")
    fit = function.fit(_call(call), bound=False)
    found = {
        "missing": fit.missing,
        "surplus": fit.surplus,
        "unexpected": fit.unexpected,
        "twice": fit.twice,
    }
    assert {key: value for key, value in found.items() if value} == wrong
    assert fit.certain
    assert fit.fits is not bool(wrong)


def test_spread_arguments_hide_what_is_missing_but_not_what_is_unexpected(grow: Grow) -> None:
    function = _function(grow({"m.py": "def f(a, b): ...\n"}), "m.f")
    fit = function.fit(_call("f(*xs, **kw)"), bound=False)
    assert fit.fits
    assert not fit.certain
    assert function.fit(_call("f(**kw, c=1)"), bound=False).unexpected == ("c",)


def test_methods_are_called_without_their_receiver(grow: Grow) -> None:
    project = grow(
        {
            "m.py": "class C:\n    def f(self, a): ...\n    @staticmethod\n    def g(a): ...\n    @classmethod\n    def h(cls, a): ...\n"
        }
    )
    for name in "fgh":
        assert _function(project, f"m.C.{name}").fit(_call("x(1)"), bound=True).fits
        assert _function(project, f"m.C.{name}").fit(_call("x(1, 2)"), bound=True).surplus == 1


@pytest.mark.parametrize(
    ("decorator", "accepted"),
    [
        ("", False),
        ("@lru_cache(maxsize=1)\n", False),
        ("@functools.cache\n", False),
        ("@contextmanager\n", False),
        ("@retry\n", None),
        ("@app.task(bind=True)\n", None),
        ("@handlers[0]\n", None),
    ],
)
def test_keywords_are_known_unless_a_decorator_may_change_them(
    grow: Grow, decorator: str, accepted: bool | None
) -> None:
    imports = "import functools\nfrom functools import lru_cache\nfrom contextlib import contextmanager\nfrom x import retry, app, handlers\n"
    function = _function(grow({"m.py": f"{imports}{decorator}def f(a): ...\n"}), "m.f")
    assert function.accepts("nope") is accepted


def test_var_keyword_takes_everything(grow: Grow) -> None:
    function = _function(grow({"m.py": "def f(a, /, **kw): ...\n"}), "m.f")
    assert function.accepts("anything") is True
