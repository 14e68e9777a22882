"""What an outcome depends on besides its file: the tool, the codemods, the options, the settings."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from fixaudit.config.request import Request
from fixaudit.registry.code_hash import code_hash

# Files whose content codemods, the index or the formatter ask for: all of a folder's count.
_SETTINGS = frozenset(
    {"pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "fixaudit.toml", "ruff.toml", ".ruff.toml"}
    | {".flake8", ".pylintrc", "pylintrc", "requirements.txt", "Pipfile", "manage.py", "__init__.py"}
)  # fmt: skip
_PRESENCE_ONLY = frozenset({"__init__.py", "manage.py"})


def run_key(request: Request, codemod_folders: Iterable[Path]) -> str:
    """The key of all outcomes of a request: equal keys and equal files give equal outcomes."""
    asked = (
        os.fspath(request.base),
        request.select,
        request.extend_select,
        request.ignore,
        request.unsafe,
        request.format,
        request.write,
        request.isolated,
        repr(request.config),
    )
    return code_hash(map(os.fspath, codemod_folders), repr(asked))


class Contexts:
    """The settings that count for the files of a folder, as a fingerprint; each folder is read once."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

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
        found: list[tuple[object, ...]] = []
        for name in names:
            path = os.path.join(folder, name)
            if name in _PRESENCE_ONLY:
                found.append((path,))
                continue
            try:
                with open(path, "rb") as file:
                    found.append((path, blake2b(file.read(), digest_size=12).hexdigest()))
            except OSError:
                found.append((path, None))
        return found
