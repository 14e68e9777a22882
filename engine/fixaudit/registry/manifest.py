"""What is known of the installed codemods without importing them: cached from run to run.

An entry says what selecting and listing a codemod and passing over files need. The entries lie in the
user's cache folder, as JSON, under a hash of all code they were made from; where they are missing, out of date or not
readable, the codemods are imported and tell it themselves.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from fixaudit.files.atomic_write import write_atomically
from fixaudit.files.user_folders import cache_folder
from fixaudit.registry.code_hash import code_hash
from fixaudit.registry.entry_points import entry_points
from fixaudit.registry.manifest_entry import ManifestEntry as ManifestEntry

if TYPE_CHECKING:
    from pathlib import Path

    from fixaudit.authoring.codemod import Codemod
    from fixaudit.registry.local_code import LocalCode

_FORMAT = 2
_LARGEST = 4_000_000


def installed_manifest() -> list[ManifestEntry]:
    """The entries of all installed codemods, sorted by code.

    Raises:
        CodemodError: as `installed_codemods`, where they have to be imported for it.
    """
    path, key = _place(), _code_hash()
    cached = None if path is None or key is None else _read(path, key)
    if cached is None:
        from fixaudit.registry.loader import installed_codemods

        cached = [ManifestEntry.of(codemod) for codemod in installed_codemods()]
        if path is not None and key is not None:
            _write(path, key, cached)
    return cached


def manifest_under(
    folders: Sequence[Path], local: LocalCode, typed: Collection[str] = ()
) -> list[ManifestEntry]:
    """The entries of the installed codemods and of those in a repository's own folders.

    `local` says which of the folders' code may run; of the others only what their text says is known.
    `typed` are the folders that the command line names itself.

    Raises:
        CodemodError: one does not import, or two that may run share a name or a code.
    """
    installed = installed_manifest()
    if not folders:
        return installed
    from fixaudit.registry.declared import declared_entries
    from fixaudit.registry.loader import checked, codemods_of, installed_codemods

    imported: list[type[Codemod]] = []
    withheld: list[ManifestEntry] = []
    for path in folders:
        folder = local.folder(path)
        if local.may_import(folder, is_typed=str(path) in typed):
            imported += codemods_of(folder)
        else:
            withheld += declared_entries(folder)
    entries = [*installed, *(ManifestEntry.of(codemod, is_local=True) for codemod in imported)]
    words = [word for entry in entries for word in {entry.name, entry.code}]
    if len(words) != len(set(words)):
        checked([*installed_codemods(), *imported])  # says where the two stand
    return sorted((*entries, *withheld), key=lambda entry: (entry.code, entry.name))


def _code_hash() -> str | None:
    try:
        return code_hash(said=repr((_FORMAT, entry_points())))
    except (OSError, ImportError, ValueError):
        return None  # what is wrong there is said when the codemods are imported


def _place() -> str | None:
    """The file of this installation; None where there is no folder for such things."""
    folder = cache_folder()
    if folder is None:
        return None
    own = repr((os.path.abspath(__file__), sys.prefix, sys.version_info))
    name = blake2b(own.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return os.path.join(folder, f"codemods-{name}.json")


def _read(path: str, key: str) -> list[ManifestEntry] | None:
    """The entries under a code hash; None where there are none, or anything about the file is odd."""
    import json

    try:
        with open(path, "rb") as file:
            found = os.fstat(file.fileno())
            is_ours = not hasattr(os, "getuid") or found.st_uid == os.getuid()
            if not is_ours or found.st_size > _LARGEST:
                return None
            content = json.loads(file.read())
        if content["key"] != key:
            return None
        homes = {value.partition(":")[0] for _, value in entry_points()}
        return [_entry(row, homes) for row in content["codemods"]]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _entry(row: Any, homes: set[str]) -> ManifestEntry:
    name, code, default, tags, summary, triggers, pattern, module, attribute = row
    texts = (name, code, summary, module, attribute, *tags)
    if not isinstance(default, bool) or not all(isinstance(text, str) for text in texts):
        raise TypeError("an entry of another shape")
    if not any(module == home or module.startswith(f"{home}.") for home in homes):
        raise ValueError("a module that nobody offers codemods from")
    held = tuple(_bytes(text) for text in triggers)
    source = None if pattern is None else (_bytes(pattern[0]), int(pattern[1]))
    return ManifestEntry(
        name, code, default, frozenset(tags), summary, held, source, module, attribute
    )


def _row(entry: ManifestEntry) -> list[Any]:
    """What `_entry` reads; bytes are written as the characters of the same numbers."""
    pattern = entry.pattern and [entry.pattern[0].decode("latin-1"), entry.pattern[1]]
    triggers = [trigger.decode("latin-1") for trigger in entry.triggers]
    return [entry.name, entry.code, entry.default, sorted(entry.tags), entry.summary, triggers, pattern,
            entry.module, entry.attribute]  # fmt: skip


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError("a trigger of another shape")
    return text.encode("latin-1")


def _write(path: str, key: str, entries: list[ManifestEntry]) -> None:
    """Write the entries, whole or not at all; where that cannot be done the next run does without."""
    import json

    with suppress(OSError, TypeError, ValueError, AttributeError):
        content = json.dumps({"key": key, "codemods": [_row(entry) for entry in entries]})
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        write_atomically(path, content.encode("ascii"))
