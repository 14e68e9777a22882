"""Classes below a class of the project, and what they give for its type variables."""

from __future__ import annotations

import ast
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import ClassFacts, definition_of, subclasses_of, type_arguments
from fixaudit.semantics.project import Project

BASE = """\
from typing import Generic, TypeVar

T = TypeVar("T")


class Repository(Generic[T]): ...


print(Repository)
"""
USERS = """\
from app.base import Repository as Base
from app.models import Audit, User


class Users(Base[User]): ...


class Admins(Users): ...


class Audits(Base[Audit]): ...


class Unrelated: ...
"""


def repository(folder: Path, users: str = USERS) -> tuple[Source, ClassFacts]:
    package = folder / "app"
    package.mkdir()
    files = {
        "__init__": "",
        "base": BASE,
        "users": users,
        "models": "class User: ...\nclass Audit: ...\n",
    }
    for name, text in files.items():
        (package / f"{name}.py").write_text(text)
    path = package / "base.py"
    source = Source(
        "app/base.py", path.read_bytes(), project=Project(folder), module="app.base", location=path
    )
    call = source.nodes(ast.Call)[-1]
    assert isinstance(call, ast.Call)
    found = definition_of(source, call.args[0])
    assert isinstance(found, ClassFacts)
    return source, found


def test_subclasses_are_found_at_any_depth_under_any_alias(tmp_path: Path) -> None:
    source, cls = repository(tmp_path)
    found = subclasses_of(source, cls)
    assert found is not None
    assert sorted(each.name for each in found) == ["Admins", "Audits", "Users"]


def test_what_they_give_for_a_type_variable(tmp_path: Path) -> None:
    source, cls = repository(tmp_path)
    found = type_arguments(source, cls, 0)
    assert found is not None
    assert sorted(each.name for each in found) == ["Audit", "User"]


def test_an_argument_that_is_no_class_leaves_it_unknown(tmp_path: Path) -> None:
    source, cls = repository(tmp_path, USERS.replace("Base[Audit]", "Base[int]"))
    assert type_arguments(source, cls, 0) is None
