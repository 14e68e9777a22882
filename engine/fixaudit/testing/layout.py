"""Where a repository keeps codemods and fixtures, and which of them belong together."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fixaudit.authoring.codemod import Codemod
from fixaudit.config.resolve import load_config
from fixaudit.registry.loader import checked, codemods_of, installed_codemods
from fixaudit.registry.local_code import LocalCode
from fixaudit.registry.local_folder import read_local_folder
from fixaudit.testing.cases import Case
from fixaudit.testing.catalogue import Fixtures


@dataclass(frozen=True)
class Workshop:
    """The fixture trees of a repository."""

    trees: tuple[Fixtures, ...]

    def tree_of(self, path: Path) -> Fixtures | None:
        """The tree in whose `before` or `after` a path lies, these two included."""
        for tree in self.trees:
            for side in (tree.root / "before", tree.root / "after"):
                if side == path or side in path.parents:
                    return tree
        return None

    @cached_property
    def _cases(self) -> dict[Path, Case]:
        return {case.before: case for tree in self.trees for case in tree.cases()}

    def case_at(self, path: Path) -> Case | None:
        """The case whose `before` is this file or folder."""
        return self._cases.get(path)


def workshop(
    root: Path,
    fixtures: Sequence[Path],
    folders: Sequence[Path] = (),
    minimum: int = 1,
    local: LocalCode | None = None,
) -> Workshop:
    """The fixtures of the repository at `root`, for all codemods that can be run in it.

    The repository's own codemods owe fixtures: those in `folders`, in the folders its configuration
    names, and those of a package developed in it. `local` says whose code may run of the folders that
    the configuration names; without it all may: a test run executes the repository anyway.

    Raises:
        CodemodError: a codemod cannot be loaded.
        ConfigError: the repository's configuration cannot be used.
    """
    allowed = local or LocalCode(True)
    configured = map(allowed.folder, load_config(root).codemod_paths)
    own = [entry for entry in configured if allowed.may_import(entry)]
    own += [read_local_folder(path) for path in folders]
    unique = {entry.path: entry for entry in own}.values()
    ours = [codemod for entry in unique for codemod in codemods_of(entry)]
    known = checked([*installed_codemods(), *ours])
    owed = [entry for entry in known if entry in ours or _is_below(root, entry)]
    trees = [
        Fixtures(folder, known, owed if index == 0 else (), minimum, minimum)
        for index, folder in enumerate(fixtures)
        if (folder / "before").is_dir() or (index == 0 and owed)
    ]
    return Workshop(tuple(trees))


def _is_below(root: Path, codemod: type[Codemod]) -> bool:
    file = getattr(sys.modules.get(codemod.__module__), "__file__", None)
    if file is None or "site-packages" in Path(file).parts:
        return False
    return root.resolve() in Path(file).resolve().parents
