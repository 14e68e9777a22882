"""Calls that fit whatever function of the project they run: no look at which one it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Source, memoized
from fixaudit.authoring import Header, Outline, Parameter, call_fit

_MANY = 60  # headers of one name: following the call is no dearer than looking at more
_MANY_BASES = 100


def certainly_fits(source: Source, call: ast.Call) -> bool:
    """True where all functions and classes that the call can mean by its name take its arguments.

    That holds for a name that nothing in the project has, too.
    """
    func = call.func
    if not isinstance(func, (ast.Name, ast.Attribute)):
        return False
    by_value = isinstance(func, ast.Attribute) and not _may_lead_to_definition(source, func.value)
    on_class = (
        isinstance(func, ast.Attribute) and not by_value and _may_be_class(source, func.value)
    )
    headers = _all_headers(source, func.id if isinstance(func, ast.Name) else func.attr, _MANY)
    if headers is None:
        return False
    owners = _owners(source, func.value) if by_value and isinstance(func, ast.Attribute) else None
    for header in headers:
        if by_value and header.kind in ("function", "class"):
            continue
        if owners is not None and header.owner is not None and header.owner not in owners:
            continue
        if isinstance(func, ast.Name) and header.kind == "method":
            continue
        if header.kind == "unclear":
            return False
        for parameters in _as_called(header, on_class):
            if not call_fit(parameters, call, certain=True).fits:
                return False
    return True


def _as_called(header: Header, on_class: bool) -> Iterator[tuple[Parameter, ...]]:
    """The parameters that the arguments of a call are for."""
    for parameters in header.takes:
        if header.kind != "method":
            yield parameters
            continue
        yield parameters[1:]
        if on_class and not header.is_classmethod:
            yield parameters


def _may_lead_to_definition(source: Source, owner: ast.expr) -> bool:
    """False for a value: what is called on it is looked up in its class, as a method."""
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    if not isinstance(owner, ast.Name):
        return False
    found = source.lookup(owner.id, owner)
    return all(item.kind in ("import", "class", "function") for item in found)


def _may_be_class(source: Source, owner: ast.expr) -> bool:
    name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    return any(item.kind in ("class", "unclear") for item in _all_headers(source, name) or ())


def _owners(source: Source, receiver: ast.expr) -> frozenset[str] | None:
    """For `self`: the names of its class and of all that may be bases; None for other values."""
    if not isinstance(receiver, ast.Name):
        return None
    found = source.lookup(receiver.id, receiver)
    if len(found) != 1 or found[0].kind != "parameter":
        return None
    function, argument = found[0].statement, found[0].node
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    plain = [*function.args.posonlyargs, *function.args.args]
    if not plain or plain[0] is not argument or plain[0].annotation is not None:
        return None
    tested = rb"isinstance\s*\(\s*" + re.escape(receiver.id.encode()) + rb"\b"
    cls = _class_of(source, function)
    if cls is None or re.search(tested, source.body):
        return None
    return _named_bases(source, cls.name)


def _class_of(source: Source, function: ast.AST) -> ast.ClassDef | None:
    above = source.parent(function)
    return above if isinstance(above, ast.ClassDef) else None


@memoized
def _named_bases(source: Source, name: str) -> frozenset[str] | None:
    """A class's name with all words that bases of classes of these names are made of."""
    own = _own_outline(source)
    todo, seen = [name], {name}
    while todo:
        word = todo.pop()
        found, renamed, _ = source.project.headers(word)
        new = set(renamed | own.renamed(word.encode()))
        for header in (*found, *own.headers(word.encode(), source.body)):
            if header.kind in ("class", "unclear") and header.owner is None:
                if header.bases is None:
                    return None
            new.update(header.bases or ())
        todo += new - seen
        seen |= new
        if len(seen) > _MANY_BASES:
            return None
    return frozenset(seen)


@memoized
def _all_headers(source: Source, name: str, cap: int = 0) -> tuple[Header, ...] | None:
    """Those of the name, and of the names that imports make it of, in the project and this file.

    None where there are more than `cap`.
    """
    own = _own_outline(source)
    todo, seen = [name], {name}
    headers: list[Header] = []
    while todo:
        word = todo.pop()
        known = source.project.headers(word, cap)
        headers += known.found
        headers += own.headers(word.encode(), source.body)
        if known.too_many or (cap and len(headers) > cap):
            return None
        new = (known.renamed | own.renamed(word.encode())) - seen
        seen |= new
        todo += new
    return tuple(headers)


@memoized
def _own_outline(source: Source) -> Outline:
    """This file as it is by now: edits of an earlier pass are not in the project's text."""
    return Outline(source.body)
