"""Text for people. With a diff, standard output is a patch that `git apply` takes: the lines that
explain it start with `#` and stand before a file's header."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding, Note, Problem
from fixaudit.text.visible import visible
from fixaudit_cli.output.tally import Tally
from fixaudit_cli.output.terminal import Painter

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import Names

VERDICT_STYLES = {
    Verdict.FIX: ("green",),
    Verdict.UNSAFE: ("yellow",),
    Verdict.REVIEW: ("magenta",),
    Verdict.LEAVE: ("dim",),
}


def site_line(site: LocatedFinding, paint: Painter, prefix: str = "") -> str:
    """One site: place, codemod, verdict, reason, and by what it is suppressed."""
    found = site.finding
    place = f"{site.line}:{site.column}"
    verdict = found.verdict.value
    tail = f" [suppressed: {visible(site.suppressed)}]" if site.suppressed else ""
    return (
        f"{prefix}{place:>9}  {paint(found.code, 'bold')} {found.codemod}  "
        f"{paint(verdict, *VERDICT_STYLES[found.verdict])}  {visible(found.reason)}{tail}\n"
    )


def later_line(site: LocatedFinding, paint: Painter) -> str:
    """A site that the file does not hold yet, at the place whose edit makes it."""
    finding = replace(site.finding, reason=f"{site.finding.reason} (in code that other edits make)")
    return site_line(replace(site, finding=finding), paint)


def guidance_line(site: LocatedFinding, prefix: str = "") -> str:
    guidance = site.finding.guidance
    return f"{prefix}{'':>9}  -> {visible(' '.join(guidance.split()))}\n" if guidance else ""


def evidence_lines(site: LocatedFinding, prefix: str = "") -> str:
    """What the verdict rests on, a line each: strength, reach, place and text."""
    found = site.finding
    named = found.withheld
    would = "" if named is None else f"{named.verdict.value} where a report names this place"
    rows = "".join(
        f"{prefix}{'':>9}  {entry.strength.value} ({entry.reach.value})  "
        f"{visible(entry.path)}:{entry.line}  {visible(entry.text)}\n"
        for entry in found.evidence
    )
    return rows + (f"{prefix}{'':>9}  {would}: {visible(named.reason)}\n" if named else "")


def problem_line(problem: Problem | Note) -> str:
    """`path:line: kind: message`, as compilers print it."""
    path = visible(problem.path)
    place = f"{path}:{problem.line}" if problem.line else path
    return f"{place}: {problem.kind}: {visible(problem.message)}"


def visible_lines(text: bytes) -> list[str]:
    """The lines of a file or a patch, without their ends; control characters visible, tabs kept."""
    lines = text.decode("utf-8", "surrogateescape").split("\n")
    return [visible(line.removesuffix("\r"), lines=True) for line in lines]


def paint_patch(patch: bytes, paint: Painter) -> str:
    """A patch for a terminal: with colour, and its control characters visible."""
    lines = []
    for line in visible_lines(patch):
        if line.startswith(("diff --git", "--- ", "+++ ")):
            lines.append(paint(line, "bold"))
        elif line.startswith("@@"):
            head, _, label = line[2:].partition("@@")
            lines.append(paint(f"@@{head}@@", "cyan") + paint(label, "dim"))
        elif line.startswith("+"):
            lines.append(paint(line, "green"))
        elif line.startswith("-"):
            lines.append(paint(line, "red"))
        else:
            lines.append(line)
    return "\n".join(lines)


def hunk_labels(sites: Sequence[LocatedFinding], first: int, last: int) -> list[str]:
    """What stands behind a hunk's second `@@`: the codemods of its lines, with their reasons."""
    here = [site for site in sites if site.line <= last and site.end_line >= first]
    labels = dict.fromkeys(f"{site.finding.codemod}: {site.finding.reason}" for site in here)
    return list(map(visible, labels))


def answer_names(fingerprints: Iterable[str], answers: Names) -> list[str]:
    """The findings of reports that edits answer, each once: id and title."""
    found = [answers[key] for key in fingerprints if key in answers]
    names = dict.fromkeys(entry.short for answered in found for entry in answered.findings)
    return list(map(visible, names))


def answers_of(site: LocatedFinding, answers: Names) -> str:
    """The findings of reports that a site's edit answers, to stand behind a sentence; else nothing."""
    found = answers.get(site.fingerprint)
    return "" if found is None else f" ({'; '.join(found.lines)})"


def answer_lines(site: LocatedFinding, answers: Names, paint: Painter, prefix: str = "") -> str:
    """The findings of reports that a site's edit answers, a line each."""
    found = answers.get(site.fingerprint)
    lines = () if found is None else found.lines
    return "".join(f"{prefix}{'':>9}  {paint(visible(line), 'bold')}\n" for line in lines)


def statistics(tally: Tally, paint: Painter) -> str:
    """A table of counts by codemod and verdict."""
    names = sorted(tally.codemods)
    if not names:
        return "no sites\n"
    width = max(len(name) for name in [*names, "total"])
    head = f"{'':<{width}}" + "".join(f"{verdict.value:>9}" for verdict in Verdict)
    rows = [paint(head, "bold")]
    for name in names:
        counts = tally.codemods[name]
        rows.append(f"{name:<{width}}" + "".join(f"{counts[verdict]:>9}" for verdict in Verdict))
    rows.append(
        f"{'total':<{width}}" + "".join(f"{tally.verdicts[verdict]:>9}" for verdict in Verdict)
    )
    return "\n".join(rows) + "\n"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def by_codemod(sites: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sites)
