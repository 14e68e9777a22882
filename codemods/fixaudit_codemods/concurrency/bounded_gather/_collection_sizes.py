"""How many things an iterable gives at a time: a number the code says, a batch, or as many as there are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Evidence, Reach, Source, memoized
from fixaudit.authoring import Binding, is_outside, variable_uses
from fixaudit_codemods.concurrency.bounded_gather._stops import (
    HintedError,
    collecting,
    last_name,
    leave,
    short,
)

COPIES = frozenset({"list", "tuple", "set", "frozenset", "reversed", "sorted", "iter"})
PAIRING = frozenset({"enumerate", "zip", *COPIES})
CHUNKING = re.compile(
    r"(.*_)?(batch(es|ed)?|chunk(s|ed)?|groups_of|grouper|sliced|windowed|split_every|partition_all)(_.*)?",
    re.IGNORECASE,
)
BATCH = re.compile(r"(.*_)?(batch|chunk|window)(_.*)?", re.IGNORECASE)
# What takes one of them as a parameter gets a batch; `batch_jobs` are jobs of that kind.
ONE_BATCH = re.compile(r"(.*_)?(batch|chunk|window)", re.IGNORECASE)
_EACH = ("loop", "assign")


def look_at_iterables(
    source: Source, gather: ast.Call, iterables: list[ast.expr]
) -> list[Evidence]:
    """The hints that these are batches, by their names.

    Raises:
        RefusedError: one is cut to a size.
    """
    hints: list[Evidence] = []
    for iterable in iterables:
        cut = iterable.slice if isinstance(iterable, ast.Subscript) else None
        if isinstance(cut, ast.Slice) and cut.upper is not None:
            raise leave(f"`{short(iterable)}` is a slice: what runs at a time is bounded")
        with collecting(hints):
            _look_for_batch(source, gather, iterable)
    return hints


def _look_for_batch(source: Source, gather: ast.Call, iterable: ast.expr) -> None:
    """A slice or chunk taken in each turn of the loop that the gather stands in."""
    if isinstance(iterable, ast.Call) and iterable.args and last_name(iterable.func) in PAIRING:
        for item in iterable.args:
            _look_for_batch(source, gather, item)
    if not isinstance(iterable, ast.Name):
        return
    text = f"`{short(iterable)}` is one batch at a time: its size is the bound"
    bindings = source.lookup(iterable.id, iterable)
    if any(item.kind == "parameter" for item in bindings):
        if ONE_BATCH.fullmatch(iterable.id):
            raise HintedError([source.hint(bindings[0].node, text)])
    elif source.loop(gather) is not None:
        if _holds_batch(source, bindings):
            raise leave(source.proof(bindings[0].statement, text, Reach.FUNCTION))
        named = BATCH.fullmatch(iterable.id) and any(entry.kind in _EACH for entry in bindings)
        if named or any(CHUNKING.fullmatch(last_name(func)) for func in _looped(bindings)):
            raise HintedError([source.hint(iterable, text)])


def _looped(bindings: list[Binding]) -> Iterator[ast.expr]:
    """What is called for the iterables of `for` loops."""
    for binding in bindings:
        if binding.kind == "loop" and isinstance(binding.statement, (ast.For, ast.AsyncFor)):
            made = binding.statement.iter
            inner = made.args[0] if isinstance(made, ast.Call) and _is_enumerate(made) else made
            if isinstance(inner, ast.Call):
                yield inner.func


def _holds_batch(source: Source, bindings: list[Binding]) -> bool:
    if any(CHUNKING.fullmatch(last_name(f)) and is_outside(source, f) for f in _looped(bindings)):
        return True
    for binding in bindings:
        value = binding.value
        if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
            return True
        if isinstance(value, ast.Call) and (
            last_name(value.func) == "islice" or _holds_islice(value)
        ):
            return True
    return False


def _holds_islice(call: ast.Call) -> bool:
    return any(
        isinstance(item, ast.Call) and last_name(item.func) == "islice" for item in call.args
    )


def is_fixed(source: Source, iterable: ast.expr, depth: int = 0) -> bool:
    """True where the code itself says how many things the iterable gives."""
    match iterable:
        case ast.Tuple() | ast.List() | ast.Set():
            return not any(isinstance(item, ast.Starred) for item in iterable.elts)
        case ast.Dict():
            return None not in iterable.keys
        case ast.Constant():
            return True
        case ast.Call(func=ast.Attribute(value=owner, attr="items" | "keys" | "values")):
            return is_fixed(source, owner, depth)
        case ast.Call() if is_range(iterable):
            return all(_is_number(item) for item in iterable.args)
        case ast.Call() if last_name(iterable.func) in PAIRING:
            fixed = [is_fixed(source, item, depth) for item in iterable.args]
            return any(fixed) if last_name(iterable.func) == "zip" else all(fixed[:1] or [False])
        case ast.Name() if depth < 3:
            return _is_fixed_name(source, iterable, depth)
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id="self"), attr=attr)):
            around = source.class_of(source.function(iterable) or iterable)
            return around is not None and _holds_fixed(source, around, attr)
    return False


def _is_fixed_name(source: Source, name: ast.Name, depth: int) -> bool:
    bindings = reaching(source, name, source.lookup(name.id, name))
    if len(bindings) != 1 or bindings[0].kind != "assign" or bindings[0].value is None:
        return False
    value = bindings[0].value
    if isinstance(bindings[0].statement, (ast.Assign, ast.AnnAssign)):
        growing = isinstance(value, (ast.List, ast.Set, ast.Dict)) and _is_changed(source, name)
        return not growing and is_fixed(source, value, depth + 1)
    return False


def reaching(source: Source, name: ast.Name, bindings: list[Binding]) -> list[Binding]:
    """The bindings of a name that may hold where it is read: those before the last assignment that
    certainly runs before it are left out."""
    if len(bindings) < 2:
        return bindings
    scope = source.function(name)
    around = {id(above) for above in source.ancestors(name)}
    start = source.span(source.statement(name)).start

    def position(binding: Binding) -> int:
        return source.span(binding.node).start

    def surely(binding: Binding) -> bool:
        statement = binding.statement
        plain = isinstance(statement, (ast.Assign, ast.AnnAssign)) and binding.value is not None
        return (
            plain
            and source.function(statement) is scope
            and id(source.parent(statement)) in around
            and any(id(entry) in around for entry in source.block(source.statement(statement)))
            and source.span(statement).end <= start
        )

    last = max((binding for binding in bindings if surely(binding)), key=position, default=None)
    if last is None:
        return bindings
    behind = position(last)
    turn = source.loop(name)
    return [last] + [
        entry
        for entry in bindings
        if behind < position(entry) < start
        or (position(entry) > start and turn is not None and turn is not source.loop(last.node))
        or source.function(entry.node) is not scope
    ]


def _holds_fixed(source: Source, owner: ast.ClassDef, attribute: str) -> bool:
    """True where a mapping kept in `self.<attribute>` only ever gets displays of a fixed size."""
    filled = False
    for use in _attributes(source).get((owner, attribute), ()):
        above = source.parent(use)
        around = None if above is None else source.parent(above)
        match above, around:
            case ast.Subscript(ctx=ast.Store()), ast.Assign(value=ast.Dict() as value):
                filled = True
                if not is_fixed(source, value):
                    return False
            case ast.Subscript(ctx=ast.Load()), ast.Subscript(ctx=ast.Store() | ast.Del()):
                return False
            case ast.Subscript(ctx=ast.Load()), ast.Attribute(attr=method) if method in _GROWING:
                return False
            case ast.Subscript(ctx=ast.Store()), _:
                return False
            case ast.Attribute(attr=method), _ if method in _GROWING:
                return False
            case (ast.Assign() | ast.AnnAssign()), _ if not isinstance(use.ctx, ast.Load):
                first = above.value if isinstance(above, (ast.Assign, ast.AnnAssign)) else None
                if not isinstance(first, ast.Dict) or first.keys:
                    return False
    return filled


_GROWING = frozenset({"update", "setdefault", "append", "extend", "add", "insert"})


@memoized
def _attributes(source: Source) -> dict[tuple[ast.ClassDef, str], list[ast.Attribute]]:
    """The uses of `self.<name>`, by the class around and the name."""
    found: dict[tuple[ast.ClassDef, str], list[ast.Attribute]] = {}
    for node in source.nodes(ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            owner = source.class_of(source.function(node) or node)
            if owner is not None:
                found.setdefault((owner, node.attr), []).append(node)
    return found


def _is_changed(source: Source, name: ast.Name) -> bool:
    """True where the name stands for more than reading: a method call or an item set on it.

    What is appended outside of loops is as fixed as the display that it is appended to.
    """
    for use in uses(source, name):
        above = source.parent(use)
        if isinstance(above, ast.Attribute) and above.attr in ("append", "add", "insert"):
            if source.loop(use) is None and source.function(use) is source.function(name):
                continue
        if isinstance(above, ast.Attribute) and above.attr not in ("items", "keys", "values"):
            return True
        if isinstance(above, ast.Subscript) and not isinstance(above.ctx, ast.Load):
            return True
    return False


def uses(source: Source, name: ast.Name) -> Iterator[ast.Name]:
    """The other places of the file that read the same variable."""
    home = source.scopes.lookup(name.id, name)[0]
    for use in () if home is None else variable_uses(source, home, name.id):
        if use is not name and isinstance(use.ctx, ast.Load):
            yield use


def is_range(node: ast.expr) -> bool:
    """True for `range(…)`."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"
    )


def _is_enumerate(node: ast.Call) -> bool:
    return last_name(node.func) == "enumerate" and bool(node.args)


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)
