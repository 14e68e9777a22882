"""Which configuration counts for a file: the nearest one above it, read once per folder."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fixaudit.config.borders import counts_for, inside, repository_above, top_of
from fixaudit.config.commandline import CommandLineConfig
from fixaudit.config.layers import Layer, laid_over
from fixaudit.config.model import Config
from fixaudit.config.toml import Where, read_toml, shown
from fixaudit.errors import ConfigError

OWN_FILE = "fixaudit.toml"
PROJECT_FILE = "pyproject.toml"


def load_config(start: Path) -> Config:
    """The configuration for a file or folder.

    Raises:
        ConfigError: one line with file, line and, for an unknown key, the nearest known one.
    """
    return ConfigResolver().for_path(start)


class ConfigResolver:
    """Configurations by file; each folder is looked at once, so asking for every file is cheap.

    Args:
        command_line: what `--config` gave; its file replaces all others, its keys lie on top.
        isolated: no file is read but one named by `--config`.
    """

    def __init__(
        self, command_line: CommandLineConfig | None = None, *, isolated: bool = False
    ) -> None:
        self._command_line = command_line or CommandLineConfig()
        self._isolated = isolated or self._command_line.path is not None
        self._by_folder: dict[str, Config | ConfigError] = {}
        self._fixed: Config | None = None

    def for_path(self, path: Path) -> Config:
        """The configuration for a file (its folder's) or a folder.

        Raises:
            ConfigError: the same error for every file below a broken configuration.
        """
        text = os.path.abspath(path)
        folder = text if os.path.isdir(text) else os.path.dirname(text)
        return self.for_folder(folder)

    def for_file(self, path: str) -> Config:
        """As `for_path`, for the absolute path of a file, without looking at the disk again."""
        return self.for_folder(os.path.dirname(path))

    def for_folder(self, folder: str) -> Config:
        if self._isolated:
            self._fixed = self._fixed or self._named(Path(folder))
            return self._fixed
        known = self._by_folder.get(folder)
        if known is None:
            known = self._searched(folder)
        if isinstance(known, ConfigError):
            # Raised anew for each file: the traceback of one must not grow by the others.
            raise known.with_traceback(None)
        return known

    def exclusion(self, path: Path, named: Collection[str]) -> str:
        """By what a configuration excludes the file, its own or that of the folder named; else "".

        What the user named is looked at: an `exclude` that covers the named folder itself says
        nothing about the files in it. `named` are the absolute paths of the request.
        """
        if str(path) in named:
            return ""
        folder = next((entry for entry in named if str(path).startswith(entry + os.sep)), None)
        try:
            configs = [self.for_file(str(path))]
            if folder is not None:
                configs.append(self.for_folder(folder))
            return next(
                (
                    config.exclusion(path)
                    for config in configs
                    if config.exclude
                    and config.excludes(path)
                    and not (folder and config.excludes(Path(folder)))
                ),
                "",
            )
        except ConfigError:
            return ""

    def _searched(self, folder: str) -> Config | ConfigError:
        passed = [folder]
        skipped: list[str] = []
        while (found := self._by_folder.get(passed[-1]) or self._at(passed[-1], folder, skipped)) is None:  # fmt: skip
            above = os.path.dirname(passed[-1])
            if above == passed[-1]:
                root = project_root(Path(folder))
                found = self._on_top(Config(root))
                break
            passed.append(above)
        if skipped and isinstance(found, Config):
            foreign = tuple(f"{path}: is not heeded here: it belongs to another user" for path in skipped)  # fmt: skip
            found = replace(found, notes=(*found.notes, *foreign))
            passed = passed[:1]  # what was passed over counts for the folders of its own owner
        for entry in passed:
            self._by_folder[entry] = found
        return found

    def _at(self, folder: str, start: str, skipped: list[str]) -> Config | ConfigError | None:
        foreign = _foreign_file(folder, start)
        try:
            layers = layers_at(Path(folder))
            if foreign is None:
                return self._on_top(_composed(layers)) if layers else None
        except ConfigError as error:
            if foreign is None:
                return error
            layers = []
        if layers:
            skipped.append(foreign)
        return None

    def _named(self, folder: Path) -> Config:
        path = self._command_line.path
        if path is None:
            return self._on_top(Config(project_root(folder)))
        table, where = _settings_in(path, must=True) or ({}, Where(path))
        # A file that is named may reach anywhere, unless it is a repository's.
        top = repository_above(path.parent)
        return self._on_top(_composed(_extended(path, table, where, Path.cwd(), (), top)))

    def _on_top(self, config: Config) -> Config:
        for table, label in self._command_line.tables:
            where = Where(None, label=label)
            config = laid_over(config, Layer(table, where, Path.cwd(), root=config.root))
        return config


def project_root(start: Path) -> Path:
    """The nearest folder upward with a `pyproject.toml` or `.git`; `start` itself without one."""
    for folder in (start, *start.parents):
        if (folder / PROJECT_FILE).is_file() or (folder / ".git").exists():
            return folder
    return start


def _foreign_file(folder: str, start: str) -> str | None:
    """A configuration file of a folder that does not count for files below `start`."""
    for name in (OWN_FILE, PROJECT_FILE):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and not counts_for(path, start):
            return path
    return None


def layers_at(folder: Path) -> list[Layer]:
    """The settings that stand in one folder, with those they extend before them; often none."""
    for name in (OWN_FILE, PROJECT_FILE):
        path = folder / name
        if os.path.isfile(path):
            found = _settings_in(path)
            if found is not None:
                return _extended(path, *found, folder, (), top_of(folder))
    return []


def _settings_in(path: Path, *, must: bool = False) -> tuple[dict[str, Any], Where] | None:
    content = read_toml(path)
    tool = content.get("tool")
    section = tool.get("fixaudit") if isinstance(tool, dict) else None
    if section is not None:
        where = Where(path, ("tool", "fixaudit"))
        if not isinstance(section, dict):
            raise where.error("[tool.fixaudit] must be a table")
        return section, where
    if path.name != PROJECT_FILE:
        return content, Where(path)
    if must:
        raise ConfigError(f"{shown(path)}: has no [tool.fixaudit] table")
    return None


def _extended(
    path: Path,
    table: dict[str, Any],
    where: Where,
    root: Path,
    above: Sequence[Path],
    top: Path | None,
) -> list[Layer]:
    """The layers of one file, the one it extends first; nothing outside `top` is read."""
    layer = Layer(table, where, path.parent, root=root, top=top)
    extend = table.get("extend")
    if not isinstance(extend, str):
        return [layer]
    target = Path(os.path.normpath(path.parent / os.path.expanduser(extend)))
    inside(target, top, where, "extend")
    chain = [*above, path]
    if target in chain:
        circle = " -> ".join(shown(entry) for entry in [*chain[chain.index(target) :], target])
        raise where.error(f'"extend" goes round in a circle: {circle}', "extend")
    if not target.is_file():
        raise where.error(f'"extend" names {shown(target)}, which does not exist', "extend")
    found = _settings_in(target, must=True)
    assert found is not None
    return [*_extended(target, *found, target.parent, chain, top), layer]


def _composed(layers: list[Layer]) -> Config:
    last = layers[-1]
    config = Config(last.root, last.where.path)
    for layer in layers:
        config = laid_over(config, layer)
    return config
