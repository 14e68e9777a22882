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
    "Baseline": "baseline.baseline",
    "Campaign": "campaigns.campaign",
    "Changed": "model.outcome",
    "Codemod": "authoring.codemod",
    "CodemodError": "errors",
    "ConfigError": "errors",
    "Edit": "model.finding",
    "Evidence": "model.evidence",
    "Failed": "model.outcome",
    "Finding": "model.finding",
    "FixauditError": "errors",
    "LocatedFinding": "model.outcome",
    "NeededImport": "model.finding",
    "NeededModuleName": "model.finding",
    "NeededName": "model.finding",
    "ObsoleteImport": "model.finding",
    "Owners": "codeowners.owners",
    "Problem": "model.outcome",
    "Project": "semantics.project",
    "Report": "api",
    "ReportMatch": "authoring.codemod",
    "Reach": "model.evidence",
    "Role": "files.file_roles",
    "Source": "source.source",
    "SourceError": "errors",
    "Span": "model.finding",
    "Strength": "model.evidence",
    "Unchanged": "model.outcome",
    "Verdict": "model.finding",
    "access": "source.name_access",
    "memoized": "source.memo",
    "owners": "codeowners.owners",
    "packages": "workspace.packages",
    "run": "api",
}
_MODULES = {
    "calls": "edits.calls",
    "cst": "edits.cst",
    "handlers": "edits.except_clause",
    "loggers": "source.loggers",
    "rewriting": "edits.statements",
}
# Names of before 0.2: deprecated, gone with the release after next.
_DEPRECATED = {
    "ImportWish": "NeededImport",
    "UnimportWish": "ObsoleteImport",
    "ModuleNameWish": "NeededModuleName",
    "Wish": "NeededName",
    "Pairing": "ReportMatch",
    "Site": "LocatedFinding",
    "remembered": "memoized",
}

__all__ = ["__version__", *_HOME, *_MODULES]  # noqa: PLE0604

install()


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = importlib.import_module(f"fixaudit.{_MODULES[name]}")
    elif name in _HOME:
        value = getattr(importlib.import_module(f"fixaudit.{_HOME[name]}"), name)
    elif name in _DEPRECATED:
        from warnings import warn

        warn(f"fixaudit.{name} is now fixaudit.{_DEPRECATED[name]}", DeprecationWarning, 2)
        return __getattr__(_DEPRECATED[name])
    else:
        raise AttributeError(f"module 'fixaudit' has no attribute {name!r}")
    globals()[name] = value
    return value
