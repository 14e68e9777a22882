"""What is known of each batch of a campaign: a cache of git, which `sync` makes anew from branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fixaudit.campaigns.settings import BatchVerdict

BatchStatus = Literal[
    "planned",
    "waits",
    "verified",
    "unverified",
    "red-before",
    "dropped-all",
    "timeout",
    "setup-failed",
    "crashed",
    "published",
    "merged",
    "closed",
    "stale",
    "diverged",
    "unknown",
    "gone",
]
"""planned -> verified | a failure -> published -> merged | closed | stale | diverged | unknown.

`waits`: another batch changes a file of it first. `unverified`: the host's checks decide. `stale`: what
it read has changed on the base, and it is to be computed anew. `diverged`: somebody else committed on its
branch. `unknown`: its findings are gone from the base, and not by a commit with its changes; or they
came back, reverted; or its branch is gone. `gone`: its files or packages are no longer on the base.
"""


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch as `status` shows it. Paths of files are relative to the top of the repository.

    Attributes:
        commit: the full id of the commit on its branch, local or at the remote; base: of its parent.
        digest: `BatchReport.digest` of what that commit changes.
        findings: fingerprints of the sites that the commit mends, or is to mend; dropped: of those that
        verification took out.
        pushed: the id of the commit that the remote's branch had when it was last seen or pushed.
        url: of the request for review, as the host's command printed it. checks: as the host says.
        opened: when that was, ISO 8601 in UTC. failures: of the host's command, one after the other;
        retry_at: not before that time.
        opening: when the host's command was begun, until it is known how it ended; ISO 8601 in UTC.
        reason: one line, for every status that needs one.
        planned: `Batch.digest` of the plan that was verified: while the plan's is equal, it stands.
        key: of the task that verified it.
    """

    name: str
    status: BatchStatus
    verdict: BatchVerdict = "fix"
    owners: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    lines: int = 0
    findings: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    branch: str = ""
    commit: str | None = None
    base: str | None = None
    digest: str | None = None
    pushed: str | None = None
    url: str | None = None
    draft: bool = False
    checks: str | None = None
    opened: str | None = None
    failures: int = 0
    retry_at: str | None = None
    reason: str | None = None
    planned: str | None = None
    key: str | None = None
    opening: str | None = None
