"""What codemods say of themselves, read from their text: for those whose code may not run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from fixaudit.registry.local_folder import LocalFolder
from fixaudit.registry.manifest_entry import ManifestEntry

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
_LARGEST = 1_000_000


def declared_entries(folder: LocalFolder) -> list[ManifestEntry]:
    """An entry for every codemod of a folder that may not run; none of its code is run for it.

    A module whose codemods cannot be told from its text gets one entry under the module's name,
    of which nothing else is known (`is_vague`).
    """
    found: list[ManifestEntry] = []
    for module in folder.modules:
        entries = list(_declared(folder, module))
        found += entries or [_entry(folder, module, _kebab(module), "", is_vague=True)]
    return found


def _declared(folder: LocalFolder, module: str) -> Iterator[ManifestEntry]:
    data = folder.files[f"{module}.py"]
    if len(data) > _LARGEST:
        return
    try:
        body = ast.parse(data).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            said = _literals(statement)
            name, code = said.get("name"), said.get("code")
            if isinstance(name, str) and isinstance(code, str) and _is_word(name) and _is_word(code):  # fmt: skip
                tags = said.get("tags", frozenset())
                words = frozenset(tag for tag in tags if _is_word(tag)) if isinstance(tags, (frozenset, set)) else frozenset()  # fmt: skip
                default = said.get("default", True) is not False
                yield _entry(folder, module, name, code, default=default, tags=words)


def _literals(statement: ast.ClassDef) -> dict[str, Any]:
    """The attributes of a class that are given as plain values; `frozenset({…})` is one."""
    found: dict[str, Any] = {}
    for line in statement.body:
        target = line.targets[0] if isinstance(line, ast.Assign) else line.target if isinstance(line, ast.AnnAssign) else None  # fmt: skip
        value = getattr(line, "value", None)
        if not isinstance(target, ast.Name) or value is None:
            continue
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "frozenset" and value.args:
            value = value.args[0]
        try:
            found[target.id] = ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
    return found


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _kebab(module: str) -> str:
    name = module.replace("_", "-")
    return name if _is_word(name) else "a-codemod"


def _entry(
    folder: LocalFolder,
    module: str,
    name: str,
    code: str,
    *,
    default: bool = True,
    tags: frozenset[str] = frozenset(),
    is_vague: bool = False,
) -> ManifestEntry:
    return ManifestEntry(
        name, code, default, tags, "", (), None, module, "", folder=folder.path, is_vague=is_vague
    )
