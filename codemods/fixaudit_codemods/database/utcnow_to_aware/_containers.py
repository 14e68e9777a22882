"""Private lists and dicts of an object in which dates are kept: `self._seen.append(utcnow())`.

Only private attributes are followed, within their file: no other code has to do with them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit import Source
from fixaudit.authoring import clipped
from fixaudit_codemods.database.utcnow_to_aware._group import Follower

_ADDING = frozenset({"append", "appendleft", "add"})
_TAKING = frozenset({"pop", "popleft", "get", "setdefault"})
_EMPTYING = frozenset({"clear"})
_COUNTING = frozenset({"builtins.len", "builtins.bool"})
_EMPTY = (ast.List, ast.Dict, ast.Set)
_MAKERS = frozenset({"builtins.list", "builtins.dict", "builtins.set", "collections.deque"})


def added_to(call: ast.Call) -> ast.Attribute | None:
    """The container of `self._x.append(…)` and the like."""
    match call.func:
        case ast.Attribute(value=ast.Attribute() as kept, attr=method):
            if method in _ADDING and len(call.args) == 1 and _is_private(kept):
                return kept
    return None


def _is_private(node: ast.Attribute) -> bool:
    return (
        node.attr.startswith("_") and isinstance(node.value, ast.Name) and node.value.id == "self"
    )


def element_of(source: Source, node: ast.expr) -> ast.Attribute | None:
    """The private container of an object that a date comes from: `t`, in a loop over it, with a
    duration added or not, or `self._x[key]`."""
    parts = [node.left, node.right] if isinstance(node, ast.BinOp) else [node]
    for part in parts:
        match part:
            case ast.Subscript(value=ast.Attribute() as kept) if _is_private(kept):
                return kept
            case ast.Call(func=ast.Attribute(value=ast.Attribute() as kept, attr=method)):
                if method in _TAKING and _is_private(kept):
                    return kept
            case ast.Name():
                for binding in source.lookup(part.id, part):
                    over = getattr(binding.statement, "iter", None)
                    if binding.kind in ("loop", "comprehension") and isinstance(
                        over, ast.Attribute
                    ):
                        if _is_private(over) and _target(binding.statement) is binding.node:
                            return over
    return None


def is_counted_or_kept(source: Source, made: ast.ListComp) -> bool:
    """True where a list of dates is only counted, or becomes a private container again, which is
    followed with what it is made of."""
    match source.parent(made):
        case ast.Call() as call:
            return source.qualified_name(call.func) in _COUNTING
        case ast.Assign(targets=[ast.Attribute() as kept]):
            over = made.generators[0].iter
            return _is_private(kept) and isinstance(over, ast.Attribute) and over.attr == kept.attr
    return False


def _target(loop: ast.AST) -> ast.expr | None:
    return getattr(loop, "target", None)


def follow(flow: Follower, kept: ast.Attribute) -> None:
    """Follow all dates that a private container holds."""
    if not _is_private(kept):
        told = clipped(ast.unparse(kept))
        flow.group.doubt(flow.source, kept, f"it is kept in `{told}`, which other code may read")
        return
    if kept.attr in flow.group.containers:
        return
    flow.group.containers.add(kept.attr)
    mentions = flow.source.project.mentions(kept.attr.encode(), 400)
    own = flow.source.project.facts_of_source(flow.source).path
    other = next((item for item in mentions if item.path != own), None)
    if other is not None and not _is_mangled(kept.attr):
        flow.group.doubt(flow.source, kept, f"`{kept.attr}` is named in {other.path.name} too")
        return
    for node in flow.source.nodes(ast.Attribute):
        if node.attr == kept.attr:
            _use(flow, node)


def _is_mangled(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


def _use(flow: Follower, node: ast.Attribute) -> None:
    source = flow.source
    parent = source.parent(node)
    match parent:
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
            if target is not node or not all(
                flow.is_ours(item) for item in _filling(source, value, node)
            ):
                _hidden(flow, node)
        case ast.Attribute(attr=method):
            _called(flow, node, parent, method)
        case ast.Call() if source.qualified_name(parent.func) in _COUNTING:
            return
        case ast.For(iter=over) | ast.comprehension(iter=over) if over is node:
            _each(flow, node, parent)
        case ast.Subscript(value=value) if value is node:
            _entry(flow, parent)
        case ast.Compare(ops=[ast.In() | ast.NotIn()]):
            return
        case ast.If() | ast.While() | ast.UnaryOp(op=ast.Not()) | ast.BoolOp() | ast.Delete():
            return
        case _:
            _hidden(flow, node)


def _entry(flow: Follower, entry: ast.Subscript) -> None:
    if isinstance(entry.ctx, ast.Load):
        if isinstance(entry.slice, ast.Slice):
            _hidden(flow, entry)
        else:
            flow.follow(entry)
    elif isinstance(entry.ctx, ast.Store):
        statement = flow.source.parent(entry)
        value = getattr(statement, "value", None)
        if not isinstance(statement, ast.Assign) or value is None or not flow.is_ours(value):
            _hidden(flow, entry)


def _called(flow: Follower, node: ast.Attribute, attribute: ast.Attribute, method: str) -> None:
    call = flow.source.parent(attribute)
    if not isinstance(call, ast.Call) or call.func is not attribute:
        _hidden(flow, node)
    elif method in _ADDING and len(call.args) == 1:
        if not flow.is_ours(call.args[0]):
            _hidden(flow, node)
    elif method in _TAKING and all(flow.is_ours(item) for item in call.args[1:]):
        flow.follow(call)
    elif method not in _EMPTYING:
        _hidden(flow, node)


def _each(flow: Follower, node: ast.Attribute, loop: ast.AST) -> None:
    """A loop over the container; over a dict it gives keys, which are no dates that anybody meets."""
    target = _target(loop)
    if not isinstance(target, ast.Name):
        _hidden(flow, node)
        return
    flow.follow_name(target)


def _filling(source: Source, value: ast.expr | None, kept: ast.Attribute) -> Iterator[ast.expr]:
    """The elements that a container starts with; the value itself where they cannot be told."""
    match value:
        case None | ast.List(elts=[]) | ast.Dict(keys=[]):
            return
        case ast.List(elts=elements) | ast.Set(elts=elements):
            yield from elements
        case ast.Dict(values=values):
            yield from values
        case ast.ListComp(elt=ast.Name() as element, generators=[ast.comprehension(iter=over)]):
            same = isinstance(over, ast.Attribute) and over.attr == kept.attr
            if not same or element_of(source, element) is None:
                yield value
        case ast.Call(func=func, args=[], keywords=words):
            known = source.qualified_name(func) in _MAKERS and all(
                word.arg == "maxlen" for word in words
            )
            if not known:
                yield value
        case _:
            yield value


def _hidden(flow: Follower, node: ast.expr) -> None:
    told = clipped(ast.unparse(node))
    flow.group.doubt(flow.source, node, f"what becomes of the dates in `{told}` is not seen here")
