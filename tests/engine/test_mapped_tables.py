"""The table of a model, and the columns that queries ask it by."""

from __future__ import annotations

import ast
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import mapped_table, queried_columns
from fixaudit.semantics.project import Project

HELPED = """\
from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from db import Base


def build_index(table_name, column_names):
    return Index(f"ix_{table_name}", *column_names)


def named(parts):
    return {"info": parts}


class Tag(Base):
    __tablename__ = "tags"
    __table_args__ = (build_index("tags", ["owner", "kind"]), named(["kind", "owner"]))

    id: Mapped[int]
    owner: Mapped[int]
    kind: Mapped[str]
"""
MODELS = """\
from sqlalchemy import Column, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db import Base


class Post(Base):
    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("slug", "lang"), {"schema": "x"})

    id: Mapped[int] = mapped_column(primary_key=True)
    slug = Column("short_name", String, index=True)
    lang: Mapped[str]
    author: Mapped[int] = mapped_column()


class Mixin:
    made = Column(Integer)


Index("ix_posts_author", Post.author, Post.lang.desc())
"""
QUERIES = """\
from sqlalchemy import select

from app.models import Post


def queries(session, author, lang):
    session.execute(select(Post).where(Post.author == author, Post.lang == lang))
    session.query(Post).filter_by(author=author).filter(Post.lang.in_([lang])).all()
    session.execute(select(Post).where(Post.author == author).order_by(Post.id.desc()))
    session.execute(select(Post).where(Post.author == author))
    session.execute(select(Post).where((Post.author == author) | (Post.lang == lang)))
    put_together = session.query(Post)
    put_together = put_together.filter(Post.author == author, Post.lang == lang)


def begun_elsewhere(self, session, given, author, lang):
    query, _ = self.of_tenant(session)
    query.filter(Post.author == author, Post.lang == lang).one()
    given.filter(Post.author == author, Post.lang == lang).one()
    self.of_tenant(session).filter(Post.author == author, Post.lang == lang).one()
"""


def test_a_table_and_its_indexes() -> None:
    source = Source("app/models.py", MODELS.encode())
    post, mixin = source.nodes(ast.ClassDef)
    assert mapped_table(source, mixin) is None
    table = mapped_table(source, post)
    assert table is not None
    assert table.name == "posts"
    assert table.columns == {
        "id": "id",
        "slug": "short_name",
        "lang": "lang",
        "author": "author",
    }
    assert [(each.columns, each.unique) for each in table.existing] == [
        (("slug", "lang"), True),
        (("id",), True),
        (("slug",), False),
        (("author", "lang"), False),
    ]


def test_columns_that_are_asked_together(tmp_path: Path) -> None:
    package = tmp_path / "app"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "models.py").write_text(MODELS)
    (package / "queries.py").write_text(QUERIES)
    source = Source(
        "app/models.py", MODELS.encode(), module="app.models", project=Project(tmp_path)
    )
    post = source.nodes(ast.ClassDef)[0]
    found = queried_columns(source, post, frozenset({"id", "lang", "author"}))
    assert [(each.columns, each.line) for each in found] == [
        (("author", "lang"), 7),
        (("author", "lang"), 8),
        (("author", "lang"), 13),
        (("author", "id"), 9),
    ]


def test_an_index_that_a_function_of_the_project_makes() -> None:
    source = Source("app/tags.py", HELPED.encode())
    table = mapped_table(source, source.nodes(ast.ClassDef)[0])
    assert table is not None
    assert [(each.columns, each.unique) for each in table.existing] == [(("owner", "kind"), False)]
