"""Where a project keeps an instance of a class for as long as the program runs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit.model.evidence import Evidence
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts, expression_at
from fixaudit.semantics.project import Project
from fixaudit.semantics.values.infer import Inference
from fixaudit.source.main_guard import is_main_guard
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source

_DEPTH = 2
_MANY = 60
_CACHES = frozenset({"functools.lru_cache", "functools.cache"})


@dataclass(frozen=True, slots=True)
class KeptInstance:
    """A module-level variable, or a cached factory, that holds an instance: its name and place."""

    name: str
    path: Path
    line: int

    def proof(self, source: Source) -> Evidence:
        """That it is made with its module, with the place."""
        text = f"`{self.name}` is one for the whole process"
        return source.proof_at(self.path, self.line, text)


@memoized
def kept_instances(source: Source, cls: ast.ClassDef) -> tuple[KeptInstance, ...]:
    """The module-level variables of the project that hold an instance of a class of this file.

    Found are `runner = Runner(…)` at the top of a module, functions with `functools.lru_cache` or
    `cache` that return one, and instances that an attribute of such an instance holds. Tests are not
    looked at. Empty says that none is seen, not that there is none.
    """
    module = source.project.facts_of_source(source)
    source.project.settle()
    found = _kept(source.project, source.project.class_of(cls, module), 0)
    return tuple(dict.fromkeys(found))


def _kept(project: Project, cls: ClassFacts, depth: int) -> Iterator[KeptInstance]:
    for module in _modules(project, cls):
        inference = Inference(project, module)
        for name, bindings in module.bindings.items():
            for binding in bindings:
                if binding.kind == "variable" and binding.value is not None:
                    value = expression_at(project.locating(module), binding.value)
                    if value is None or (binding.conditional and _in_program(inference, value)):
                        continue
                    if _makes(inference, ast.walk(value), cls):
                        yield KeptInstance(name, module.path, binding.line)
                elif binding.kind == "function" and binding.function is not None:
                    decorators = binding.function.decorators
                    if any(each and module.qualify(each) in _CACHES for each in decorators):
                        node = inference.view.node(binding.function.span)
                        if _makes(inference, ast.walk(node), cls):
                            yield KeptInstance(name, module.path, binding.line)
        if depth < _DEPTH:
            for holder in _holders(project, inference, cls):
                yield from _kept(project, holder, depth + 1)


def _modules(project: Project, cls: ClassFacts) -> Iterator[ModuleFacts]:
    """The modules whose text names the class, its own first."""
    yield cls.module
    tail = cls.module.name.rpartition(".")[2]
    paths = dict.fromkeys(each.path for each in project.users(cls.name, (tail,))[:_MANY])
    for path in paths:
        module = project.facts_of(path) if path != cls.path else None
        if module is not None:
            yield module


def _in_program(inference: Inference, value: ast.expr) -> bool:
    """True below `if __name__ == "__main__":`, which no importer runs."""
    return any(
        isinstance(above, ast.If) and is_main_guard(above)
        for _, above in inference.view.ancestors(value)
    )


def _makes(inference: Inference, nodes: Iterable[ast.AST], cls: ClassFacts) -> bool:
    for node in nodes:
        if isinstance(node, ast.Call):
            found = inference.definition(node.func)
            if isinstance(found, ClassFacts) and found.key == cls.key:
                return True
    return False


def _holders(project: Project, inference: Inference, cls: ClassFacts) -> Iterator[ClassFacts]:
    """Classes whose `__init__` makes an instance of the class."""
    for record in inference.module.contents.classes():
        holder = project.class_at(inference.module, *record.span[:2])
        method = holder.method("__init__") if holder is not None else None
        if holder is None or method is None or holder.key == cls.key:
            continue
        if _makes(inference, ast.walk(method.node), cls):
            yield holder
