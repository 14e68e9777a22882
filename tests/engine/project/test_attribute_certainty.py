"""Attributes that generated and written `__init__` methods do, or do not, set for certain."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit.semantics.project import Project
from fixaudit.source.source import Source
from fixaudit.source.static_type import static_type

HEAD = """
import dataclasses
from typing import Any, cast
import attr
from pydantic import BaseModel, Field, PrivateAttr
"""
DATA = "@dataclasses.dataclass\nclass B:\n    _x: int\n"
MODEL = "class B(BaseModel):\n    def __init__(self, **k): pass\n"
HANDS_OVER = """
class A(B):
    def __init__(self):
        if B:
            print()
        super().__init__(1)
"""


def source_of(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "main.py"
    path.write_text(HEAD + text, encoding="utf-8")
    return Source("main.py", path.read_bytes(), project=Project(tmp_path, [path]), module="main")


def doubt_of(source: Source, name: str) -> str | None:
    last = source.tree.body[-1]
    assert isinstance(last, ast.Expr)
    found = static_type(source, last.value)
    assert found is not None
    declared = found.declares(name)[0]
    assert declared is not None
    return declared.doubt


@pytest.mark.parametrize(
    ("body", "doubt"),
    [
        ("class A(BaseModel):\n    _x: int = PrivateAttr()\n", "that `__init__` skips"),
        ("class A(BaseModel):\n    _x: int = PrivateAttr(default=1)\n", None),
        ("class A(BaseModel):\n    _x: int = PrivateAttr(1)\n", None),
        ("@attr.s\nclass A:\n    _x = attr.ib(init=False)\n", "that `__init__` skips"),
        ("@attr.s\nclass A:\n    _x = attr.ib()\n", None),
        ("@dataclasses.dataclass(init=False)\nclass A:\n    _x: int\n", "is not generated"),
        (
            "@dataclasses.dataclass\nclass A:\n    _x: int\n    def __init__(self): pass\n",
            "is not generated",
        ),
        (
            DATA + "class A(B):\n    def __init__(self): pass\n",
            "`A.__init__` may not call",
        ),
        (
            DATA + HANDS_OVER,
            None,
        ),
        (
            MODEL + "class A(B):\n    _x: int = PrivateAttr(1)\n",
            "`B.__init__` may not call",
        ),
    ],
)
def test_fields(tmp_path: Path, body: str, doubt: str | None) -> None:
    found = doubt_of(source_of(tmp_path, body + "A()\n"), "_x")
    assert (found is None) if doubt is None else (found is not None and doubt in found)


def test_a_cast_is_told(tmp_path: Path) -> None:
    source = source_of(tmp_path, "class A: pass\na = cast(A, 1)\nA()\ncast(A, 1)\n")
    facts = [
        static_type(source, item.value)
        for item in source.tree.body[-2:]
        if isinstance(item, ast.Expr)
    ]
    assert [found is not None and found.by_cast for found in facts] == [False, True]


def test_getattr_by_constant_name(tmp_path: Path) -> None:
    text = """
class Part: pass
class Whole:
    def __init__(self, loose):
        self.part = Part()
        if loose:
            self.spare = Part()
whole = Whole(1)
getattr(whole, "part", None)
getattr(whole, "spare", None)
getattr(whole, "no" + "part", None)
"""
    source = source_of(tmp_path, text)
    found = [
        static_type(source, item.value)
        for item in source.tree.body[-3:]
        if isinstance(item, ast.Expr)
    ]
    assert [entry.names if entry else None for entry in found] == ["Part", None, None]
