"""The file being judged: its facts come from its own tree."""

from __future__ import annotations

import ast
from functools import cached_property, partial
from pathlib import Path
from weakref import ref

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.facts_reader import read_module
from fixaudit.semantics.tree_contents import TreeContents
from fixaudit.semantics.tree_view import View
from fixaudit.syntax.module import Module
from fixaudit.text.digest import digest

_VIEW = ("view",)


class OwnFile:
    """The file is held weakly: what is known of it must not keep its tree."""

    def __init__(self, file: Module, path: Path, name: str) -> None:
        self.file = ref(file)
        self.path = path
        self.classes: dict[tuple[int, int], ClassFacts] = {}
        # Bound to the reference alone: what holds this object would be held by it in turn.
        contents = TreeContents(partial(_tree_of, self.file, path.name), file.body)
        self.facts = read_module(file.tree, path, name, file.body, contents)

    @cached_property
    def fingerprint(self) -> str:
        """The digest of its bytes, to be asked for while it is there."""
        return digest(self.module.data)

    @property
    def module(self) -> Module:
        """The file. Raises ReferenceError when it is gone."""
        return _alive(self.file, self.path.name)

    @property
    def view(self) -> View:
        """Its tree."""
        file = self.module
        # Kept by the file: what was found out about its blocks goes when its tree does.
        if _VIEW not in file.memo:
            file.memo[_VIEW] = View(file.tree, file.index, file.scopes)
        view: View = file.memo[_VIEW]
        return view


def _alive(file: ref[Module], name: str) -> Module:
    found = file()
    if found is None:
        raise ReferenceError(f"{name} is not judged any more")
    return found


def _tree_of(file: ref[Module], name: str) -> ast.Module:
    return _alive(file, name).tree
