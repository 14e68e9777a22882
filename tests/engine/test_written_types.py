"""Two annotations mean the same type, or not, however they are written and in whatever files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit import Source
from fixaudit.authoring import FunctionFacts, definition_of, result_type, written_type
from fixaudit.semantics.project import Project

MODELS = """\
from __future__ import annotations

from typing import Dict, List, Optional, TypeVar, Union, overload
from contextlib import contextmanager

T = TypeVar("T")


class User:
    pass


Rows = List[Dict[str, User]]


def one() -> Optional[User]: ...
def many() -> "List[User | None]": ...
def either() -> Union[str, "User", None]: ...
def rows() -> Rows: ...
def anything(x: T) -> T: ...
def unknown() -> Missing: ...
async def later() -> dict[str, int]: ...
def bare(): ...


@contextmanager
def opened() -> User: ...
"""
OWN = """\
import typing
from typing import Literal
import app.models as m
from app.models import User

a: {annotation}
m.{function}
"""


def own(folder: Path, annotation: str, function: str) -> tuple[str | None, str | None]:
    package = folder / "app"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "models.py").write_text(MODELS)
    path = package / "own.py"
    path.write_text(OWN.format(annotation=annotation, function=function))
    project = Project(folder)
    source = Source("app/own.py", path.read_bytes(), project=project, module="app.own", location=path)  # fmt: skip
    declared = next(node for node in source.nodes(ast.AnnAssign) if isinstance(node, ast.AnnAssign))
    called = source.tree.body[-1]
    assert isinstance(called, ast.Expr)
    found = definition_of(source, called.value)
    assert isinstance(found, FunctionFacts)
    written = written_type(source, declared.annotation)
    return written, result_type(source, found)


@pytest.mark.parametrize(
    ("annotation", "function", "text"),
    [
        ("User | None", "one", "None | app.models.User"),
        ("None | User", "one", "None | app.models.User"),
        ("typing.Optional['User']", "one", "None | app.models.User"),
        ("list[typing.Optional[m.User]]", "many", "list[None | app.models.User]"),
        ("User | str | None", "either", "None | app.models.User | str"),
        ("m.Rows", "rows", "app.models.Rows"),
        ("typing.Dict[str, int]", "later", "dict[str, int]"),
    ],
)
def test_one_type_has_one_text(tmp_path: Path, annotation: str, function: str, text: str) -> None:
    assert own(tmp_path, annotation, function) == (text, text)


@pytest.mark.parametrize("function", ["anything", "unknown", "bare", "opened"])
def test_what_is_not_certain_is_not_known(tmp_path: Path, function: str) -> None:
    assert own(tmp_path, "User", function) == ("app.models.User", None)


@pytest.mark.parametrize("annotation", ["typing.Self", "Nowhere", "list[Nowhere]", "'User['"])
def test_a_name_of_unknown_meaning_makes_no_type(tmp_path: Path, annotation: str) -> None:
    assert own(tmp_path, annotation, "one")[0] is None


def test_literals_are_compared_by_their_values(tmp_path: Path) -> None:
    assert own(tmp_path, 'Literal["r", "w"]', "one")[0] == "typing.Literal['r', 'w']"
