"""What a digest is compared with, and whether it ever leaves its function."""

from __future__ import annotations

import ast
import re

from fixaudit import Evidence, Reach, Source
from fixaudit.authoring import clipped
from fixaudit_codemods.security.md5_to_sha256 import _purpose as meaning
from fixaudit_codemods.security.md5_to_sha256._context import Context
from fixaudit_codemods.security.md5_to_sha256._digest_flow import Place, loads

_HEX_DIGEST = re.compile(r"[0-9a-fA-F]{32}")


def compared_with_foreign(context: Context) -> Evidence | None:
    """What a digest made elsewhere looks like that this one is compared with; by its name a hint."""
    source = context.source
    for place in context.everywhere:
        for other in _other_sides(context, place):
            words = ast.unparse(other)
            if isinstance(other, ast.Constant) and isinstance(other.value, (str, bytes)):
                told = "the digest is compared with a constant: it verifies a known MD5"
                return source.proof(other, told, Reach.FUNCTION)
            if _holds_hex_digest(source, other):
                told = f"`{clipped(words)}` holds MD5 digests made elsewhere"
                return source.proof(other, told, Reach.FUNCTION)
            if meaning.is_foreign(words) and not _is_ours(context, other):
                told = f"the digest is compared with `{clipped(words)}`: that one was made elsewhere or before"
                return source.hint(other, told, Reach.FUNCTION)
    return None


def _other_sides(context: Context, place: Place) -> list[ast.expr]:
    node = place.node
    if place.kind == "compare" and isinstance(node, ast.Compare):
        if not all(isinstance(op, (ast.Eq, ast.NotEq, ast.In, ast.NotIn)) for op in node.ops):
            return []
        sides = (node.left, *node.comparators)
        return [side for side in sides if not (holds_digest(context, side) or _is_nothing(side))]
    if place.kind == "argument" and isinstance(node, ast.Call):
        name = place.words.rpartition(".")[2]
        if name in ("compare_digest", "startswith", "endswith", "constant_time_compare"):
            return [side for side in node.args if not holds_digest(context, side)]
    return []


def _is_nothing(side: ast.expr) -> bool:
    return isinstance(side, ast.Constant) and not side.value


def holds_digest(context: Context, side: ast.expr) -> bool:
    """True for an expression, as a side of a comparison, that comes from this very site."""
    made = {id(call) for call in (*context.used.reads, *context.callers, context.site.call)}
    names = {place.words for place in context.everywhere if place.kind == "name"}
    return any(
        id(node) in made or (isinstance(node, ast.Name) and node.id in names)
        for node in ast.walk(side)
    )


def _is_ours(context: Context, other: ast.expr) -> bool:
    """True where the other side is computed in the same expression, from MD5 too."""
    return any(
        isinstance(node, ast.Call) and context.source.qualified_name(node.func) == "hashlib.md5"
        for node in ast.walk(other)
    )


def _holds_hex_digest(source: Source, expression: ast.expr) -> bool:
    """True for a name bound once to a literal that holds 32 hex digits."""
    if not isinstance(expression, ast.Name):
        return False
    bindings = source.lookup(expression.id, expression)
    value = bindings[0].value if len(bindings) == 1 else None
    return value is not None and any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _HEX_DIGEST.fullmatch(node.value)
        for node in ast.walk(value)
    )


def compared_with_unknown(context: Context) -> str | None:
    """The other side of a comparison when nothing tells who made it."""
    for place in context.places:
        for other in _other_sides(context, place):
            words = ast.unparse(other)
            ours = _is_ours(context, other) or _is_local_container(context.source, other)
            if not ours and not meaning.is_own(words):
                return clipped(words)
    return None


def _is_local_container(source: Source, expression: ast.expr) -> bool:
    """True for a variable of the function that starts as an empty dict, set or list."""
    if not isinstance(expression, ast.Name) or source.function(expression) is None:
        return False
    scope, bindings = source.scopes.lookup(expression.id, expression)
    if scope is None or scope is source.scopes.module or len(bindings) != 1:
        return False
    match bindings[0].value:
        case ast.Dict(keys=[]) | ast.List(elts=[]):
            return True
        case ast.Call(
            func=ast.Name(id="set" | "dict" | "list" | "defaultdict" | "Counter" | "deque")
        ):
            return True
    return False


def is_looked_up(context: Context) -> bool:
    """True where the digest is only asked for among others, and nothing is fetched by it: what is
    known already is not taken again."""
    return all(place.kind != "key" for place in context.places) and any(
        isinstance(place.node, ast.Compare)
        and any(isinstance(op, (ast.In, ast.NotIn)) for op in place.node.ops)
        for place in context.places
    )


def stays_inside(context: Context) -> bool:
    """True where the digest is only looked up in, or put into, containers of its own function."""
    homes = [_home(place) for place in context.places if place.kind != "name"]
    return bool(homes) and all(
        home is not None
        and _is_local_container(context.source, home)
        and not _holds_others(context, home)
        for home in homes
    )


def _holds_others(context: Context, container: ast.expr) -> bool:
    """True where something else than this digest is put into a local container too."""
    assert isinstance(container, ast.Name)
    for use in loads(context.source, container):
        above = context.source.parent(use)
        match context.source.parent(above) if isinstance(above, ast.Attribute) else above:
            case ast.Subscript(slice=key, ctx=ast.Store()) if not holds_digest(context, key):
                return True
            case ast.Call(
                func=ast.Attribute(attr="add" | "append" | "update" | "extend"), args=args
            ):
                if not any(holds_digest(context, given) for given in args):
                    return True
    return False


def _home(place: Place) -> ast.expr | None:
    """The container that a digest is a key or an element of."""
    match place.node:
        case ast.Subscript(value=base) if place.kind == "key":
            return base
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[base]):
            return base
        case ast.Call(func=ast.Attribute(value=base, attr="add" | "get" | "append" | "setdefault")):
            return base
    return None


def pair_around(context: Context) -> tuple[ast.expr, ...]:
    """The digest and the other MD5, made in the same function, that it is only compared with.

    Each of the two may be kept in a variable that nothing else reads.
    """
    found = [_comparison(context.source, read) for read in context.used.reads]
    if context.used.variable is not None or len(found) != 1 or found[0] is None:
        return ()
    comparison = found[0]
    sides = (comparison.left, comparison.comparators[0])
    made = [each for side in sides if (each := _made(context.source, side)) is not None]
    both = [each for each in made if _comparison(context.source, each) is comparison]
    return tuple(both) if len(both) == len(sides) else ()


def _comparison(source: Source, read: ast.expr | None) -> ast.Compare | None:
    """The `==` or `!=` of two that is all that becomes of a digest, through one variable at most."""
    parent = None if read is None else source.parent(read)
    match parent:
        case ast.Assign(targets=[ast.Name() as name]):
            used = loads(source, name)
            alone = len(used) == 1 and len(source.lookup(name.id, name)) == 1
            if source.function(name) is None or not alone:
                return None
            parent = source.parent(used[0])
    match parent:
        case ast.Compare(ops=[ast.Eq() | ast.NotEq()]):
            return parent
    return None


def _made(source: Source, side: ast.expr) -> ast.expr | None:
    """`md5(…).hexdigest()` as a side of a comparison, or in the variable that stands there."""
    if isinstance(side, ast.Name):
        bindings = source.lookup(side.id, side)
        value = bindings[0].value if len(bindings) == 1 else None
        if value is None or source.function(value) is not source.function(side):
            return None
        side = value
    match side:
        case ast.Call(
            func=ast.Attribute(value=ast.Call() as made, attr="hexdigest" | "digest"), args=[]
        ):
            if source.qualified_name(made.func) == "hashlib.md5":
                return side
    return None
