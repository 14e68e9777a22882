"""The class whose rows a query gives, and what their columns hold."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit.semantics.attributes import AttributeFacts
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.values.infer import Inference
from fixaudit.semantics.values.value import Shape
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.source.static_type import definition_of, static_type

_MAX_DEPTH = 6
# Of SQLAlchemy, SQLModel and Django, which give one row or None.
_ONE = frozenset({"first", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "get", "afirst", "aget"})  # fmt: skip
_ASKING = frozenset({"query", "select", "get"})
_TEXT = frozenset({"String", "Text", "Unicode", "UnicodeText", "VARCHAR", "CHAR", "TEXT"})


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds by its declaration; `is_text` is false where that is not known to be text."""

    is_text: bool
    optional: bool


@memoized
def row_class(source: Source, expression: ast.expr) -> ClassFacts | None:
    """The class of the project that the expression is an instance of: by its type, or because a query
    for that class gives it (`session.query(User)….first()`, `result.scalar_one_or_none()`).

    None in any doubt. Whether there is a row is not answered.
    """
    known = static_type(source, expression)
    if known is not None:
        return known.members[0] if len(known.members) == 1 else None
    return _row(source, expression, _MAX_DEPTH)


def _row(source: Source, node: ast.expr, depth: int) -> ClassFacts | None:
    if depth == 0:
        return None
    match node:
        case ast.Await(value=value) | ast.NamedExpr(value=value):
            return _row(source, value, depth - 1)
        case ast.Name():
            bound = _bound(source, node)
            return _row(source, bound, depth - 1) if bound is not None else None
        case ast.Call(func=ast.Attribute(attr=attr)) if attr in _ONE:
            return _asked_for(source, node, depth)
    return None


def _bound(source: Source, name: ast.Name) -> ast.expr | None:
    bindings = source.lookup(name.id, name)
    return bindings[0].value if len(bindings) == 1 and bindings[0].kind == "assign" else None


def _asked_for(source: Source, node: ast.expr, depth: int) -> ClassFacts | None:
    """The one class that a chain of calls selects."""
    if depth == 0:
        return None
    todo: list[ast.expr] = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, (ast.Await, ast.Attribute)):
            todo.append(part.value)
        elif isinstance(part, ast.Name):
            value = _bound(source, part)
            if value is not None:
                return _asked_for(source, value, depth - 1)
        elif isinstance(part, ast.Call):
            name = getattr(part.func, "attr", getattr(part.func, "id", ""))
            if name in _ASKING and part.args:
                found = definition_of(source, part.args[0])
                if isinstance(found, ClassFacts) and (name == "get" or len(part.args) == 1):
                    return found
            todo.append(part.func)
            todo += [
                arg for arg in part.args[:1] if name in ("execute", "scalars", "scalar", "exec")
            ]
    return None


def column(source: Source, cls: ClassFacts, name: str) -> Column | None:
    """What a column of the class holds: by `Mapped[str]`, or by `Column(String, nullable=False)`.

    None where the class declares none of that name in one of these ways.
    """
    for entry in cls.mro().own:
        for item in entry.body.found.get(name, ()):
            found = _by_annotation(source, entry, item) or _by_call(entry, item)
            if found is not None:
                return found
    return None


def _by_annotation(source: Source, owner: ClassFacts, item: AttributeFacts) -> Column | None:
    annotation = item.annotation
    if not isinstance(annotation, ast.Subscript) or _last(annotation.value) != "Mapped":
        return None
    inference = Inference(source.project, owner.module)
    shape: Shape | None = inference.annotation(annotation.slice, annotation)
    if shape is None or shape.classes:
        return None
    nullable = _keyword(item.value, "nullable")
    optional = shape.optional or _is(nullable, True)
    return Column(shape.outside == ("builtins.str()",), optional)


def _by_call(owner: ClassFacts, item: AttributeFacts) -> Column | None:
    call = item.value
    if not isinstance(call, ast.Call) or _last(call.func) not in ("Column", "mapped_column"):
        return None
    kinds = [_last(arg.func if isinstance(arg, ast.Call) else arg) for arg in call.args]
    required = _is(_keyword(call, "nullable"), False) or _is(_keyword(call, "primary_key"), True)
    return Column(any(kind in _TEXT for kind in kinds), not required)


def _last(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _keyword(call: ast.expr | None, name: str) -> ast.expr | None:
    words = call.keywords if isinstance(call, ast.Call) else []
    return next((word.value for word in words if word.arg == name), None)


def _is(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
