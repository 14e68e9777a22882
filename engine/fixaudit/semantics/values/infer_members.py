"""What an attribute of a class's instances holds, and what its methods give."""

from __future__ import annotations

import ast

from fixaudit.semantics.attributes import AttributeFacts, Where
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.known_classes import ClassKind
from fixaudit.semantics.values import known_objects, receivers
from fixaudit.semantics.values.evaluator import Evaluator
from fixaudit.semantics.values.value import Shape, maybe, seen_at, union


def shape_of_attribute(inference: Evaluator, cls: ClassFacts, name: str) -> Shape | None:
    """The attribute as its annotation says, or as all its assignments agree."""
    with inference.once(("attribute", cls.key, name)) as fresh:
        return _attribute(inference, cls, name) if fresh else None


def _attribute(inference: Evaluator, cls: ClassFacts, name: str) -> Shape | None:
    values: list[Shape | None] = []
    for entry in cls.mro().own:
        found = entry.body.found.get(name, [])
        declared = next((item for item in found if item.annotation_at is not None), None)
        if declared is not None and not values:
            shape = _declared(inference, cls, entry, declared)
            if shape is not None or declared.where is Where.PROPERTY:
                return shape
        for item in found:
            values.append(_assigned(inference, cls, entry, item))
            if values[-1] is None:
                return None
        if entry.path == inference.project.own_path:
            values += map(
                inference.elsewhere(entry.module).shape, receivers.class_stores(entry, name)
            )
    return union(values)


def _declared(
    inference: Evaluator, cls: ClassFacts, entry: ClassFacts, item: AttributeFacts
) -> Shape | None:
    there = inference.elsewhere(entry.module)
    annotation, value = item.annotation, item.value
    assert annotation is not None
    shape = there.annotation(annotation, item.function_node or annotation, cls)
    nothing = isinstance(value, ast.Constant) and value.value is None
    return seen_at(maybe(shape) if nothing else shape, entry.path, item.line)


def _assigned(
    inference: Evaluator, cls: ClassFacts, entry: ClassFacts, item: AttributeFacts
) -> Shape | None:
    if item.where is Where.PROPERTY:
        function = entry.method(item.name)
        return None if function is None else inference.function_result(function, cls)
    if item.where in (Where.METHOD, Where.NESTED_CLASS):
        return None
    shape = inference.elsewhere(entry.module).shape(item.value)
    if item.where is Where.CLASS_BODY and not _is_plain_class_value(entry, shape):
        return None
    return seen_at(shape, entry.path, item.line)


def _is_plain_class_value(owner: ClassFacts, shape: Shape | None) -> bool:
    """False where a descriptor or metaclass may give instances something else than the value."""
    if shape is None or owner.kind is ClassKind.ENUM:
        return False
    if shape.is_nothing:
        return True
    if shape.outside:
        # Loggers, clients and the like are no descriptors, and libraries leave them as they are.
        return not shape.classes and all(map(known_objects.is_known, shape.outside))
    if not owner.mro().complete:
        return False
    return all(
        cls.mro().complete and not any("__get__" in entry.body.found for entry in cls.mro().own)
        for cls in shape.classes
    )


def shape_of_class_attribute(inference: Evaluator, node: ast.Attribute) -> Shape | None:
    """`cls.name` in a class method: a value of the class body."""
    owner = receivers.class_receiver(inference.view, node.value)
    if owner is None:
        return None
    cls = inference.class_of(owner)
    found = [item for entry in cls.mro().own for item in entry.body.found.get(node.attr, ())]
    if any(item.where in (Where.PROPERTY, Where.METHOD) for item in found):
        return None
    return shape_of_attribute(inference, cls, node.attr)


def result_of_method(inference: Evaluator, cls: ClassFacts, name: str) -> Shape | None:
    """What calling the method on an instance gives."""
    function = cls.find_method(name)
    return None if function is None else inference.function_result(function, cls)
