"""Where an object comes from, written as the expression that makes it: `sqlite3.connect().cursor()`.

Imports are followed, and names, parameters and attributes of `self` to what they are bound to or
annotated with, so that a codemod can ask what the receiver of a method is.
"""

from __future__ import annotations

import ast

from fixaudit.source.memo import remembered
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import Binding

_DEEPEST = 8


def origin(source: Source, expression: ast.expr) -> str | None:
    """The dotted expression that makes the object; `name()` for an instance of the class `name`.

    None where a name is bound to different things, or to something that nobody named.
    """
    return _origin(source, expression, 0)


def _origin(source: Source, node: ast.expr, depth: int) -> str | None:
    if depth > _DEEPEST:
        return None
    match node:
        case ast.Await(value=value):
            return _origin(source, value, depth)
        case ast.Call(func=func):
            made = _origin(source, func, depth + 1)
            return f"{made}()" if made else None
        case ast.Attribute(value=value, attr=attr):
            own = _of_own_attribute(source, node, depth)
            if own is not None:
                return own
            base = source.qualified_name(node) or _origin(source, value, depth + 1)
            return base if base is None or base == source.qualified_name(node) else f"{base}.{attr}"
        case ast.Name(id=name):
            qualified = source.qualified_name(node)
            bindings = source.lookup(name, node)
            found = {_of_binding(source, entry, depth) for entry in bindings if not _empty(entry)}
            made = found.pop() if len(found) == 1 else None
            return made or (qualified if not found else None)
    return None


def _empty(binding: Binding) -> bool:
    value = binding.value
    return isinstance(value, ast.Constant) and value.value is None


def _of_binding(source: Source, binding: Binding, depth: int) -> str | None:
    if binding.kind == "with":
        for item in getattr(binding.statement, "items", ()):
            if item.optional_vars is binding.node:
                return _origin(source, item.context_expr, depth + 1)
        return None
    if binding.annotation is not None:
        return instance_of(source, binding.annotation)
    if binding.kind == "assign" and isinstance(binding.statement, (ast.Assign, ast.NamedExpr)):
        targets = getattr(binding.statement, "targets", [getattr(binding.statement, "target", 0)])
        if any(target is binding.node for target in targets) and binding.value is not None:
            return _origin(source, binding.value, depth + 1)
    return None


def instance_of(source: Source, annotation: ast.expr) -> str | None:
    """`sqlite3.Connection()` for the annotations `sqlite3.Connection` and `… | None`."""
    match annotation:
        case ast.Constant(value=str() as text):
            try:
                parsed = ast.parse(text, mode="eval").body
            except SyntaxError:
                return None
            # The parsed text stands nowhere in the tree: its names are those of the module.
            dotted = ast.unparse(parsed) if isinstance(parsed, (ast.Name, ast.Attribute)) else ""
            first, _, rest = dotted.partition(".")
            found = source.scopes.module.bindings.get(first, [])
            target = found[0].target if len(found) == 1 else None
            return f"{target}{'.' if rest else ''}{rest}()" if target else None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            sides = [side for side in (left, right) if ast.unparse(side) != "None"]
            return instance_of(source, sides[0]) if len(sides) == 1 else None
        case ast.Subscript(value=value, slice=inner):
            outer = source.qualified_name(value)
            if outer in ("typing.Optional", "typing.Annotated"):
                inside = inner.elts[0] if isinstance(inner, ast.Tuple) else inner
                return instance_of(source, inside)
            return f"{outer}()" if outer else None
    qualified = source.qualified_name(annotation)
    return f"{qualified}()" if qualified else None


def _of_own_attribute(source: Source, node: ast.Attribute, depth: int) -> str | None:
    """What the class assigns to `self.name`, in all of its methods alike."""
    owner = source.class_of(node)
    if (
        owner is None
        or not isinstance(node.value, ast.Name)
        or node.value.id not in ("self", "cls")
    ):
        return None
    found = set[str | None]()
    for _, value, annotation in _assigned(source, owner).get(node.attr, ()):
        if annotation is not None:
            found.add(instance_of(source, annotation))
        elif isinstance(value, ast.Constant) and value.value is None:
            continue
        else:
            found.add(_origin(source, value, depth + 1) if value is not None else None)
    return found.pop() if len(found) == 1 else None


@remembered
def _assigned(
    source: Source, owner: ast.ClassDef
) -> dict[str, list[tuple[ast.expr, ast.expr | None, ast.expr | None]]]:
    """Assignments to attributes of `self`, and to names of the class body, by name."""
    found: dict[str, list[tuple[ast.expr, ast.expr | None, ast.expr | None]]] = {}
    for node in ast.walk(owner):
        match node:
            case ast.Assign(targets=targets, value=value):
                pairs = [(target, value, None) for target in targets]
            case ast.AnnAssign(target=target, value=value, annotation=annotation):
                pairs = [(target, value, annotation)]  # type: ignore[list-item]
            case _:
                continue
        for entry in pairs:
            name = _attribute_name(entry[0])
            if name is None and node in owner.body and isinstance(entry[0], ast.Name):
                name = entry[0].id
            if name is not None:
                found.setdefault(name, []).append(entry)
    return found


def _attribute_name(target: ast.expr) -> str | None:
    match target:
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=attr):
            return attr
    return None


def literal(source: Source, expression: ast.expr) -> ast.expr:
    """The value of a name bound once in its scope to something that is no name; else itself."""
    if isinstance(expression, ast.Name):
        bindings = source.lookup(expression.id, expression)
        if len(bindings) == 1 and bindings[0].kind == "assign" and bindings[0].value is not None:
            target = getattr(bindings[0].statement, "targets", [bindings[0].node])
            if any(entry is bindings[0].node for entry in target):
                return bindings[0].value
    return expression
