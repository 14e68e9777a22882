"""Limit the ledger's size: delete old runs, keep those that can still be needed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fixaudit_cli.output.formats.text import counted
from fixaudit_cli.output.terminal import note
from fixaudit_cli.write.ledger import Ledger

MAX_AGE_DAYS = 30.0
MAX_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pruned:
    """The runs dropped, oldest first, and the bytes of content that went with them."""

    runs: tuple[int, ...]
    size: int


def prune(
    ledger: Ledger,
    *,
    max_age_days: float = MAX_AGE_DAYS,
    max_bytes: int = MAX_BYTES,
    now: float | None = None,
) -> Pruned:
    """Drop runs older than `max_age_days`, then the oldest until `max_bytes` hold the rest.

    The newest run and pending runs are kept whatever their age and size. Raises LedgerError.
    """
    now = time.time() if now is None else now
    runs = ledger.summaries()
    total = sum(run.size for run in runs)
    gone = []
    for run in reversed(runs[1:]):
        too_old = now - run.started > max_age_days * 86400
        if run.state != "pending" and (too_old or total > max_bytes):
            gone.append(run)
            total -= run.size
    if gone:
        ledger.forget(run.id for run in gone)
    return Pruned(tuple(run.id for run in gone), sum(run.size for run in gone))


def report_pruned(pruned: Pruned, trees: Sequence[Path]) -> None:
    """Say on stderr which old runs, and whose trees' runs, can be undone no more."""
    if pruned.runs:
        runs = counted(len(pruned.runs), "run")
        note(f"{runs} too old or too large to be kept dropped from the record: {_span(pruned)}")
    for path in trees:
        note(
            f"the runs of {path}, recorded longest ago, are dropped: the record was too large or old"
        )


def _span(pruned: Pruned) -> str:
    first, last = pruned.runs[0], pruned.runs[-1]
    return str(first) if first == last else f"{first} to {last}"
