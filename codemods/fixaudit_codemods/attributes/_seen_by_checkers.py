"""What a type checker reports of an attribute that is read directly: of `getattr` it knows next to nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from fixaudit import Evidence, Source
from fixaudit.authoring import Declaration, FunctionFacts, definition_of

_NONE = re.compile(r"\bNone\b|\bOptional\[")
# What a parameter may be declared as to take a builtin; of another type it is not known what it takes.
_ABSTRACT = {"Collection", "Container", "Iterable", "Mapping", "MutableMapping", "Sequence"}
_TAKEN_BY = {
    "bool": {"bool", "int", "float", "complex", "object"},
    "int": {"int", "float", "complex", "object"},
    "float": {"float", "complex", "object"},
    "None": {"None", "object"},
    "object": {"object"},
    **{
        name: {name, name.title(), "object"} | _ABSTRACT
        for name in ("bytes", "dict", "list", "set", "str", "tuple")
    },
}
_KNOWN = set().union(*_TAKEN_BY.values())


def may_be_none(
    source: Source, node: ast.Call, declarations: Iterable[Declaration | None]
) -> Evidence | None:
    """That the attribute is declared to be None too, which a checker does not know of `getattr(obj, "name")`."""
    for written in _written(declarations):
        if _NONE.search(written):
            told = (
                f"a checker knows of `{written}` then, and reports what does not reckon with None"
            )
            return source.hint(node, told)
    return None


def seen_by_checkers(
    source: Source,
    node: ast.Call,
    default: ast.expr | None,
    declarations: Iterable[Declaration | None],
) -> Evidence | None:
    """What a checker would report where `default` made a value of the attribute that it is not."""
    found = [*declarations]
    around = source.parent(node)
    tested = isinstance(around, (ast.BoolOp, ast.Compare, ast.UnaryOp)) or (
        isinstance(around, (ast.If, ast.IfExp, ast.While)) and around.test is node
    )
    is_none = isinstance(default, ast.Constant) and default.value is None
    hint = None if is_none or tested else may_be_none(source, node, found)
    return hint or does_not_fit(source, node, found)


def does_not_fit(
    source: Source, node: ast.Call, declarations: Iterable[Declaration | None]
) -> Evidence | None:
    """That the attribute is declared to be what the parameter it is given to does not take."""
    taken = _parameter(source, node)
    wanted = None if taken is None else _members(taken)
    if wanted is None:
        return None
    for written in _written(declarations):
        given = _members(ast.parse(written, mode="eval").body)
        if given is not None and any(
            _TAKEN_BY.get(item, _KNOWN).isdisjoint(wanted) for item in given
        ):
            told = f"a checker knows of `{written}` then, and the parameter takes `{' | '.join(wanted)}`"
            return source.hint(node, told)
    return None


def _written(declarations: Iterable[Declaration | None]) -> Iterator[str]:
    for declaration in declarations:
        attribute = None if declaration is None else declaration.attribute
        if attribute is not None and attribute.written:
            yield attribute.written


def _members(annotation: ast.expr) -> tuple[str, ...] | None:
    """The builtins and abstract types of a union, without what they hold; None for any other type."""
    match annotation:
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)) if name in _KNOWN:
            return (name,)
        case ast.Constant(value=None):
            return ("None",)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            parts = [_members(left), _members(right)]
        case ast.Subscript(value=ast.Name(id="Optional"), slice=held):
            parts = [_members(held), ("None",)]
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=inner)):
            parts = [_members(each) for each in inner]
        case _:
            return None
    found = [part for part in parts if part is not None]
    return tuple(name for part in found for name in part) if len(found) == len(parts) else None


def _parameter(source: Source, node: ast.Call) -> ast.expr | None:
    """The annotation of the parameter of a function of the project that the value is given to."""
    word = source.parent(node)
    call = source.parent(word) if isinstance(word, ast.keyword) else word
    if not isinstance(call, ast.Call) or node is call.func:
        return None
    function = definition_of(source, call.func)
    if not isinstance(function, FunctionFacts):
        return None
    arguments = function.node.args
    named = [*arguments.posonlyargs, *arguments.args]
    if isinstance(word, ast.keyword):
        found = [entry for entry in (*named, *arguments.kwonlyargs) if entry.arg == word.arg]
    elif isinstance(call.func, ast.Name) and node in call.args:
        found = named[call.args.index(node) :][:1]
    else:
        return None
    return found[0].annotation if found else None
