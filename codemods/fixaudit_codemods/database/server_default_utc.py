"""A column without a time zone is filled by the database's clock, whose zone is that of the session.

`server_default=func.now()` or `CURRENT_TIMESTAMP` gives the time of the database. Where the column keeps no time
zone, the digits depend on the database: PostgreSQL writes the local time of the session's `TimeZone`
(the server's setting, the role's or the connection's), MySQL that of the session's `time_zone`, SQL
Server the machine's; SQLite always writes UTC. A test on SQLite shows nothing of it. A plain string as
`server_default` is worse: SQLAlchemy quotes it, so the default is that text.

Each table or mixin gets one finding, with its columns. It leaves alone: columns that keep a time zone,
defaults that say UTC themselves, tests and migrations. It changes nothing: a new default needs a migration, and the
rows that are there keep the old digits.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit_codemods.database._date_columns import Zone, fills, zone_of
from fixaudit_codemods.database._models import TABLE_CALLS, Column, sql_name, table_of
from fixaudit_codemods.database._wording import listed

_SERVER = ("server_default", "server_onupdate")
_CLOCKS = frozenset(
    f"func.{name}" for name in ("now", "current_timestamp", "localtimestamp", "sysdate", "getdate")
)
_TEXT = re.compile(r"\s*\(?\s*(?:now\(\)|current_timestamp(?:\(\d*\))?|localtimestamp|getdate\(\)|sysdate)\b", re.IGNORECASE)  # fmt: skip
_UTC = re.compile(r"utc", re.IGNORECASE)
WAYS = (
    "Three ways. (1) Keep the zone: `DateTime(timezone=True)` and a migration, after which `func.now()` is right "
    "on PostgreSQL (a `timestamptz` is a moment, whatever the session's zone). (2) Say UTC in the "
    'default: `server_default=text("(now() AT TIME ZONE \'utc\')")` on PostgreSQL, `text("(UTC_TIMESTAMP)")` '
    "on MySQL 8, `text('CURRENT_TIMESTAMP')` on SQLite, where it is UTC already (reports that call it local "
    "time there are wrong); one text does not fit all. (3) Let Python fill it (`default=…`): rows that "
    "SQL or another program inserts then get none. Pinning the zone of the connections "
    "(`connect_args={'options': '-c timezone=utc'}` with psycopg) mends new rows without a migration."
)
TEXT = (
    "Write `server_default=text('CURRENT_TIMESTAMP')` or `func.now()`, and change the default by a migration. As it is, "
    "SQLite stores the words themselves and PostgreSQL refuses the table, or reads 'now' once when it is made."
)


class Clock(Enum):
    """What the database fills a column with."""

    SESSION = "the database's clock"
    UTC = "UTC"
    WORDS = "words"


class ServerDefaultUtc(Codemod):
    name = "server-default-utc"
    code = "FA517"
    triggers = (b"server_default", b"server_onupdate")
    visits = (ast.ClassDef, ast.Call)
    names = TABLE_CALLS
    default = True  # the same row means another moment on another server: audits call it a defect
    tags = frozenset({"database", "datetime"})
    right_already = ("^what the database fills ", "^its default says UTC")
    report_match = ReportMatch(
        keywords=(
            ("current_timestamp",),
            ("func.now()|func.now|`now()`", "utc|timezone|time zone|local"),
            ("server_default|server default|server defaults", "utc|timezone|time zone|timestamp*|local|now"),
            ("timestamp", "default|defaults", "utc|timezone|time zone|local|inconsisten*"),
            ("zeitstempel*", "standardwert*|vorgabe*"),
            ("horodatage*|timestamp", "valeur par défaut|valeurs par défaut"),
            ("marca de tiempo|timestamp", "valor predeterminado|por defecto"),
        ),
    )  # fmt: skip
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test's tables keep what the test wants",
        Role.MIGRATION: "a migration stays as it ran: a new one changes the default",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef | ast.Call, source: Source) -> Iterator[Finding]:
        table = table_of(source, node)
        if table is None:
            return
        filled = [(column, clock) for column in table.columns if (clock := _clock(source, column))]
        words = [column for column, clock in filled if clock is Clock.WORDS]
        zones = {column: zone_of(source, table, column) for column, _ in filled}
        bare = [
            column
            for column, clock in filled
            if clock is Clock.SESSION and zones[column] is Zone.NONE
        ]
        if not filled:
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        elif words:
            reason = f"the default of {listed(words)} is a text that SQLAlchemy quotes, no clock"
            yield self.review(source, words[0].node, reason, TEXT)
        elif bare:
            yield self._shown(source, bare)
        elif any(clock is Clock.UTC for _, clock in filled):
            yield self.leave(source, node, "its default says UTC itself")
        elif all(zone is Zone.KEPT for zone in zones.values()):
            yield self.leave(source, node, "what the database fills keeps a time zone")
        else:
            reason = "whether the column keeps a time zone its type does not say here"
            yield self.leave(source, node, reason)

    def _shown(self, source: Source, bare: list[Column]) -> Finding:
        verb = "is filled" if len(bare) == 1 else "are filled"
        zone = "keeps" if len(bare) == 1 else "keep"
        reason = f"{listed(bare)} {verb} in the zone of the database session and {zone} none"
        both = [(each, how) for each in bare for how, _ in fills(source, each)]
        source.project.facts_of_source(source)
        if both:
            reason += f"; Python fills `{both[0][0].name}` too, with {both[0][1].value}"
        return self.review(source, bare[0].node, reason, WAYS)


def _clock(source: Source, column: Column) -> Clock | None:
    for name in _SERVER:
        value = column.given(name)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            if _TEXT.match(value.value):
                return Clock.WORDS
        elif value is not None and (found := _of_value(source, value)) is not None:
            return found
    return None


def _of_value(source: Source, value: ast.expr) -> Clock | None:
    if isinstance(value, ast.Call) and sql_name(source, value) in ("text", "literal_column"):
        written = (
            value.args[0].value if value.args and isinstance(value.args[0], ast.Constant) else ""
        )
        text = str(written)
        if _UTC.search(text):
            return Clock.UTC
        return Clock.SESSION if _TEXT.match(text) else None
    text = ast.unparse(value)
    name = sql_name(source, value)
    if _UTC.search(text) and ("func." in text or "now" in text):
        return Clock.UTC
    return Clock.SESSION if name in _CLOCKS else None
