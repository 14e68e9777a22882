"""A column of texts takes a few values only, and no constraint says so: shown with the constraint that does.

A state, a kind or a role is kept as text. The code knows its values (an enumeration, a `Literal`, what it writes
and asks for), the database does not: a typing error, an old client or a script by hand stores another one,
and no branch of the code expects it. `Enum(…, native_enum=False)` of SQLAlchemy makes no
constraint either, since version 1.4, unless `create_constraint=True` is given.

It leaves alone: columns whose type is a native `Enum`, with a check constraint that names them, those for which
fewer than two values are known; tests and migrations. It is off by default: whether the database or the program
keeps such a set is the project's choice, and each new value then needs a migration.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, Reach, ReportMatch, Role, Source
from fixaudit.authoring import keyword
from fixaudit_codemods.database._models import TRIGGERS, Column, Table, sql_name, table_of
from fixaudit_codemods.database._project_tables import family_of
from fixaudit_codemods.database.missing_check_constraint._values import (
    Values,
    of_code,
    of_enumeration,
)

_FEWEST = 2
_MOST = 12
_SHOWN = 4
_NAMED = re.compile(r"(?:\w+_)?(?:status|state|type|kind|role|level|mode|phase|stage|severity|priority|category|outcome|visibility|tier|plan|direction)")  # fmt: skip
WAYS = (
    "First look what is there: `SELECT {column}, count(*) FROM {table} GROUP BY 1`. Three ways. (1) "
    '`CheckConstraint("{column} IN ({values})", name="ck_{table}_{column}")` and a migration written by hand, as '
    "Alembic's autogenerate does not see check constraints (PostgreSQL: `NOT VALID`, then `VALIDATE "
    "CONSTRAINT`; SQLite: batch mode); a value that the list lacks and code writes becomes an IntegrityError, so take the list "
    "from the code, not from a report; each new value is a migration. (2) A native `Enum(…)`: PostgreSQL adds a value with `ALTER "
    "TYPE … ADD VALUE` and never removes one. (3) Check it where it comes in (`@validates`, a Pydantic "
    "`Literal`): no migration, but scripts and other programs pass it by."
)


class MissingCheckConstraint(Codemod):
    name = "missing-check-constraint"
    code = "FA518"
    triggers = TRIGGERS
    visits = (ast.ClassDef,)
    default = False  # whether the database or the program keeps the set is the project's choice
    tags = frozenset({"database"})
    right_already = ("^a check constraint ", "^its type is an Enum")
    report_match = ReportMatch(
        keywords=(
            ("check constraint|check constraints|check-constraint", "no|missing|lack*|without|add|enum*|status"),
            ("missing", "database", "constraints"),
            ("enum-like",),
            ("database", "constraint*", "status|enum|enums|values"),
            ("native_enum=false|create_constraint",),
            ("prüfbedingung*|check-constraint*",),
            ("contrainte* check|contraintes de vérification",),
            ("restricción check|restricciones check",),
        ),
    )  # fmt: skip
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test's tables are its own",
        Role.MIGRATION: "a migration stays as it ran: a new one adds the constraint",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef, source: Source) -> Iterator[Finding]:
        table = table_of(source, node)
        if table is None or not table.name:
            return
        for column in table.columns:
            kind = sql_name(source, column.type)
            is_text = kind in ("String", "Text", "VARCHAR", "Unicode", "AutoString")
            is_text |= column.type is None and family_of(source, column) == "text"
            if kind == "Enum":
                yield from self._enumeration(source, table, column)
            elif is_text or _has_literal(column):
                yield from self._text(source, table, column)

    def _enumeration(self, source: Source, table: Table, column: Column) -> Iterator[Finding]:
        call = column.type
        given = keyword(call, "native_enum") if isinstance(call, ast.Call) else None
        made = keyword(call, "create_constraint") if isinstance(call, ast.Call) else None
        if given is None or getattr(given.value, "value", True) is not False:
            reason = (
                "its type is an Enum, which PostgreSQL and MySQL keep to (SQLite does with "
                "`create_constraint=True`)"
            )
            yield self.leave(source, column.node, reason)
        elif made is not None:
            yield self.leave(source, column.node, "a check constraint is made with it")
        elif (checked := _checked(source, table, column)) is not None:
            yield self.leave(source, column.node, checked)
        elif (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, column.node, role)
        else:
            reason = (
                f"`{column.stored}` is an Enum without a native type, which makes no constraint"
            )
            values = of_enumeration(source, column)
            advice = "Give `create_constraint=True` with a `name=`, or do it by hand. " + _ways(
                table, column, values
            )
            yield self.review(source, column.node, reason, advice)

    def _text(self, source: Source, table: Table, column: Column) -> Iterator[Finding]:
        values = of_enumeration(source, column)
        if values is None and _NAMED.fullmatch(column.name):
            values = of_code(source, table, column)
        if values is None:
            return
        if (checked := _checked(source, table, column)) is not None:
            yield self.leave(source, column.node, checked)
        elif (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, column.node, role)
        elif not _FEWEST <= len(values.texts) <= _MOST:
            verb = "is" if len(values.texts) == 1 else "are"
            reason = f"{len(values.texts)} of its values {verb} known: no small set is shown"
            yield self.leave(source, column.node, reason)
        else:
            yield self.review(
                source, column.node, _told(column, values), _ways(table, column, values)
            )


def _told(column: Column, values: Values) -> str:
    places = f" ({', '.join(values.places[:_SHOWN])})" if values.places else ""
    more = f", perhaps more by {values.unknown}" if values.unknown else ""
    taken = f"`{column.stored}` takes {_listed(values)} by {values.said}{places}{more}"
    return f"{taken}, and no constraint says so"


def _has_literal(column: Column) -> bool:
    parts = ast.walk(column.annotation) if column.annotation is not None else ()
    literal = any(getattr(part, "id", getattr(part, "attr", "")) == "Literal" for part in parts)
    return literal and column.type is None


def _checked(source: Source, table: Table, column: Column) -> Evidence | None:
    """A check constraint whose text or expression names the column."""
    word = re.compile(rf"\b{re.escape(column.stored)}\b")
    inner = [part for call in column.calls for part in ast.walk(call) if isinstance(part, ast.Call)]
    for call in (*table.items, *inner):
        if sql_name(source, call) == "CheckConstraint" and word.search(ast.unparse(call)):
            text = f"a check constraint names it (line {call.lineno})"
            return source.proof(call, text, Reach.CLASS)
    return None


def _listed(values: Values) -> str:
    texts = [f'"{text}"' for text in values.texts]
    return f"{', '.join(texts[:-1])} and {texts[-1]}" if len(texts) > 1 else texts[0]


def _ways(table: Table, column: Column, values: Values | None) -> str:
    known = values.texts if values is not None else ()
    texts = ", ".join("'" + text.replace("'", "''") + "'" for text in known)
    if values is None or values.unknown:
        texts = f"{texts}, …" if texts else "…"
    return WAYS.format(column=column.stored, table=table.name, values=texts)
