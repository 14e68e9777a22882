"""Which values of an expression a plain test takes for false."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.values.infer import Inference
from fixaudit.semantics.values.value import Shape
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source

# Builtins with a false value, and objects of libraries whose `__bool__` or `__len__` surprises.
_FALSE = {
    "builtins.str()": 'the empty text', "builtins.bytes()": "empty bytes", "builtins.int()": "0",
    "builtins.float()": "0.0", "builtins.bool()": "False", "builtins.dict()": "an empty dictionary",
    "builtins.list()": "an empty list", "builtins.set()": "an empty set", "builtins.tuple()": "an empty tuple",
    "decimal.Decimal()": "a zero", "datetime.timedelta()": "a duration of 0",
}  # fmt: skip
_RESPONSE = re.compile(
    r"requests(?:\.\w+)?\.(?:(?:get|post|put|patch|delete|head|request)|Response|[sS]ession\(\)\.(?:get|post|put|patch|delete|head|request))\(\)"
)
_ELEMENT = re.compile(r"xml\.etree\.ElementTree(?:\.\w+\(\))*\.(?:Element|find|getroot)\(\)")


@dataclass(frozen=True, slots=True)
class FalseValues:
    """What counts as false, in words: `values` besides None; `none` where it may be None."""

    values: tuple[str, ...]
    none: bool


@memoized
def false_values(source: Source, expression: ast.expr) -> FalseValues | None:
    """What a plain test of the expression takes for false; None where what it is is not known.

    `values` is empty for objects that are always true. Annotations are trusted.
    """
    module = source.project.facts_of_source(source)
    source.project.settle()
    shape = Inference(source.project, module).shape(expression)
    if shape is None or shape.assumed or shape.is_nothing:
        return None
    return _of(shape)


def _of(shape: Shape) -> FalseValues | None:
    if shape.filled:
        return FalseValues((), shape.optional)
    if shape.container in ("sequence", "mapping"):
        word = "an empty list" if shape.container == "sequence" else "an empty dictionary"
        return FalseValues((word,), shape.optional)
    if shape.container != "none":
        return None
    found = [_of_class(cls) for cls in shape.classes] + [_of_outside(o) for o in shape.outside]
    if None in found:
        return None
    return FalseValues(tuple(dict.fromkeys(word for word in found if word)), shape.optional)


def _of_outside(origin: str) -> str | None:
    """What of a thing from outside is false; None for one that is not known."""
    if _RESPONSE.fullmatch(origin):
        return "a response with status 400 and above"
    if _ELEMENT.fullmatch(origin):
        return "an element without children"
    return _FALSE.get(origin)


def _of_class(cls: ClassFacts) -> str:
    """What a class of the project says is false; empty where its objects are always true."""
    for name in ("__bool__", "__len__"):
        if cls.find_method(name) is not None:
            return f"a `{cls.name}` whose `{name}` gives {'False' if name == '__bool__' else '0'}"
    return ""
