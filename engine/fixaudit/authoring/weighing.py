"""How evidence and verdict go together: hints doubt, proofs and roles decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fixaudit.model.evidence import Evidence, Strength
from fixaudit.model.finding import Finding, Verdict, Withheld

_MOST_SHOWN = 6
WRITABLE = (Verdict.FIX, Verdict.UNSAFE)


def told(evidence: Sequence[Evidence], path: str, first: int, last: int) -> str:
    """The reason that evidence gives to a site in lines `first` to `last` of a file: its texts, each
    with its place where that is not the site and the text does not name it."""
    return "; ".join(dict.fromkeys(_told(entry, path, first, last) for entry in evidence))


def _told(entry: Evidence, path: str, first: int, last: int) -> str:
    if entry.path != path:
        place = f"{entry.path}:{entry.line}"
        return entry.text if entry.path in entry.text else f"{entry.text} ({place})"
    elsewhere = entry.strength is not Strength.ROLE and not first <= entry.line <= last
    if elsewhere and f"line {entry.line}" not in entry.text:
        return f"{entry.text} (line {entry.line})"
    return entry.text


def doubted(
    finding: Finding,
    doubts: Sequence[Evidence],
    reason: str,
    *,
    verdict: Verdict = Verdict.REVIEW,
    guidance: str | None = None,
) -> Finding:
    """A finding that would be edited, held back by hints or by who reads the output.

    Its edits stay with it, and are made where a person's report names the site. One that is for
    review anyway says the hints too; one that is left stays as it is.
    """
    if finding.verdict is Verdict.REVIEW and all(entry.is_hint for entry in doubts):
        text = f"{finding.reason}; {reason}"
        return replace(finding, reason=text, evidence=(*finding.evidence, *doubts))
    if finding.verdict not in WRITABLE:
        return finding
    if verdict is Verdict.UNSAFE:
        text = f"{finding.reason}; {reason}"
        return replace(finding, verdict=verdict, reason=text, evidence=(*finding.evidence, *doubts))
    return replace(
        finding,
        verdict=verdict,
        reason=reason,
        guidance=guidance,
        evidence=tuple(doubts),
        withheld=Withheld(finding.verdict, finding.reason),
    )


def left(finding: Finding, role: Evidence) -> Finding:
    """The finding in a file of a role that nothing overrides: without edits and guidance."""
    return Finding(
        finding.codemod, finding.code, finding.span, Verdict.LEAVE, role.text, evidence=(role,)
    )


def left_unless_cited(finding: Finding, reason: Evidence) -> Finding:
    """A finding for review that says nothing to who has no report that names the site: it is left, and
    keeps its guidance for who has one."""
    return replace(
        finding,
        verdict=Verdict.LEAVE,
        reason=reason.text,
        evidence=(reason,),
        withheld=Withheld(finding.verdict, finding.reason),
    )


def is_open(finding: Finding) -> bool:
    """True where something is to be done at the site, or is for review once a report names it."""
    withheld = finding.withheld is not None and finding.withheld.verdict is Verdict.REVIEW
    return withheld or finding.verdict is not Verdict.LEAVE


def weighed(finding: Finding, hints_to_leave: int | None) -> Finding:
    """The finding as its evidence allows it: what only hints speak for is never left.

    `hints_to_leave` is how many hints in different words are as good as a proof, None for never.
    """
    if finding.verdict is not Verdict.LEAVE:
        return finding
    if not all(entry.is_hint for entry in finding.evidence):
        return finding
    independent = {(entry.path, entry.line, entry.text) for entry in finding.evidence}
    if hints_to_leave is not None and len(independent) >= hints_to_leave:
        return finding
    guidance = finding.guidance or "Only this speaks against the edit: decide by hand."
    return replace(finding, verdict=Verdict.REVIEW, guidance=guidance)


def cited(finding: Finding, lines: Sequence[int] = ()) -> Finding:
    """The finding as a person's report wants it that names the site: hints and roles are overridden.

    `lines` are those of the sites that go together, its own among them, where the report names a part
    of them: each is unsafe then, so that all of them are edited or none.
    """
    if finding.withheld is None:
        return finding
    against = finding.reason
    verdict, reason = finding.withheld.verdict, finding.withheld.reason
    if verdict is Verdict.REVIEW:
        return replace(finding, verdict=verdict, reason=reason, withheld=None)
    names = "a report names it"
    if lines:
        verdict = Verdict.UNSAFE
        names = f"a report speaks of lines {_numbers(lines)}, which go together"
    reason = f"{reason}; {names}, and against it speaks: {against}"
    return replace(finding, verdict=verdict, reason=reason, guidance=None, withheld=None)


def _numbers(lines: Sequence[int]) -> str:
    shown = [str(line) for line in lines[:_MOST_SHOWN]]
    if len(lines) > _MOST_SHOWN:
        shown.append(f"{len(lines) - _MOST_SHOWN} more")
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
