"""Which functions of the project a piece of code runs: those it calls, and those it hands to a call."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.known_classes import ClassKind
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.semantics.tree_view import View
from fixaudit.semantics.values.evaluator import Effort
from fixaudit.semantics.values.implementations import implementations
from fixaudit.semantics.values.infer import Inference

Place = tuple[Path, int, int]

_MAKERS = ("__new__", "__init__", "__post_init__")
_ENTERED = ("__enter__", "__aenter__", "__exit__", "__aexit__")


@dataclass(frozen=True, slots=True)
class Callee:
    """A function, and the class of the object it is called on where it is a method of one."""

    function: FunctionFacts
    receiver: ClassFacts | None = None

    @property
    def place(self) -> Place:
        """The file, and the line and column of `def`."""
        return self.function.path, *self.function.record.span[:2]

    @property
    def key(self) -> tuple[Place, object]:
        """Equal for the same function called on objects of the same class."""
        return self.place, self.receiver.key if self.receiver else None


def method(cls: ClassFacts, name: str) -> Callee | None:
    """The method that instances of a class have, by the classes of the project among its bases.

    An unknown base may have another one: good as evidence, not as a proof.
    """
    for entry in cls.mro().own:
        found = entry.method(name)
        if found is not None:
            return Callee(found, cls)
    return None


class CalleeReader:
    """Reads the callees of code in one module.

    Args:
        around: the function the code is the body of, by which `self` and `super()` are understood.
        all_behind: a protocol's method runs each of several implementations; otherwise the only one.
    """

    def __init__(
        self,
        project: Project,
        module: ModuleFacts,
        around: Callee | None = None,
        *,
        all_behind: bool = False,
    ) -> None:
        self._all = all_behind
        self._project = project
        self._module = module
        self.view: View = project.view(module)
        self._around = around
        function = around.function if around is not None else None
        bound = function is not None and function.binds_receiver and function.parameters
        self._self = function.parameters[0].name if function is not None and bound else None

    @property
    def _inference(self) -> Inference:
        """Anew for each expression: what one costs is not taken from the next."""
        effort = Effort(views={self._module: self.view})
        return Inference(self._project, self._module, effort)

    def read(self, nodes: Iterable[ast.AST]) -> Iterator[tuple[int, Callee]]:
        """The line of each call with what it runs. What is not known for certain is left out."""
        for node in nodes:
            if isinstance(node, ast.Call):
                for callee in self.called(node):
                    yield node.lineno, callee
            elif isinstance(node, ast.withitem):
                for callee in self._methods(node.context_expr, _ENTERED):
                    yield node.context_expr.lineno, callee

    def is_unknown(self, node: ast.expr) -> bool:
        """True for a value of which nothing is known, neither where it is from nor its class."""
        inference = self._inference
        return inference.definition(node) is None and inference.shape(node) is None

    def called(self, call: ast.Call) -> Iterator[Callee]:
        """What one call runs: the function or the constructor, and functions among its arguments."""
        yield from self._targets(call.func)
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(argument, (ast.Name, ast.Attribute)):
                handed = self._defined(argument) or self._own_method(argument)
                if isinstance(handed, Callee):
                    yield handed

    def _targets(self, func: ast.expr) -> Iterator[Callee]:
        found = self._defined(func) or self._own_method(func)
        if isinstance(found, Callee):
            yield found
        elif isinstance(found, ClassFacts):
            yield from _known(method(found, name) for name in _MAKERS)
        elif isinstance(func, ast.Attribute):
            yield from self._methods(func.value, (func.attr,))
        else:
            yield from self._methods(func, ("__call__",))

    def _defined(self, func: ast.expr) -> Callee | ClassFacts | None:
        """What a name or dotted chain means, where that is a function or class."""
        found = self._inference.definition(func)
        if isinstance(found, ClassFacts):
            return found
        if not isinstance(found, FunctionFacts):
            return None
        owner = None
        if isinstance(func, ast.Attribute):
            owner = self._inference.definition(func.value)
        return Callee(found, owner if isinstance(owner, ClassFacts) else None)

    def _own_method(self, func: ast.expr) -> Callee | None:
        """`self.load` and `super().load`, for the class of the object at hand."""
        cls = self._around.receiver if self._around is not None else None
        if cls is None or not isinstance(func, ast.Attribute):
            return None
        match func.value:
            case ast.Name(id=name) if name == self._self:
                return method(cls, func.attr)
            case ast.Call(func=ast.Name(id="super")):
                return self._method_above(cls, func.attr)
        return None

    def _method_above(self, cls: ClassFacts, name: str) -> Callee | None:
        order = cls.mro().own
        owner = self._around.function.owner if self._around is not None else None
        place = next((at for at, entry in enumerate(order) if entry.qualified_name == owner), 0)
        for entry in order[place + 1 :]:
            found = entry.method(name)
            if found is not None:
                return Callee(found, cls)
        return None

    def _methods(self, receiver: ast.expr, names: Iterable[str]) -> Iterator[Callee]:
        shape = self._inference.shape(receiver)
        for cls in shape.classes if shape is not None else ():
            yield from _known(method(cls, name) for name in names)
            if cls.kind is ClassKind.PROTOCOL:
                for name in names:
                    behind = implementations(self._project, cls, name)
                    yield from map(Callee, behind if len(behind) == 1 or self._all else ())


def _known(callees: Iterable[Callee | None]) -> Iterator[Callee]:
    return (callee for callee in callees if callee is not None)
