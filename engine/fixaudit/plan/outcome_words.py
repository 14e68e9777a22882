"""What happens to a finding, in the words that every table, paragraph and file uses."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.model import Planned
from fixaudit.reports.model import Disposition

WORDS = {
    "fix": "fix",
    "review": "for review",
    "leave": "left alone",
    "suppressed": "suppressed",
    "fixed": "already fixed",
    "partly fixed": "partly fixed",
    "manual": "by hand",
    "ambiguous": "place unclear",
    "not-found": "not found",
    "elsewhere": "elsewhere only",
}
"""By verdict; those that are not here have words of their own below."""
TOLD = "told "
"""Before what the report itself says, in the verdict of a finding that asks for nothing."""
NOTHING = "nothing to do"
_CLOSED: dict[Disposition, str] = {
    "fixed": "the report says itself that it is fixed",
    "false-positive": "the report calls it a false positive",
    "accepted": "the report accepts it",
    "keep": "the report asks to keep it",
    "none": "the report asks for nothing",
}
OFFERED = "offered"
SET_ASIDE = "kept by you"
LEFT_OUT = "not looked into"
_KEPT = "kept as asked"
_IDLE = ("leave", "suppressed", "fixed", "manual", "ambiguous")
"""Verdicts by which nothing is done where the finding cites."""


def happens(entry: Planned, unsafe: bool, kept: Collection[str] = ()) -> str:
    """What happens, as its row tells it; `kept` are fingerprints of sites a report wants kept."""
    if entry.verdict == "mixed":
        return _in_part(entry.here, unsafe)
    return _word(entry, unsafe, kept)


def counted(entry: Planned, unsafe: bool, kept: Collection[str] = ()) -> str:
    """What happens, as it is counted: as `happens`, but without numbers."""
    if entry.verdict != "mixed":
        return _word(entry, unsafe, kept)
    if acting(entry.here, unsafe):
        return "fix in part"
    if acting(entry.here, True):
        return "fix in part with --unsafe"
    return _in_part(entry.here, unsafe)


def closed_words(disposition: Disposition) -> str:
    """Why nothing is to be done about a finding that its report has closed."""
    return f"{NOTHING}: {_CLOSED[disposition]}"


def acting(sites: Sequence[LocatedFinding], unsafe: bool) -> int:
    """How many of the sites are edited."""
    wanted = (Verdict.FIX, Verdict.UNSAFE) if unsafe else (Verdict.FIX,)
    return sum(site.finding.verdict in wanted and not site.suppressed for site in sites)


def _word(entry: Planned, unsafe: bool, kept: Collection[str]) -> str:
    if entry.verdict == "not-found" and any(found.left_out for found in entry.anchors):
        return LEFT_OUT
    if entry.verdict == "unsafe":
        return "fix" if unsafe else "fix with --unsafe"
    if entry.set_aside:
        return SET_ASIDE
    if entry.verdict in _IDLE and acting(entry.elsewhere, True):
        return WORDS["elsewhere"]
    if entry.verdict == "suppressed" and all(site.fingerprint in kept for site in entry.here):
        return _KEPT
    if entry.verdict == "manual" and entry.offers:
        return OFFERED
    if entry.verdict.startswith(TOLD):
        return NOTHING
    return WORDS.get(entry.verdict, entry.verdict)


def _in_part(here: Sequence[LocatedFinding], unsafe: bool) -> str:
    whole = len(here)
    if number := acting(here, unsafe):
        return f"fix {number} of {whole}"
    if number := acting(here, True):
        return f"--unsafe {number} of {whole}"
    seen = any(s.finding.verdict is Verdict.REVIEW and not s.suppressed for s in here)
    return WORDS["review" if seen else "leave"]
