"""Which functions of a module its distribution installs as commands."""

from __future__ import annotations

import re
from functools import lru_cache

from fixaudit.config.settings_files import table_at, toml_of
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.project import Project

# `name = module:function`, as `setup.cfg` and the strings of `setup.py` have it.
_TARGET = re.compile(r"""^[\s"']*[\w.-]+\s*=\s*([\w.]+:[\w.]+)""", re.MULTILINE)
_SCRIPTS = re.compile(r"""["']?(?:console|gui)_scripts\b["']?\s*(?:\]|[:=])""")


def console_script_names(project: Project, module: ModuleFacts) -> frozenset[str]:
    """Names of functions of a module that are targets of console scripts.

    Read from the nearest `pyproject.toml`, `setup.cfg` and `setup.py` within the project's root;
    one that is missing, unreadable or broken installs none.
    """
    if project.root is None:
        return frozenset()
    folder, name = module.path.parent, module.name
    targets = (
        *_in_pyproject(project.nearest("pyproject.toml", folder)),
        *_in_setup(project.nearest("setup.cfg", folder)),
        *_in_setup(project.nearest("setup.py", folder)),
    )
    return frozenset(
        function.partition(".")[0]
        for target in targets
        for place, _, function in [target.partition(":")]
        if place == name or name.endswith(f".{place}")
    )


@lru_cache(maxsize=64)
def _in_pyproject(content: bytes | None) -> tuple[str, ...]:
    """`module:function` of every console script."""
    read = toml_of(content or b"")
    scripts = (
        ("project", "scripts"),
        ("project", "gui-scripts"),
        ("project", "entry-points", "console_scripts"),
        ("tool", "poetry", "scripts"),
    )
    found = (target for keys in scripts for target in (table_at(read, *keys) or {}).values())
    return tuple(target for target in found if isinstance(target, str))


@lru_cache(maxsize=64)
def _in_setup(content: bytes | None) -> tuple[str, ...]:
    """The same of a `setup.cfg` or `setup.py`, by its text behind `console_scripts`."""
    text = (content or b"").decode("utf-8", "replace")
    found: list[str] = []
    for start in _SCRIPTS.finditer(text):
        block = re.split(r"\n\s*\[|\]\s*[,}]|\n\S", text[start.end() :], maxsplit=1)[0]
        found += _TARGET.findall(re.sub(r"""\[?\s*["']|,""", "\n", block))
    return tuple(found)
