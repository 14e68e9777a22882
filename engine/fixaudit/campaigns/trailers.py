"""The trailers of a batch's commit, by which any machine knows again what it is.

They count only on refs that match `publish.branch` at `publish.push-remote`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit.campaigns.report import BatchReport
from fixaudit.campaigns.settings import BatchVerdict

_EACH_LINE = 3
_LINE = re.compile(r"Fixaudit-([A-Z][a-z]+): (.*)")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_HEXADECIMAL = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Trailers:
    """What a commit says of itself.

    `plan` is the digest of what it changes (`BatchReport.digest`): a commit whose own content has
    another one was changed by somebody. `verify` is "green", or "host" where the host's checks decide.
    """

    campaign: str
    batch: str
    plan: str
    verdict: BatchVerdict
    findings: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    verify: str = "green"

    @property
    def text(self) -> str:
        """The last paragraph of the message."""
        lines = [
            f"Fixaudit-Campaign: {self.campaign}",
            f"Fixaudit-Batch: {self.batch}",
            f"Fixaudit-Plan: {self.plan}",
            f"Fixaudit-Verdict: {self.verdict}",
            f"Fixaudit-Verify: {self.verify}",
            *_several("Findings", self.findings),
            *_several("Dropped", self.dropped),
        ]
        return "\n".join(lines) + "\n"


def trailers_of(campaign: str, verdict: BatchVerdict, report: BatchReport) -> Trailers:
    """The trailers of the commit of a batch."""
    return Trailers(
        campaign,
        report.batch,
        report.digest,
        verdict,
        tuple(site.fingerprint for site in report.kept),
        tuple(entry.site.fingerprint for entry in report.dropped),
        "host" if report.status == "unverified" else "green",
    )


def read_trailers(message: str) -> Trailers | None:
    """The trailers of a commit's message; None where it has none, or any that is not as we write it."""
    found: dict[str, list[str]] = {}
    for line in message.rstrip().rpartition("\n\n")[2].splitlines():
        matched = _LINE.fullmatch(line.strip())
        if matched is not None:
            found.setdefault(matched[1], []).append(matched[2].strip())
    names = [found.get(key, [""])[0] for key in ("Campaign", "Batch")]
    plan = found.get("Plan", [""])[0]
    verdict = found.get("Verdict", ["fix"])[0]
    if not all(map(_NAME.fullmatch, names)) or not _HEXADECIMAL.fullmatch(plan):
        return None
    if verdict not in ("fix", "unsafe"):
        return None
    return Trailers(
        names[0],
        names[1],
        plan,
        "unsafe" if verdict == "unsafe" else "fix",
        tuple(_hashes(found.get("Findings", []))),
        tuple(_hashes(found.get("Dropped", []))),
        found.get("Verify", ["green"])[0],
    )


def _several(key: str, values: tuple[str, ...]) -> Iterator[str]:
    for at in range(0, len(values), _EACH_LINE):
        yield f"Fixaudit-{key}: {' '.join(values[at : at + _EACH_LINE])}"


def _hashes(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield from (word for word in line.split() if _HEXADECIMAL.fullmatch(word))
