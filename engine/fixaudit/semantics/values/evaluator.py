"""What the parts of the evaluation of expressions ask of each other; `infer.Inference` is it all."""

from __future__ import annotations

import ast
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from fixaudit.semantics.classes import ClassFacts, Found
from fixaudit.semantics.module_facts import ModuleFacts, VariableFacts
from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.semantics.tree_view import View
from fixaudit.semantics.values.value import Shape
from fixaudit.syntax.namespace import Binding

MAX_DEPTH = 24
MAX_STEPS = 300
# Functions without a return annotation are looked into, and those they call, and no further.
MAX_UNANNOTATED = 2


@dataclass(slots=True)
class Effort:
    """What one question has cost so far; an answer that would take more is None.

    `casts` counts the `typing.cast` calls on the way: claims that nothing in the code bears out.
    `views` holds the code looked at: its nodes must stay the same until there is an answer.
    """

    busy: set[object] = field(default_factory=set)
    steps: int = 0
    unannotated: int = 0
    casts: int = 0
    views: dict[ModuleFacts, View] = field(default_factory=dict)


class Evaluator(Protocol):
    """Evaluates expressions of one module; its methods are described where `Inference` has them."""

    project: Project
    module: ModuleFacts
    effort: Effort

    @property
    def view(self) -> View: ...

    def elsewhere(self, module: ModuleFacts) -> Evaluator: ...

    def once(self, key: object) -> AbstractContextManager[bool]: ...

    def shape(self, node: ast.expr | None) -> Shape | None: ...

    def import_name(self, node: ast.Name, bindings: list[Binding]) -> Shape | None: ...

    def import_value(self, binding: Binding) -> Shape | None: ...

    def from_outside(self, bindings: list[Binding]) -> Shape | None: ...

    def definition(self, node: ast.expr) -> Found: ...

    def variable(self, facts: VariableFacts) -> Shape | None: ...

    def annotation(
        self, node: ast.expr | None, anchor: ast.AST, receiver: ClassFacts | None = None
    ) -> Shape | None: ...

    def class_around(self, node: ast.AST) -> ClassFacts | None: ...

    def class_of(self, node: ast.ClassDef) -> ClassFacts: ...

    def function_result(
        self, function: FunctionFacts, receiver: ClassFacts | None
    ) -> Shape | None: ...
