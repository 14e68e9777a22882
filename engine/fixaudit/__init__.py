"""fixaudit turns audit findings into reviewed, reversible edits of Python code.

`ast` reads, LibCST writes, the shell acts. The public names are imported at their first use, so
that `import fixaudit` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from fixaudit import cst as cst
    from fixaudit import handlers as handlers
    from fixaudit import loggers as loggers
    from fixaudit import rewriting as rewriting
    from fixaudit.api import Report as Report
    from fixaudit.api import run as run
    from fixaudit.codemod import Codemod as Codemod
    from fixaudit.codemod import Pairing as Pairing
    from fixaudit.errors import CodemodError as CodemodError
    from fixaudit.errors import ConfigError as ConfigError
    from fixaudit.errors import FixauditError as FixauditError
    from fixaudit.errors import SourceError as SourceError
    from fixaudit.findings import Edit as Edit
    from fixaudit.findings import Finding as Finding
    from fixaudit.findings import ImportWish as ImportWish
    from fixaudit.findings import ModuleNameWish as ModuleNameWish
    from fixaudit.findings import Span as Span
    from fixaudit.findings import UnimportWish as UnimportWish
    from fixaudit.findings import Verdict as Verdict
    from fixaudit.findings import Wish as Wish
    from fixaudit.imports import Access as Access
    from fixaudit.imports import access as access
    from fixaudit.outcome import Changed as Changed
    from fixaudit.outcome import Failed as Failed
    from fixaudit.outcome import Problem as Problem
    from fixaudit.outcome import Site as Site
    from fixaudit.outcome import Unchanged as Unchanged
    from fixaudit.project import Project as Project
    from fixaudit.remembering import remembered as remembered
    from fixaudit.source import Source as Source

_HOME = {
    "Access": "imports",
    "Changed": "outcome",
    "Codemod": "codemod",
    "CodemodError": "errors",
    "ConfigError": "errors",
    "Edit": "findings",
    "Failed": "outcome",
    "Finding": "findings",
    "FixauditError": "errors",
    "ImportWish": "findings",
    "ModuleNameWish": "findings",
    "Pairing": "codemod",
    "Problem": "outcome",
    "Project": "project",
    "Report": "api",
    "Site": "outcome",
    "Source": "source",
    "SourceError": "errors",
    "Span": "findings",
    "Unchanged": "outcome",
    "UnimportWish": "findings",
    "Verdict": "findings",
    "Wish": "findings",
    "access": "imports",
    "remembered": "remembering",
    "run": "api",
}
_MODULES = ("cst", "handlers", "loggers", "rewriting")

__all__ = ["__version__", *_HOME, *_MODULES]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"fixaudit.{name}")
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'fixaudit' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"fixaudit.{home}"), name)
    globals()[name] = value
    return value
