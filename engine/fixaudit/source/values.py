"""What an expression's value is: of a class of the project, or an object from outside by its origin."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.values import bindings as bound
from fixaudit.semantics.values.infer import Inference
from fixaudit.semantics.values.infer_members import shape_of_attribute
from fixaudit.semantics.values.value import Shape, Step
from fixaudit.syntax.namespace import Binding
from fixaudit.text.encoding import decode

if TYPE_CHECKING:
    from fixaudit.source.source import Source


@dataclass(frozen=True, slots=True)
class Value:
    """One of several things: instances of `members`, or what the expressions `outside` make.

    `members` are classes of the project. `outside` are written as `sqlite3.connect().cursor()`; an
    instance of the class `logging.Logger` is `logging.Logger()`, the object `logger` of the module
    `loguru` is `loguru.logger`. With `optional` it may also be None. `by_cast` says that a
    `typing.cast` was met on the way, `assumed` that a default or a fallback says so: somebody's
    word instead of a proof. `declared` says that an annotation was trusted. `steps` are the places
    that show it, the nearest first; `proof` gives their text.
    """

    members: tuple[ClassFacts, ...] = ()
    outside: tuple[str, ...] = ()
    optional: bool = False
    by_cast: bool = False
    assumed: bool = False
    declared: bool = False
    steps: tuple[Step, ...] = ()

    def matches(self, origin: re.Pattern[str]) -> re.Match[str] | None:
        """The match of the first origin where the value is certainly from outside and all match."""
        if self.members or self.assumed:
            return None
        found = [origin.fullmatch(each) for each in self.outside]
        return found[0] if found and None not in found else None


def value_of(source: Source, expression: ast.expr) -> Value | None:
    """What the expression's value is, where it stands; None in any doubt.

    Followed are assignments, annotations, defaults and fallbacks, tests for None and of the class,
    `with`, loops, attributes, properties, calls, and imports from other modules. Annotations are
    trusted, as a type checker does. Answered once for each expression; costs what the reading of
    other modules on the way costs.
    """
    module = source.project.facts_of_source(source)
    known = _answers(source, module)
    if expression not in known:
        source.project.settle()
        inference = Inference(source.project, module)
        shape = inference.shape(expression)
        known[expression] = _value(shape, inference)
    answer: Value | None = known[expression]
    return answer


def is_made_here(source: Source, value: Value) -> bool:
    """True where this file itself makes the object, on every way on which the value comes about."""
    own = source.project.facts_of_source(source).path
    claimed = value.declared or value.assumed or value.by_cast
    return not claimed and all(step.path == own for step in value.steps)


def proof(source: Source, value: Value) -> tuple[tuple[Path, int, str], ...]:
    """`(path, line, text)` of each step: file, line from 1, and that line without its indent."""
    own = source.project.facts_of_source(source).path
    found = []
    for step in value.steps:
        if step.path == own:
            lines = source.text.splitlines()
        else:
            content = source.project.read(step.path)
            lines = [] if content is None else decode(content).body.decode("utf-8").splitlines()
        text = lines[step.line - 1].strip() if step.line <= len(lines) else ""
        found.append((step.path, step.line, text))
    return tuple(found)


def value_of_binding(source: Source, binding: Binding) -> Value | None:
    """What a name holds after this binding alone."""
    module = source.project.facts_of_source(source)
    known = _answers(source, module)
    key = ("binding", binding.node)
    if key not in known:
        source.project.settle()
        inference = Inference(source.project, module)
        if binding.kind == "import":
            shape = inference.import_value(binding)
        else:
            shape = bound.shape_of_binding(inference, binding)
        known[key] = _value(shape, inference)
    answer: Value | None = known[key]
    return answer


def value_of_attribute(source: Source, owner: ast.ClassDef, name: str) -> Value | None:
    """What the attribute of an instance of a class of this file holds."""
    inference = Inference(source.project, source.project.facts_of_source(source))
    source.project.settle()
    return _value(shape_of_attribute(inference, inference.class_of(owner), name), inference)


def _answers(source: Source, module: ModuleFacts) -> dict[object, Any]:
    """The answers so far; they refer to the facts of the source, which are made anew at times."""
    known = source.memo.get(("values",))
    if known is None or known[0] is not module:
        known = source.memo[("values",)] = module, {}
    answers: dict[object, Any] = known[1]
    return answers


def _value(shape: Shape | None, inference: Inference) -> Value | None:
    if shape is None or shape.container != "none" or shape.is_nothing:
        return None
    by_cast = inference.effort.casts > 0
    return Value(
        shape.classes,
        shape.outside,
        shape.optional,
        by_cast,
        shape.assumed,
        shape.declared,
        shape.steps,
    )
