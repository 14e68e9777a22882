"""How a type is written where a signature stands: by the imports of the file, or with new ones."""

from __future__ import annotations

import ast
import re

from fixaudit import NeededImport, Source, access
from fixaudit.authoring import Binding
from fixaudit_codemods.attributes._known_signatures import SAME_TYPES
from fixaudit_codemods.attributes._signatures import Function

_DOTTED = re.compile(r"\b[a-z_][\w]*(?:\.\w+)+")


class Writer:
    """Writes types at one function; `needed` are the imports, `hindrance` is why one has no text."""

    def __init__(self, source: Source, node: Function) -> None:
        self._source, self._node = source, node
        self._deferred = "annotations" in _future(source)
        self.needed: list[NeededImport] = []
        self.hindrance: str | None = None

    def text(self, wanted: str) -> str | None:
        """A type in full names, such as `list[typing.Any] | None`, as code; None where one is taken."""
        for name in ("str", "bool", "list", "tuple"):
            if re.search(rf"\b{name}\b", wanted) and self._source.lookup(name, self._node):
                self.hindrance = f"the name `{name}` means something else here"
                return None
        written = _DOTTED.sub(self._name, wanted)
        if self.hindrance is not None:
            return None
        return written if self._deferred or not self._fails(wanted) else f'"{written}"'

    def _fails(self, wanted: str) -> bool:
        """True where evaluating the annotation may fail on a version that the project runs on."""
        if "TypeEngine[" in wanted:  # no generic class before SQLAlchemy 2
            return True
        return "|" in wanted and self._source.target_version < (3, 10)

    def _name(self, match: re.Match[str]) -> str:
        module, _, name = match[0].rpartition(".")
        for home in SAME_TYPES.get(match[0], ()):
            given = access(self._source, self._node, *home.rsplit(".", 1))
            if given is not None and not given.needed_names:
                return given.text
        found = access(self._source, self._node, module, name)
        if found is not None:
            self.needed += found.needed_names
            return found.text
        if self._deferred and _is_import_of(self._source.lookup(name, self._node), match[0]):
            return name
        self.hindrance = f"the name `{name}` means something else here"
        return name


def _is_import_of(bindings: list[Binding], target: str) -> bool:
    """True where an import that need not have run, as under TYPE_CHECKING, brings the type."""
    last = "." + target.rpartition(".")[2]
    return bool(bindings) and all((item.target or "").endswith(last) for item in bindings)


def _future(source: Source) -> set[str]:
    """What the module takes from `__future__`."""
    found = (item for item in source.tree.body if isinstance(item, ast.ImportFrom))
    return {alias.name for item in found if item.module == "__future__" for alias in item.names}
