"""What an outcome depends on besides its file: the tool, the codemods, the options, the settings."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from fixaudit.cache.place import Place
from fixaudit.config.request import Request
from fixaudit.registry.code_hash import code_hash

# Files whose content codemods, the index or the formatter ask for: all of a folder's count.
_SETTINGS = frozenset(
    {"pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "fixaudit.toml", "ruff.toml", ".ruff.toml"}
    | {".flake8", ".pylintrc", "pylintrc", "requirements.txt", "Pipfile", "manage.py", "__init__.py"}
)  # fmt: skip
_PRESENCE_ONLY = frozenset({"__init__.py", "manage.py"})


def run_key(request: Request, codemod_folders: Iterable[Path]) -> str:
    """The key of all outcomes of a request: equal keys and equal files give equal outcomes.

    The place of the tree is no part of it. Raises OSError where codemods cannot be read.
    """
    place = Place(request.base)
    asked = (
        request.select,
        request.extend_select,
        request.ignore,
        request.unsafe,
        request.format,
        request.write,
        request.isolated,
        place.without(repr(request.config)),
        [_code(folder, place) for folder in codemod_folders],
    )
    return code_hash(said=repr(asked))


def _code(top: Path, place: Place) -> list[tuple[str, str]]:
    """The files of a repository's own codemods: names below the tree's top, and digests."""
    return sorted(
        (place.name(os.path.join(folder, name)), _digest(os.path.join(folder, name)))
        for folder, _, names in os.walk(top)
        for name in names
        if name.endswith(".py") and os.path.isfile(os.path.join(folder, name))
    )


def _digest(path: str) -> str:
    """The digest of a regular file. Raises OSError: also for a pipe, which would wait for a writer."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "is no regular file", path)
        return blake2b(file.read(), digest_size=12).hexdigest()


class Contexts:
    """The settings that count for the files of a folder, as a fingerprint; each folder is read once.

    Folders go by their place seen from the top of the tree, so that checkouts at two places agree.
    """

    def __init__(self, place: Place) -> None:
        self._known: dict[str, str] = {}
        self._place = place

    def of(self, folder: str) -> str:
        known = self._known.get(folder)
        if known is None:
            above = os.path.dirname(folder)
            outer = "" if above == folder else self.of(above)
            own = self._settings(folder)
            known = blake2b((outer + repr(own)).encode(), digest_size=12).hexdigest() if own or not outer else outer  # fmt: skip
            self._known[folder] = known
        return known

    def _settings(self, folder: str) -> list[tuple[object, ...]]:
        try:
            names = sorted(_SETTINGS.intersection(os.listdir(folder)))
        except OSError:
            return []
        if not names:
            return []
        where = self._place.relative(folder)
        found: list[tuple[object, ...]] = []
        if where[:1] == "." and "__init__.py" in names:
            # A package that the whole tree is in: its modules' names begin with this one.
            found.append(("package", os.path.basename(folder)))
        for name in names:
            path = os.path.join(folder, name)
            if name in _PRESENCE_ONLY:
                found.append((where, name))
                continue
            try:
                found.append((where, name, _digest(path)))
            except OSError:
                found.append((where, name, None))
        return found
