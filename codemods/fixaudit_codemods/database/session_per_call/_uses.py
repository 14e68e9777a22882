"""What the body of `with Session() as session:` does with the session."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from fixaudit import Source
from fixaudit.authoring import assigned_literal, keyword, variable_uses
from fixaudit_codemods.database._http_clients import REQUESTS
from fixaudit_codemods.database._made_clients import CLOSING

_HOST = re.compile(r"(?:https?|wss?)://([\w.-]+)")
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)  # fmt: skip
WithBlock = ast.With | ast.AsyncWith


@dataclass
class Uses:
    """The requests, by their hosts (empty for one that is not known), and what stands in the way.

    `shared` is the first place at which several requests, or other code (`handed`), may use the session,
    `changed` the first that changes or closes it.
    """

    hosts: list[str] = field(default_factory=list)
    shared: ast.AST | None = None
    handed: bool = False
    changed: ast.AST | None = None


def uses_of(source: Source, block: WithBlock, name: ast.Name) -> Uses:
    found = Uses()
    scope, _ = source.scopes.lookup(name.id, name)
    for use in variable_uses(source, scope, name.id) if scope is not None else ():
        if block not in source.ancestors(use):
            continue
        _look(source, block, use, found)
    return found


def _look(source: Source, block: WithBlock, use: ast.Name, found: Uses) -> None:
    above = source.parent(use)
    call = source.parent(above) if above is not None else None
    if not isinstance(above, ast.Attribute):
        found.handed = found.handed or found.shared is None
        found.shared = found.shared or use
    elif isinstance(call, ast.Call) and call.func is above and above.attr in REQUESTS:
        found.hosts.append(_host(source, call, above.attr))
        if _is_repeated(source, block, use):
            found.shared = found.shared or use
    elif above.attr in CLOSING or not isinstance(above.ctx, ast.Load) or _is_kept_state(above):
        found.changed = found.changed or above


def _is_kept_state(above: ast.Attribute) -> bool:
    return above.attr in ("headers", "cookies", "cookie_jar", "auth", "params", "mount", "hooks")


def _is_repeated(source: Source, block: WithBlock, use: ast.Name) -> bool:
    """True in a loop or a function within the block: there the session serves many requests."""
    for above in source.ancestors(use):
        if above is block:
            return False
        if isinstance(above, (*_LOOPS, ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef)):
            return True
    return False


def _host(source: Source, call: ast.Call, method: str) -> str:
    at = 1 if method == "request" else 0
    word = keyword(call, "url")
    url = word.value if word is not None else call.args[at] if len(call.args) > at else None
    value = None if url is None else assigned_literal(source, url)
    if isinstance(value, ast.BinOp):
        value = assigned_literal(source, value.left)
    if isinstance(value, ast.JoinedStr) and value.values:
        value = value.values[0]
        if isinstance(value, ast.FormattedValue):
            value = assigned_literal(source, value.value)
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return ""
    match = _HOST.match(value.value)
    return match[1] if match is not None else ""


def yields_within(block: WithBlock) -> ast.AST | None:
    """A `yield` in the block, which then lives as long as its user wants."""
    return next((node for node in ast.walk(block) if isinstance(node, (ast.Yield, ast.YieldFrom))), None)  # fmt: skip
