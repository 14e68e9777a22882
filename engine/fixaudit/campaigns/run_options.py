"""How a campaign is run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a campaign is run.

    Attributes:
        batches: names; () for all that are to be done. limit: at most so many.
        jobs: processes, where the executor is `local`. executor: a name as `open_executor` takes it.
        insecure: plain TCP to a scheduler elsewhere is allowed.
        at: the commit to plan at; None for the base branch as it is.
        shared: whether workers read the repository at its path here; None: where they are on this machine.
    """

    batches: tuple[str, ...] = ()
    limit: int | None = None
    jobs: int | None = None
    executor: str = "local"
    insecure: bool = False
    at: str | None = None
    shared: bool | None = None


DEFAULTS = RunOptions()
