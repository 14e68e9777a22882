"""What a worker must have like the driver: fixaudit, its codemods, what they write with, and Python.

Told by the content of files, not by their place or time, so that two machines agree.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b

from fixaudit.model.task import Stamp, WorkerDiffersError
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


def stamp(config: str) -> Stamp:
    """The stamp of tasks made in this process; `config` is a hash of settings and campaign."""
    return Stamp(content_hash(), sys.version_info[:2], config)


def check_stamp(given: Stamp, config: str | None = None, *, place: str = "this worker") -> None:
    """Compare a task's stamp with what is here; the configuration where a hash of it is given.

    Raises WorkerDiffersError: it names the place and both values.
    """
    pairs = [
        ("Python", _version(given.python), _version(sys.version_info[:2])),
        ("fixaudit and its codemods", given.code, content_hash()),
        ("the configuration", given.config, given.config if config is None else config),
    ]
    for what, theirs, here in pairs:
        if theirs != here:
            raise WorkerDiffersError(differs(place, what, theirs, here))


def differs(place: str, what: str, driver: str, worker: str) -> str:
    """The one line for a worker that is not like the driver."""
    return f"{place}: {what} is {worker} there, {driver} here; give both the same"


def _version(python: tuple[int, int]) -> str:
    return ".".join(map(str, python))


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
