"""A plan as text: a table with one line a finding, and details of some below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from fixaudit.plan.model import Anchor, AuditPlan, Planned, Status
from fixaudit.text.visible import visible
from fixaudit_cli.output.formats.text import counted
from fixaudit_cli.output.terminal import Painter

_HEAD = ("id", "severity", "title", "where", "codemod", "verdict", "here", "elsewhere")
_FLEXIBLE = (2, 3)
_LEAST = 18
_STYLES = {
    "fix": ("green",),
    "unsafe": ("yellow",),
    "mixed": ("yellow",),
    "partly fixed": ("yellow",),
    "fixed": ("cyan",),
    "review": ("magenta",),
    "ambiguous": ("magenta",),
    "not-found": ("red",),
}
_PLAIN = ("fix", "manual")
"""Verdicts that need no sentence below the table."""


def table(plan: AuditPlan, paint: Painter, width: int | None, verbose: bool) -> str:
    """The whole text. `width` is the terminal's, None where lines may be as long as they like."""
    several = len(plan.reports) > 1
    rows = [_row(entry, several) for entry in plan.findings]
    widths = _widths([_HEAD, *rows], width)
    lines = [paint(_line(_HEAD, widths), "bold")]
    for entry, row in zip(plan.findings, rows, strict=True):
        text = _line(row, widths)
        style = _STYLES.get(entry.verdict, ("dim",))
        lines.append(paint(text, *style))
    shown = [
        e for e in plan.findings if verbose or e.verdict not in _PLAIN or e.notes or e.settings
    ]
    for entry in shown:
        lines.append(f"\n{paint(visible(_id(entry, several)), 'bold')}  {visible(entry.says)}")
        lines += [f"    {visible(line)}" for line in _details(entry, verbose)]
    lines += [visible(line, lines=True) for line in _rest(plan, verbose)]
    return "\n".join(lines) + "\n"


def counts(plan: AuditPlan) -> str:
    """`20 findings: 9 fix, 3 unsafe, …`."""
    verdicts = Counter(entry.verdict for entry in plan.findings)
    words = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.most_common())
    return f"{counted(len(plan.findings), 'finding')}: {words}" if words else "no findings"


def _row(entry: Planned, several: bool) -> tuple[str, ...]:
    cells = (
        _id(entry, several),
        entry.finding.severity or "-",
        " ".join(entry.finding.title.split()),
        where(entry.anchors),
        ",".join(entry.codemods) or "-",
        entry.verdict,
        str(len(entry.here)) if entry.codemods else "-",
        str(len(entry.elsewhere)) if entry.codemods else "-",
    )
    return tuple(map(visible, cells))


def _id(entry: Planned, several: bool) -> str:
    name = entry.report.replace("\\", "/").rpartition("/")[2]
    return f"{name}:{entry.finding.id}" if several else entry.finding.id


def where(anchors: Sequence[Anchor]) -> str:
    """The first place with its status, and how many more there are."""
    if not anchors:
        return "-"
    first = anchors[0]
    path = first.path or (first.location.written if first.location else "")
    line = first.line or (first.cited[0] if first.cited else None)
    place = (f"{path}:{line}" if line else path) or "the tree"
    status = first.status.value
    if first.status is Status.MOVED and first.moved_by:
        status += f" {first.moved_by:+d}"
    more = f" +{len(anchors) - 1}" if len(anchors) > 1 else ""
    return f"{place} {status}{more}"


def _widths(rows: Sequence[Sequence[str]], width: int | None) -> list[int]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    widths[2] = min(widths[2], 60)
    if width is None:
        return widths
    excess = sum(widths) + 2 * (len(widths) - 1) - width
    for column in sorted(_FLEXIBLE, key=lambda c: -widths[c]):
        cut = max(0, min(excess, widths[column] - _LEAST))
        widths[column] -= cut
        excess -= cut
    return widths


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [_cell(text, widths[column], column) for column, text in enumerate(row)]
    return "  ".join(cells).rstrip()


def _cell(text: str, width: int, column: int) -> str:
    if len(text) > width:
        # A path is known by its end, a title by its beginning.
        text = f"…{text[-width + 1 :]}" if column == 3 else f"{text[: width - 1]}…"
    return text.rjust(width) if column > 5 else text.ljust(width)


def _details(entry: Planned, verbose: bool) -> Iterable[str]:
    for note in entry.notes:
        yield f"note: {note}"
    if entry.settings:
        yield "the lines for your fixaudit.toml:"
        yield from (f"    {line}" for line in entry.settings)
    if not verbose:
        return
    for pair in entry.pairs:
        word = pair.confidence if pair.acts else "not acted on"
        yield f"{pair.codemod} ({word}): {pair.reason}"
    for found in entry.anchors:
        yield f"{where((found,))}: {found.why}"
    if not entry.codemods and entry.finding.recommendation:
        text = " ".join(entry.finding.recommendation.split())
        yield f"the report: {text[:400]}{'…' if len(text) > 400 else ''}"


def _rest(plan: AuditPlan, verbose: bool) -> Iterable[str]:
    for kept in plan.kept:
        yield f"\nwarning: {kept.warning}"
    for head in plan.reports:
        if verbose and head.not_taken:
            yield f"\nnot taken as findings in {head.source}:"
            yield from (
                f"    line {entry.line}: {entry.why}: {entry.text}" for entry in head.not_taken
            )
