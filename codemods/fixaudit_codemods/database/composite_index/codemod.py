"""A table gets the index over several columns that the project configures: `Index("ix_…", Model.a, Model.b)`.

A query that compares two columns of a large table can use one index over both: the columns that are
compared with `==` first, the one that is compared by order or sorted by last. Without options each model
is for review whose queries do so while no index, key or unique constraint begins with these columns; the
lines of the configuration are said there. With them

    [tool.fixaudit.codemods.composite-index]
    indexes = ["ix_debate_user_status, Debate.user_id, Debate.status"]

the index is added: in the `__table_args__` of the class where it has one (a dict in it stays last), else
below the last `Index(…)` of the module or below the class, as a `__table_args__` of its own would hide the
one of a mixin. The model is named by its class or its table. The database gets the index only by a
migration, which is announced and never written, so this is applied with `--unsafe` only. It is off by
default: whether an index pays, only the data and `EXPLAIN` can say.

It leaves alone: tables that have the index already, and models that are asked by one column at a time.
For a human are columns that the class does not have, a name that something else has, and `__table_args__`
that are put together at run time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, Reach, ReportMatch, Role, Source
from fixaudit.authoring import (
    MappedTable,
    QueriedColumns,
    Refusal,
    TableIndex,
    is_migration_path,
    mapped_table,
    queried_columns,
)
from fixaudit_codemods.database.composite_index._edits import index_edits
from fixaudit_codemods.database.composite_index._wanted import LONGEST, Wanted, means, wanted

_MANY = 20
_SHOWN = 3
MIGRATE = "the database gets it by a migration only (Alembic: `alembic revision --autogenerate`)"


@dataclass(frozen=True)
class Options:
    indexes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for entry in self.indexes:
            wanted(entry)

    @property
    def entries(self) -> list[Wanted]:
        return [wanted(entry) for entry in self.indexes]


class CompositeIndex(Codemod):
    name = "composite-index"
    code = "FA505"
    triggers = (b"__tablename__", b"table=True")
    visits = (ast.ClassDef,)
    default = False  # an index costs each write: whether it pays the data must say
    tags = frozenset({"database"})
    right_already = ("^an index over ",)
    report_match = ReportMatch(
        keywords=(
            ("composite index|composite indexes|compound index|multi-column index",),
            ("composite", "index"),
            ("missing", "indexes|indices"),
            ("missing index", "database|column*|query|queries|table|foreign key*"),
            ("add", "index|indexes|indices", "database|column*|query|queries|table"),
            ("without an index|without index|unindexed|not indexed",),
            ("fehlend*|zusammengesetzt*", "index|indizes"),
            ("index composite|index composé|índice compuesto|índices compuestos",),
        ),
        options={
            "indexes": (
                r"\bindex\(\s*([\"']\w+[\"'](?:, ?\w+\.\w+){2,})\s*,?\s*\)",
                r"\((\w+\.\w+(?:, ?\w+\.\w+)+)\)(?! ?\(already)",
            ),
        },
        as_written=("indexes",),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "indexes": 'what to add, each as "name, Model.column, Model.column" (a name may be left out)',
    }
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test's tables are small",
        Role.MIGRATION: "a migration stays as it ran",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef, source: Source) -> Iterator[Finding]:
        table = mapped_table(source, node)
        if table is None:
            return
        if (reason := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, reason)
            return
        asked = [entry for entry in self.options.entries if means(entry, node.name, table.name)]
        done: list[tuple[str, ...]] = []
        for entry in asked:
            columns = _columns(table, entry)
            if columns not in done:
                done.append(columns)
                yield self._configured(source, table, entry, columns)
        if not self.options.entries:
            yield self._observed(source, table)

    def _configured(
        self, source: Source, table: MappedTable, entry: Wanted, columns: tuple[str, ...]
    ) -> Finding:
        node, over = table.node, ", ".join(columns)
        lacking = [name for name in columns if not _has(source, table, name)]
        if lacking:
            reason = f"`{node.name}` has no column `{lacking[0]}`"
            return self.review(source, node, reason, "Correct the option `indexes`.")
        if (there := _covering(table, columns)) is not None:
            text = f"an index over {', '.join(there.columns)} is there (line {there.line})"
            return self.leave(source, node, text)
        name = entry.name or _named(table, columns)
        if len(name) > LONGEST:
            reason = f"`{name}` is longer than the {LONGEST} characters of PostgreSQL's names"
            return self.review(source, node, reason, "Give a name in the option `indexes`.")
        if (other := _taken(source, name)) is not None:
            return self.review(source, node, other, "Give another name in the option `indexes`.")
        made = index_edits(source, table, name, columns)
        if isinstance(made, Refusal):
            advice = f'Add `Index("{name}", …)` over {over} by hand; {MIGRATE}.'
            return self.review(source, node, made.reason, advice)
        reason = f"queries by {over} can use one index; {_migration(source, name)}"
        return self.unsafe(source, node, reason, *made)

    def _observed(self, source: Source, table: MappedTable) -> Finding:
        queries = queried_columns(source, table.node, frozenset(table.columns))
        open_ones = [each for each in queries if not _is_served(table, each.columns)]
        if not open_ones:
            reason = (
                "no query of the project was found that asks it by several columns without an index"
            )
            return self.leave(source, table.node, reason)
        first = open_ones[0]
        alike = [each for each in open_ones if each.columns == first.columns]
        over = ", ".join(first.columns)
        seen = [f"{source.shown(each.path)}:{each.line}" for each in alike[:_SHOWN]]
        more = f" and {len(alike) - _SHOWN} more" if len(alike) > _SHOWN else ""
        where = f"({', '.join(seen)}{more})"
        reason = f"queries ask it by {over}, and no index begins with these {where}"
        part = next((each for each in table.existing if each.columns[0] in first.columns), None)
        if part is not None:
            reason += f"; the index over {', '.join(part.columns)} (line {part.line}) serves a part"
        places = [_place(source, each, f"a query by {over}") for each in alike[:_SHOWN]]
        return self.review(source, table.node, reason, _guidance(table, open_ones), because=places)


def _columns(table: MappedTable, entry: Wanted) -> tuple[str, ...]:
    """The columns as the class writes them: reports are read in lower case."""
    by_lower = {name.lower(): name for name in table.columns}
    return tuple(by_lower.get(name.lower(), name) for name in entry.columns)


def _has(source: Source, table: MappedTable, column: str) -> bool:
    if column in table.columns:
        return True
    cls = source.project.class_of(table.node, source.project.facts_of_source(source))
    return source.project.declaration_of(cls, column) is not None


def _is_served(table: MappedTable, columns: tuple[str, ...]) -> bool:
    """True where an index begins with the columns, or a part of them names one row."""
    stored = set(_stored(table, columns))
    one_row = any(
        each.unique and set(_stored(table, each.columns)) <= stored for each in table.existing
    )
    return one_row or _covering(table, columns) is not None or _all_but_one(table, stored)


def _all_but_one(table: MappedTable, stored: set[str]) -> bool:
    """True where an index begins with two of the columns or more, and lacks one: it finds few rows."""
    least = max(2, len(stored) - 1)
    return any(
        len(each.columns) >= least and set(_stored(table, each.columns)[:least]) <= stored
        for each in table.existing
    )


def _covering(table: MappedTable, columns: tuple[str, ...]) -> TableIndex | None:
    """An index that begins with the columns, in any order."""
    wanted = set(_stored(table, columns))
    for each in table.existing:
        if set(_stored(table, each.columns)[: len(columns)]) == wanted:
            return each
    return None


def _stored(table: MappedTable, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Columns by their names in the database."""
    return tuple(table.columns.get(name, name) for name in columns)


def _named(table: MappedTable, columns: tuple[str, ...]) -> str:
    """The name by the usual rule, with as many columns as PostgreSQL keeps."""
    words = ("ix", table.name, *_stored(table, columns))
    ends = range(len(words) - 1, 2, -1)
    names = ["_".join(words), *("_".join((*words[:end], "etc")) for end in ends)]
    return next((name for name in names if len(name) <= LONGEST), names[-1])


def _taken(source: Source, name: str) -> Evidence | None:
    """Where something else of the project, no migration, has the name."""
    own = (node for node in source.nodes(ast.Constant) if node.value == name)
    if (node := next(own, None)) is not None:
        return source.proof(node, f"`{name}` is the name of something else", Reach.MODULE)
    for mention in source.project.mentions(f'"{name}"'.encode(), _MANY):
        if not is_migration_path(source.shown(mention.path)) and not mention.is_test:
            text = f"`{name}` is the name of something else"
            return source.proof_at(mention.path, mention.line, text, Reach.DISTRIBUTION)
    return None


def _migration(source: Source, name: str) -> str:
    for mention in source.project.mentions(name.encode(), _MANY):
        if is_migration_path(source.shown(mention.path)):
            return f"{source.shown(mention.path)}:{mention.line} names it already"
    return MIGRATE


def _place(source: Source, asked: QueriedColumns, text: str) -> Evidence:
    return source.proof_at(asked.path, asked.line, text, Reach.DISTRIBUTION)


def _guidance(table: MappedTable, queries: list[QueriedColumns]) -> str:
    entries = []
    asked = [each.columns for each in queries]
    for columns in dict.fromkeys(asked):
        if any(len(columns) < len(each) and set(each[: len(columns)]) == set(columns) for each in asked):  # fmt: skip
            continue  # the longer one begins with these
        over = ", ".join(f"{table.node.name}.{column}" for column in columns)
        entries.append(f'"{_named(table, columns)}, {over}"')
    return (
        "If `EXPLAIN` shows that they read many rows, also where an index over one column helps, set the option `indexes` (in "
        "`[tool.fixaudit.codemods.composite-index]`: "
        f"`indexes = [{', '.join(entries[:_SHOWN])}]`) and run with `--unsafe`. "
        f"Then {MIGRATE}; on a large table of PostgreSQL `CREATE INDEX CONCURRENTLY`, as the plain one "
        "locks writes. Each index makes every insert slower; one that begins with the same columns makes "
        "an index over the first of them alone needless."
    )
