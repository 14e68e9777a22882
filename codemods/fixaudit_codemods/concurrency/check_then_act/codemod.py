"""A row that is looked for and inserted when it is not there, in two steps: for a human.

Two requests that look at the same time both find nothing, and both insert: twice the favourite, or an
IntegrityError that nobody expects and that answers 500. A transaction around both does not help: at READ
COMMITTED, the usual level, neither sees the row of the other.

The finding names the lookup, the insert, and the unique constraint on the looked-up columns, if the model
declares one. It never edits: a constraint is a migration, and what the loser of the race should get is a
decision.

It leaves alone: stores that upsert themselves (the look is then needless, the race harmless), an insert
whose IntegrityError is handled, rows and tables that are locked, what a lock of the process guards while
nothing serves it in several, functions that only commands of a terminal reach, and scripts, migrations
and tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, ReportMatch, Role, Source
from fixaudit.authoring import never_passes_end
from fixaudit_codemods.concurrency.check_then_act._constraints import holding
from fixaudit_codemods.concurrency.check_then_act._settled import (
    broadly_handled,
    handled_in,
    locked_by_callers,
    locked_in,
    upsert_in,
)
from fixaudit_codemods.concurrency.check_then_act._stores import (
    UNSEEN,
    Seen,
    insert_in,
    lookup_in,
    may_insert,
    may_look,
)

GUIDANCE = (
    "Three ways: a unique constraint and an insert whose IntegrityError is caught (in a savepoint, "
    "`session.begin_nested()`, or the whole session is lost); an upsert of the database (`insert(…)"
    ".on_conflict_do_nothing()` for PostgreSQL and SQLite, `on_duplicate_key_update` for MySQL), which "
    "needs the same constraint; or a lock on a row that both requests share (`SELECT … FOR UPDATE` on the "
    "user). `FOR UPDATE` on the looked-up row locks nothing while it is not there, and an `asyncio.Lock` "
    "does not keep other processes out. A constraint is a migration that fails while duplicates are stored."
)

CONSTRAINED = (
    "No duplicate is stored; what is missing is an answer for the second one, who gets an error of the "
    "server. Two ways: catch IntegrityError around the insert (in a savepoint, `session.begin_nested()`, or "
    "the whole session is lost) and answer as if the look had found the row; or an upsert of the database "
    "(`insert(…).on_conflict_do_nothing()` for PostgreSQL and SQLite, `on_duplicate_key_update` for MySQL). "
    "The look may stay, for its message. Where another constraint of the table can fail too, look at which one did."
)


class CheckThenAct(Codemod):
    name = "check-then-act"
    code = "FA311"
    triggers = (b"async def", b".first(", b"one_or_none", b"find_one", b"fetchone", b".exists(")
    visits = (ast.If,)
    tags = frozenset({"database"})
    right_already = (r"^the store upserts: ", r"^a second row is handled ")
    report_match = ReportMatch(
        rules=("CWE-362", "CWE-367"),
        keywords=(
            ("check-then-act|check then act|check-then-insert|check then insert|get-then-insert",),
            (
                "race condition*",
                "insert*|duplicate*|favorite*|upsert|409|integrityerror",
            ),
            ("race", "exists|existing", "insert*|add|create*"),
            ("transaction boundaries|transaction boundary", "race*"),
            ("toctou", "database|row|record|insert*"),
            ("duplicate*", "concurrent*", "insert*|row*|record*|request*"),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test runs alone",
        Role.MIGRATION: "a migration runs alone",
        Role.SCRIPT: "a script runs alone",
        Role.EXAMPLE: "an example shows the short form",
        Role.NOTEBOOK: "a notebook runs alone",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.If, source: Source) -> Iterator[Finding]:
        function = source.function(node)
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        looked = _lookup(source, node)
        if looked is None:
            return
        acting = _acting(source, node, looked.absent)
        if not acting or not may_look(looked.calls) or not may_insert(acting):
            return
        lookup = lookup_in(source, looked.calls)
        insert = None if lookup is None else insert_in(source, list(acting), lookup)
        if lookup is None or insert is None:
            return
        if (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        elif source.only_command(node) is not None:
            yield self.leave(source, node, "only commands of a terminal reach it, one at a time")
        else:
            yield self._judged(source, node, looked.calls, acting, lookup, insert)

    def _judged(
        self,
        source: Source,
        node: ast.If,
        calls: list[ast.AST],
        acting: list[ast.stmt],
        lookup: Seen,
        insert: Seen,
    ) -> Finding:
        if (harmless := _harmless(source, node, calls, acting)) is not None:
            return self.leave(source, node, harmless)
        inserting = f"{source.shown(insert.path)}:{insert.line}"
        looking = f"{source.shown(lookup.path)}:{lookup.line}"
        reason = (
            f"two that look at once ({looking}) both find nothing, and both insert ({inserting})"
        )
        proof = source.proof_at(insert.path, insert.line, "a row is inserted here")
        both = [model for model in lookup.models if model.name in insert.names]
        model = next(iter(both or insert.models or lookup.models), None)
        if model is None:
            return self.review(source, node, reason, GUIDANCE, because=proof)
        unique = holding(model, lookup.words)
        if unique is None:
            told = f"`{model.name}` declares no unique constraint on what is looked for, as far as is seen"
            unseen = "by which columns is not seen, nor whether a unique constraint holds them"
            reason += f"; {unseen if UNSEEN in lookup.words else told}"
            return self.review(source, node, reason, GUIDANCE, because=proof)
        place = f"{source.shown(model.path)}:{unique.line}"
        columns = ", ".join(sorted(unique.columns))
        reason += f"; the constraint on {columns} ({place}) gives the second an error, which "
        broad = broadly_handled(source, acting[0])
        taken = f"the handler of line {broad} takes as it takes any other"
        reason += "nothing around it takes" if broad is None else taken
        held = source.proof_at(model.path, unique.line, f"`{model.name}` is unique by {columns}")
        return self.review(source, node, reason, CONSTRAINED, because=[proof, held])


def _harmless(
    source: Source, node: ast.If, calls: list[ast.AST], acting: list[ast.stmt]
) -> Evidence | None:
    """What makes a second look at the same time harmless."""
    roots: list[ast.AST] = list(acting)
    if (found := upsert_in(source, roots)) is not None:
        return source.proof_at(*found, "the store upserts: two that look at once do no harm")
    if (found := handled_in(source, roots, acting[0])) is not None:
        return source.proof_at(*found, "a second row is handled")
    if (found := locked_in(source, [*calls, *roots])) is not None:
        return source.proof_at(*found, "a lock is taken")
    function = source.function(node)
    assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
    if (found := locked_by_callers(source, function)) is not None:
        return source.proof_at(*found, "its callers hold a lock")
    return None


class _Looked:
    """The calls whose answer a condition asks for; `absent` where its body is for no row."""

    def __init__(self, calls: list[ast.AST], absent: bool) -> None:
        self.calls = calls
        self.absent = absent


def _lookup(source: Source, node: ast.If) -> _Looked | None:
    test: ast.expr = node.test
    absent = False
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, absent = test.operand, True
    elif isinstance(test, ast.Compare) and len(test.ops) == 1:
        right = test.comparators[0]
        if not (isinstance(right, ast.Constant) and right.value in (None, 0)):
            return None
        if not isinstance(test.ops[0], (ast.Is, ast.IsNot, ast.Eq, ast.NotEq, ast.Gt)):
            return None
        absent, test = isinstance(test.ops[0], (ast.Is, ast.Eq)), test.left
    plain = _awaited(test.value if isinstance(test, ast.NamedExpr) else test)
    if isinstance(plain, ast.Call):
        return _Looked([plain], absent)
    if isinstance(plain, ast.Name):
        calls = _assigned_before(source, node, plain)
        return _Looked(calls, absent) if calls else None
    return None


def _awaited(value: ast.expr) -> ast.expr:
    return value.value if isinstance(value, ast.Await) else value


def _assigned_before(source: Source, node: ast.If, name: ast.Name) -> list[ast.AST]:
    """The call whose result the nearest assignment above the `if`, in its own block, keeps; with the
    one that `result.scalar_one_or_none()` reads the answer of."""
    block = source.block(node)
    before = block[: block.index(node)][-4:]
    for index in range(len(before) - 1, -1, -1):
        match before[index]:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name.id:
                plain = _awaited(value)
                if not isinstance(plain, ast.Call):
                    return []
                return [plain, *_executed(before[:index], plain)]
    return []


def _executed(before: list[ast.stmt], call: ast.Call) -> list[ast.AST]:
    names = {each.id for each in ast.walk(call.func) if isinstance(each, ast.Name)}
    names |= {each.id for each in call.args if isinstance(each, ast.Name)}
    return [
        _awaited(statement.value)
        for statement in before
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id in names
    ]


def _acting(source: Source, node: ast.If, absent: bool) -> list[ast.stmt]:
    """What is done where no row is there."""
    if absent:
        return node.body
    if node.orelse:
        return node.orelse
    block = source.block(node)
    return block[block.index(node) + 1 :] if never_passes_end(node.body) else []
