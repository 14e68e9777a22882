"""What is known of a value: the classes it may be an instance of, or what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from fixaudit.semantics.classes import ClassFacts

Container = Literal["none", "sequence", "mapping", "pairs", "awaitable", "manager"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A value of one of `classes`, or a container of `element`s.

    `optional` says that it may be None instead. `element` is what iterating a sequence gives, the
    value type of a mapping, the result of an awaitable, what a context manager yields, and the
    second part of pairs such as `dict.items()` and `enumerate()`.
    """

    classes: tuple[ClassFacts, ...] = ()
    optional: bool = False
    container: Container = "none"
    element: Shape | None = None

    @property
    def is_nothing(self) -> bool:
        """True for plain None."""
        return self.optional and not self.classes and self.container == "none"


NOTHING = Shape(optional=True)


def instance(cls: ClassFacts) -> Shape:
    """An instance of one class."""
    return Shape((cls,))


def holding(container: Container, element: Shape | None) -> Shape | None:
    """A container of a known element, or None."""
    return None if element is None else Shape(container=container, element=element)


def maybe(shape: Shape | None) -> Shape | None:
    """The same, or None instead."""
    return None if shape is None else replace(shape, optional=True)


def surely(shape: Shape | None) -> Shape | None:
    """The same, but not None; nothing is known of what is only None."""
    return None if shape is None or shape.is_nothing else replace(shape, optional=False)


def union(shapes: Iterable[Shape | None]) -> Shape | None:
    """One of several; None as soon as one of them is not known."""
    known: list[Shape] = []
    for shape in shapes:
        if shape is None:
            return None
        known.append(shape)
    solid = [shape for shape in known if not shape.is_nothing]
    if not known:
        return None
    if not solid:
        return NOTHING
    optional = any(shape.optional for shape in known)
    if any(shape.container != "none" for shape in solid):
        first = solid[0]
        alike = all(key(shape) == key(first) for shape in solid)
        return replace(first, optional=optional) if alike else None
    classes = {cls.key: cls for shape in solid for cls in shape.classes}
    return Shape(tuple(classes.values()), optional)


def key(shape: Shape | None) -> object:
    """Equal for equal shapes, whatever the identity of their facts."""
    if shape is None:
        return None
    return tuple(cls.key for cls in shape.classes), shape.container, key(shape.element)
