"""The file being judged: its facts come from its own tree."""

from __future__ import annotations

from pathlib import Path
from weakref import ref

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.facts_reader import read_module
from fixaudit.semantics.tree_contents import TreeContents
from fixaudit.semantics.tree_view import View
from fixaudit.syntax.module import Module


class OwnFile:
    """The file is held weakly: what is known of it must not keep its tree."""

    def __init__(self, file: Module, path: Path, name: str) -> None:
        self.file = ref(file)
        self.path = path
        self.classes: dict[tuple[int, int], ClassFacts] = {}
        contents = TreeContents(lambda: self.module.tree, file.body)
        self.facts = read_module(file.tree, path, name, file.body, contents)

    @property
    def module(self) -> Module:
        """The file. Raises ReferenceError when it is gone."""
        found = self.file()
        if found is None:
            raise ReferenceError(f"{self.path.name} is not judged any more")
        return found

    @property
    def view(self) -> View:
        """Its tree."""
        file = self.module
        return View(file.tree, file.index, file.scopes)
