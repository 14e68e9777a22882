"""One file as codemods see it: a module with its project, and the questions they ask."""

from __future__ import annotations

import ast
from functools import cached_property
from pathlib import Path

from fixaudit.files import file_roles
from fixaudit.model.evidence import Evidence, Reach, Strength
from fixaudit.model.finding import SitePlace
from fixaudit.semantics.project import Project
from fixaudit.source.audience import Audience, audience_of
from fixaudit.source.main_guard import is_main_guard
from fixaudit.syntax.module import Function as Function
from fixaudit.syntax.module import Module
from fixaudit.syntax.module_text import ModuleText


class Source(Module):
    """A Python file, read once, and the questions codemods ask about it; see `Module` for its text,
    its tree and its names.

    Attributes:
        role_path: path relative to the file's own project (its nearest `pyproject.toml`), by which
            it is judged to be a test, a script, an example, …
        location: absolute path of the file; None where the text stands in no file.
        project: the cross-file index this file belongs to.
        target_version: oldest Python the code must run on, such as `(3, 11)`.

    Raises:
        SourceError: as `Module`.
    """

    def __init__(
        self,
        path: str,
        data: bytes,
        *,
        project: Project | None = None,
        module: str | None = None,
        role_path: str | None = None,
        location: Path | None = None,
        target_version: tuple[int, int] = (3, 11),
    ) -> None:
        super().__init__(path, data, module=module)
        self.target_version = target_version
        self.role_path = role_path or path
        self.location = location
        self.project = Project.empty() if project is None else project

    def close(self) -> None:
        """Forget all that was worked out: answers refer to their source and would keep its tree."""
        self.project.leave(self)
        self.memo.clear()
        for name in _DERIVED:
            self.__dict__.pop(name, None)

    # ---------------------------------------------------------------- evidence

    def proof(self, node: ast.AST, text: str, reach: Reach = Reach.SITE) -> Evidence:
        """What the code of `node` proves, as evidence at its line."""
        return self._evidence(Strength.PROOF, node, text, reach)

    def hint(self, node: ast.AST, text: str, reach: Reach = Reach.SITE) -> Evidence:
        """What a name or a word at `node` lets one think, as evidence at its line."""
        return self._evidence(Strength.HINT, node, text, reach)

    def hint_at(self, path: Path, line: int, text: str, reach: Reach = Reach.FUNCTION) -> Evidence:
        """A hint in another file of the project."""
        return Evidence(Strength.HINT, reach, self.shown(path), line, text)

    def proof_at(self, path: Path, line: int, text: str, reach: Reach = Reach.FUNCTION) -> Evidence:
        """What code in another file of the project proves."""
        return Evidence(Strength.PROOF, reach, self.shown(path), line, text)

    def place(self, node: ast.AST) -> SitePlace:
        """Where a node begins, as findings name the sites that change together."""
        return SitePlace(self.path, *self.positions.line_column(self.span(node).start))

    def shown(self, path: Path) -> str:
        """A file of the project as findings name it."""
        if path == self.project.own_path:
            return self.path
        return self.project.inner(path).as_posix()

    def _evidence(self, strength: Strength, node: ast.AST, text: str, reach: Reach) -> Evidence:
        return Evidence(strength, reach, self.path, self.lines_of(node)[0], text)

    def lines_of(self, node: ast.AST) -> tuple[int, int]:
        """The first and last line of a node, 1-based; of a module its first."""
        first = getattr(node, "lineno", 1)
        return first, getattr(node, "end_lineno", None) or first

    # ---------------------------------------------------------------- what kind of file this is

    @cached_property
    def is_test(self) -> bool:
        """A test, by its path in its own project."""
        return file_roles.is_test_path(self.role_path)

    @cached_property
    def is_migration(self) -> bool:
        """A database migration, by its path."""
        return file_roles.is_migration_path(self.role_path)

    @cached_property
    def is_notebook(self) -> bool:
        """A notebook saved as Python."""
        return file_roles.is_notebook_export(self.text)

    @cached_property
    def is_generated(self) -> bool:
        """A file whose head says that a program wrote it."""
        return file_roles.is_generated(self.text)

    def audience(self, node: ast.AST) -> Audience:
        """Who reads what the code of `node` prints: the commands, services and importers that reach it.

        Imports and calls are followed over the project, up to `__main__` guards, commands, console
        scripts, routes, tasks and handlers. Reached only from commands, it is the terminal's in
        whichever module; from nowhere, names and paths are hints.
        """
        return self._audience(node, only_commands=False)

    def only_command(self, node: ast.AST) -> Evidence | None:
        """The nearest command that reaches the code of `node`, where nothing but commands does.

        The same as `audience` says of a terminal, for less: the first other way in is enough.
        """
        found = self._audience(node, only_commands=True)
        return found.commands[0] if found.is_terminal else None

    def _audience(self, node: ast.AST, *, only_commands: bool) -> Audience:
        place = self._place_of(node)
        whole, part = ("audience", place), ("only command", place)
        known = self.memo.get(whole) or (self.memo.get(part) if only_commands else None)
        if known is None:
            module = self.project.facts_of_source(self)
            known = audience_of(
                self.project, self.path, self.body, module, node, only_commands=only_commands
            )
            self.memo[part if only_commands else whole] = known
        found: Audience = known
        return found

    def _place_of(self, node: ast.AST) -> ast.AST:
        """What nodes with the same audience have in common: the function, guard or module around."""
        for above in self.ancestors(node):
            if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                return above
            if isinstance(above, ast.If) and is_main_guard(above):
                return node
        return self.tree


_DERIVED = [
    name
    for kind in (ModuleText, Module, Source)
    for name, value in vars(kind).items()
    if isinstance(value, cached_property)
]
