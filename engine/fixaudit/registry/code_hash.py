"""Whether the code of fixaudit or of a codemod has changed, told by stamps of its files."""

from __future__ import annotations

import os
import sys
from hashlib import blake2b
from importlib.util import find_spec

from fixaudit._version import __version__
from fixaudit.registry.entry_points import entry_points


def code_hash(said: str = "") -> str:
    """A fingerprint of the tool, of all installed codemods and of `said`."""
    state = blake2b(repr((__version__, sys.version_info, sys.platform, said)).encode(), digest_size=16)  # fmt: skip
    for folder in sorted(code_folders()):
        for line in _python_files(folder):
            state.update(line)
    return state.hexdigest()


def code_folders() -> set[str]:
    """The folders (or single files) that hold the engine and the installed codemods."""
    folders = {os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}
    for _, value in entry_points():
        # The packages above a module are imported by looking for it; ours stands at the top.
        spec = find_spec(value.partition(":")[0].partition(".")[0])
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
