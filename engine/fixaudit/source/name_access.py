"""How an edit gets at a name it needs: what is imported here, or an import that must come."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit.model.finding import NeededImport
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import BUILTINS, Binding, Scope


@dataclass(frozen=True, slots=True)
class Access:
    """`text` is what the edit writes to reach the object; `needed_names` what must be added for it."""

    text: str
    needed_names: tuple[NeededImport, ...] = ()

    @property
    def wishes(self) -> tuple[NeededImport, ...]:
        """The old name of `needed_names`: deprecated."""
        return self.needed_names


def access(
    source: Source, node: ast.AST, module: str, name: str | None = None, other: str = ""
) -> Access | None:
    """How code at `node` reaches `module` (`name` None) or `module.name`.

    An import that is certain to have run before `node` is reused under whatever alias it has, as
    `module.name` too. Otherwise a module-level import is needed. None where the local name it
    would take already means something else at `node`, or a conditional import stands in the way;
    where `other` is given, it is imported under that name then.
    """
    wanted = f"{module}.{name}" if name else module
    reused = _reuse(source, node, wanted)
    if reused is None and name:
        base = _reuse(source, node, module)
        reused = f"{base}.{name}" if base else None
    if reused is not None:
        return Access(reused)
    bound = name or module.partition(".")[0]
    # Even a visible import of the same object may not have run yet: it is not doubled either.
    if _is_free(source, node, bound):
        return Access(name or module, (NeededImport(module, name, bound),))
    if other and _is_free(source, node, other):
        return Access(other, (NeededImport(module, name, other),))
    return None


def _is_free(source: Source, node: ast.AST, name: str) -> bool:
    taken = name in BUILTINS or source.lookup(name, node) or name in source.scopes.module.bindings
    return not taken


def _reuse(source: Source, node: ast.AST, target: str) -> str | None:
    scope: Scope | None = source.scopes.scope_of(node)
    while scope is not None:
        for local, bindings in _imports(source, scope).get(target, ()):
            if _reaches(source, node, bindings[0], target):
                if source.lookup(local, node) is bindings or source.lookup(local, node) == bindings:
                    return _spelled(bindings[0], local, target)
        scope = scope.parent
    return None


@memoized
def _imports(source: Source, scope: Scope) -> dict[str, list[tuple[str, list[Binding]]]]:
    """The names that one import and nothing else binds in a scope, by what they may stand for."""
    found: dict[str, list[tuple[str, list[Binding]]]] = {}
    for local, bindings in scope.bindings.items():
        alias = bindings[0].node if len(bindings) == 1 else None
        if isinstance(alias, ast.alias):
            for target in {bindings[0].target or "", alias.name}:
                found.setdefault(target, []).append((local, bindings))
    return found


def _reaches(source: Source, node: ast.AST, binding: Binding, target: str) -> bool:
    if binding.kind != "import" or not isinstance(binding.statement, ast.stmt):
        return False
    alias = binding.node
    assert isinstance(alias, ast.alias)
    whole = alias.name if isinstance(binding.statement, ast.Import) else binding.target
    if binding.target != target and whole != target:
        return False
    return runs_before(source, binding.statement, node)


def _spelled(binding: Binding, local: str, target: str) -> str:
    # `import os.path` binds `os` but is asked for as `os.path`.
    return local if binding.target == target else target


def runs_before(source: Source, statement: ast.stmt, node: ast.AST) -> bool:
    """True when `statement` has certainly run whenever `node` is evaluated.

    It stands in a block that encloses `node`, above it; or at module level, unconditionally, with
    `node` inside a function.
    """
    if source.in_type_checking(statement):
        return False
    parent = source.parent(statement)
    enclosing = {id(above) for above in source.ancestors(node)}
    earlier = source.span(statement).end <= source.span(node).start
    if isinstance(parent, ast.Module):
        return earlier or source.function(node) is not None
    if parent is None or id(parent) not in enclosing:
        return False
    block = source.block(statement)
    inside = any(id(entry) in enclosing or entry is node for entry in block)
    return earlier and inside
