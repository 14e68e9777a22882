"""Whether a target project uses Black, and with which settings: `[tool.black]` above a file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixaudit.config.toml import read_toml, shown
from fixaudit.errors import ConfigError
from fixaudit.files.nearest_ancestor import NearestAncestor, is_repository
from fixaudit.files.parsed_file import parsed_once

_AT_LEAST = re.compile(r">=\s*3\.(\d+)")


@dataclass(frozen=True, slots=True)
class BlackSettings:
    """The part of `[tool.black]` that decides how code looks; plain data that can be pickled.

    `target_versions` are Black's names (`py311`); `minimum` is the 3.x of `requires-python`, which
    Black goes by where no target version is set. `excluded` are Black's own regular expressions of
    paths below `root`.
    """

    line_length: int = 88
    target_versions: tuple[str, ...] = ()
    minimum: int | None = None
    skip_string_normalization: bool = False
    skip_magic_trailing_comma: bool = False
    preview: bool = False
    unstable: bool = False
    enable_unstable_feature: tuple[str, ...] = ()
    root: Path = Path()
    excluded: tuple[str, ...] = ()

    def excludes(self, path: Path) -> bool:
        """True for an absolute path that the project keeps Black away from."""
        relative = "/" + os.path.relpath(path, self.root).replace(os.sep, "/")
        return any(_finds(pattern, relative) for pattern in self.excluded)


def black_settings(
    path: Path, nearest: NearestAncestor[BlackSettings] | None = None
) -> BlackSettings | None:
    """The settings above an absolute path; None where no `[tool.black]` counts for it.

    `nearest`, from `black_above`, remembers what the folders say from one file to the next.

    Raises:
        ConfigError: the `pyproject.toml` is broken, or holds values Black could not use.
    """
    return (nearest or black_above()).of(os.path.dirname(path))


def black_above() -> NearestAncestor[BlackSettings]:
    """The settings by folder."""
    # Black, too, ends its search at a table of its own or at the repository's top.
    return NearestAncestor(_settings_at, is_repository)


def _settings_at(folder: str) -> BlackSettings | None:
    return _settings_in(os.path.join(folder, "pyproject.toml"))


@parsed_once
def _settings_in(path: str) -> BlackSettings | None:
    content = read_toml(Path(path))
    tool = content.get("tool")
    table = tool.get("black") if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        return None
    project = content.get("project")
    requires = project.get("requires-python", "") if isinstance(project, dict) else ""
    try:
        return _settings(table, str(requires), Path(path).parent)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{shown(Path(path))}: [tool.black] cannot be used: {error}") from error


def _settings(table: Mapping[str, Any], requires: str, root: Path) -> BlackSettings:
    # Black takes keys with "--", "-" or "_" alike.
    values = {key.replace("--", "").replace("-", "_"): value for key, value in table.items()}
    minimum = _AT_LEAST.search(requires)
    patterns = (values.get(key) for key in ("exclude", "extend_exclude", "force_exclude"))
    return BlackSettings(
        line_length=int(values.get("line_length", 88)),
        target_versions=_strings(values.get("target_version", ())),
        minimum=int(minimum[1]) if minimum else None,
        skip_string_normalization=bool(values.get("skip_string_normalization", False)),
        skip_magic_trailing_comma=bool(values.get("skip_magic_trailing_comma", False)),
        preview=bool(values.get("preview", False)),
        unstable=bool(values.get("unstable", False)),
        enable_unstable_feature=_strings(values.get("enable_unstable_feature", ())),
        root=root,
        excluded=tuple(pattern for pattern in patterns if isinstance(pattern, str) and pattern),
    )


def _strings(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(entry) for entry in value)


def _finds(pattern: str, path: str) -> bool:
    flags = re.VERBOSE if "\n" in pattern else 0
    try:
        return re.search(pattern, path, flags) is not None
    except re.error:
        return False  # Black itself will tell its user
