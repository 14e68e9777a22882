"""What an outcome depends on besides its file: the tool, the codemods, the options, the settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from hashlib import blake2b
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from fixaudit.runner import Request

# Files whose content codemods, the index or the formatter ask for: all of a folder's count.
_SETTINGS = frozenset(
    {"pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "fixaudit.toml", "ruff.toml", ".ruff.toml"}
    | {".flake8", ".pylintrc", "pylintrc", "requirements.txt", "Pipfile", "manage.py", "__init__.py"}
)  # fmt: skip
_PRESENCE_ONLY = frozenset({"__init__.py", "manage.py"})


def run_key(request: Request, codemod_folders: Iterable[Path]) -> str:
    """The key of all outcomes of a request: equal keys and equal files give equal outcomes."""
    from fixaudit import __version__

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
    state = blake2b(
        repr((__version__, sys.version_info, sys.platform, asked)).encode(), digest_size=16
    )
    for folder in sorted({*_code_folders(), *map(os.fspath, codemod_folders)}):
        for line in _python_files(folder):
            state.update(line)
    return state.hexdigest()


def _code_folders() -> set[str]:
    folders = {os.path.dirname(os.path.abspath(__file__))}
    for entry in entry_points(group="fixaudit.codemods"):
        # The packages above a module are imported by looking for it; ours stands at the top.
        name = entry.value.partition(":")[0].partition(".")[0]
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            inside = spec.submodule_search_locations is not None
            folders.add(os.path.dirname(spec.origin) if inside else spec.origin)
    return folders


def _python_files(top: str) -> list[bytes]:
    if os.path.isfile(top):
        return [_line(top)]
    lines: list[bytes] = []
    pending = [top]
    while pending:
        with os.scandir(pending.pop()) as found:
            for entry in found:
                if entry.name.endswith(".py"):
                    lines.append(_line(entry.path))
                elif entry.name != "__pycache__" and entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
    return sorted(lines)


def _line(path: str) -> bytes:
    found = os.stat(path)
    return os.fsencode(f"{path}\0{found.st_mtime_ns}\0{found.st_size}\0{found.st_ino}\n")


class Contexts:
    """The settings that count for the files of a folder, as a fingerprint; each folder is read once."""

    def __init__(self, base: str) -> None:
        self._base = base
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
