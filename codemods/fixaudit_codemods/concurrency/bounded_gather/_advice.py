"""What a report advises against too many calls at a time, and what that would do."""

from __future__ import annotations

import ast

from fixaudit import Source

HARM = (
    "a semaphore made at import breaks with a second event loop, and deadlocks where bounded calls"
    " nest; one made inside the call does neither"
)
_SEMAPHORES = ("asyncio.Semaphore", "asyncio.BoundedSemaphore")


def harm_of(advice: Source) -> str | None:
    """Why the recommended code would do harm: it makes one semaphore for the module.

    A line by itself may be meant for the inside of the function, unless its name is written as
    those of a module's own things are.
    """
    body = advice.tree.body
    defines = any(isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) for each in body)
    for statement in body:
        value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
        if isinstance(value, ast.Call) and advice.qualified_name(value.func) in _SEMAPHORES:
            if defines or any(_is_global(target) for target in _targets(statement)):
                return HARM
    return None


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, ast.AnnAssign) else []


def _is_global(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and (target.id.startswith("_") or target.id.isupper())
