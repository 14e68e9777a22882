"""What the ledger of a tree tells of its earlier runs: files before them, and what they took away."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fixaudit.plan.past import Removal
from fixaudit_cli.write.ledger import LedgerError, reading


@dataclass(frozen=True, slots=True)
class _Written:
    """A file that a run wrote: its content before and after, and the run."""

    before: bytes
    after: bytes
    change: Removal


class PastRuns:
    """The runs whose edits are in the tree, the newest first. See `Past`."""

    missing = ""

    def __init__(self, root: Path) -> None:
        self._root = root

    def versions(self, path: str) -> Iterator[bytes]:
        """The file before the runs that changed it, the oldest first."""
        for written in reversed(self._written.get(path, ())):
            yield written.before

    def removal(self, path: str, line: str) -> Removal | None:
        """The run that took the last occurrence of a line out of a file."""
        wanted = line.encode()
        for written in self._written.get(path, ()):
            if wanted in written.before and wanted not in written.after:
                return written.change
        return None

    @cached_property
    def _written(self) -> dict[str, list[_Written]]:
        found: dict[str, list[_Written]] = {}
        try:
            with reading(self._root) as ledger:
                for run in ledger.summaries() if ledger is not None else ():
                    if run.state != "done":
                        continue
                    date = time.strftime("%Y-%m-%d", time.localtime(run.started))
                    words = shlex.join(["fixaudit", *run.argv])
                    change = Removal(f"run {run.id} of fixaudit", date, words)
                    assert ledger is not None
                    for file in ledger.files(run.id, "written"):
                        path = os.path.normpath(file.path).replace(os.sep, "/")
                        both = (ledger.before(file), ledger.goal(file))
                        found.setdefault(path, []).append(_Written(*both, change))
        except LedgerError:
            return {}  # a damaged ledger is told by the verbs that are about it
        return found
