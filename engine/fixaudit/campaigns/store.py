"""What a campaign remembers on this machine: its plan, the results of its tasks, the state of its batches.

All of it is a cache: plans are made again, results computed again, and the states that count are read from
branches by `sync`. Each file is written whole or not at all, so that a killed process leaves the last one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from fixaudit.campaigns.batch import CampaignPlan
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.report import BatchReport
from fixaudit.campaigns.state import BatchState
from fixaudit.files.atomic_write import write_atomically
from fixaudit.files.locking import LockedError, state_lock
from fixaudit.files.state_folders import own_state

T = TypeVar("T")

_VERSION = 1
_PLAN, _STATES, _RESULTS = "plan.json", "batches", "results"


@dataclass(frozen=True, slots=True)
class KeptResult:
    """The report of a batch, by the key of its task; how long it took, and which worker it was."""

    key: str
    report: BatchReport
    seconds: float
    worker: str
    attempt: int = 1


class CampaignStore:
    """The folder of one campaign, in the user's state folder for the tree at `root`.

    Raises CampaignError where it cannot be read or written; a file that an older or newer version wrote
    counts as none.
    """

    def __init__(self, root: Path, name: str) -> None:
        self.folder = own_state(root) / "campaigns" / name
        self._name = name

    def held(self) -> AbstractContextManager[None]:
        """One process at a time runs, publishes or synchronises a campaign. Raises CampaignError."""
        return _Held(self.folder, self._name)

    # ------------------------------------------------------------------ the plan

    def plan(self) -> CampaignPlan | None:
        """The plan made last; None where there is none."""
        return _read(self.folder / _PLAN, CampaignPlan)

    def keep_plan(self, plan: CampaignPlan) -> None:
        self._write(_PLAN, plan)

    # ------------------------------------------------------------------ results

    def result(self, key: str) -> KeptResult | None:
        """What the task of a key came to, on this machine or in a shard that was merged."""
        return _read(self.folder / _RESULTS / f"{key}.json", KeptResult)

    def keep_result(self, kept: KeptResult) -> None:
        self._write(f"{_RESULTS}/{kept.key}.json", kept)

    def results(self) -> Iterator[KeptResult]:
        """All that are kept, in the order of their keys."""
        for path in sorted((self.folder / _RESULTS).glob("*.json")):
            found = _read(path, KeptResult)
            if found is not None:
                yield found

    def forget_result(self, key: str) -> None:
        """Have the task of a key computed again."""
        (self.folder / _RESULTS / f"{key}.json").unlink(missing_ok=True)

    # ------------------------------------------------------------------ batches

    def states(self) -> dict[str, BatchState]:
        """The state of every batch, by its name, in the order of the names."""
        paths = sorted((self.folder / _STATES).glob("*.json"))
        found = (_read(path, BatchState) for path in paths)
        return {state.name: state for state in found if state is not None}

    def keep_states(self, states: Iterable[BatchState]) -> None:
        """Replace all states."""
        wanted = {state.name: state for state in states}
        for name in self.states().keys() - wanted.keys():
            (self.folder / _STATES / f"{name}.json").unlink(missing_ok=True)
        for state in wanted.values():
            self.keep_state(state)

    def keep_state(self, state: BatchState) -> None:
        self._write(f"{_STATES}/{state.name}.json", state)

    def remove(self) -> None:
        """Forget all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, name: str, content: object) -> None:
        path = self.folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, dumped(content))
        except OSError as error:
            raise CampaignError(f"cannot write {path}: {error.strerror or error}") from error


class _Held:
    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    def __enter__(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = state_lock(self._folder)
            self._lock.__enter__()
        except LockedError as error:
            who = f" (pid {error.pid})" if error.pid is not None else ""
            told = f"another process{who} works on the campaign {self._name}; wait for it to end"
            raise CampaignError(told) from error
        except OSError as error:
            raise CampaignError(f"cannot write {self._folder}: {error.strerror}") from error

    def __exit__(self, *error: Any) -> None:
        self._lock.__exit__(*error)


def dumped(content: object) -> bytes:
    """The JSON of any noun of campaigns, with the version of its form."""
    return json.dumps({"version": _VERSION, "content": _converter().unstructure(content)}).encode()


def loaded(data: bytes, kind: type[T]) -> T:
    """The noun that `dumped` wrote. Raises ValueError for anything else."""
    try:
        row = json.loads(data)
        if row["version"] != _VERSION:
            raise ValueError(f"written by another version of fixaudit (form {row['version']})")
        found: T = _converter().structure(row["content"], kind)
        return found
    except (KeyError, TypeError, ExceptionGroup) as error:
        raise ValueError("not what fixaudit writes") from error


def _read(path: Path, kind: type[T]) -> T | None:
    with suppress(OSError, ValueError):
        return loaded(path.read_bytes(), kind)
    return None


@cache
def _converter() -> Any:
    from cattrs.preconf.json import make_converter

    return make_converter()
