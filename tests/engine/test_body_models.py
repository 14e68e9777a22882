"""Which classes routes read from requests and write in responses, across files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit import Source
from fixaudit.authoring import body_uses
from fixaudit.semantics.project import Project

FILES = {
    "app/__init__.py": "",
    "app/base.py": "from pydantic import BaseModel\n\n\nclass Base(BaseModel):\n    name: str\n\n\nclass Tag(BaseModel):\n    word: str\n",
    "app/models.py": """\
from typing import Optional

from pydantic import BaseModel

from app.base import Base as Common, Tag


class Create(Common):
    tags: list[Tag] = []


class Read(Common):
    id: int


class Note(BaseModel):
    text: str


class Filter(BaseModel):
    word: "Optional[Note]" = None


class User(BaseModel):
    email: str


class Unused(BaseModel):
    text: str
""",
    "app/routes.py": """\
from typing import Annotated

import fastapi
from fastapi import APIRouter, Body, Depends

from . import models
from .models import Create, Filter, Read, User

router = APIRouter()


def current() -> User:
    return User.model_validate({"email": "a"})


@router.post("/items", response_model=Read)
async def create(
    item: Create,
    user: Annotated[User, Depends(current)],
    other: User = Depends(current),
    words: Annotated[Filter | None, Body()] = None,
):
    return item


class Box:
    def get(self, note: models.Note) -> models.Note:
        return note
""",
    "tests/test_app.py": "from fastapi import FastAPI\nfrom app.models import Unused\napp = FastAPI()\n\n\n@app.post('/x')\ndef x(a: Unused): ...\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "name", "uses"),
    [
        ("app/base.py", "Base", {"request": "app/routes.py:18", "response": "app/routes.py:16"}),
        ("app/base.py", "Tag", {"request": "app/routes.py:18"}),
        ("app/models.py", "Create", {"request": "app/routes.py:18"}),
        ("app/models.py", "Read", {"response": "app/routes.py:16"}),
        ("app/models.py", "Note", {"request": "app/routes.py:21"}),
        ("app/models.py", "Filter", {"request": "app/routes.py:21"}),
        ("app/models.py", "User", {"read": "app/routes.py:13"}),
        ("app/models.py", "Unused", {}),
    ],
)
def test_what_routes_do_with_a_class(
    root: Path, file: str, name: str, uses: dict[str, str]
) -> None:
    project = Project(root, [root / each for each in FILES])
    source = Source(file, (root / file).read_bytes(), project=project, location=root / file)
    node = next(each for each in source.nodes(ast.ClassDef) if each.name == name)
    found = body_uses(source, node)
    seen = {
        kind: f"{proof.path}:{proof.line}"
        for kind in ("request", "response", "read", "table")
        if (proof := getattr(found, kind)) is not None
    }
    assert seen == uses


def test_a_table_that_has_its_fields(tmp_path: Path) -> None:
    text = "from sqlmodel import SQLModel\n\n\nclass Base(SQLModel):\n    name: str\n\n\nclass Row(Base, table=True):\n    id: int\n"
    path = tmp_path / "rows.py"
    path.write_text(text)
    source = Source("rows.py", text.encode(), project=Project(tmp_path, [path]), location=path)
    found = body_uses(source, source.nodes(ast.ClassDef)[0])
    assert found.table is not None
    assert found.table.line == 8
