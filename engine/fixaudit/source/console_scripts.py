"""Which functions of a module the nearest `pyproject.toml` installs as commands."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from fixaudit.semantics.project import Project
from fixaudit.source.memo import memoized
from fixaudit.syntax.module import Module


@memoized
def console_script_names(source: Module, project: Project) -> frozenset[str]:
    """Names of functions in `source` that are targets of console scripts; read once per source.

    A `pyproject.toml` that is missing, unreadable or broken installs none.
    """
    root, module = project.root, source.module
    if root is None or module == "__main__":
        return frozenset()
    pyproject = project.nearest("pyproject.toml", (root / source.path).parent)
    return frozenset(
        name.partition(".")[0]
        for target in _targets(pyproject)
        for place, _, name in [target.partition(":")]
        if place == module or module.endswith(f".{place}")
    )


@lru_cache(maxsize=64)
def _targets(pyproject: bytes | None) -> tuple[str, ...]:
    """`module:function` of every console script."""
    if pyproject is None:
        return ()
    try:
        content = tomllib.loads(pyproject.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ()
    project = _table(content.get("project"))
    tables = [
        _table(project.get("scripts")),
        _table(project.get("gui-scripts")),
        _table(_table(project.get("entry-points")).get("console_scripts")),
        _table(_table(_table(content.get("tool")).get("poetry")).get("scripts")),
    ]
    found = (target for table in tables for target in table.values())
    return tuple(target for target in found if isinstance(target, str))


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
