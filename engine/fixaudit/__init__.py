"""fixaudit turns audit findings into reviewed, reversible edits of Python code.

`ast` reads, LibCST writes, the shell acts. The public names are imported at their first use, so
that `import fixaudit` costs nothing; `__init__.pyi` says the same to type checkers.
"""

from __future__ import annotations

import importlib
from typing import Any

from fixaudit._old_paths import install
from fixaudit._version import __version__ as __version__

_HOME = {
    "Access": "source.name_access",
    "Changed": "model.outcome",
    "Codemod": "authoring.codemod",
    "CodemodError": "errors",
    "ConfigError": "errors",
    "Edit": "model.finding",
    "Failed": "model.outcome",
    "Finding": "model.finding",
    "FixauditError": "errors",
    "ImportWish": "model.finding",
    "ModuleNameWish": "model.finding",
    "Pairing": "authoring.codemod",
    "Problem": "model.outcome",
    "Project": "semantics.project",
    "Report": "api",
    "Role": "files.file_roles",
    "Site": "model.outcome",
    "Source": "source.source",
    "SourceError": "errors",
    "Span": "model.finding",
    "Unchanged": "model.outcome",
    "UnimportWish": "model.finding",
    "Verdict": "model.finding",
    "Wish": "model.finding",
    "access": "source.name_access",
    "remembered": "source.memo",
    "run": "api",
}
_MODULES = {
    "calls": "edits.calls",
    "cst": "edits.cst",
    "handlers": "edits.except_clause",
    "loggers": "source.loggers",
    "rewriting": "edits.statements",
}

__all__ = ["__version__", *_HOME, *_MODULES]  # noqa: PLE0604

install()


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = importlib.import_module(f"fixaudit.{_MODULES[name]}")
    elif name in _HOME:
        value = getattr(importlib.import_module(f"fixaudit.{_HOME[name]}"), name)
    else:
        raise AttributeError(f"module 'fixaudit' has no attribute {name!r}")
    globals()[name] = value
    return value
