"""Which code and commands of a repository may run in one run, each folder read and decided on once."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from fixaudit.model.outcome import Problem
from fixaudit.registry.local_folder import LocalFolder, read_local_folder
from fixaudit.registry.manifest_entry import ManifestEntry
from fixaudit.registry.trust import Trust, TrustItem


class LocalCode:
    """The decisions of one run.

    Args:
        wanted: True trusts all of it for this run, False runs none of it, None goes by what is trusted.
        moved: (a checkout, the tree of the user that it is another checkout of): what lies in the one is
            asked about as if it lay in the other, with its own hash.
    """

    def __init__(self, wanted: bool | None = None, moved: tuple[Path, Path] | None = None) -> None:
        self.wanted = wanted
        self._moved = None if moved is None else tuple(map(os.path.realpath, moved))
        self._folders: dict[Path, LocalFolder] = {}
        self._decided: dict[TrustItem, bool] = {}

    @cached_property
    def _trust(self) -> Trust:
        return Trust()

    def folder(self, path: Path) -> LocalFolder:
        """A folder of codemods as it was when it was first asked for. Raises CodemodError."""
        known = self._folders.get(path)
        if known is None:
            known = self._folders[path] = read_local_folder(path)
        return known

    def may_import(self, folder: LocalFolder, *, is_typed: bool = False) -> bool:
        """True where the folder's code may run. Raises ConfigError: what is trusted cannot be read."""
        return self._may(self._item(folder), is_typed)

    def may_run(self, command: str, place: Path, *, is_typed: bool = False) -> bool:
        """True where a configured command may run in a folder. Raises ConfigError likewise."""
        return self._may(TrustItem.of_command(command, place), is_typed)

    def _item(self, folder: LocalFolder) -> TrustItem:
        """What is trusted where the folder's codemods are: at its place in the tree of the user."""
        item = item_of(folder)
        if self._moved is None or not f"{item.path}{os.sep}".startswith(
            f"{self._moved[0]}{os.sep}"
        ):
            return item
        return replace(item, path=self._moved[1] + item.path[len(self._moved[0]) :])

    def _may(self, item: TrustItem, is_typed: bool) -> bool:
        if self.wanted is not None or is_typed:
            return self.wanted is not False
        known = self._decided.get(item)
        if known is None:
            known = self._decided[item] = self._trust.holds(item)
        return known

    def state(self, paths: Iterable[Path], typed: Iterable[str] = ()) -> str:
        """What outcomes depend on of some folders: their content, and whether it runs."""
        names = set(typed)
        said = []
        for path in paths:
            folder = self.folder(path)
            said.append((folder.hash, self.may_import(folder, is_typed=str(path) in names)))
        return repr(said) if said else ""

    # ------------------------------------------------------------------ what is said of it

    def withheld(self, entries: Iterable[ManifestEntry], root: Path) -> list[Problem]:
        """One problem for each folder whose codemods were to run and may not; none if that is wanted."""
        if self.wanted is False:
            return []
        names: dict[str, list[str]] = {}
        for entry in entries:
            if entry.folder is not None:
                names.setdefault(entry.folder, []).append(entry.name)
        return [self._folder_problem(path, found, root) for path, found in sorted(names.items())]

    def _folder_problem(self, path: str, names: Iterable[str], root: Path) -> Problem:
        folder = next(found for found in self._folders.values() if found.path == path)
        item = self._item(folder)
        why = "has changed since it was trusted" if self._trust.knew(item) else "is not trusted"
        codemods = ", ".join(sorted(set(names)))
        message = f"{codemods} did not run: this folder of codemods {why}; {way_out(item.path)}"
        return Problem(_shown(path, root), "trust", message)

    def command_problem(self, command: str, place: Path, root: Path) -> Problem:
        """What is said of a configured command that was to run and may not."""
        item = TrustItem.of_command(command, place)
        message = f"`{command}` did not run: this command is not trusted; {way_out(item.path)}"
        return Problem(_shown(item.path, root), "trust", message)


def item_of(folder: LocalFolder) -> TrustItem:
    """What is trusted where a folder's codemods are."""
    return TrustItem("codemods", folder.path, folder.hash)


def way_out(path: str) -> str:
    """The end of a message about what is not trusted."""
    return (
        f"read it, then `fixaudit trust {shlex.quote(path)}`"
        " (--trust: for this run, --no-local-code: go on without it)"
    )


def _shown(path: str, root: Path) -> str:
    top = os.path.realpath(root)
    return os.path.relpath(path, top).replace(os.sep, "/") if path.startswith(os.path.join(top, "")) else path  # fmt: skip
