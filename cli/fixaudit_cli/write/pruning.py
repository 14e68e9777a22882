"""Limit the ledger's size: delete old runs, keep those that can still be needed."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass

from fixaudit.config.model import Ledger as Configured
from fixaudit.errors import ConfigError
from fixaudit_cli.output.formats.text import counted
from fixaudit_cli.output.terminal import note
from fixaudit_cli.write.ledger import Ledger
from fixaudit_cli.write.tree_states import forget_old

MAX_AGE_DAYS = 30.0
MAX_BYTES = 256 * 1024 * 1024
_MB = 1024 * 1024
_AGE_VARIABLE = "FIXAUDIT_LEDGER_MAX_AGE_DAYS"
_SIZE_VARIABLE = "FIXAUDIT_LEDGER_MAX_SIZE_MB"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a tree's runs are kept, in days, and up to how many MB (of 1024 * 1024 bytes)."""

    max_age_days: float
    max_size_mb: float


def limits(configured: Configured | None = None) -> Limits:
    """The user's configuration (never a tree's), else the environment, else our own limits.

    Raises:
        ConfigError: a variable is no number from 0 up.
    """
    said = configured or Configured()
    age, size = said.max_age_days, said.max_size_mb
    return Limits(
        _from_environment(_AGE_VARIABLE, MAX_AGE_DAYS) if age is None else age,
        _from_environment(_SIZE_VARIABLE, MAX_BYTES / _MB) if size is None else size,
    )


def _from_environment(name: str, default: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        value = float(text or default)
    except ValueError:
        value = math.nan
    if not (0 <= value < math.inf):
        raise ConfigError(f"{name} must be a number from 0 up, not {text!r}")
    return value


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


def keep_to_limits(ledger: Ledger, kept: Limits) -> None:
    """Prune this tree's runs and what is kept of other trees.

    On stderr it is said what can be undone no more. Raises LedgerError.
    """
    pruned = prune(ledger, max_age_days=kept.max_age_days, max_bytes=int(kept.max_size_mb * _MB))
    if pruned.runs:
        runs = counted(len(pruned.runs), "run")
        note(f"{runs} too old or too large to be kept dropped from the record: {_span(pruned)}")
    for path in forget_old(ledger.root):
        note(
            f"the runs of {path}, recorded longest ago, are dropped: the record was too large or old"
        )


def _span(pruned: Pruned) -> str:
    first, last = pruned.runs[0], pruned.runs[-1]
    return str(first) if first == last else f"{first} to {last}"
