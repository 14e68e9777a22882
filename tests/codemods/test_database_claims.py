"""What findings on tables say of databases, seen on the real SQLAlchemy with SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, NoReferencedTableError


def made(*tables: sa.Table) -> sa.Engine:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    for metadata in {table.metadata: None for table in tables}:
        metadata.create_all(engine)
    return engine


def ddl(table: sa.Table) -> str:
    return str(sa.schema.CreateTable(table).compile(made()))


def test_an_indexed_primary_key_is_indexed_twice() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True, index=True))
    assert [index["name"] for index in sa.inspect(made(table)).get_indexes("t")] == ["ix_t_id"]


@pytest.mark.parametrize("zoned", [False, True])
def test_sqlite_keeps_no_zone_even_where_it_is_asked_for(zoned: bool) -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("at", sa.DateTime(timezone=zoned)))
    with made(table).begin() as connection:
        connection.execute(table.insert().values(at=datetime(2026, 1, 2, tzinfo=UTC)))
        assert connection.execute(sa.select(table.c.at)).scalar_one() == datetime(2026, 1, 2)


@pytest.mark.parametrize(
    ("default", "written"),
    [
        ("CURRENT_TIMESTAMP", "DEFAULT 'CURRENT_TIMESTAMP'"),
        (sa.text("CURRENT_TIMESTAMP"), "DEFAULT CURRENT_TIMESTAMP"),
        (sa.func.now(), "DEFAULT CURRENT_TIMESTAMP"),
    ],
)
def test_a_plain_string_as_default_is_quoted(default: Any, written: str) -> None:
    column = sa.Column("at", sa.DateTime, server_default=default)
    text = ddl(sa.Table("t", sa.MetaData(), column)).replace(
        "(CURRENT_TIMESTAMP)", "CURRENT_TIMESTAMP"
    )
    assert written in text


def test_the_timestamp_of_sqlite_is_utc_in_every_zone() -> None:
    code = (
        "import sqlite3; print(sqlite3.connect(':memory:').execute(\"SELECT CURRENT_TIMESTAMP = "
        "datetime('now'), CURRENT_TIMESTAMP = datetime('now', 'localtime')\").fetchone())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "(1, 0)"


@pytest.mark.parametrize("switched_on", [False, True])
def test_sqlite_checks_foreign_keys_only_where_they_are_switched_on(switched_on: bool) -> None:
    metadata = sa.MetaData()
    users = sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True))
    keys = sa.Table("keys", metadata, sa.Column("user_id", sa.ForeignKey("users.id")))
    engine = made(users)
    if switched_on:
        with engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA foreign_keys=ON")
    with engine.begin() as connection:
        row = keys.insert().values(user_id=7)
        if switched_on:
            with pytest.raises(IntegrityError):
                connection.execute(row)
        else:
            assert connection.execute(row).rowcount == 1


def test_a_foreign_key_by_name_ends_at_its_metadata() -> None:
    sa.Table("users", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    keys = sa.Table("keys", sa.MetaData(), sa.Column("user_id", sa.ForeignKey("users.id")))
    with pytest.raises(NoReferencedTableError):
        made(keys)


@pytest.mark.parametrize(("options", "checks"), [({}, 0), ({"create_constraint": True}, 1)])
def test_an_enum_without_native_type_makes_no_constraint(
    options: dict[str, Any], checks: int
) -> None:
    kind = sa.Enum("a", "b", native_enum=False, name="kind", **options)
    assert ddl(sa.Table("t", sa.MetaData(), sa.Column("kind", kind))).count("CHECK") == checks
