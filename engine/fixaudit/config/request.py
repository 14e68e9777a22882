"""What a run is asked to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixaudit.config.commandline import CommandLineConfig
from fixaudit.config.distribution import distribution_at

if TYPE_CHECKING:
    from fixaudit.model.finding import Verdict
    from fixaudit.model.outcome import LocatedFinding

_ROOT_MARKS = (".git", ".hg")


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to do.

    Attributes:
        paths: files and folders; relative ones count from the current folder.
        root: what reported paths are relative to; None stands for `find_root(paths)`.
        select, extend_select, ignore: selectors that replace, extend or cut the configured ones.
        unsafe, format: override the configuration where not None.
        recurse: look into repositories inside of the one that owns a named folder too.
        write: compute new contents; False when only the findings are asked for.
        accept: a last word on each placed finding that would be applied.
        cited: what becomes of sites that a person's report names, by fingerprint: hints and roles do
            not hold there.
        local_code: True runs the repository's own codemods and commands for this once, False none of
            them, None those that are trusted.
        codemods: instances of `Codemod` that run, in place of the selected ones unless `select` is
            given; not named in the type, as configuration knows nothing of codemods.
        checkout_of: the tree of the user whose repository `root` is another checkout of: codemods that
            are trusted there may run here, where they are the same bytes.
    """

    paths: tuple[Path, ...]
    root: Path | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    unsafe: bool | None = None
    format: bool | None = None
    config: CommandLineConfig = field(default_factory=CommandLineConfig)
    isolated: bool = False
    recurse: bool = False
    write: bool = True
    accept: Callable[[LocatedFinding], bool] | None = None
    cited: Mapping[str, Verdict] = field(default_factory=dict)
    codemods: tuple[Any, ...] = ()
    local_code: bool | None = None
    checkout_of: Path | None = None

    @property
    def base(self) -> Path:
        return self.root or find_root(self.paths)

    @property
    def moved(self) -> tuple[Path, Path] | None:
        """The tree, and the user's that it is another checkout of, where it is one."""
        return None if self.checkout_of is None else (self.base, self.checkout_of)


def find_root(paths: Sequence[Path]) -> Path:
    """The folder reported paths are relative to, which holds them all: the repository, else the
    distribution, else the nearest `pyproject.toml`, else the current folder, else the folder they
    have in common."""
    folder = _common_folder([Path(os.path.abspath(path)) for path in paths or (Path(),)])
    project: Path | None = None
    settings: Path | None = None
    for above in (folder, *folder.parents):
        if any((above / mark).exists() for mark in _ROOT_MARKS):
            return above
        if project is None and distribution_at(os.fspath(above)) is not None:
            project = above
        if settings is None and (above / "pyproject.toml").is_file():
            settings = above
    if project is not None or settings is not None:
        return project or settings or folder
    here = Path.cwd()
    return here if folder.is_relative_to(here) else folder


def _common_folder(paths: Sequence[Path]) -> Path:
    folders = [path if path.is_dir() else path.parent for path in paths]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # two drives of Windows have nothing in common
        return folders[0]
