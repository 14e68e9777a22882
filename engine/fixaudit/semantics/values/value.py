"""What is known of a value: the classes it may be an instance of, or what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from fixaudit.semantics.classes import ClassFacts

Container = Literal["none", "sequence", "mapping", "pairs", "awaitable", "manager"]

MAX_ORIGINS = 8
"""What may be one of more things from outside than this counts as not known."""


@dataclass(frozen=True, slots=True)
class Step:
    """A place that an answer was read from: a binding, an annotation, a function (lines from 1)."""

    path: Path
    line: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A value of one of `classes` or `outside`, or a container of `element`s.

    `outside` are objects that the project does not define, each as the expression that makes it:
    `sqlite3.connect().cursor()`, `logging.Logger()` for an instance, `loguru.logger` for a name.
    `optional` says that it may be None instead. `element` is what iterating a sequence gives, the
    value type of a mapping, the result of an awaitable, what a context manager yields, and the
    second part of pairs such as `dict.items()` and `enumerate()`. `assumed` says that a default or
    a fallback names it, which callers need not follow, `declared` that an annotation does: where
    the object is made is not seen, `filled` that a container is never empty: a tuple of a fixed
    length. `steps` are the places that show it.
    """

    classes: tuple[ClassFacts, ...] = ()
    optional: bool = False
    container: Container = "none"
    element: Shape | None = None
    outside: tuple[str, ...] = ()
    assumed: bool = False
    declared: bool = field(default=False, compare=False)
    filled: bool = field(default=False, compare=False)
    steps: tuple[Step, ...] = field(default=(), compare=False)

    @property
    def is_nothing(self) -> bool:
        """True for plain None."""
        return self.optional and not (self.classes or self.outside) and self.container == "none"

    @property
    def is_proof(self) -> bool:
        """True where the code itself shows a class of the project, or a container of such."""
        inner = self.element is None or self.element.is_proof
        return inner and not (self.outside or self.assumed)


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


def filled(shape: Shape | None, sure: bool = True) -> Shape | None:
    """The same, as a container that is never empty, or may be."""
    return None if shape is None else replace(shape, filled=sure)


def declared(shape: Shape | None) -> Shape | None:
    """The same, on the word of an annotation."""
    return None if shape is None else replace(shape, declared=True)


def assumed(shape: Shape | None) -> Shape | None:
    """The same, on the word of a default or a fallback."""
    return None if shape is None else replace(shape, assumed=True)


def seen_at(shape: Shape | None, path: Path, line: int) -> Shape | None:
    """The same, with one more place that shows it."""
    return None if shape is None else replace(shape, steps=(Step(path, line), *shape.steps))


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
    guessed = any(shape.assumed for shape in known)
    if not solid:
        return replace(NOTHING, assumed=True) if guessed else NOTHING
    optional = any(shape.optional for shape in known)
    if len(known) == 1:
        return known[0]
    if any(shape.container != "none" for shape in solid):
        first = solid[0]
        alike = all(key(shape) == key(first) for shape in solid)
        filled = all(shape.filled for shape in solid)
        return replace(first, optional=optional, assumed=guessed, filled=filled) if alike else None
    return _one_of(solid, optional, guessed)


def _one_of(solid: list[Shape], optional: bool, guessed: bool) -> Shape | None:
    classes = {cls.key: cls for shape in solid for cls in shape.classes}
    outside = dict.fromkeys(origin for shape in solid for origin in shape.outside)
    steps = dict.fromkeys(step for shape in solid for step in shape.steps)
    if len(outside) > MAX_ORIGINS:
        return None
    return Shape(
        tuple(classes.values()),
        optional,
        outside=tuple(outside),
        assumed=guessed,
        declared=any(shape.declared for shape in solid),
        steps=tuple(steps),
    )


def key(shape: Shape | None) -> object:
    """Equal for equal shapes, whatever the identity of their facts."""
    if shape is None:
        return None
    return (
        tuple(cls.key for cls in shape.classes),
        shape.outside,
        shape.container,
        key(shape.element),
    )
