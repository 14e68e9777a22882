"""Plain sessions of SQLAlchemy in coroutines: each query and commit holds up the event loop."""

from __future__ import annotations

import ast
import re

from fixaudit import Source, memoized
from fixaudit.authoring import own_nodes, value_of

# A session that awaits nothing; those of `sqlalchemy.ext.asyncio` have other names.
SESSION = (
    r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.Session\(\)|sqlalchemy(?:\.\w+)*\.sessionmaker\(\)\(\)"
)
# What sends something to the database.
SENDS = frozenset(
    {
        "commit",
        "flush",
        "refresh",
        "execute",
        "exec",
        "scalars",
        "scalar",
        "get",
        "get_one",
        "merge",
    }
)
_ENDS = frozenset({"all", "first", "one", "one_or_none", "count", "scalar", "delete", "update"})
_IS_SESSION = re.compile(SESSION)
# Only receivers with such a name are resolved: `get` is the name of many methods.
_NAMED = re.compile(r"(?:\w+_)?(?:session|db|sess)", re.IGNORECASE)
WAYS = (
    "Three ways. (1) A plain function that opens its own session and does what stands in the block, called with "
    "`await asyncio.to_thread(function, …)`: give it ids and plain values and let it return such, as a session "
    "and its rows stay in one thread. (2) A route that awaits nothing else becomes a plain `def`: FastAPI runs it in a thread. (3) "
    "`AsyncSession` throughout: another driver and URL, `expire_on_commit=False`, and every relationship loaded "
    "by its query, as a lazy load raises MissingGreenlet; converting one function alone gives two engines "
    "and two pools."
)


def is_plain_session(source: Source, call: ast.Call) -> bool:
    """True for `session.commit()`, `session.query(…)….first()` and the like, where the session is proved
    to be a plain one."""
    receiver = _sender(call.func)
    last = receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")
    if not _NAMED.fullmatch(last) or isinstance(source.parent(call), ast.Await):
        return False
    value = value_of(source, receiver) if receiver is not None else None
    return value is not None and value.matches(_IS_SESSION) is not None


def _sender(func: ast.expr) -> ast.expr | None:
    """The session of a call that sends something; None for others."""
    if not isinstance(func, ast.Attribute):
        return None
    if func.attr in SENDS and isinstance(func.value, (ast.Name, ast.Attribute)):
        return func.value
    node: ast.expr = func.value if func.attr in _ENDS else func
    while isinstance(node, (ast.Call, ast.Attribute)) and node is not func:
        if isinstance(node, ast.Attribute) and node.attr == "query":
            return node.value
        node = node.func if isinstance(node, ast.Call) else node.value
    return None


def first_in_coroutine(source: Source, call: ast.Call) -> str | None:
    """What is said of the first such call of a coroutine, with the lines of the others; None for those."""
    function = source.function(call)
    if not isinstance(function, ast.AsyncFunctionDef):
        return None
    found = _of(source, function)
    if not found or found[0] is not call:
        return None
    lines = list(dict.fromkeys(str(each.lineno) for each in found if each.lineno != call.lineno))
    text = f"`{_shown(call.func)}` waits for the database, and the event loop with it"
    if lines:
        word = "line " if len(lines) == 1 else f"lines {', '.join(lines[:-1])} and "
        text += f", as on {word}{lines[-1]}"
    return f"{text}: the session is a plain one"


def _shown(func: ast.expr) -> str:
    """`session.query(…)….first` for a chain of calls."""
    sender = _sender(func)
    direct = isinstance(func, ast.Attribute) and func.value is sender
    return ast.unparse(func) if direct else f"{ast.unparse(sender)}.query" if sender else ""


@memoized
def _of(source: Source, function: ast.AsyncFunctionDef) -> tuple[ast.Call, ...]:
    calls = (node for node in own_nodes(function) if isinstance(node, ast.Call))
    found = (call for call in calls if is_plain_session(source, call))
    return tuple(sorted(found, key=lambda each: (each.lineno, each.col_offset)))
