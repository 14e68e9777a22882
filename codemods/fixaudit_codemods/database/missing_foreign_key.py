"""A column that holds the key of another table without a foreign key is shown, with the line that adds one.

`user_id` of a table beside a table `users` whose key has the same type: nothing keeps the database from
holding the id of a user that does not exist, or from deleting the user whose rows remain. The finding
names the table that is meant, where it is declared, and what to look for first, as a constraint over rows that break
it fails, and as deletes that work today will fail or cascade.

It leaves alone: columns for which the project has no such table (ids of other systems), of another type
than that key, of another database, with a type beside them (`owner_id` with `owner_type`: one of several tables), and
where a comment says that there is none on purpose; tests and migrations.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, Reach, ReportMatch, Role, Source
from fixaudit.authoring import clipped, walk
from fixaudit_codemods.database._models import (
    TABLE_CALLS,
    Column,
    Table,
    sql_name,
    table_of,
)
from fixaudit_codemods.database._project_tables import (
    TableFacts,
    bind_of,
    family_of,
    metadata_of,
    tables_of_project,
)

_REFERS = re.compile(r"(\w+?)_(?:id|uuid|pk)")
_ON_PURPOSE = re.compile(
    r"\b(?:no|not an?|without an?|soft|weak|loose|logical) (?:foreign[- ]?key|fk|reference|constraint)", re.IGNORECASE
)  # fmt: skip
_KEEPS = re.compile(
    r"audit|log|logs|history|archive|event|events|snapshot|tombstone|outbox", re.IGNORECASE
)
ORPHANS = (
    "First count the rows that would break it: `SELECT count(*) FROM {table} c LEFT JOIN {other} p ON "
    'p.{key} = c.{column} WHERE c.{column} IS NOT NULL AND p.{key} IS NULL` (quote a table called "user" '
    'or "order" on PostgreSQL). Then `ForeignKey("{other}.{key}", ondelete=…)` and a migration; on a large '
    "table of PostgreSQL `ADD CONSTRAINT … NOT VALID`, and `VALIDATE CONSTRAINT` later, as the plain one locks "
    "writes. `ondelete`: none or RESTRICT lets deletes of `{other}` fail that work today, CASCADE deletes these "
    "rows too, SET NULL needs a column that may be NULL. {index}SQLite checks it only with `PRAGMA foreign_keys=ON` on each "
    "connection, which turns on all others too."
)
KEPT = (
    "This table looks like one whose rows shall outlive what they tell of: then no foreign key is right "
    "(say so in a comment), or SET NULL beside a copy of the name. Else: "
)
TWO = (
    " The two tables seem to stand in two `MetaData` objects: `ForeignKey` by a name finds the other one only in its "
    "own, so share one, or write the constraint into the migration alone."
)
_INDEX = "Index the column as well, or each delete there reads this whole table. "


class MissingForeignKey(Codemod):
    name = "missing-foreign-key"
    code = "FA520"
    triggers = (b"_id", b"_uuid", b"_pk")
    trigger_pattern = re.compile(rb"\b(?:Column|mapped_column|Field|Mapped|create_table)\b")
    visits = (ast.ClassDef, ast.Call)
    names = TABLE_CALLS
    default = True  # rows of nobody: audits call it a defect of integrity
    tags = frozenset({"database"})
    hints_to_leave = 1  # a comment that says that there is none on purpose
    right_already = ("^each column that names ",)
    report_match = ReportMatch(
        keywords=(
            (
                "foreign key|foreign keys|foreign-key",
                "no|missing|lack*|without|add|absent|constraint*",
            ),
            ("missing", "database", "constraints"),
            ("referential integrity",),
            ("fremdschlüssel*",),
            ("clé étrangère|clés étrangères",),
            ("clave foránea|claves foráneas|llave foránea",),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test's tables are its own",
        Role.MIGRATION: "a migration stays as it ran: a new one adds the constraint",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef | ast.Call, source: Source) -> Iterator[Finding]:
        table = table_of(source, node)
        if table is None or not table.name:
            return
        keyed = _with_keys(source, table)
        names = [column for column in table.columns if _REFERS.fullmatch(column.stored)]
        bare = [column for column in names if column.stored not in keyed]
        if not bare:
            if names:
                reason = "each column that names a row of another table has a foreign key"
                yield self.leave(source, node, reason)
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
            return
        for column in bare:
            yield from self._column(source, table, column)

    def _column(self, source: Source, table: Table, column: Column) -> Iterator[Finding]:
        others = _meant(source, table, column)
        if not others:
            return
        other, where = others[0], _where(source, others[0])
        if (other.name, other.key) == (table.name, column.stored):
            return  # the key of this table itself
        if (kept := _left_alone(source, table, column, other)) is not None:
            yield self.leave(source, column.node, kept)
            return
        if (said := _on_purpose(source, column)) is not None:
            yield self.leave(source, column.node, said)
            return
        reason = (
            f"`{column.stored}` holds the key of `{other.name}` ({where}) without a foreign key"
        )
        indexed = any(column.is_set(word) for word in ("index", "unique", "primary_key"))
        advice = ORPHANS.format(
            table=table.name,
            other=other.name,
            key=other.key,
            column=column.stored,
            index="" if indexed else _INDEX,
        )
        if metadata_of(source, table) != other.metadata:
            advice += TWO
        text = KEPT + advice if _KEEPS.search(table.name) else advice
        yield self.review(source, column.node, reason, text)


def _with_keys(source: Source, table: Table) -> set[str]:
    """The columns that have a foreign key, by their names in the database."""
    found = {column.stored for column in table.columns if _is_keyed(source, column)}
    for call in table.items:
        if sql_name(source, call) == "ForeignKeyConstraint" and call.args:
            found |= {
                str(each.value) for each in walk(call.args[0]) if isinstance(each, ast.Constant)
            }
    return found


def _is_keyed(source: Source, column: Column) -> bool:
    if column.given("foreign_key") is not None:
        return True
    parts = [
        part for call in column.calls for part in (*call.args, *(w.value for w in call.keywords))
    ]
    inside = [column.annotation] if column.annotation is not None else []
    return any(
        isinstance(each, ast.Call) and sql_name(source, each) == "ForeignKey"
        for part in (*parts, *inside)
        for each in walk(part)
    )


def _meant(source: Source, table: Table, column: Column) -> list[TableFacts]:
    """The tables that the column's name means: `parent_user_id` that of users."""
    matched = _REFERS.fullmatch(column.stored)
    words = matched[1].lower().split("_") if matched is not None else []
    known = [each for each in tables_of_project(source) if each.key]
    for start in range(len(words)):
        stem = "_".join(words[start:])
        found = [each for each in known if stem in _singulars(each)]
        if found:
            return found
    return []


def _singulars(table: TableFacts) -> set[str]:
    """What a column calls a row of a table."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", table.cls).lower()
    name = table.name.lower()
    found = {snake, snake.removesuffix("_model"), name, name.removesuffix("s")}
    if name.endswith("ies"):
        found.add(f"{name[:-3]}y")
    if name.endswith("es"):
        found.add(name[:-2])
    return found - {""}


def _left_alone(source: Source, table: Table, column: Column, other: TableFacts) -> Evidence | None:
    stem = column.stored.rpartition("_")[0]
    kinds = [each for each in table.columns if each.stored in (f"{stem}_type", f"{stem}_kind")]
    if kinds:
        text = f"`{kinds[0].stored}` says of which table it is: no one foreign key fits"
        return source.proof(kinds[0].node, text, Reach.CLASS)
    mine, theirs = family_of(source, column), other.family
    if mine and theirs and mine != theirs:
        text = f"it is of another type than the key of `{other.name}`: it names something else"
        return source.proof(column.node, text)
    if bind_of(table) != other.bind:
        text = f"`{other.name}` is in another database, to which no foreign key goes"
        return source.proof(column.node, text)
    return None


def _on_purpose(source: Source, column: Column) -> Evidence | None:
    """A comment beside or above the column, or a text below it, that says that there is none on purpose."""
    last = getattr(column.node, "end_lineno", column.line)
    for line in range(column.line - 2, last + 1):
        comment = source.comments_by_line.get(line, "")
        if _ON_PURPOSE.search(comment):
            return source.hint(column.node, f"a comment says so: {comment.strip()}")
    statement = source.statement(column.node)
    block = source.block(statement)
    for below in block[block.index(statement) + 1 :][:1]:
        match below:
            case ast.Expr(value=ast.Constant(value=str(text))) if _ON_PURPOSE.search(text):
                return source.hint(below, f"the text below says so: {clipped(text, 80)}")
    return None


def _where(source: Source, other: TableFacts) -> str:
    own = source.project.facts_of_source(source).path
    return f"line {other.line}" if other.path == own else f"{source.shown(other.path)}:{other.line}"
