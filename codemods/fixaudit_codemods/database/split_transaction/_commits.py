"""The commits of a function in the order in which they can run, its own and those of its callees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import FunctionFacts, definition_of, never_passes_end, own_nodes
from fixaudit_codemods.database._sessions import is_commit, is_session, method_of, plain_call
from fixaudit_codemods.database._sqlalchemy import uses_sqlalchemy

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Together with `commit` only SQLAlchemy's sessions have these.
_SESSIONS_ONLY = frozenset({"add", "add_all", "flush", "refresh", "scalars", "exec", "query", "expunge", "merge"})  # fmt: skip
# Three of these on one object are a session of SQLAlchemy, where its class is not known.
_OF_A_SESSION = _SESSIONS_ONLY | {"commit", "rollback", "get", "execute", "delete"}
_MANY = 3
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: the statement in the function, and for one of a callee its name and place."""

    statement: ast.stmt
    callee: str = ""
    path: Path | None = None
    line: int = 0


def commits_of(source: Source, function: Function) -> dict[str, list[Commit]]:
    """The commits of a function by the text of their session, in source order."""
    found: dict[str, list[Commit]] = {}
    calls = [node for node in own_nodes(function) if isinstance(node, ast.Call)]
    methods: dict[str, set[str]] = {}
    for call in calls:
        receiver, method = method_of(call)
        methods.setdefault(receiver, set()).add(method)
        if method == "commit" and plain_call(source.statement(call)) is call:
            found.setdefault(receiver, []).append(Commit(source.statement(call)))
    sessions = {name: own for name, own in found.items() if _is_session(source, own[0], methods[name])}  # fmt: skip
    for name, own in sessions.items():
        own += _of_callees(source, calls, name)
        own.sort(key=lambda commit: (commit.statement.lineno, commit.statement.col_offset))
    return sessions


def _is_session(source: Source, commit: Commit, methods: set[str]) -> bool:
    call = plain_call(commit.statement)
    assert call is not None
    assert isinstance(call.func, ast.Attribute)
    if methods & _SESSIONS_ONLY and (
        uses_sqlalchemy(source) or len(methods & _OF_A_SESSION) >= _MANY
    ):
        return True
    return is_session(source, call.func.value)


def _of_callees(source: Source, calls: list[ast.Call], session: str) -> Iterator[Commit]:
    """The calls that hand the session on to a function of the project which commits it."""
    for call in calls:
        given = [(at, word) for at, word in enumerate(call.args) if ast.unparse(word) == session]
        named = [word.arg for word in call.keywords if ast.unparse(word.value) == session]
        if not given and not named:
            continue
        callee = definition_of(source, call.func)
        if not isinstance(callee, FunctionFacts) or callee.is_generator:
            continue
        names = [entry.name for entry in callee.parameters]
        at = given[0][0] + callee.binds_receiver if given else -1
        parameter = named[0] if named else names[at] if at < len(names) else ""
        line = _commits(callee, parameter or "")
        if line:
            yield Commit(source.statement(call), callee.name, callee.path, line)


def _commits(callee: FunctionFacts, parameter: str) -> int:
    for node in own_nodes(callee.node):
        if isinstance(node, ast.Expr) and is_commit(node, parameter):
            return node.lineno
    return 0


def sequences(source: Source, function: Function, commits: list[Commit]) -> list[list[Commit]]:
    """The runs of commits that follow each other on one way through the function."""
    runs: list[list[Commit]] = []
    for commit in commits:
        if _is_aside(source, function, commit.statement):
            continue
        if runs and _follows(source, runs[-1][-1].statement, commit.statement):
            runs[-1].append(commit)
        else:
            runs.append([commit])
    return [run for run in runs if len(run) > 1]


def _is_aside(source: Source, function: Function, statement: ast.stmt) -> bool:
    """In a loop, which stores what is done so far, or in a handler, which stores that it failed."""
    for above in source.ancestors(statement):
        if above is function:
            return False
        if isinstance(above, (ast.ExceptHandler, *_LOOPS)):
            return True
    return False


def _follows(source: Source, first: ast.stmt, second: ast.stmt) -> bool:
    """True where the second may run after the first: on no other branch, behind no return."""
    if first is second:
        return False
    above_second = [second, *source.ancestors(second)]
    child: ast.AST = first
    for above in source.ancestors(first):
        if isinstance(child, ast.stmt) and not isinstance(above, ast.Module):
            block = source.block(child)
            if any(child is not other and other in above_second for other in block):
                return True
            if never_passes_end(block):
                return False
        if above in above_second:
            return isinstance(above, ast.Try) and child not in above.handlers
        child = above
    return False
