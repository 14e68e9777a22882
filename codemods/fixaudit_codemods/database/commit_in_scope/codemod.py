"""A `commit()` that another commit follows goes, or becomes a `flush()`: one operation, one transaction.

In a scope whose context manager commits (`with session_scope() as session:`, `with factory.begin()`), a
`commit()` as the last statement is said twice. And `commit(); refresh(x)` in the middle, for the sake of
the new row's id, stores a half: what fails afterwards leaves it there. `flush(); refresh(x)` gives the id
as well, and the commit that follows stores all or nothing.

An error after that place now undoes what was stored before, which is what an audit asks for and other
code may rely on: `--unsafe` only. It is off by default, for where a transaction ends is the project's
design; `split-transaction` shows the operations that several commits cut in parts, this one edits only
where the next commit follows straight.

It leaves alone: commits in loops, which store what was done so far; commits before a call that others
see (a queue, a mail, an API), as the row has to be there by then; commits in a `try` with handlers of
its own; and scopes whose manager does not certainly commit.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Evidence, Finding, Reach, ReportMatch, Role, Source, rewriting
from fixaudit.authoring import rename_callee
from fixaudit_codemods.database._sessions import (
    CommittingScope,
    committing_scopes,
    is_session,
    method_of,
    plain_call,
)
from fixaudit_codemods.database._sqlalchemy import uses_sqlalchemy
from fixaudit_codemods.database.commit_in_scope._following import following

BY_HAND = "Take the line out by hand: the scope commits at its end."


class CommitInScope(Codemod):
    name = "commit-in-scope"
    code = "FA506"
    triggers = (b".commit()",)
    visits = (ast.Call,)
    names = frozenset({"commit"})
    default = False  # where a transaction ends is the project's design
    tags = frozenset({"database"})
    report_match = ReportMatch(
        keywords=(
            ("transaction boundar*|transaction scope*|transaction management",),
            ("transaction", "missing|boundary|scope|atomic*|partial"),
            ("commit", "redundant|twice|double|unnecessary|multiple|several|intermediate"),
            ("commit", "flush"),
            ("partial failure*|partial commit*|partial write*", "transaction|commit|database|data"),
            ("transaktionsgrenze*|limites de transaction|límites de transacción",),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test commits to see what is stored",
        Role.MIGRATION: "a migration commits as it ran",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        statement = source.statement(node)
        if plain_call(statement) is not node or node.args or node.keywords:
            return
        receiver = method_of(node)[0]
        scopes = [each for each in committing_scopes(source, node) if each.name == receiver]
        block = source.block(statement)
        rest = block[block.index(statement) + 1 :]
        refreshed = bool(rest) and method_of(plain_call(rest[0])) == (receiver, "refresh")
        if not scopes and not (refreshed and _is_sqlalchemy(source, node)):
            return
        if (reason := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, reason)
        elif scopes and not rest and _is_last(source, statement, scopes[0]):
            yield self._taken_out(source, statement, node, scopes[0])
        else:
            yield from self._in_the_middle(source, node, rest, scopes, refreshed=refreshed)

    def _taken_out(
        self, source: Source, statement: ast.stmt, node: ast.Call, scope: CommittingScope
    ) -> Finding:
        edit = rewriting.delete_statement(source, statement)
        why = _shown(source, scope)
        if edit is None:
            reason = f"{scope.text}; a comment or other code shares the line"
            return self.review(source, node, reason, BY_HAND)
        return self.unsafe(source, node, why, [edit])

    def _in_the_middle(
        self,
        source: Source,
        node: ast.Call,
        rest: list[ast.stmt],
        scopes: list[CommittingScope],
        *,
        refreshed: bool,
    ) -> Iterator[Finding]:
        statement = source.statement(node)
        kept = _kept(source, node, statement, scopes)
        if kept is not None:
            yield self.leave(source, node, kept)
            return
        receiver = method_of(node)[0]
        after = following(source, rest, receiver)
        last = bool(scopes) and (
            after.returns or _is_last(source, rest[-1] if rest else statement, scopes[0])
        )
        ends = scopes[0] if last else None
        if after.outside is not None and (after.commit is not None or ends is not None):
            called = ast.unparse(after.outside.func)
            text = f"`{called}` (line {after.outside.lineno}) may need the rows stored by then"
            yield self.leave(source, node, text)
        elif not refreshed or not after.simple or (after.commit is None and ends is None):
            if scopes:
                yield self.leave(source, node, "what follows is another transaction of the scope")
        elif after.commit is not None:
            reason = (
                f"line {after.commit.lineno} commits: an error before it now undoes this part too"
            )
            yield self.unsafe(source, node, reason, [_flushed(source, node, receiver)])
        else:
            assert ends is not None
            yield self.unsafe(
                source, node, _shown(source, ends), [_flushed(source, node, receiver)]
            )


def _is_sqlalchemy(source: Source, node: ast.Call) -> bool:
    assert isinstance(node.func, ast.Attribute)
    return uses_sqlalchemy(source) or is_session(source, node.func.value)


def _is_last(source: Source, statement: ast.stmt, scope: CommittingScope) -> bool:
    """True where the scope ends behind the statement: only branches stand between them."""
    child: ast.stmt = statement
    while True:
        above = source.parent(child)
        if not isinstance(above, (ast.If, ast.With, ast.AsyncWith)):
            return False
        if source.block(child)[-1] is not child:
            return False
        if above is scope.block:
            return True
        if not isinstance(above, ast.If):
            return False
        child = above


def _kept(
    source: Source, node: ast.Call, statement: ast.stmt, scopes: list[CommittingScope]
) -> Evidence | None:
    """Why the commit stays whatever follows: a loop or a handler around it, within its scope."""
    ends = scopes[0].block if scopes else None
    child: ast.AST = statement
    for above in source.ancestors(statement):
        if above is ends or isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        if isinstance(above, (ast.For, ast.AsyncFor, ast.While)):
            return source.proof(above, "each round of the loop is stored by itself", Reach.FUNCTION)
        if isinstance(above, ast.Try) and above.handlers and child in above.body and scopes:
            return source.proof(above.handlers[0], "a handler waits for its errors", Reach.FUNCTION)
        child = above
    return None


def _shown(source: Source, scope: CommittingScope) -> Evidence:
    if scope.path is None:
        return source.proof(scope.block.items[0].context_expr, scope.text, Reach.FUNCTION)
    return source.proof_at(scope.path, scope.line, scope.text)


def _flushed(source: Source, node: ast.Call, receiver: str) -> Edit:
    return rename_callee(source, node, f"{receiver}.flush")
