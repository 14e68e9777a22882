"""Which edits of a plan are wanted: by finding, by severity, cited places only."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fixaudit.errors import ConfigError
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.exclusions import kept_in
from fixaudit.plan.model import AuditPlan, Planned

SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted of a plan; empty tuples stand for everything.

    `findings` are ids, or `report:id` where several reports use the same; `severities` are words,
    one with a `+` behind it stands for itself and all above.
    """

    findings: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    cited_only: bool = False

    def __bool__(self) -> bool:
        return bool(self.findings or self.severities or self.cited_only)


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """A site to be edited, the findings it answers as `(report, id)`, and whether one cites it."""

    site: LocatedFinding
    findings: tuple[tuple[str, str], ...]
    cited: bool
    warning: str | None = None

    @property
    def is_unsafe(self) -> bool:
        """True for an edit that is made with `--unsafe` only."""
        return self.site.finding.verdict is Verdict.UNSAFE


def chosen(plan: AuditPlan, choice: Choice) -> AuditPlan:
    """The plan with the wanted findings only. Raises ConfigError for an id or a word nobody knows."""
    ids = matching([(e.report, e.finding.id) for e in plan.findings], choice.findings)
    levels = levels_in(choice.severities)
    kept = [
        _cited(entry) if choice.cited_only else entry
        for entry in plan.findings
        if (ids is None or (entry.report, entry.finding.id) in ids)
        and (levels is None or entry.finding.severity in levels)
    ]
    return replace(plan, findings=tuple(kept), kept=kept_in(kept, plan.kept))


def edits(plan: AuditPlan) -> list[PlannedEdit]:
    """Every site with an edit in the plan, once, in the order of the tree; what a report asks to leave
    alone is not among them."""
    found: dict[str, tuple[LocatedFinding, bool, list[tuple[str, str]]]] = {}
    for entry in plan.findings:
        key = (entry.report, entry.finding.id)
        for site, cited in _sites(entry):
            known = found.setdefault(site.fingerprint, (site, cited, []))
            found[site.fingerprint] = (site, known[1] or cited, [*known[2], key])
    warnings = {entry.site.fingerprint: entry.warning for entry in plan.kept}
    rows = [
        PlannedEdit(site, tuple(dict.fromkeys(keys)), cited, warnings.get(site.fingerprint))
        for site, cited, keys in found.values()
    ]
    return sorted(rows, key=lambda row: (row.site.path, row.site.line, row.site.column))


def _sites(entry: Planned) -> Iterator[tuple[LocatedFinding, bool]]:
    # Of a report whose places are not in this tree nothing is believed about other places either.
    elsewhere = () if entry.verdict == "not-found" else entry.elsewhere
    for sites, cited in ((entry.here, True), (elsewhere, False)):
        for site in sites:
            writable = site.finding.verdict in (Verdict.FIX, Verdict.UNSAFE)
            if writable and site.edits and not site.suppressed:
                yield site, cited


def _cited(entry: Planned) -> Planned:
    return replace(entry, elsewhere=())


def matching(
    known: Sequence[tuple[str, str]], wanted: Sequence[str], option: str = "--finding"
) -> set[tuple[str, str]] | None:
    """Those of the known `(report, id)` that are named; None where nothing is.

    Raises ConfigError, which names the option, for an id of no finding or of several reports.
    """
    if not wanted:
        return None
    found = set()
    for word in wanted:
        hits = {key for key in known if word in (key[1], *_qualified(*key))}
        if not hits:
            ids = list(dict.fromkeys(key for _, key in known))
            raise ConfigError(f"{option} {word}: no finding has this id{_near(word, ids)}")
        if len(hits) > 1:
            names = ", ".join(sorted(f"{report}:{key}" for report, key in hits))
            raise ConfigError(f"{option} {word}: several reports have it: {names}")
        found |= hits
    return found


def _qualified(report: str, key: str) -> tuple[str, str]:
    name = report.replace("\\", "/").rpartition("/")[2]
    return f"{report}:{key}", f"{name}:{key}"


def levels_in(words: Sequence[str]) -> set[str] | None:
    """The severities that words name, `high+` with all above; None for no words. Raises ConfigError."""
    if not words:
        return None
    levels: set[str] = set()
    for word in words:
        name = word.lower().removesuffix("+")
        if name not in SEVERITIES:
            raise ConfigError(
                f"--severity {word}: choose of {', '.join(SEVERITIES)}, with a + for all above"
            )
        place = SEVERITIES.index(name)
        levels |= set(SEVERITIES[: place + 1] if word.endswith("+") else (name,))
    return levels


def _near(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, 10)
    if close:
        # `1.9` is a slip for another of chapter 1 rather than for `7.9`.
        best = max(close, key=lambda key: key[:1] == word[:1])
        return f"; did you mean {best}?"
    return f"; there are {', '.join(known[:12])}{', …' if len(known) > 12 else ''}" if known else ""
