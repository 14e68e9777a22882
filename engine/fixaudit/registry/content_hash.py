"""Whether two machines have the same fixaudit and codemods: told by the content of their files.

`code_hash` asks the same of one machine, by stamps of files, and is faster.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b

from fixaudit.registry.code_hash import code_folders

# Distributions whose versions show in outcomes: they write, format, and match paths.
_WRITERS = ("libcst", "black", "pathspec")


@cache
def content_hash() -> str:
    """32 hexadecimal digits of fixaudit's code, of all installed codemods, and of what writes for them.

    Kept for the life of the process: its code is what it has loaded.
    """
    state = blake2b(digest_size=16)
    for lines in sorted(list(_lines(folder)) for folder in code_folders()):
        for line in lines:
            state.update(line)
    state.update(repr(writers()).encode())
    return state.hexdigest()


@cache
def writers() -> tuple[tuple[str, str], ...]:
    """(distribution, version) of what outcomes depend on besides code of ours."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in _WRITERS:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            found.append((name, "absent"))
    return tuple(found)


def _lines(top: str) -> Iterator[bytes]:
    """Name, from the folder that holds `top`, and digest of each Python file at or below it."""
    above = os.path.dirname(top)
    for path in sorted(_python_files(top)):
        with open(path, "rb") as file:
            digest = blake2b(file.read(), digest_size=16).digest()
        name = os.path.relpath(path, above).replace(os.sep, "/")
        yield os.fsencode(name) + b"\0" + digest


def _python_files(top: str) -> Iterator[str]:
    if os.path.isfile(top):
        yield top
        return
    for folder, inner, names in os.walk(top):
        inner[:] = [name for name in inner if name != "__pycache__"]
        yield from (os.path.join(folder, name) for name in names if name.endswith(".py"))
