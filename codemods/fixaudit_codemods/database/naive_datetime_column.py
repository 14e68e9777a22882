"""A table keeps dates without a time zone: shown with what fills the columns, for a human to decide.

`DateTime` of SQLAlchemy keeps digits without a zone. The same digits are another moment for a server
in another zone, for a client, after a change of the summer time; and each writer has to know which
zone was meant. It is worst where the columns are filled with what has a zone (PostgreSQL turns it into
the session's zone and drops it, asyncpg refuses it) or with the local time of the server.

Each table or mixin gets one finding, with its columns. It leaves alone: columns that keep a zone, types of the
project's own that decide themselves, tests and migrations. A `type_annotation_map` counts. It changes nothing, as the
stored rows, the writers and the readers have to change together.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit_codemods.database._date_columns import Filled, Zone, fills, zone_of
from fixaudit_codemods.database._models import TABLE_CALLS, TRIGGERS, Column, sql_name, table_of
from fixaudit_codemods.database._wording import listed

_TOLD = {
    Filled.AWARE: "is filled with dates that have a zone, which the column drops",
    Filled.LOCAL: "is filled with the local time of the server",
    Filled.UTC: "is filled with UTC that does not say so",
}
WAYS = (
    "Three ways. (1) `DateTime(timezone=True)` and a migration (PostgreSQL: `ALTER COLUMN … TYPE "
    "timestamptz USING … AT TIME ZONE 'UTC'`; without the USING the stored digits are read in the "
    "session's zone); all code that writes or compares the dates turns aware with it, as aware against "
    "naive is a TypeError. SQLite and MySQL keep no zone even so, and give back naive dates. (2) A "
    "`TypeDecorator` that refuses naive dates, stores UTC and gives back aware UTC: alike on every "
    "database, and no migration where the rows are UTC. (3) Naive UTC by rule: one function that makes "
    "all dates, and ruff's DTZ rules."
)
_ADVICE = {
    Filled.AWARE: (
        "To make only Python's side aware is not enough: asyncpg refuses such values for this column "
        "(can't subtract offset-naive and offset-aware datetimes), and what is read back is naive. "
    ),
    Filled.LOCAL: (
        "First of all replace the local time: digits of two servers, and of the hour that the end of "
        "the summer time repeats, cannot be told apart, and no migration can mend that afterwards. "
    ),
    Filled.UTC: "",
}


class NaiveDatetimeColumn(Codemod):
    name = "naive-datetime-column"
    code = "FA519"
    triggers = TRIGGERS
    visits = (ast.ClassDef, ast.Call)
    names = TABLE_CALLS
    default = (
        True  # which moment a stored date means is left to each reader: audits call it critical
    )
    tags = frozenset({"database", "datetime"})
    right_already = ("^its dates keep a time zone",)
    report_match = ReportMatch(
        keywords=(
            (
                "timezone|time zone|timezone-aware|timezones",
                "column*|model|models|migration*|database*|postgresql|sqlite|stored|stores|awareness|handling|missing",
            ),
            ("datetime(timezone=true)",),
            ("without time zone|without timezone|timestamptz",),
            ("naive", "datetime|datetimes|timestamp*", "column*|model|models|database|stored"),
            ("zeitzone*", "spalte*|datenbank|modell*"),
            ("fuseau*", "colonne*|base"),
            ("zona horaria", "columna*|base"),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test's tables keep what the test wants",
        Role.MIGRATION: "a migration stays as it ran: a new one changes the table",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef | ast.Call, source: Source) -> Iterator[Finding]:
        table = table_of(source, node)
        if table is None:
            return
        dates = [(column, zone_of(source, table, column)) for column in table.columns]
        naive = [column for column, zone in dates if zone is Zone.NONE]
        if not naive:
            if any(zone is Zone.KEPT for _, zone in dates):
                yield self.leave(source, node, "its dates keep a time zone")
            elif (own := _own_type(source, table.columns)) is not None:
                reason = f"the type `{own}` decides what it keeps of a date"
                yield self.leave(source, node, reason)
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
            return
        zoned = [column for column, zone in dates if zone is Zone.KEPT]
        yield self._shown(source, naive, zoned)

    def _shown(self, source: Source, naive: Sequence[Column], zoned: Sequence[Column]) -> Finding:
        reason = f"{listed(naive)} keep{'s' * (len(naive) == 1)} no time zone"
        if zoned:
            reason += f", as `{zoned[0].name}` does"
        filled = [(how, column) for column in naive for how, _ in fills(source, column)]
        source.project.facts_of_source(source)
        worst = next((how for how in Filled if any(each is how for each, _ in filled)), None)
        if worst is None:
            return self.review(source, naive[0].node, reason, WAYS)
        told = [column for how, column in filled if how is worst]
        name = f"`{told[0].name}`" if len(naive) > 1 else "it"
        reason = f"{reason}, and {name} {_TOLD[worst]}"
        return self.review(source, naive[0].node, reason, f"{_ADVICE[worst]}{WAYS}")


def _own_type(source: Source, columns: Sequence[Column]) -> str | None:
    """A type of no library that may be one of dates, by its name."""
    for column in columns:
        kind = column.type.func if isinstance(column.type, ast.Call) else column.type
        name = str(getattr(kind, "attr", None) or getattr(kind, "id", ""))
        if ("date" in name.lower() or "time" in name.lower()) and not sql_name(source, kind):
            return name
    return None
