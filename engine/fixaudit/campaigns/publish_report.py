"""What one `publish` did, as data and as one line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fixaudit.campaigns.settings import PublishSettings
from fixaudit.campaigns.state import BatchState
from fixaudit.text.message_lines import counted


@dataclass(frozen=True, slots=True)
class PublishReport:
    """Names of batches, in the order of the plan.

    Attributes:
        states: of all batches, after it.
        opened: whose request was opened now, or was found open where that was in doubt.
        pushed: whose branch got a new commit, for a request that was opened before, or because there
            is no command that opens one.
        same: opened before, and the remote has the same changes.
        ready: drafts that were made ready for review.
        waiting: those that may not be opened yet. next: when the first of them may be, in the
            schedule's zone; None where only merging or closing another one helps.
        failed, diverged, skipped: (name, one line of why).
    """

    states: tuple[BatchState, ...]
    opened: tuple[str, ...] = ()
    pushed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    ready: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    next: datetime | None = None
    failed: tuple[tuple[str, str], ...] = ()
    diverged: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    def line(self, publish: PublishSettings, now: datetime) -> str:
        """Such as `20 drafts opened (max-open 20, at most 3 an owner), 23 wait; next at 10:06 CET`."""
        limits = ", ".join(_limits(publish)) if self.waiting else ""
        shown = f" ({limits})" if limits else ""
        noun = "draft" if publish.draft else "request"
        parts = [f"{counted(len(self.opened), noun)} opened{shown}"]
        if not publish.command:
            branches = counted(len(self.pushed), "branch")
            parts = [f"{branches} pushed to {publish.push_remote}{shown}"]
        elif self.pushed:
            parts.append(f"{len(self.pushed)} pushed anew")
        counts = {
            "unchanged": self.same,
            "made ready": self.ready,
            "failed": self.failed,
            "diverged (left alone)": self.diverged,
            "not possible": self.skipped,
        }
        parts += [f"{len(names)} {what}" for what, names in counts.items() if names]
        if self.waiting:
            parts.append(f"{len(self.waiting)} {'waits' if len(self.waiting) == 1 else 'wait'}")
        line = ", ".join(parts)
        if self.waiting:
            line += f"; next {_time(self.next, now)}"
        if not publish.command:
            line += "; no `command` in [publish] opens requests for them"
        return line

    @property
    def is_empty(self) -> bool:
        """True where there was nothing to do."""
        done = (self.opened, self.pushed, self.same, self.ready, self.waiting)
        return not any(done) and not self.problems

    @property
    def problems(self) -> tuple[str, ...]:
        """One line for each batch that could not be published."""
        return tuple(
            f"{name}: {why}" for name, why in (*self.failed, *self.diverged, *self.skipped)
        )


def _limits(publish: PublishSettings) -> list[str]:
    found = []
    if publish.max_open is not None:
        found.append(f"max-open {publish.max_open}")
    if publish.max_open_per_owner is not None:
        found.append(f"at most {publish.max_open_per_owner} an owner")
    return [*found, *(text for text in (publish.rate, publish.window) if text)]


def _time(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "when one is merged or closed"
    day = "" if at.date() == now.astimezone(at.tzinfo).date() else "%a %Y-%m-%d "
    return f"at {at.strftime(f'{day}%H:%M %Z')}"
