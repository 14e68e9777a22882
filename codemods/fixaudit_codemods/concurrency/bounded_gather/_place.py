"""What stands around a gather: who gets its results, and a time limit that all calls share."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit_codemods.concurrency.bounded_gather._stops import leave, review

TIMEOUTS = re.compile(r"(asyncio|async_timeout)\.timeout(_at)?|anyio\.(fail_after|move_on_after)")


def look_at_result(source: Source, node: ast.Call) -> None:
    above = source.parent(node)
    if _is_wait_for(source, above):
        above = source.parent(above) if above is not None else None
    if not isinstance(above, ast.Await):
        raise review("the gather is not awaited on the spot: who waits for it is not known here")
    around = source.parent(above)
    if isinstance(around, ast.Assign) and any(_is_fixed_target(t) for t in around.targets):
        raise leave("its results are unpacked into a fixed number of names")


def _is_fixed_target(target: ast.expr) -> bool:
    if not isinstance(target, (ast.Tuple, ast.List)):
        return False
    return not any(isinstance(item, ast.Starred) for item in target.elts)


def _is_wait_for(source: Source, above: ast.AST | None) -> bool:
    return isinstance(above, ast.Call) and source.qualified_name(above.func) == "asyncio.wait_for"


def shared_timeout(source: Source, node: ast.Call) -> str | None:
    """A time limit for all of them together: waiting in turn takes longer."""
    longer = "all together have one timeout, and with a limit they take longer"
    if _is_wait_for(source, source.parent(node)):
        return longer
    function = source.function(node)
    for above in source.ancestors(node):
        if above is function:
            break
        if isinstance(above, (ast.AsyncWith, ast.With)):
            for item in above.items:
                opened = item.context_expr
                name = source.qualified_name(opened.func) if isinstance(opened, ast.Call) else None
                if name is not None and TIMEOUTS.fullmatch(name):
                    return longer
    return None
