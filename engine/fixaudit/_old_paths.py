"""Documented modules under the paths they had before 0.2: each is the same module object.

They are deprecated, and go with the release after next.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
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


# Neither inherits from `importlib.abc`, whose import takes longer than `fixaudit --version` may.
class _Loader:
    """Loads a module by putting the one of the new path under the old name."""

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = import_module(_NEW[module.__name__])

    def get_code(self, fullname: str) -> CodeType:
        """The code of the module, for `python -m`."""
        loader = import_module(_NEW[fullname]).__loader__
        code: CodeType = loader.get_code(_NEW[fullname])  # type: ignore[union-attr]
        return code


class _Finder:
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in _NEW:
            return None
        return ModuleSpec(fullname, _Loader(), is_package=fullname in _PACKAGES)  # type: ignore[arg-type]


def install() -> None:
    """Let the old paths be imported; before the other finders, which would load them twice."""
    sys.meta_path.insert(0, _Finder())
