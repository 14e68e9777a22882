"""What becomes of a hash object and of the digests read from it, as far as one function shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fixaudit import Source
from fixaudit.authoring import variable_uses

_FEEDING = frozenset({"update"})
_READING = frozenset({"hexdigest", "digest"})
_DEPTH = 3

Kind = Literal[
    "argument", "keyword", "attribute", "item", "entry", "compare", "return", "name", "text",
    "through", "key", "modulo",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Uses:
    """The reading calls of a hash object; `trouble` says why not all of its uses are known."""

    reads: tuple[ast.Call, ...] = ()
    variable: str | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a digest goes: `words` name it (a variable, keyword, callee, literal text, …)."""

    kind: Kind
    words: str
    node: ast.AST


def uses(source: Source, made: ast.expr) -> Uses:
    """How the hash object that `made` evaluates to is used."""
    read = _method_call(source, made)
    if read is not None:
        return _of_direct_call(read)
    parent = source.parent(made)
    match parent:
        case ast.Assign(targets=[ast.Name() as target]):
            return _of_variable(source, target)
        case ast.AnnAssign(target=ast.Name() as target) | ast.NamedExpr(target=target):
            return _of_variable(source, target)
        case ast.Assign(targets=[ast.Attribute() as target, *_]):
            return Uses(trouble=f"the hash object is kept as `{ast.unparse(target)}`")
        case ast.Return() | ast.Yield():
            return Uses(trouble="the hash object is returned: its callers read the digest")
        case ast.Lambda():
            return Uses(trouble="a lambda hands the hash object out")
        case ast.Call() | ast.keyword():
            return Uses(trouble="the hash object is passed on to a call")
    return Uses(trouble="the hash object is not read right here")


def _method_call(source: Source, value: ast.expr) -> ast.Call | None:
    """`value.method(…)` around `value`."""
    attribute = source.parent(value)
    call = source.parent(attribute) if isinstance(attribute, ast.Attribute) else None
    return call if isinstance(call, ast.Call) and call.func is attribute else None


def _of_direct_call(call: ast.Call) -> Uses:
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr in _READING and not call.args and not call.keywords:
        return Uses((call,))
    return Uses(trouble=f"`.{call.func.attr}` is called on the hash object")


def _of_variable(source: Source, target: ast.Name) -> Uses:
    name = target.id
    scope, bindings = source.scopes.lookup(name, target)
    if scope is None or scope is source.scopes.module or source.function(target) is None:
        return Uses(variable=name, trouble=f"`{name}` is visible to the whole module")
    if len(bindings) != 1:
        return Uses(variable=name, trouble=f"`{name}` is assigned more than once")
    reads: list[ast.Call] = []
    for use in loads(source, target):
        call = _method_call(source, use)
        if call is None:
            return Uses(variable=name, trouble=f"`{name}` is used as a whole in line {use.lineno}")
        assert isinstance(call.func, ast.Attribute)
        method = call.func.attr
        if method in _READING and not call.args and not call.keywords:
            reads.append(call)
        elif method not in _FEEDING:
            return Uses(variable=name, trouble=f"`{name}.{method}` is called in line {use.lineno}")
    if not reads:
        return Uses(variable=name, trouble=f"the digest of `{name}` is never read")
    return Uses(tuple(reads), name)


def loads(source: Source, target: ast.Name) -> list[ast.Name]:
    """Every place that reads the variable `target` binds, nested functions included."""
    scope, _ = source.scopes.lookup(target.id, target)
    found = variable_uses(source, scope, target.id) if scope is not None else ()
    return [use for use in found if isinstance(use.ctx, ast.Load)]


# ------------------------------------------------------------------------- where a digest goes


def places(source: Source, value: ast.expr, depth: int = 0) -> Iterator[Place]:
    """Everything the code shows about where `value` goes, through local variables too."""
    node: ast.AST = value
    while True:
        parent = source.parent(node)
        if parent is None or isinstance(parent, ast.stmt):
            yield from _at_statement(source, parent, node, depth)
            return
        yield from _passing(source, parent, node, depth)
        if _is_end(parent, node):
            return
        node = parent


def _is_end(parent: ast.AST, node: ast.AST) -> bool:
    if isinstance(parent, ast.Call):
        return parent.func is not node and not _is_conversion(parent)
    if isinstance(parent, ast.Subscript):
        return parent.slice is node
    if isinstance(parent, (ast.If, ast.IfExp, ast.While)):
        return parent.test is node
    return isinstance(parent, (ast.Compare, ast.Lambda, ast.Yield))


_CONVERSIONS = frozenset(
    {"str", "int", "bytes", "bytearray", "repr", "b64encode", "urlsafe_b64encode", "b32encode"}
    | {"hexlify", "b2a_hex", "UUID", "from_bytes", "unpack", "unpack_from", "format", "join"}
    | {"Path", "PurePath", "joinpath", "quote", "f", "ObjectId", "mark_safe", "force_str"}
    | {"encodebytes", "encodestring", "b2a_base64", "ensure_text", "to_bytes", "abs", "hex"}
)


def _is_conversion(call: ast.Call) -> bool:
    return callee(call) in _CONVERSIONS


def callee(call: ast.Call) -> str:
    """The last word of what is called."""
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _passing(source: Source, parent: ast.AST, node: ast.AST, depth: int) -> Iterator[Place]:
    match parent:
        case ast.Call() if parent.func is not node:
            kind: Kind = "through" if _is_conversion(parent) else "argument"
            yield Place(kind, ast.unparse(parent.func), parent)
            yield from _beside(parent, node)
        case ast.keyword(arg=str() as name):
            yield Place("keyword", name, parent)
        case ast.Subscript(value=base, slice=key) if key is node:
            yield Place("key", ast.unparse(base), parent)
        case ast.BinOp(op=ast.Mod(), left=left) if left is node:
            yield Place("modulo", "", parent)
        case ast.BinOp() | ast.JoinedStr():
            yield from _beside(parent, node)
        case ast.Dict(keys=keys, values=values):
            yield from _entry(keys, values, node)
        case ast.Compare():
            yield Place("compare", "", parent)
        case ast.Lambda() | ast.Yield():
            yield Place("return", "", parent)
        case ast.NamedExpr(target=target):
            yield from _into(source, target, depth)


def _beside(parent: ast.AST, node: ast.AST) -> Iterator[Place]:
    """Texts (and in text, names) that stand beside `node` in a call, a sum or an f-string."""
    pending = [child for child in ast.iter_child_nodes(parent) if child is not node]
    while pending:
        entry = pending.pop()
        match entry:
            case ast.Constant(value=str() as text) if text:
                yield Place("text", text[:200], entry)
            case ast.Name(id=name) | ast.Attribute(attr=name) if not isinstance(parent, ast.Call):
                yield Place("text", name, entry)
        pending += ast.iter_child_nodes(entry)


def _entry(keys: list[ast.expr | None], values: list[ast.expr], node: ast.AST) -> Iterator[Place]:
    for key, value in zip(keys, values, strict=True):
        if value is node and key is not None:
            yield Place("entry", _spoken(key), key)
        elif key is node:
            yield Place("key", "", key)


def _at_statement(
    source: Source, statement: ast.AST | None, node: ast.AST, depth: int
) -> Iterator[Place]:
    match statement:
        case ast.Return():
            yield Place("return", "", statement)
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _into(source, target, depth)
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            yield from _into(source, target, depth)


def _into(source: Source, target: ast.expr, depth: int) -> Iterator[Place]:
    match target:
        case ast.Name():
            yield Place("name", target.id, target)
            if depth < _DEPTH:
                for use in loads(source, target):
                    yield from places(source, use, depth + 1)
        case ast.Attribute(attr=attr):
            yield Place("attribute", attr, target)
        case ast.Subscript(value=base, slice=key):
            yield Place("item", f"{ast.unparse(base)} {_spoken(key)}", target)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            # Which of them gets the digest is not known, so none is followed.
            for element in elements:
                yield Place("name", ast.unparse(element), element)


def _spoken(key: ast.expr) -> str:
    if isinstance(key, ast.Constant):
        return str(key.value)[:200]
    return ast.unparse(key)
