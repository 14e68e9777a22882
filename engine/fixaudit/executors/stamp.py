"""What a worker must have like the driver: fixaudit and its codemods, Python, and the configuration."""

from __future__ import annotations

import sys

from fixaudit.model.task import Stamp, WorkerDiffersError
from fixaudit.registry.content_hash import content_hash as content_hash
from fixaudit.registry.content_hash import writers as writers


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
