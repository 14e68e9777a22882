"""Which keywords reach a call, by themselves and through dicts."""

from __future__ import annotations

import ast

import pytest

from fixaudit import Source
from fixaudit.authoring import keywords_of


def keywords(text: str) -> tuple[dict[str, list[str]], str, str]:
    source = Source("app/db.py", text.encode())
    [call] = [node for node in source.nodes(ast.Call) if getattr(node.func, "id", "") == "make"]
    found = keywords_of(source, call)
    given = {name: [ast.unparse(each.value) for each in all_] for name, all_ in found.given.items()}
    unread = ast.unparse(found.unread) if found.unread is not None else ""
    return given, unread, ast.unparse(found.shared) if found.shared is not None else ""


@pytest.mark.parametrize(
    ("text", "given", "unread"),
    [
        ("make(1, a=2)", {"a": ["2"]}, ""),
        ("make(**{'a': 1, **{'b': 2}})", {"a": ["1"], "b": ["2"]}, ""),
        ("o = {'a': 1}\no['b'] = 2\no.update(c=3)\nmake(**o)", {"a": ["1"], "b": ["2"], "c": ["3"]}, ""),
        ("o = dict(a=1)\nif x:\n    o = {'a': 2}\nmake(**o)", {"a": ["1", "2"]}, ""),
        ("def f(o):\n    make(**o)", {}, "o"),
        ("def g():\n    if x:\n        return {'a': 1}\n    return {}\nmake(**g())", {"a": ["1"]}, ""),
        ("make(**settings.options)", {}, "settings.options"),
        ("make(**({'a': 1} if x else {}))", {"a": ["1"]}, ""),
        ("o = {}\no.setdefault('a', 1)\nmake(**o)", {"a": ["1"]}, ""),
        ("o = {}\no[key] = 1\nmake(**o)", {}, "o"),
    ],
)  # fmt: skip
def test_keywords(text: str, given: dict[str, list[str]], unread: str) -> None:
    assert keywords(text)[:2] == (given, unread)


def test_a_dict_that_goes_elsewhere_too_is_shared() -> None:
    assert keywords("o = {'a': 1}\nmake(**o)\nreport(o)")[2] == "o"
    assert keywords("o = {'a': 1}\nmake(**o)\nprint(o['a'])")[2] == ""
