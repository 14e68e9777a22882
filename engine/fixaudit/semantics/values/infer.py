"""What an expression's value is, where the code itself proves it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from fixaudit.semantics.classes import ClassFacts, Found
from fixaudit.semantics.module_facts import ModuleFacts, VariableFacts, dotted_name, span_of
from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.semantics.tree_view import View
from fixaudit.semantics.values import infer_calls, infer_members, infer_names, outside
from fixaudit.semantics.values.annotations import annotated
from fixaudit.semantics.values.bound_places import BoundPlaces, places_of
from fixaudit.semantics.values.evaluator import MAX_DEPTH, MAX_STEPS, Effort
from fixaudit.semantics.values.value import (
    NOTHING,
    Shape,
    assumed,
    filled,
    holding,
    maybe,
    seen_at,
    surely,
    union,
)
from fixaudit.syntax.namespace import Binding


class Inference:
    """Evaluates expressions of one module; questions about other modules go to their own."""

    def __init__(self, project: Project, module: ModuleFacts, effort: Effort | None = None) -> None:
        self.project = project
        self.module = module
        self.effort = Effort() if effort is None else effort

    @property
    def view(self) -> View:
        known = self.effort.views.get(self.module)
        if known is None:
            known = self.effort.views[self.module] = self.project.view(self.module)
        return known

    def elsewhere(self, module: ModuleFacts) -> Inference:
        """The same question continued in another module."""
        return self if module is self.module else Inference(self.project, module, self.effort)

    @contextmanager
    def once(self, key: object) -> Iterator[bool]:
        """False inside the evaluation of the same thing: a value defined by itself is unknown."""
        busy = self.effort.busy
        self.effort.steps += 1
        fresh = key not in busy and len(busy) < MAX_DEPTH and self.effort.steps <= MAX_STEPS
        if fresh:
            busy.add(key)
        try:
            yield fresh
        finally:
            if fresh:
                busy.discard(key)

    # ---------------------------------------------------------------- expressions

    def shape(self, node: ast.expr | None) -> Shape | None:
        """What the value of `node` is, where it stands; None when in doubt."""
        if node is None:
            return None
        with self.once((node.__class__, id(self.module), *span_of(node))) as fresh:
            return self._shape(node) if fresh else None

    def _shape(self, node: ast.expr) -> Shape | None:
        match node:
            case ast.Constant(value=None):
                return NOTHING
            case ast.Name():
                return infer_names.shape_of_name(self, node)
            case ast.Attribute():
                return infer_names.narrowed(self, node, self._attribute(node))
            case ast.Call():
                return infer_calls.shape_of_call(self, node)
            case ast.Await(value=value):
                return infer_calls.awaited(self.shape(value))
            case ast.NamedExpr(value=value):
                return self.shape(value)
            case ast.IfExp(body=body, orelse=orelse):
                return union([self.shape(body), self.shape(orelse)])
            case ast.BoolOp(op=ast.Or(), values=values):
                return self._first_true(values)
            case ast.Subscript(value=value, slice=index):
                return self._subscript(value, index)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items) if items:
                held = holding("sequence", union(self.shape(item) for item in items))
                fixed = isinstance(node, ast.Tuple) and not any(
                    isinstance(item, ast.Starred) for item in items
                )
                return filled(held, fixed)
            case (
                ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element)
            ):
                return holding("sequence", self.shape(element))
            case ast.DictComp(value=element):
                return holding("mapping", self.shape(element))
        return None

    def _first_true(self, values: list[ast.expr]) -> Shape | None:
        """`a or b or c`: falling through a value never leaves its None behind.

        What nothing is known of is assumed to be like the fallback.
        """
        parts = [self.shape(value) for value in values[:-1]]
        solid = [surely(part) for part in parts if part is not None and not part.is_nothing]
        found = union([*solid, self.shape(values[-1])])
        guessed = any(part is None or part.assumed for part in parts)
        return assumed(found) if guessed else found

    def _subscript(self, value: ast.expr, index: ast.expr) -> Shape | None:
        held = self.shape(value)
        if held is None or held.container not in ("sequence", "mapping"):
            return None
        if isinstance(index, ast.Slice):
            return filled(held, False) if held.container == "sequence" else None
        return held.element

    def _attribute(self, node: ast.Attribute) -> Shape | None:
        found = self.definition(node)
        if isinstance(found, VariableFacts):
            return self.variable(found)
        if found is not None:
            return outside.named(found) if isinstance(found, str) else None
        owner = self.shape(node.value)
        if owner is None:
            return infer_members.shape_of_class_attribute(self, node)
        answers = [infer_members.shape_of_attribute(self, cls, node.attr) for cls in owner.classes]
        if owner.outside:
            answers.append(outside.attribute(owner, node.attr))
        return union(answers)

    # ---------------------------------------------------------------- imports

    def import_name(self, node: ast.Name, bindings: list[Binding]) -> Shape | None:
        """The value of a name that nothing but imports bind, or nothing at all."""
        found = self.definition(node)
        if isinstance(found, VariableFacts):
            return self.variable(found)
        if found is None:
            scope = self.view.lookup(node.id, node)[0]
            found = outside.builtin(scope, node.id, bool(self.module.stars))
        return outside.named(found) if isinstance(found, str) else self.from_outside(bindings)

    def import_value(self, binding: Binding) -> Shape | None:
        """The value that one import brings, whatever else the name is bound to."""
        if not binding.target:
            return None
        found = self.project.definition(binding.target, self.module.path)
        if isinstance(found, VariableFacts):
            return self.variable(found)
        return self._imported(BoundPlaces(self.view, [binding])) if found is None else None

    def from_outside(self, bindings: list[Binding]) -> Shape | None:
        """The thing from outside that all imports of a name bring, where it is there."""
        return self._imported(places_of(self.view, bindings))

    def _imported(self, places: BoundPlaces) -> Shape | None:
        name = outside.imported(self.project, places, self.module.path)
        return None if name is None else outside.named(name)

    # ---------------------------------------------------------------- definitions

    def definition(self, node: ast.expr) -> Found:
        """The definition or outside name that a name or dotted chain means at its place."""
        written = dotted_name(node)
        if written is None:
            return None
        head = written.partition(".")[0]
        scope, bindings = self.view.lookup(head, node)
        places = places_of(self.view, bindings)
        definitional = places.is_definition
        in_module = scope is None or isinstance(scope.node, ast.Module)
        if not in_module and not definitional:
            return None
        if "." not in written and bindings and not definitional:
            return None
        found = self.project.resolve_at(self.module, written, node)
        if found is None and len(places.present) < len(bindings):
            return outside.imported_if_there(self.project, places, written, self.module.path)
        return found

    def variable(self, facts: VariableFacts) -> Shape | None:
        """A module-level name bound once, seen from anywhere."""
        with self.once(("variable", facts.path, facts.qualified_name)) as fresh:
            if not fresh:
                return None
            there = self.elsewhere(facts.module)
            annotation, value = facts.annotation, facts.value
            found = None
            if annotation is not None:
                found = there.annotation(annotation, annotation)
                nothing = isinstance(value, ast.Constant) and value.value is None
                found = maybe(found) if nothing else found
            if found is None:
                found = there.shape(value)
            return seen_at(found, facts.path, facts.line)

    def annotation(
        self, node: ast.expr | None, anchor: ast.AST, receiver: ClassFacts | None = None
    ) -> Shape | None:
        """What a value annotated so, in this module, is."""
        if receiver is None:
            receiver = self.class_around(anchor)
        return annotated(self.project, self.module, node, anchor, receiver)

    def class_around(self, node: ast.AST) -> ClassFacts | None:
        """The class in whose body or methods a node of this module stands."""
        for _, parent in self.view.ancestors(node):
            if isinstance(parent, ast.ClassDef):
                return self.class_of(parent)
        return None

    def class_of(self, node: ast.ClassDef) -> ClassFacts:
        """The facts of a class of this module's tree."""
        return self.project.class_of(node, self.module)

    def function_result(self, function: FunctionFacts, receiver: ClassFacts | None) -> Shape | None:
        """What a call of the function gives."""
        return infer_calls.result(self.elsewhere(function.module), function, receiver)
