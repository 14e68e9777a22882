"""What a call gives: constructors, functions with and without annotations, well-known builtins."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit.semantics.attributes import PROPERTIES
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.known_classes import ClassKind
from fixaudit.semantics.signatures import SIGNATURE_KEEPING, FunctionFacts, own_nodes, plain_typing
from fixaudit.semantics.values import infer_members, known_objects, outside
from fixaudit.semantics.values.evaluator import MAX_UNANNOTATED, Evaluator
from fixaudit.semantics.values.narrowing import never_passes_end
from fixaudit.semantics.values.value import (
    NOTHING,
    Shape,
    holding,
    instance,
    maybe,
    seen_at,
    union,
)

_TRANSPARENT = SIGNATURE_KEEPING | PROPERTIES
_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
_SAME_ELEMENTS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter"})
_COPIES = frozenset({"copy.copy", "copy.deepcopy", "dataclasses.replace"})
# What awaiting them gives is what awaiting their argument gives.
_AWAITING = frozenset({"asyncio.wait_for", "asyncio.shield"})
# Their value is that of an argument, so it is not known where that is not.
_BY_ARGUMENT = _COPIES | _AWAITING | {"typing.cast", "getattr", "next"}
# Class methods of pydantic that give a whole instance; `model_construct` may leave fields out.
_MAKERS = frozenset({"model_validate", "model_validate_json", "parse_obj", "parse_raw", "from_orm"})


def awaited(shape: Shape | None) -> Shape | None:
    """What `await` makes of it."""
    if shape is not None and shape.container == "awaitable":
        return shape.element
    return outside.awaited(shape)


def shape_of_call(inference: Evaluator, call: ast.Call) -> Shape | None:
    """The value of a call."""
    found = inference.definition(call.func)
    if isinstance(found, ClassFacts):
        return constructed(found)
    if isinstance(found, FunctionFacts):
        given = inference.function_result(found, _class_before(inference, call.func))
        return given or _known_maker(found)
    if isinstance(found, str):
        name = plain_typing(found)
        given = _outside(inference, name, call)
        return (
            outside.called(outside.named(found))
            if given is None and name not in _BY_ARGUMENT
            else given
        )
    if isinstance(call.func, ast.Attribute):
        return _method_call(inference, call.func, call)
    return outside.called(inference.shape(call.func))


def _known_maker(function: FunctionFacts) -> Shape | None:
    """What a library's own code, looked at as the project, does not show: `get_task_logger()`."""
    origin = f"{function.qualified_name}()"
    return outside.named(origin) if known_objects.is_known(origin) else None


def constructed(cls: ClassFacts) -> Shape | None:
    """An instance of the class, unless `__new__` or an unknown metaclass may give another thing."""
    order = cls.mro()
    if any("__new__" in entry.body.found for entry in order.own):
        return None
    if order.makers or cls.kind is ClassKind.TYPED_DICT:
        return None
    return instance(cls)


def _class_before(inference: Evaluator, func: ast.expr) -> ClassFacts | None:
    """`Settings` in `Settings.load()`: what `Self` means there."""
    if not isinstance(func, ast.Attribute):
        return None
    owner = inference.definition(func.value)
    return owner if isinstance(owner, ClassFacts) else None


def _outside(inference: Evaluator, name: str, call: ast.Call) -> Shape | None:
    if not call.args:
        return None
    if name == "typing.cast":
        inference.effort.casts += 1
        return inference.annotation(call.args[0], call)
    first = inference.shape(call.args[0])
    if first is None:
        return None
    if name in _COPIES:
        return first
    if name in _AWAITING:
        return first if first.container == "awaitable" else None
    if name == "getattr":
        return _by_name(inference, first, call.args[1:2])
    if first.container != "sequence":
        return None
    if name in _SAME_ELEMENTS:
        return first
    if name == "enumerate":
        return holding("pairs", first.element)
    if name == "next":
        return maybe(first.element) if len(call.args) > 1 else first.element
    return None


def _by_name(inference: Evaluator, owner: Shape, names: list[ast.expr]) -> Shape | None:
    """`getattr(x, "a", …)` where `x.a` is there for certain: no default is ever taken."""
    if owner.optional or owner.container != "none" or not names:
        return None
    name = names[0].value if isinstance(names[0], ast.Constant) else None
    if not isinstance(name, str):
        return None
    for cls in owner.classes:
        declared = cls.declares(name)
        if declared is None or not declared.certain or cls.has_dynamic_attributes:
            return None
    return union(infer_members.shape_of_attribute(inference, cls, name) for cls in owner.classes)


def _method_call(inference: Evaluator, func: ast.Attribute, call: ast.Call) -> Shape | None:
    made = _made_by_model(inference, func)
    if made is not None:
        return made
    owner = inference.shape(func.value)
    if owner is None:
        return outside.called(infer_members.shape_of_class_attribute(inference, func))
    if owner.container != "none":
        return _container_call(owner, func.attr, call)
    answers = [_on_instance(inference, cls, func.attr) for cls in owner.classes]
    if owner.outside:
        answers.append(outside.called(outside.attribute(owner, func.attr)))
    return union(answers)


def _made_by_model(inference: Evaluator, func: ast.Attribute) -> Shape | None:
    if func.attr not in _MAKERS:
        return None
    owner = inference.definition(func.value)
    is_model = isinstance(owner, ClassFacts) and owner.kind is ClassKind.PYDANTIC
    return instance(owner) if isinstance(owner, ClassFacts) and is_model else None


def _on_instance(inference: Evaluator, cls: ClassFacts, name: str) -> Shape | None:
    declared = cls.find_method(name)
    if declared is None and name in ("model_copy", "copy") and cls.kind is ClassKind.PYDANTIC:
        return instance(cls)
    if declared is None or any(item in PROPERTIES for item in declared.decorators):
        return None
    return infer_members.result_of_method(inference, cls, name)


def _container_call(owner: Shape, name: str, call: ast.Call) -> Shape | None:
    if owner.container == "mapping":
        match name:
            case "values":
                return holding("sequence", owner.element)
            case "items":
                return holding("pairs", owner.element)
            case "get" if len(call.args) == 1:
                return maybe(owner.element)
            case "pop" if len(call.args) == 1:
                return owner.element
    if owner.container == "sequence" and name in ("pop", "popleft", "copy"):
        return owner if name == "copy" else owner.element
    return None


# -------------------------------------------------------------------- project functions


def result(
    inference: Evaluator, function: FunctionFacts, receiver: ClassFacts | None
) -> Shape | None:
    """What a call of a project function gives; `inference` is that of the function's module."""
    if function.overloads or not all(name in _TRANSPARENT for name in function.decorators):
        return None
    with inference.once(("result", function.path, function.qualified_name, function.line)) as fresh:
        if not fresh:
            return None
        found = _annotated(inference, function, receiver)
        if function.record.returns is None and not function.is_generator:
            found = inferred(inference, function, receiver)
        found = seen_at(found, function.path, function.line)
    if any(name in _MANAGERS for name in function.decorators):
        return (
            holding("manager", found.element) if found and found.container == "sequence" else None
        )
    return holding("awaitable", found) if function.is_async and not function.is_generator else found


def _annotated(
    inference: Evaluator, function: FunctionFacts, receiver: ClassFacts | None
) -> Shape | None:
    returns = function.returns
    return None if returns is None else inference.annotation(returns, function.node, receiver)


def inferred(
    inference: Evaluator, function: FunctionFacts, receiver: ClassFacts | None
) -> Shape | None:
    """The result of a function without an annotation, if it does not take long to see."""
    if inference.effort.unannotated >= MAX_UNANNOTATED:
        return None
    inference.effort.unannotated += 1
    try:
        return union(_returned(inference, function, receiver))
    finally:
        inference.effort.unannotated -= 1


def _returned(
    inference: Evaluator, function: FunctionFacts, receiver: ClassFacts | None
) -> Iterator[Shape | None]:
    """What each `return` statement gives, and the end of the body."""
    node = function.node
    first = function.parameters[0].name if function.binds_receiver and function.parameters else None
    if not never_passes_end(node.body):
        yield NOTHING
    for item in own_nodes(node):
        if not isinstance(item, ast.Return):
            continue
        is_self = isinstance(item.value, ast.Name) and item.value.id == first
        if is_self and receiver is not None and "classmethod" not in function.decorators:
            yield instance(receiver)
        else:
            yield NOTHING if item.value is None else inference.shape(item.value)
