"""Where a project keeps an instance of a class for as long as the program runs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit.model.evidence import Evidence
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import Binding, expression_at
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
    found = _kept(source, source.project.class_of(cls, module), 0)
    return tuple(dict.fromkeys(found))


def _kept(source: Source, cls: ClassFacts, depth: int) -> Iterator[KeptInstance]:
    for path in _modules(source.project, cls):
        made = _made_in(source, path)
        yield from made.kept.get(cls.key, ())
        if depth < _DEPTH:
            for holder in made.holders.get(cls.key, ()):
                if holder.key != cls.key:
                    yield from _kept(source, holder, depth + 1)


@dataclass(frozen=True, slots=True)
class _Made:
    """By the class that is made: the variables that keep one, and the classes whose `__init__` makes one."""

    kept: dict[object, list[KeptInstance]]
    holders: dict[object, list[ClassFacts]]


@memoized
def _made_in(source: Source, path: Path) -> _Made:
    """What a module makes; it is gone through once, however many classes ask."""
    project = source.project
    own = project.facts_of_source(source)
    module = own if path == own.path else project.facts_of(path)
    found = _Made({}, {})
    if module is None:
        return found
    inference = Inference(project, module)
    for name, bindings in module.bindings.items():
        for binding in bindings:
            for node in _nodes_of(project, inference, binding):
                kept = KeptInstance(name, module.path, binding.line)
                for key in _classes_made(inference, ast.walk(node)):
                    found.kept.setdefault(key, []).append(kept)
    for record in module.contents.classes():
        holder = project.class_at(module, *record.span[:2])
        method = holder.method("__init__") if holder is not None else None
        if holder is not None and method is not None:
            for key in _classes_made(inference, ast.walk(method.node)):
                found.holders.setdefault(key, []).append(holder)
    return found


def _nodes_of(project: Project, inference: Inference, binding: Binding) -> Iterator[ast.AST]:
    """What a variable of a module is given, or the cached function that gives it."""
    module = inference.module
    if binding.kind == "variable" and binding.value is not None:
        value = expression_at(project.locating(module), binding.value)
        if value is not None and not (binding.conditional and _in_program(inference, value)):
            yield value
    elif binding.kind == "function" and binding.function is not None:
        decorators = binding.function.decorators
        if any(each and module.qualify(each) in _CACHES for each in decorators):
            yield inference.view.node(binding.function.span)


def _modules(project: Project, cls: ClassFacts) -> dict[Path, None]:
    """The files whose text names the class, its own first."""
    tail = cls.module.name.rpartition(".")[2]
    users = project.users(cls.name, (tail,))[:_MANY]
    return dict.fromkeys((cls.path, *(each.path for each in users)))


def _in_program(inference: Inference, value: ast.expr) -> bool:
    """True below `if __name__ == "__main__":`, which no importer runs."""
    return any(
        isinstance(above, ast.If) and is_main_guard(above)
        for _, above in inference.view.ancestors(value)
    )


def _classes_made(inference: Inference, nodes: Iterable[ast.AST]) -> dict[object, None]:
    """The keys of the classes that calls among the nodes make instances of."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    found = [inference.definition(call.func) for call in calls]
    return dict.fromkeys(each.key for each in found if isinstance(each, ClassFacts))
