"""Documented modules under the paths they had before 0.2: each is the same module object.

They are deprecated, and go with the release after next.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import CodeType, ModuleType

_NEW = {
    "fixaudit.cst": "fixaudit.edits.cst",
    "fixaudit.handlers": "fixaudit.edits.except_clause",
    "fixaudit.loggers": "fixaudit.source.loggers",
    "fixaudit.rewriting": "fixaudit.edits.statements",
    "fixaudit.kit": "fixaudit.testing",
    "fixaudit.kit.plugin": "fixaudit.testing.plugin",
    "fixaudit.kit.__main__": "fixaudit.testing.__main__",
}
_PACKAGES = frozenset({"fixaudit.kit"})


class _Alias(InspectLoader):
    """Loads a module by putting the one of the new path under the old name."""

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = import_module(_NEW[module.__name__])

    def get_code(self, fullname: str) -> CodeType | None:
        """The code of the module, for `python -m`."""
        spec = find_spec(_NEW[fullname])
        assert spec is not None
        assert isinstance(spec.loader, InspectLoader)
        return spec.loader.get_code(_NEW[fullname])

    def get_source(self, fullname: str) -> None:
        return None


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:  # fmt: skip
        if fullname not in _NEW:
            return None
        return ModuleSpec(fullname, _Alias(), is_package=fullname in _PACKAGES)


def install() -> None:
    """Let the old paths be imported; before the other finders, which would load them twice."""
    sys.meta_path.insert(0, _Finder())
