"""No code that nothing calls: what vulture finds in the three packages stands in a list, with why.

Tests do not count as callers. A codemod's class is found because it is there.
"""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path

from checkout import ROOT, house
from house_files import ROOTS
from vulture.core import Item, Vulture

CONFIDENCE = 60  # percent; vulture's least, at which it reports functions, classes and attributes
ALLOWED = Path(__file__).parent / "unused_names.toml"


@cache
def found() -> set[str]:
    vulture = Vulture()
    vulture.scavenge([str(ROOT / folder) for folder in ROOTS.values()])
    return {
        f"{item.filename.relative_to(ROOT).as_posix()}::{item.name}"
        for item in vulture.get_unused_code(min_confidence=CONFIDENCE)
        if not _is_codemod(item)
    }


def _is_codemod(item: Item) -> bool:
    path = item.filename.relative_to(ROOT).as_posix()
    if item.typ != "class" or not path.startswith(ROOTS["fixaudit_codemods"]):
        return False
    [file] = [file for file in house().files.values() if file.path == path]
    [cls] = [
        node for node in file.tree.body if isinstance(node, ast.ClassDef) and node.name == item.name
    ]
    return any(isinstance(base, ast.Name) and base.id == "Codemod" for base in cls.bases)


def allowed() -> dict[str, str]:
    tables = tomllib.loads(ALLOWED.read_text("utf-8"))
    return {f"{path}::{name}": why for path, names in tables.items() for name, why in names.items()}


def test_nothing_is_unused_but_what_is_listed() -> None:
    assert sorted(found() - set(allowed())) == []


def test_what_is_listed_is_there_and_has_no_caller() -> None:
    assert sorted(set(allowed()) - found()) == []


def test_each_entry_says_why() -> None:
    assert [name for name, why in allowed().items() if not why.strip()] == []
