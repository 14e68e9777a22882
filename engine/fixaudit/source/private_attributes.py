"""The attributes of objects: what a file sets them to, and all that is known of a private one."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from fixaudit.model.evidence import Evidence, Reach
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source

_MANY = 60


@dataclass
class PrivateAttribute:
    """The values that the class gives it, and the places that read it."""

    name: str
    values: list[ast.expr] = field(default_factory=list)
    uses: list[ast.Attribute] = field(default_factory=list)


def private_attribute(source: Source, node: ast.Attribute) -> PrivateAttribute | Evidence:
    """All of an attribute of `self` whose name begins with `_`: what its class sets it to, and reads of it.

    What the code proves against that knowledge where it may be seen elsewhere: in another object, by
    its name as a text, in another file of the project (tests too). A subclass outside of the project is not seen.
    """
    cls, name = source.class_of(node), node.attr
    if cls is None or not is_own_attribute(source, node, cls):
        return source.proof(
            node, f"it is kept in `{ast.unparse(node)}`, of another object", Reach.FUNCTION
        )
    if not name.startswith("_"):
        text = f"`{name}` is a public attribute, which others may read"
        return source.proof(node, text, Reach.CLASS)
    found = PrivateAttribute(name)
    for use in source.named(ast.Attribute, frozenset({name})):
        if use.attr != name:
            continue
        owner = source.class_of(use)
        if owner is None or not is_own_attribute(source, use, owner):
            return source.proof(use, f"line {use.lineno} uses `{name}` of an object", Reach.MODULE)
        if owner is cls:
            against = _noted(source, found, use)
            if against is not None:
                return against
    against = _declared(source, found, cls) or _seen_elsewhere(source, cls, name)
    return found if against is None else against


def _noted(source: Source, found: PrivateAttribute, use: ast.Attribute) -> Evidence | None:
    if isinstance(use.ctx, ast.Load):
        found.uses.append(use)
        return None
    match source.parent(use):
        case ast.Assign(value=value):
            found.values.append(value)
        case ast.AnnAssign(value=given):
            found.values += [given] if given is not None else []
        case ast.Delete():
            pass
        case _:
            return source.proof(use, f"`{found.name}` is also set by something else", Reach.CLASS)
    return None


def _declared(source: Source, found: PrivateAttribute, cls: ast.ClassDef) -> Evidence | None:
    """What the class's own body says of it."""
    for statement in cls.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == found.name:
                found.values.append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=given) if name == found.name:
                found.values += [given] if given is not None else []
    for text in source.nodes(ast.Constant):
        if text.value == found.name:
            return source.proof(text, f"`{found.name}` is named by a text", Reach.MODULE)
    return None


def _seen_elsewhere(source: Source, cls: ast.ClassDef, name: str) -> Evidence | None:
    """A line of another file that may mean this attribute: of a subclass, a friend or a test."""
    own = source.project.facts_of_source(source).path
    word = re.compile(rf"(\w*)\.{re.escape(name)}\b|[\"']{re.escape(name)}[\"']")
    for mention in source.project.mentions(name.encode(), _MANY):
        found = word.search(mention.text)
        if mention.path == own or found is None:
            continue
        if found[1] in ("self", "cls") and cls.name.encode() not in (
            source.project.read(mention.path) or b""
        ):
            continue
        return source.proof_at(
            mention.path, mention.line, f"`{name}` is used elsewhere", Reach.DISTRIBUTION
        )
    return None


@memoized
def values_assigned(source: Source) -> tuple[tuple[ast.Name | ast.Attribute, ast.expr], ...]:
    """Every `name = value` and `x.name = value` of the file, as the target and the value."""
    found: list[tuple[ast.expr, ast.expr]] = []
    for node in source.nodes(ast.Assign):
        found += [(item, node.value) for item in node.targets]
    for declared in source.nodes(ast.AnnAssign):
        if declared.value is not None:
            found.append((declared.target, declared.value))
    return tuple(
        (item, value) for item, value in found if isinstance(item, (ast.Name, ast.Attribute))
    )


def is_own_attribute(source: Source, node: ast.Attribute, cls: ast.ClassDef) -> bool:
    """True for an attribute of the first parameter (`self`) of a method of the class."""
    if not isinstance(node.value, ast.Name):
        return False
    for binding in source.lookup(node.value.id, node.value):
        if binding.kind != "parameter":
            return False
        method = source.parent(source.parent(binding.node) or node)
        if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
        first = [*method.args.posonlyargs, *method.args.args][:1]
        return first == [binding.node] and source.parent(method) is cls
    return False
