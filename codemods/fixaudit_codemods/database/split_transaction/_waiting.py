"""What a function waits for between two of its commits."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from fixaudit import Source
from fixaudit.authoring import LLM_CALL, own_nodes, plain_functions_with, value_of
from fixaudit_codemods.database.split_transaction._commits import Commit, Function

# By the libraries' own references: calls that wait for another machine, a process or the clock.
_WAITING = re.compile(
    r"(?:requests|httpx)\.\w+|time\.sleep|urllib\.request\.urlopen|subprocess\.\w+|smtplib\.\w+.*"
)
_CLIENT = re.compile(
    rf"(?:requests(?:\.sessions)?\.[sS]ession|httpx\.Client|smtplib\.SMTP(?:_SSL)?)\(\)(?:\.\w+)*|{LLM_CALL}"
)

# Functions of the project in whose text one of these stands may wait too.
_WORDS = (b"requests.", b"httpx.", b"urlopen(", b"smtplib.", b"boto3.", b"subprocess.")


def waits_between(source: Source, function: Function, first: Commit, second: Commit, session: str) -> ast.Call | None:  # fmt: skip
    """The first call between two commits that waits for something else than the database."""
    calls = calls_between(function, first, second)
    return next((call for call in calls if _waits(source, call, session)), None)


def may_wait(
    source: Source, function: Function, parts: list[Commit], session: str
) -> ast.Call | None:
    """The first call between commits of a function that by its words waits for another service."""
    names = plain_functions_with(source, _WORDS)
    for first, second in pairwise(parts):
        for call in calls_between(function, first, second):
            if _last(call) in names and not ast.unparse(call.func).startswith(f"{session}."):
                return call
    return None


def _last(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", None) or getattr(call.func, "id", ""))


def calls_between(function: Function, first: Commit, second: Commit) -> list[ast.Call]:
    """The calls between two commits, in source order."""
    last_line = first.statement.end_lineno or first.statement.lineno
    start, end = (last_line + 1, 0), _place(second.statement)
    calls = [
        node
        for node in own_nodes(function)
        if isinstance(node, ast.Call) and start <= (node.lineno, node.col_offset) < end
    ]
    return sorted(calls, key=lambda node: (node.lineno, node.col_offset))


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
