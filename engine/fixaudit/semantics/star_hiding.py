"""What star imports can hide: whether a builtin is still the builtin below `from x import *`."""

from __future__ import annotations

import sys

from fixaudit.semantics.project import Project
from fixaudit.syntax.module import Module

# No module of the standard library exports these (`os` and `io` do export an `open`, `math` a `pow`).
_NEVER_EXPORTED = frozenset(
    {"print", "input", "getattr", "setattr", "hasattr", "isinstance", "issubclass", "super", "len"}
)


def may_hide(project: Project, module: Module, name: str) -> bool:
    """True where a star import of the module may bind the builtin `name` to something else.

    A module of the standard library or of the project is looked into; any other may bind anything.
    """
    targets = {star.target or "" for star in module.scopes.module.star_imports}
    return any(_may_bind(project, target, name) for target in sorted(targets))


def _may_bind(project: Project, module: str, name: str) -> bool:
    if module.partition(".")[0] in sys.stdlib_module_names:
        return name not in _NEVER_EXPORTED or module == "builtins"
    facts = project.module(module)
    return facts is None or name in facts.bindings or bool(facts.stars) or facts.has_getattr
