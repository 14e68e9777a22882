"""A folder of codemods that came with a repository: all its bytes, read once, and their hash.

What is compiled later are these bytes and nothing that stands on the disk by then.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fixaudit.errors import CodemodError
from fixaudit.files.plain_file import read_regular
from fixaudit.files.repositories import repository_of

# Nothing is loaded from these: Python and tools write them, and git its own.
_NOT_READ = frozenset({"__pycache__", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
_MOST_FILES = 5_000
_MOST_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """The content of a folder.

    Attributes:
        path: its real path.
        files: the bytes of every regular file, by its path below the folder, with `/`.
        hash: of all names and bytes: 64 hexadecimal digits.
    """

    path: str
    files: Mapping[str, bytes]
    hash: str

    @property
    def modules(self) -> list[str]:
        """The modules that hold codemods: those at the top that do not start with `_`."""
        return sorted(
            name.removesuffix(".py")
            for name in self.files
            if name.endswith(".py") and "/" not in name and not name.startswith("_")
        )


def read_local_folder(folder: Path) -> LocalFolder:
    """A folder of codemods as it is now.

    Raises:
        CodemodError: it does not exist or cannot be read, is too large to be a folder of codemods,
            or a link in it leads out of its repository.
    """
    if not folder.is_dir():
        raise CodemodError(
            f"{folder}: the codemod folder does not exist; correct `codemods` in the configuration"
        )
    top = os.path.realpath(folder)
    state = sha256()
    files: dict[str, bytes] = {}
    size = 0
    try:
        for name, path in sorted(_entries(top)):
            data = _content(path, top)
            kind = "file" if data is not None else f"link {os.readlink(path)}" if os.path.islink(path) else "other"  # fmt: skip
            digest = sha256(data or b"").hexdigest()
            state.update(os.fsencode(f"{digest} {kind}\0{name}\0"))
            if data is not None:
                files[name] = data
                size += len(data)
            if len(files) > _MOST_FILES or size > _MOST_BYTES:
                raise CodemodError(
                    f"{folder}: is too large for a folder of codemods (more than"
                    f" {_MOST_FILES} files or {_MOST_BYTES // 1_000_000} MB);"
                    " keep them in a folder of their own"
                )
    except OSError as error:
        raise CodemodError(
            f"{error.filename or folder}: cannot be read: {error.strerror}"
        ) from error
    return LocalFolder(top, files, state.hexdigest())


def _entries(top: str) -> Iterator[tuple[str, str]]:
    """(path below the folder, path) of every file; links to folders are named, not followed."""
    pending = [""]
    while pending:
        prefix = pending.pop()
        with os.scandir(os.path.join(top, prefix)) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _NOT_READ:
                        pending.append(f"{prefix}{entry.name}/")
                else:
                    yield f"{prefix}{entry.name}", entry.path


def _content(path: str, top: str) -> bytes | None:
    """The bytes of a regular file, through a link of the same repository; None for anything else."""
    if os.path.islink(path):
        inside = repository_of(top) or top
        if not os.path.realpath(path).startswith(os.path.join(inside, "")):
            raise CodemodError(f"{path}: is a link that leads out of {inside}; put the file here")
    return read_regular(path, _MOST_BYTES + 1) if os.path.isfile(path) else None
