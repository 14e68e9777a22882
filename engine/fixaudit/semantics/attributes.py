"""Which attributes a class body and its methods give their instances, and how surely."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import StrEnum

from fixaudit.semantics.assigned import assigned_for_sure
from fixaudit.semantics.facts import FunctionNode, ModuleFacts
from fixaudit.semantics.signatures import decorator_names, nodes_below, statements_below
from fixaudit.semantics.stores import STORING, stores

PROPERTIES = frozenset({"property", "functools.cached_property", "abc.abstractproperty"})
# Run on every new object before anyone else sees it.
INITIALISERS = frozenset({"__init__", "__post_init__", "__attrs_post_init__"})


class Where(StrEnum):
    """The place that declares an attribute."""

    CLASS_BODY = "class body"
    INIT = "__init__"
    METHOD_ASSIGNMENT = "other method"
    PROPERTY = "property"
    METHOD = "method"
    NESTED_CLASS = "nested class"
    SLOTS = "__slots__"


@dataclass(frozen=True, slots=True, eq=False)
class AttributeFacts:
    """One declaration of an attribute.

    `conditional` says that the declaring place may be passed without setting it: a branch, an
    early return, a method that need not run. `function` is the method that assigns it, or the
    method or property itself. `decorators` are those of a method or property.
    """

    name: str
    line: int
    where: Where
    annotation: ast.expr | None = None
    value: ast.expr | None = None
    conditional: bool = False
    function: FunctionNode | None = field(default=None, repr=False)
    decorators: tuple[str | None, ...] = ()


@dataclass(slots=True)
class ClassBody:
    """What the reading of a class body found; `dynamic` holds why attributes may be made up."""

    found: dict[str, list[AttributeFacts]] = field(default_factory=dict)
    dynamic: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    slots: tuple[str, ...] | None = None
    bypasses_init: bool = False
    initialisers: dict[str, FunctionNode] = field(default_factory=dict)

    def add(self, attribute: AttributeFacts) -> None:
        self.found.setdefault(attribute.name, []).append(attribute)


def read_body(node: ast.ClassDef, module: ModuleFacts) -> ClassBody:
    """Every declaration in a class body and in the methods' assignments to their first parameter."""
    body = ClassBody()
    _block(node.body, module, body, conditional=False)
    for declarations in body.found.values():
        declarations.sort(key=lambda item: item.line)
    return body


def _block(
    statements: list[ast.stmt], module: ModuleFacts, body: ClassBody, conditional: bool
) -> None:
    for node in statements:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                _method(node, module, body, conditional)
            case ast.ClassDef():
                body.add(
                    AttributeFacts(
                        node.name, node.lineno, Where.NESTED_CLASS, conditional=conditional
                    )
                )
            case ast.Assign():
                for target in node.targets:
                    _class_target(target, node, node.value, body, conditional)
            case ast.AnnAssign(target=ast.Name(id=name)):
                body.add(
                    AttributeFacts(
                        name,
                        node.lineno,
                        Where.CLASS_BODY,
                        node.annotation,
                        node.value,
                        conditional,
                    )
                )
            case ast.Delete():
                names = [item.id for item in node.targets if isinstance(item, ast.Name)]
                body.deleted.update(names)
            case _:
                for name in ("body", "orelse", "finalbody"):
                    _block(_statements(getattr(node, name, None)), module, body, True)


def _statements(block: object) -> list[ast.stmt]:
    return [item for item in block if isinstance(item, ast.stmt)] if isinstance(block, list) else []


def _class_target(
    target: ast.expr, node: ast.stmt, value: ast.expr, body: ClassBody, conditional: bool
) -> None:
    if isinstance(target, ast.Name):
        if target.id == "__slots__":
            body.slots = _strings(value)
        body.add(AttributeFacts(target.id, node.lineno, Where.CLASS_BODY, None, value, conditional))
    elif isinstance(target, (ast.Tuple, ast.List)):
        for item in target.elts:
            if isinstance(item, ast.Name):
                body.add(
                    AttributeFacts(item.id, node.lineno, Where.CLASS_BODY, conditional=conditional)
                )


def _strings(value: ast.expr) -> tuple[str, ...]:
    items = value.elts if isinstance(value, (ast.Tuple, ast.List, ast.Set)) else [value]
    return tuple(
        item.value
        for item in items
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    )


def _method(node: FunctionNode, module: ModuleFacts, body: ClassBody, conditional: bool) -> None:
    decorators = decorator_names(node, module)
    if any(name is not None and name.endswith((".setter", ".deleter")) for name in decorators):
        _assignments(node, module, body, conditional, _first_parameter(node))
        return
    is_property = any(
        name in PROPERTIES or (name or "").endswith("property") for name in decorators
    )
    where = Where.PROPERTY if is_property else Where.METHOD
    body.add(
        AttributeFacts(
            node.name,
            node.lineno,
            where,
            annotation=node.returns if is_property else None,
            conditional=conditional,
            function=node,
            decorators=decorators,
        )
    )
    if node.name in ("__getattr__", "__getattribute__"):
        body.dynamic.append(f"defines {node.name}")
    if node.name in INITIALISERS:
        body.initialisers[node.name] = node
    is_static = "staticmethod" in decorators or "classmethod" in decorators
    receiver = None if is_static else _first_parameter(node)
    _assignments(node, module, body, conditional, receiver)


def _first_parameter(node: FunctionNode) -> str | None:
    parameters = [*node.args.posonlyargs, *node.args.args]
    return parameters[0].arg if parameters else None


def _assignments(
    node: FunctionNode,
    module: ModuleFacts,
    body: ClassBody,
    conditional: bool,
    receiver: str | None,
) -> None:
    """What the method stores on its receiver, and whether it makes objects without `__init__`."""
    in_init = node.name in INITIALISERS and not conditional
    sure = assigned_for_sure(node.body, receiver) if in_init and receiver else frozenset()
    where = Where.INIT if node.name in INITIALISERS else Where.METHOD_ASSIGNMENT
    below = nodes_below if module.calls_may_store(node) else statements_below
    for inner in below(node):
        if isinstance(inner, ast.Call):
            _dynamic_store(inner, receiver, body)
            if isinstance(inner.func, ast.Attribute) and inner.func.attr == "__new__":
                body.bypasses_init = body.bypasses_init or node.name != "__new__"
        if receiver is None or inner.__class__ not in STORING:
            continue
        for name, annotation, value in stores(inner, receiver):
            if isinstance(inner, ast.Delete):
                body.deleted.add(name)
                continue
            line = getattr(inner, "lineno", node.lineno)
            body.add(
                AttributeFacts(
                    name, line, where, annotation, value, name not in sure, function=node
                )
            )


def _dynamic_store(call: ast.Call, receiver: str | None, body: ClassBody) -> None:
    """`setattr(self, name, …)`, `delattr(self, …)`, `self.__dict__.update(…)`."""
    match call:
        case ast.Call(
            func=ast.Name(id="setattr" | "delattr" as what), args=[ast.Name(id=who), name, *_]
        ):
            if who == receiver and not (what == "setattr" and isinstance(name, ast.Constant)):
                body.dynamic.append(f"calls {what} with a computed name")
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(value=ast.Name(id=who), attr="__dict__"))
        ):
            if who == receiver:
                body.dynamic.append("writes to __dict__")
