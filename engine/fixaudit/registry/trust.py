"""What the user trusts of the code and commands that come with repositories.

Trusted is what `fixaudit trust` remembered: a folder of codemods by its real path and the hash of its
files, a command by its text and the folder it is run in. `FIXAUDIT_TRUST` names what is trusted besides:
absolute paths, which stand for all below them, or `path=hash`.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

from fixaudit.errors import ConfigError
from fixaudit.files.atomic_write import write_atomically
from fixaudit.files.ownership import is_own, is_vouched_for, owner_of
from fixaudit.files.repositories import repository_of
from fixaudit.files.user_folders import STATE_VARIABLE, make_private, own_ids, state_folder

VARIABLE = "FIXAUDIT_TRUST"
NAME = "trust.json"
_VERSION = 1
_LARGEST = 16_000_000
_HASH = re.compile(r"[0-9a-f]{64}")

Kind = Literal["codemods", "command"]


@dataclass(frozen=True, slots=True)
class TrustItem:
    """What is trusted or not: a folder of codemods, or a command in the folder it is run in.

    `path` is the folder's real path, `hash` that of its files, or of the command's text; `text` is the
    command, empty for codemods.
    """

    kind: Kind
    path: str
    hash: str
    text: str = ""

    @classmethod
    def of_command(cls, text: str, folder: str | os.PathLike[str]) -> TrustItem:
        """A command and the folder it is run in."""
        digest = sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        return cls("command", os.path.realpath(folder), digest, text)


@dataclass(frozen=True, slots=True)
class Record:
    """An item that was trusted: by whom its folder was owned then, and when (UTC, ISO 8601)."""

    item: TrustItem
    owner: int | None
    when: str


class Trust:
    """What is trusted now. The records are read when the first item is asked about.

    Raises:
        ConfigError: `FIXAUDIT_TRUST` holds what is no absolute path.
    """

    def __init__(self) -> None:
        self._named = _named(os.environ.get(VARIABLE, ""))

    @cached_property
    def _records(self) -> list[Record]:
        return read_records()

    def holds(self, item: TrustItem) -> bool:
        """True for an item that is trusted as it is now. Raises ConfigError: no record can be read."""
        if any(_covers(path, digest, item) for path, digest in self._named):
            return True
        found = next((entry for entry in self._records if entry.item == item), None)
        return found is not None and _is_owned_as_then(found)

    def knew(self, item: TrustItem) -> bool:
        """True where something else was trusted at the same place: it has changed since."""
        return any(e.item.kind == item.kind == "codemods" and e.item.path == item.path for e in self._records)  # fmt: skip


def _is_owned_as_then(record: Record) -> bool:
    """False where the folder has passed to another user, of whom nobody has said a word."""
    path = record.item.path
    if owner_of(path) == record.owner or is_own(path):
        return True
    return is_vouched_for(repository_of(path) or path)


def _covers(path: str, digest: str | None, item: TrustItem) -> bool:
    if digest is not None:
        return (path, digest) == (item.path, item.hash)
    return item.path == path or item.path.startswith(os.path.join(path, ""))


def _named(text: str) -> list[tuple[str, str | None]]:
    """The entries of `FIXAUDIT_TRUST` as (real path, hash or None)."""
    found: list[tuple[str, str | None]] = []
    for entry in filter(None, text.split(os.pathsep)):
        path, equals, digest = entry.rpartition("=")
        if not (equals and _HASH.fullmatch(digest)):
            path, digest = entry, ""
        real = os.path.realpath(path)
        if not os.path.isabs(path) or os.path.dirname(real) == real:
            raise ConfigError(
                f'{VARIABLE}: "{entry}" is no absolute path of a folder; name each trusted folder'
                " (or path=hash, as `fixaudit trust --list` prints it)"
            )
        found.append((real, digest or None))
    return found


# ---------------------------------------------------------------- the records


def read_records() -> list[Record]:
    """What was trusted before, the oldest first; nothing where nothing was.

    Raises:
        ConfigError: the file cannot be read, is another user's, or holds something else.
    """
    path = _place()
    if path is None:
        return []
    try:
        with open(path, "rb") as file:
            found = os.fstat(file.fileno())
            if hasattr(os, "geteuid") and (found.st_uid not in own_ids() or found.st_mode & 0o022):
                raise ConfigError(f"{path}: others may write to it; remove it and trust again")
            content = json.loads(file.read(_LARGEST))
        if content["version"] != _VERSION:
            raise ConfigError(f"{path}: written by another version of fixaudit; use that one")
        return [_record(row) for row in content["trusted"]]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        message = f"{path}: is no record of what is trusted; remove it and trust again"
        raise ConfigError(message) from error


def remember(items: Iterable[TrustItem]) -> None:
    """Trust the items from now on, each in place of what was trusted there.

    Raises:
        ConfigError, FolderError: the record cannot be read or written.
    """
    new = list(items)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    replaced = {_identity(item) for item in new}
    kept = [entry for entry in read_records() if _identity(entry.item) not in replaced]
    _write([*kept, *(Record(item, owner_of(item.path), now) for item in new)])


def forget(items: Sequence[TrustItem]) -> None:
    """Trust the items no more. Raises ConfigError, FolderError."""
    _write([entry for entry in read_records() if entry.item not in items])


def _identity(item: TrustItem) -> tuple[str, str, str]:
    return item.kind, item.path, item.text


def _record(row: Any) -> Record:
    item = TrustItem(row["kind"], row["path"], row["hash"], row["text"])
    texts = (item.kind, item.path, item.hash, item.text, row["when"])
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a record of another shape")
    return Record(item, row["owner"], row["when"])


def _write(records: Iterable[Record]) -> None:
    folder = state_folder()
    path = _place()
    if folder is None or path is None:
        raise ConfigError(f"there is no home folder to remember it in; set {STATE_VARIABLE}")
    make_private(folder)
    rows = [asdict(entry.item) | {"owner": entry.owner, "when": entry.when} for entry in records]
    text = json.dumps({"version": _VERSION, "trusted": rows}, indent=2) + "\n"
    try:
        write_atomically(path, text.encode("ascii"))
        os.chmod(path, 0o600)
        if hasattr(os, "chown"):
            with suppress(OSError):  # under `sudo` with the caller's home it stays the caller's
                os.chown(path, os.stat(folder).st_uid, -1)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror or error}") from error


def _place() -> str | None:
    folder = state_folder()
    return None if folder is None else os.path.join(folder, NAME)
