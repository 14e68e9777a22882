"""What rewritten database code does on the real SQLAlchemy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.database.commit_in_scope.codemod import CommitInScope
from fixaudit_codemods.database.composite_index import codemod as composite_index
from fixaudit_codemods.database.engine_pool_options import codemod as engine_pool_options
from fixaudit_codemods.database.json_bind_guard import JsonBindGuard
from fixaudit_codemods.database.mapped_type.codemod import MappedType

ENGINES = """\
from sqlalchemy import QueuePool, create_engine

OPTIONS = {"pool_size": 1, "max_overflow": 0}


def build(url):
    options = {"echo": False}
    if url != "sqlite://":
        options["poolclass"] = QueuePool
        options["max_overflow"] = 3
    return create_engine(url, **options)


in_call = create_engine("sqlite:///x.db" if True else "", poolclass=QueuePool)
in_dict = create_engine("sqlite:///x.db" if True else "", **OPTIONS)
in_branch = build("sqlite:///x.db")
without = build("sqlite://")
"""

TABLES = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class InnoDb:
    __table_args__ = {"mysql_engine": "InnoDB"}
    created: Mapped[int]


class Debate(InnoDb, Base):
    __tablename__ = "debate"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    status: Mapped[str] = mapped_column("state")


class Log(Base):
    __tablename__ = "log"
    __table_args__ = {"mysql_engine": "InnoDB"}
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    kind: Mapped[str] = mapped_column("event_kind")
"""

OPERATIONS = """\
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class Invoice(Base):
    __tablename__ = "invoice"
    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[int] = mapped_column(default=0)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
factory = sessionmaker(engine)


@contextmanager
def scope():
    session = factory()
    try:
        yield session
        session.commit()
    finally:
        session.close()


def one(lines):
    with scope() as session:
        invoice = Invoice(lines=lines)
        session.add(invoice)
        session.commit()


def create(session: Session, lines):
    invoice = Invoice()
    session.add(invoice)
    session.commit()
    session.refresh(invoice)
    number = invoice.id
    invoice.lines = int(lines)
    session.commit()
    return number
"""

TYPES = """\
import json

from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class JSONType(TypeDecorator):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is not None:
            value = json.dumps(value)
        return value


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "row"
    id: Mapped[int] = mapped_column(primary_key=True)
    data = mapped_column(JSONType)
"""

MAPPED = """\
import uuid
from typing import Optional

from sqlalchemy import CHAR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class GUID(TypeDecorator):
    impl = CHAR(36)
    cache_ok = True

    def process_result_value(self, value, dialect):
        return None if value is None else str(value)


class Base(DeclarativeBase):
    type_annotation_map = {str: CHAR(3)}


class Row(Base):
    __tablename__ = "row"
    id: Mapped[uuid.UUID] = mapped_column(GUID(), primary_key=True)
    team: Mapped[Optional[uuid.UUID]] = mapped_column(GUID())
    owner: Mapped[uuid.UUID | None] = mapped_column(GUID)
    maker: Mapped[uuid.UUID] = mapped_column(GUID)
"""


def run(codemod: Any, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The names of a module before and after its unsafe edits."""
    outcome = process(Source("pkg/db.py", text.encode()), Plan([codemod], unsafe=True))
    assert isinstance(outcome, Changed)
    assert not outcome.problems
    return executed(text.encode()), executed(outcome.after)


def executed(text: bytes) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "pkg.db"}
    exec(compile(text, "pkg/db.py", "exec", dont_inherit=True), names)
    return names


def test_engines_take_the_timeout_wherever_their_options_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = engine_pool_options.Options(pool_timeout=7, isolation_level="serializable")
    before, after = run(engine_pool_options.EnginePoolOptions(options), ENGINES)
    for name in ("in_call", "in_dict", "in_branch"):
        for names, seconds in ((before, 30), (after, 7)):
            pool = names[name].pool
            assert isinstance(pool, QueuePool)
            assert pool.timeout() == seconds
    assert not isinstance(after["without"].pool, QueuePool)
    with after["in_branch"].connect() as connection:
        assert connection.get_isolation_level() == "SERIALIZABLE"


def test_tables_are_made_with_the_index_and_keep_their_options() -> None:
    wanted = (
        "ix_debate_user, Debate.user_id, Debate.status, Debate.created",
        "log.user_id, log.kind",
    )
    codemod = composite_index.CompositeIndex(composite_index.Options(indexes=wanted))
    before, after = run(codemod, TABLES)
    assert made(before) == ([], [])
    debate, log = made(after)
    assert debate == [("ix_debate_user", ["user_id", "state", "created"])]
    assert log == [("ix_log_user_id_event_kind", ["user_id", "event_kind"])]
    for name in ("Debate", "Log"):
        assert after[name].__table__.dialect_options["mysql"]["engine"] == "InnoDB"


def made(names: dict[str, Any]) -> tuple[list[Any], ...]:
    """The indexes that a new database of these tables has."""
    engine = sa.create_engine("sqlite://")
    names["Base"].metadata.create_all(engine)
    inspector = sa.inspect(engine)
    return tuple(
        [(index["name"], index["column_names"]) for index in inspector.get_indexes(table)]
        for table in ("debate", "log")
    )


def test_an_operation_is_stored_as_a_whole_or_not_at_all() -> None:
    before, after = run(CommitInScope(), OPERATIONS)
    for names, left_behind in ((before, 2), (after, 1)):
        names["one"](7)
        with names["factory"]() as session, pytest.raises(ValueError, match="invalid literal"):
            names["create"](session, "many")
        assert stored(names) == left_behind
        with names["factory"]() as session:
            assert names["create"](session, "3") == left_behind + 1
        assert stored(names) == left_behind + 1


def stored(names: dict[str, Any]) -> int:
    with names["factory"]() as session:
        return int(session.query(names["Invoice"]).count())


def test_a_value_that_is_no_json_is_a_statement_error_before_and_after() -> None:
    before, after = run(JsonBindGuard(), TYPES)
    circle: list[Any] = []
    circle.append(circle)
    for names, kinds in ((before, (TypeError, ValueError)), (after, (ValueError, ValueError))):
        engine = sa.create_engine("sqlite://")
        names["Base"].metadata.create_all(engine)
        for value, kind in zip((object(), circle), kinds, strict=True):
            with Session(engine) as session:
                session.add(names["Row"](data=value))
                with pytest.raises(StatementError) as caught:
                    session.commit()
            assert type(caught.value.orig) is kind
            assert ("JSONType cannot store this as JSON: " in str(caught.value)) is (names is after)
        with Session(engine) as session:
            session.add(names["Row"](data={"a": 1}))
            session.commit()
            assert session.scalar(sa.text("SELECT data FROM row")) == '{"a": 1}'


def test_the_columns_stay_as_they_are_under_another_annotation() -> None:
    before, after = run(MappedType(), MAPPED)
    shapes = [
        [(column.name, repr(column.type), column.nullable) for column in names["Row"].__table__.c]
        for names in (before, after)
    ]
    assert shapes[0] == shapes[1]
    assert [nullable for _, _, nullable in shapes[1]] == [False, True, True, False]
    hints = after["Row"].__annotations__
    assert str(hints["team"]).endswith("Mapped[typing.Optional[str]]")
