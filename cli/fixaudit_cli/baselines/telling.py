"""What is said of a comparison with the baseline, in words and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from fixaudit.model.finding import Verdict
from fixaudit.text.visible import encodable, visible
from fixaudit_cli.output.formats.text import counted

if TYPE_CHECKING:
    from fixaudit.baseline.entries import BaselineEntry
    from fixaudit.baseline.matching import Comparison, Matched
    from fixaudit.model.outcome import LocatedFinding
    from fixaudit_cli.baselines.standing import Against

_MOST = 5


def summary_lines(found: Against, locked: bool) -> list[str]:
    """The lines for people, behind the findings."""
    comparison = found.comparison
    lines = [f"baseline: {len(comparison.new)} new, {_known(comparison)}"]
    if comparison.apart:
        names = Counter(site.finding.codemod for site in comparison.apart)
        told = ", ".join(f"{name} {count}" for name, count in sorted(names.items()))
        lines.append(
            f"apart: {counted(len(comparison.apart), 'finding')} of codemods that the baseline never ran ({told}):"
            " `fixaudit baseline update --accept` takes them in"
        )
    if moved := [match for match in comparison.known if match.moved]:
        lines.append(
            f"{counted(len(moved), 'finding')} moved ({_moves(moved)}): `fixaudit baseline update`"
        )
    if found.slack:
        lines.append(_slack_line(found, locked))
    return lines


def _known(comparison: Comparison) -> str:
    counts = Counter(match.site.finding.verdict for match in comparison.known)
    told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])
    return f"{len(comparison.known)} known" + (f" ({told})" if told else "")


def _moves(moved: Iterable[Matched]) -> str:
    """From where to where, the most frequent moves first."""
    counts = Counter((_place(m.entry.path, m.entry.symbol), _place(m.site.path, m.site.symbol)) for m in moved)  # fmt: skip
    shown = [f"{visible(old)} -> {visible(new)}" for (old, new), _ in counts.most_common(_MOST)]
    return ", ".join(shown) + (f" and {len(counts) - _MOST} more" if len(counts) > _MOST else "")


def _place(path: str, symbol: str) -> str:
    return f"{path}:{symbol}" if symbol else path


def _slack_line(found: Against, locked: bool) -> str:
    resolved = sum(entry.count for entry in found.comparison.resolved)
    parts = [f"{resolved} resolved"] if resolved else []
    if found.baseline.repeated:
        parts.append(f"{counted(found.baseline.repeated, 'line')} of the baseline said twice")
    why = "; --locked fails on that" if locked else ""
    return f"{', '.join(parts)}: `fixaudit baseline prune`{why}"


def as_data(found: Against) -> dict[str, Any]:
    """The counts and the entries without a finding, for JSON."""
    comparison = found.comparison
    return {
        "new": len(comparison.new),
        "known": len(comparison.known),
        "apart": dict(sorted(Counter(site.finding.codemod for site in comparison.apart).items())),
        "moved": sum(match.moved for match in comparison.known),
        "repeated": found.baseline.repeated,
        "resolved": [entry_row(entry) for entry in sorted(comparison.resolved)],
    }


def places(sites: Iterable[LocatedFinding]) -> Iterable[str]:
    """A line a finding, with its place."""
    for site in sites:
        found = site.finding
        yield (
            f"{visible(site.path)}:{site.line}:{site.column}: {found.code} {found.codemod}"
            f" {found.verdict.value}: {visible(found.reason)}"
        )


def site_rows(found: Against) -> list[dict[str, Any]]:
    """The findings that the baseline does not know, for JSON."""
    return [
        {
            "path": encodable(site.path),
            "line": site.line,
            "column": site.column,
            "codemod": site.finding.codemod,
            "code": site.finding.code,
            "verdict": site.finding.verdict.value,
            "reason": encodable(site.finding.reason),
            "symbol": encodable(site.symbol),
            "tokens": site.tokens,
            "fingerprint": site.fingerprint,
            "baseline": found.standing[site.fingerprint],
        }
        for site in (*found.comparison.new, *found.comparison.apart)
    ]


def shown(entries: Sequence[BaselineEntry]) -> str:
    """The entries by file, and how many there are of each codemod."""
    lines, path = [], None
    for entry in entries:
        if entry.path != path:
            path = entry.path
            lines.append(visible(path))
        times = f"  {entry.count} times" if entry.count > 1 else ""
        lines.append(f"  {entry.codemod}  {visible(entry.symbol) or '(module)'}{times}")
    counts = Counter[str]()
    for entry in entries:
        counts[entry.codemod] += entry.count
    lines += [f"{name}: {count}" for name, count in sorted(counts.items())]
    lines.append(f"{counted(counts.total(), 'finding')} in the baseline")
    return "".join(f"{line}\n" for line in lines)


def entry_row(entry: BaselineEntry) -> dict[str, Any]:
    """An entry as in the file, its path relative to the tree."""
    return {
        "path": encodable(entry.path),
        "codemod": entry.codemod,
        "symbol": encodable(entry.symbol),
        "tokens": entry.tokens,
        "count": entry.count,
    }
