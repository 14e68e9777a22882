"""Limit the ledger's size: delete old runs, keep those that can still be needed."""

from __future__ import annotations

import time
from dataclasses import dataclass

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
