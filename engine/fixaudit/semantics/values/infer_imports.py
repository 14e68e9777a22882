"""What an import, a star import or the builtins put under a name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from fixaudit.semantics.module_facts import VariableFacts
from fixaudit.semantics.values import outside
from fixaudit.semantics.values.value import Shape
from fixaudit.syntax.namespace import Binding

if TYPE_CHECKING:
    from fixaudit.semantics.values.infer import Inference


def shape_of_import_name(
    inference: Inference, node: ast.Name, bindings: list[Binding]
) -> Shape | None:
    """The value of a name that nothing but imports bind, or nothing at all."""
    return _defined(inference, node) or from_outside(inference, bindings)


def _defined(inference: Inference, node: ast.Name) -> Shape | None:
    """What an import, a star import or the builtins bring."""
    found = inference.definition(node)
    if isinstance(found, VariableFacts):
        return inference.variable(found)
    if found is None:
        scope = inference.view.lookup(node.id, node)[0]
        found = outside.builtin(scope, node.id, bool(inference.module.stars))
    return outside.named(found) if isinstance(found, str) else None


def shape_of_import(inference: Inference, binding: Binding) -> Shape | None:
    """The value that one import brings, whatever else the name is bound to."""
    if not binding.target:
        return None
    found = inference.project.definition(binding.target, inference.module.path)
    if isinstance(found, VariableFacts):
        return inference.variable(found)
    return from_outside(inference, [binding]) if found is None else None


def from_outside(inference: Inference, bindings: list[Binding]) -> Shape | None:
    """The thing from outside that all imports of a name bring, where it is there."""
    name = outside.imported(inference.project, bindings, inference.module.path)
    return None if name is None else outside.named(name)
