"""Reads a class body and its methods: which attributes they give instances, and how surely."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cached_property

from fixaudit.semantics.assigned import assigned_for_sure
from fixaudit.semantics.attributes import (
    INITIALISERS,
    PROPERTIES,
    AttributeFacts,
    ClassBody,
    Dynamic,
    Field,
    Where,
)
from fixaudit.semantics.facts_reader import LinesWith
from fixaudit.semantics.module_facts import (
    FunctionNode,
    FunctionRecord,
    Locate,
    ModuleFacts,
    dotted_name,
    optional_span,
    span_of,
)
from fixaudit.semantics.signatures import (
    function_record,
    nodes_below,
    qualified_names,
    statements_below,
)
from fixaudit.semantics.stores import STORING, stores
from fixaudit.text.positions import Positions

_READING = frozenset({"get", "items", "keys", "values", "copy"})
_STORING = (b"setattr", b"delattr", b"__dict__", b"__new__")


class ClassTexts:
    """What the reading of classes needs of a module's text besides their nodes."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    @cached_property
    def _positions(self) -> Positions:
        return Positions(self._body)

    @cached_property
    def may_store(self) -> Callable[[ast.stmt], bool]:
        """Whether a call in a function may set attributes by their names or make bare objects."""
        return LinesWith(_STORING, self._body).touch

    @cached_property
    def may_yield(self) -> Callable[[ast.stmt], bool]:
        """Whether a function may be a generator."""
        return LinesWith((b"yield",), self._body).touch

    def text(self, node: ast.expr) -> str:
        """The source of an expression."""
        name = dotted_name(node)
        if name is not None:
            return name
        line, column, end_line, end_column = span_of(node)
        positions = self._positions
        start, end = positions.offset(line, column), positions.offset(end_line, end_column)
        return self._body[start:end].decode("utf-8")


def read_body(
    node: ast.ClassDef, module: ModuleFacts, texts: ClassTexts, locate: Locate
) -> ClassBody:
    """Every declaration in a class body and in the methods' assignments to their first parameter."""
    reader = _BodyReader(module, texts, locate)
    reader.block(node.body, conditional=False, direct=True)
    for declarations in reader.body.found.values():
        declarations.sort(key=lambda item: item.line)
    reader.body.allows_extra = allows_extra(node)
    return reader.body


class _BodyReader:
    def __init__(self, module: ModuleFacts, texts: ClassTexts, locate: Locate) -> None:
        self.module = module
        self.texts = texts
        self.locate = locate
        self.body = ClassBody()

    def block(self, statements: list[ast.stmt], *, conditional: bool, direct: bool) -> None:
        for node in statements:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self.method(node, conditional)
                case ast.ClassDef():
                    self.add(node.name, node, Where.NESTED_CLASS, conditional, direct=direct)
                case ast.Assign():
                    for target in node.targets:
                        plain = direct and len(node.targets) == 1
                        self.target(target, node, conditional, plain)
                case ast.AnnAssign(target=ast.Name(id=name)):
                    self.add(
                        name,
                        node,
                        Where.CLASS_BODY,
                        conditional,
                        node.annotation,
                        node.value,
                        direct=direct,
                    )
                case ast.Delete():
                    names = [item.id for item in node.targets if isinstance(item, ast.Name)]
                    self.body.deleted.update(names)
                case _:
                    for name in ("body", "orelse", "finalbody"):
                        block = _statements(getattr(node, name, None))
                        self.block(block, conditional=True, direct=False)

    def target(self, target: ast.expr, node: ast.Assign, conditional: bool, direct: bool) -> None:
        if isinstance(target, ast.Name):
            if target.id == "__slots__":
                self.body.slots = _strings(node.value)
            self.add(
                target.id,
                node,
                Where.CLASS_BODY,
                conditional,
                value=node.value,
                direct=direct,
            )
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                if isinstance(item, ast.Name):
                    self.add(item.id, node, Where.CLASS_BODY, conditional)

    def add(
        self,
        name: str,
        node: ast.stmt | ast.expr,
        where: Where,
        conditional: bool,
        annotation: ast.expr | None = None,
        value: ast.expr | None = None,
        *,
        direct: bool = False,
        function: FunctionRecord | None = None,
        decorators: tuple[str | None, ...] = (),
    ) -> None:
        self.body.add(
            AttributeFacts(
                name=name,
                line=node.lineno,
                where=where,
                conditional=conditional,
                locate=self.locate,
                annotation_at=optional_span(annotation),
                written="" if annotation is None else self.texts.text(annotation),
                value_at=optional_span(value),
                is_field=_field(value) if where is Where.CLASS_BODY else Field.NO,
                function=function,
                decorators=decorators,
                direct=direct,
            )
        )

    def method(self, node: FunctionNode, conditional: bool) -> None:
        record = function_record(node, may_yield=self.texts.may_yield(node))
        decorators = qualified_names(record.decorators, self.module)
        if any(name is not None and name.endswith((".setter", ".deleter")) for name in decorators):
            self.assignments(node, record, conditional, _first_parameter(node))
            return
        is_property = any(
            name in PROPERTIES or (name or "").endswith("property") for name in decorators
        )
        self.add(
            node.name,
            node,
            Where.PROPERTY if is_property else Where.METHOD,
            conditional,
            node.returns if is_property else None,
            function=record,
            decorators=decorators,
        )
        if node.name in ("__getattr__", "__getattribute__"):
            is_all = node.name == "__getattribute__"
            self.body.dynamic.append(Dynamic.GETATTRIBUTE if is_all else Dynamic.GETATTR)
        if node.name in INITIALISERS:
            self.body.initialisers[node.name] = record
        is_static = "staticmethod" in decorators or "classmethod" in decorators
        receiver = None if is_static else _first_parameter(node)
        self.assignments(node, record, conditional, receiver)

    def assignments(
        self, node: FunctionNode, record: FunctionRecord, conditional: bool, receiver: str | None
    ) -> None:
        """What the method stores on its receiver, and whether it makes objects without `__init__`."""
        body = self.body
        in_init = node.name in INITIALISERS and not conditional
        sure = assigned_for_sure(node.body, receiver) if in_init and receiver else frozenset()
        where = Where.INIT if node.name in INITIALISERS else Where.METHOD_ASSIGNMENT
        below = nodes_below if self.texts.may_store(node) else statements_below
        for inner in below(node):
            if isinstance(inner, ast.Call):
                _dynamic_store(inner, receiver, body)
                if isinstance(inner.func, ast.Attribute) and inner.func.attr == "__new__":
                    body.bypasses_init = body.bypasses_init or node.name != "__new__"
            if receiver is None or inner.__class__ not in STORING:
                continue
            assert isinstance(inner, (ast.stmt, ast.expr))
            for name, annotation, value in stores(inner, receiver):
                if isinstance(inner, ast.Delete):
                    body.deleted.add(name)
                    continue
                unsure = name not in sure
                self.add(name, inner, where, unsure, annotation, value, function=record)


def _field(value: ast.expr | None) -> Field:
    name = dotted_name(value.func) if isinstance(value, ast.Call) else None
    if (name or "").rpartition(".")[2] not in ("field", "Field", "attrib", "ib", "PrivateAttr"):
        return Field.NO
    assert isinstance(value, ast.Call)
    given = {item.arg: item.value for item in value.keywords}
    init = given.get("init")
    private = (name or "").endswith("PrivateAttr")
    filled = private or (isinstance(init, ast.Constant) and init.value is False)
    has_default = bool({"default", "default_factory", "factory"} & given.keys())
    has_default = has_default or (private and bool(value.args))
    return Field.UNSET if filled and not has_default else Field.YES


def allows_extra(node: ast.ClassDef) -> bool:
    """`extra="allow"` in `model_config`, in `class Config`, or as a class keyword."""
    values = [item.value for item in node.keywords if item.arg == "extra"]
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="model_config")], value=value):
                values += _extra_of(value)
            case ast.AnnAssign(target=ast.Name(id="model_config"), value=ast.expr() as value):
                values += _extra_of(value)
            case ast.ClassDef(name="Config", body=body):
                values += [
                    item.value
                    for item in body
                    if isinstance(item, ast.Assign) and dotted_name(item.targets[0]) == "extra"
                ]
    return any("allow" in ast.unparse(value) for value in values)


def _extra_of(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, ast.Call):
        return [item.value for item in value.keywords if item.arg == "extra"]
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        return [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "extra"]
    return []


def _statements(block: object) -> list[ast.stmt]:
    return [item for item in block if isinstance(item, ast.stmt)] if isinstance(block, list) else []


def _strings(value: ast.expr) -> tuple[str, ...]:
    items = value.elts if isinstance(value, (ast.Tuple, ast.List, ast.Set)) else [value]
    return tuple(
        item.value
        for item in items
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    )


def _first_parameter(node: FunctionNode) -> str | None:
    parameters = [*node.args.posonlyargs, *node.args.args]
    return parameters[0].arg if parameters else None


def _dynamic_store(call: ast.Call, receiver: str | None, body: ClassBody) -> None:
    """`setattr(self, name, …)`, `delattr(self, …)`, `self.__dict__.update(…)`."""
    match call:
        case ast.Call(
            func=ast.Name(id="setattr" | "delattr" as what), args=[ast.Name(id=who), name, *_]
        ):
            if who == receiver and not (what == "setattr" and isinstance(name, ast.Constant)):
                body.dynamic.append(Dynamic.SETATTR if what == "setattr" else Dynamic.DELATTR)
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=ast.Name(id=who), attr="__dict__"), attr=method
            )
        ):
            if who != receiver or method in _READING:
                return
            match method, call.args:
                case "pop", [ast.Constant(value=str(lost)), *_]:
                    body.deleted.add(lost)
                case "update" | "setdefault", _:
                    body.dynamic.append(Dynamic.FILLS)
                case _:
                    body.dynamic.append(Dynamic.EMPTIES)
