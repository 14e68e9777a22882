"""An index that another one already serves, or a table with very many indexes, is shown.

Each index is written at each insert and at most updates, is kept in memory and read by the vacuum. One over `user_id` is
needless beside one over `user_id, created_at`: the database looks for the first column in the wider one
as well. One over the primary key or a unique column is the same index twice (`primary_key=True,
index=True`). A table with more than ten indexes is shown as a whole, with what makes each of them; the option `most`
is another limit.

It leaves alone: indexes that only look alike (over some rows, of another kind, with expressions, in
another order of the columns), unique ones beside a wider one, as they forbid doubles, tests and migrations. It
changes nothing, as only the database knows which index its queries use.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit_codemods.database._keys import Key, Kind, keys_of
from fixaudit_codemods.database._models import TABLE_CALLS, Table, sql_name, table_of

LOOK = "`SELECT indexrelname, idx_scan FROM pg_stat_user_indexes` (PostgreSQL; MySQL: `sys.schema_unused_indexes`)"
TWICE = (
    "Take it out of the model and drop it by a migration (`op.drop_index`; on a large table of PostgreSQL "
    "`DROP INDEX CONCURRENTLY`). No query gets slower, as the other one has the same columns."
)
BEGINNING = (
    "Take it out of the model and drop it by a migration, or keep it knowingly. The wider index finds the "
    "same rows; it is larger, so a table that is read by this column all the time and hardly written may keep both. On MySQL a "
    f"foreign key needs an index that begins with its column: the wider one does. First look whether it is used: {LOOK}."
)
MANY = (
    f"Do not drop by the count: look which ones are used ({LOOK}) over a full cycle of the business, month's end "
    "included; drop those that no query reads by a migration. Cheap first: what is the beginning of "
    "another one, and Booleans and states with few values (or make these partial: `postgresql_where=`). "
    "An index that only serves a rare report costs each insert; a foreign key's should stay, as deletes of the "
    "other table look for it. Measure bulk inserts before and after."
)


@dataclass(frozen=True)
class Options:
    most: int = 10

    def __post_init__(self) -> None:
        if self.most < 1:
            raise ValueError('"most" must be at least 1')


class RedundantIndex(Codemod):
    name = "redundant-index"
    code = "FA516"
    triggers = (b"index=True", b"Index(", b"unique=True")
    visits = (ast.ClassDef, ast.Call)
    names = TABLE_CALLS
    default = True  # it costs each write and serves no query: audits list it as a defect
    tags = frozenset({"database"})
    right_already = ("^none of its indexes ",)
    report_match = ReportMatch(
        keywords=(
            ("redundant|duplicate|duplicated|unused|unnecessary|needless|overlapping", "index|indexes|indices"),
            ("index proliferation",),
            ("too many|over-indexed|over-indexing|excessive|12+|10+", "index|indexes|indices|indexing|indexed"),
            ("index=true", "primary_key=true|primary key"),
            ("überflüssig*|doppelt*|redundant*", "index|indizes|indexe"),
            ("redondant*|superflu*|inutile*", "index"),
            ("redundante*|duplicado*|innecesario*", "índice|índices"),
        ),
        options={"most": (r"(?:more than|at most|maximum of) (\w+) index",)},
    )  # fmt: skip
    Options = Options
    options_help: ClassVar[dict[str, str]] = {"most": "how many indexes a table may have unseen"}
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test's tables are small",
        Role.MIGRATION: "a migration stays as it ran: a new one drops an index",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef | ast.Call, source: Source) -> Iterator[Finding]:
        table = table_of(source, node)
        keys = keys_of(source, table) if table is not None else []
        if table is None or not any(key.kind is Kind.INDEX for key in keys):
            return
        pairs = [(key, other) for key in keys if (other := _served_by(key, keys)) is not None]
        if not pairs and len(keys) <= self.options.most:
            reason = (
                f"none of its indexes is the beginning of another one ({len(keys)} with its keys)"
            )
            yield self.leave(source, node, reason)
        elif (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        else:
            for key, other in pairs:
                yield self._needless(source, key, other)
            if len(keys) > self.options.most:
                yield self._many(source, table, keys)

    def _needless(self, source: Source, key: Key, other: Key) -> Finding:
        reason = f"{_told(key)} is {_relation(key, other)}{_place(key, other)}"
        guidance = TWICE if len(key.columns) == len(other.columns) else BEGINNING
        return self.review(source, key.node, reason, guidance)

    def _many(self, source: Source, table: Table, keys: Sequence[Key]) -> Finding:
        reason = f"`{table.title}` has {len(keys)} indexes, with its keys: {_listed(keys)}"
        flags = [each.stored for each in table.columns if sql_name(source, each.type) == "Boolean"]
        few = [key.over for key in keys if key.over in flags]
        if few:
            reason += f"; {', '.join(f'`{name}`' for name in few)} is Boolean"
        return self.review(source, table.node, reason, MANY)


def _served_by(key: Key, keys: Sequence[Key]) -> Key | None:
    """Another index that does all that this one does."""
    if not key.is_plain or None in key.columns or key.kind is Kind.PRIMARY:
        return None
    for other in keys:
        if other is key or not other.is_plain:
            continue
        if other.columns[: len(key.columns)] != key.columns:
            continue
        longer = len(other.columns) > len(key.columns)
        if key.is_unique:
            stronger = other.kind is Kind.PRIMARY or (
                other.is_unique and _is_first(other, key, keys)
            )
            if not longer and stronger:
                return other
        elif longer or other.is_unique or _is_first(other, key, keys):
            return other
    return None


def _is_first(other: Key, key: Key, keys: Sequence[Key]) -> bool:
    """Of two that are the same the one that is written first stays."""
    return keys.index(other) < keys.index(key)


def _told(key: Key) -> str:
    kind = "the unique constraint" if key.kind is Kind.UNIQUE else "the index"
    return f"{kind} over `{key.over}`"


def _relation(key: Key, other: Key) -> str:
    if len(other.columns) > len(key.columns):
        return f"the beginning of the {other.kind.value} over `{other.over}`"
    return (
        f"the same as that of the {other.kind.value}"
        if other.kind is not Kind.INDEX
        else "there twice"
    )


def _place(key: Key, other: Key) -> str:
    return "" if key.line == other.line else f" (line {other.line})"


def _listed(keys: Sequence[Key]) -> str:
    return ", ".join(f"({key.over})" for key in keys)
