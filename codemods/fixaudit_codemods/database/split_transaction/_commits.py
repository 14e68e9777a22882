"""The commits of a function in the order in which they can run, its own and those of its callees."""

from __future__ import annotations

import ast
import re
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
# Methods that store nothing, by their first word: those that ask, of results, and of text.
_READS = re.compile(
    r"_*(get|find|list|load|fetch|read|is|has|now|utcnow|all|scalars?|one|first|unique|mappings"
    r"|decode|encode|strip|lower|upper|join|format|split|items|values|keys|copy)(_|[A-Z]|$)"
)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
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
        line = _commits(callee, parameter or "", call)
        if line:
            yield Commit(source.statement(call), callee.name, callee.path, line)


def _commits(callee: FunctionFacts, parameter: str, call: ast.Call) -> int:
    """The line where the callee commits on its plain way, as it is called; 0 for none."""
    todo: list[ast.AST] = list(callee.node.body)
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.Expr) and is_commit(node, parameter):
            return node.lineno
        if isinstance(node, ast.If) and _is_off(callee, call, node.test):
            todo = [*node.orelse, *todo]
        elif isinstance(node, (ast.stmt, ast.withitem)) and not isinstance(node, (*_LOOPS, *_DEFINITIONS)):  # fmt: skip
            todo = [
                *ast.iter_child_nodes(node),
                *todo,
            ]  # a handler is no statement, and is left out
    return 0


def _is_off(callee: FunctionFacts, call: ast.Call, test: ast.expr) -> bool:
    """True for `if autocommit:` where the call says `autocommit=False`, or the default does."""
    if not isinstance(test, ast.Name):
        return False
    arguments = callee.node.args
    plain = arguments.posonlyargs + arguments.args
    names = [each.arg for each in plain]
    given = next((word.value for word in call.keywords if word.arg == test.id), None)
    if given is None and test.id in names:
        at = names.index(test.id) - callee.binds_receiver
        given = call.args[at] if 0 <= at < len(call.args) else None
    if given is None:
        late = zip(reversed(plain), reversed(arguments.defaults), strict=False)
        named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        given = next((value for arg, value in (*late, *named) if arg.arg == test.id), None)
    return isinstance(given, ast.Constant) and given.value is False


def storing(function: Function, commits: list[Commit], session: str) -> list[Commit]:
    """The commits but for those before which nothing was written: they begin another transaction."""
    found: list[Commit] = []
    for commit in commits:
        before = commits[: commits.index(commit)]
        start = max((each.statement.end_lineno or 0 for each in before), default=0)
        if commit.callee or _writes(function, start, commit.statement.lineno, session):
            found.append(commit)
    return found


def _writes(function: Function, start: int, end: int, session: str) -> bool:
    """True where a statement between two lines may write: to an object, or by what has the session."""
    for node in own_nodes(function):
        if not isinstance(node, ast.stmt) or not start < node.lineno < end:
            continue
        if isinstance(node, ast.Delete):
            return True
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(each, (ast.Attribute, ast.Subscript)) for each in targets):
            return True
        if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)) and any(
            isinstance(call, ast.Call) and _may_write(call, session) for call in ast.walk(node)
        ):
            return True
        if isinstance(node, (ast.If, ast.While)) and session in ast.unparse(node.test):
            return True
    return False


def _may_write(call: ast.Call, session: str) -> bool:
    receiver, method = method_of(call)
    if receiver == session:
        first = ast.unparse(call.args[0]) if call.args else ""
        return method not in ("commit", "rollback") and not first.startswith(
            ("select(", "sa.select(")
        )
    given = [*call.args, *(word.value for word in call.keywords)]
    writes = bool(receiver) and _READS.match(method) is None
    return writes or any(session in ast.unparse(each) for each in given)


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
