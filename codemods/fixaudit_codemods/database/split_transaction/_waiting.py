"""What a function waits for between two of its commits."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit.authoring import LLM_CALL, own_nodes, value_of
from fixaudit_codemods.database.split_transaction._commits import Commit, Function

# By the libraries' own references: calls that wait for another machine, a process or the clock.
_WAITING = re.compile(
    r"(?:requests|httpx)\.\w+|time\.sleep|urllib\.request\.urlopen|subprocess\.\w+|smtplib\.\w+.*"
)
_CLIENT = re.compile(
    rf"(?:requests(?:\.sessions)?\.[sS]ession|httpx\.Client|smtplib\.SMTP(?:_SSL)?)\(\)(?:\.\w+)*|{LLM_CALL}"
)


def waits_between(source: Source, function: Function, first: Commit, second: Commit, session: str) -> ast.Call | None:  # fmt: skip
    """The first call between two commits that waits for something else than the database."""
    start, end = _place(first.statement), _place(second.statement)
    calls = [
        node
        for node in own_nodes(function)
        if isinstance(node, ast.Call) and start < (node.lineno, node.col_offset) < end
    ]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        if first.statement.lineno <= call.lineno <= (first.statement.end_lineno or 0):
            continue
        if _waits(source, call, session):
            return call
    return None


def _place(statement: ast.stmt) -> tuple[int, int]:
    return statement.lineno, statement.col_offset


def _waits(source: Source, call: ast.Call, session: str) -> bool:
    if isinstance(source.parent(call), ast.Await):
        return not _asks_the_session(call, session)
    name = source.qualified_name(call.func)
    if name is not None and _WAITING.fullmatch(name):
        return True
    value = value_of(source, call.func.value) if isinstance(call.func, ast.Attribute) else None
    return value is not None and value.matches(_CLIENT) is not None


def _asks_the_session(call: ast.Call, session: str) -> bool:
    """`session.execute(…)`, or a call that gets the session or what holds it (`repo.add(…)` is not known)."""
    func = call.func
    owner = ast.unparse(func.value) if isinstance(func, ast.Attribute) else ""
    given = [*call.args, *(word.value for word in call.keywords)]
    return owner == session or any(ast.unparse(each) == session for each in given)
