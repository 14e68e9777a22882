"""Which codemods answer a finding: by what they declare, by quoted code, by the cited place.

Evidence is weighed. A scanner's rule id or a codemod's keywords in the title decide alone; code
that happens to stand in a quotation, or on the cited line, only supports what the words say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.plan.cited_place import resolve
from fixaudit.plan.codebase import Tree
from fixaudit.plan.model import Confidence, Pair
from fixaudit.plan.quoted_sites import shapes
from fixaudit.reports.model import ReportFinding

HIGH, MEDIUM, LOW = 5.0, 3.0, 1.5


@dataclass(frozen=True, slots=True)
class Support:
    """One reason to pair; `spoken` where the report's words say so, not only code."""

    weight: float
    text: str
    spoken: bool = True


Case = dict[str, list[Support]]
"""The evidence about one finding by the codemod's name."""


def pair(
    findings: Sequence[ReportFinding], codemods: Sequence[Codemod], tree: Tree
) -> list[tuple[Pair, ...]]:
    """The codemods of each finding of one report, best first; `low` ones are only worth a mention."""
    cases = [_case(finding, codemods, tree) for finding in findings]
    by_id = dict(zip((finding.id for finding in findings), cases, strict=True))
    _refer(findings, by_id)
    known = {codemod.name: codemod for codemod in codemods}
    return [_settled(cases[number], known) for number in range(len(findings))]


def _case(finding: ReportFinding, codemods: Sequence[Codemod], tree: Tree) -> Case:
    case: Case = defaultdict(list)
    for codemod in codemods:
        case[codemod.name] += _by_words(finding, codemod)
    for name, found in _by_shapes(finding, codemods).items():
        case[name].append(found)
    for name, found in _by_place(finding, tree).items():
        if name in case:
            case[name].append(found)
    return case


# ------------------------------------------------------------------ what the report says


def _by_words(finding: ReportFinding, codemod: Codemod) -> Iterable[Support]:
    for rule in sorted(rule_names(finding)):
        if rule in {own.upper() for own in codemod.report_match.rules}:
            # A weakness class such as CWE-400 covers many flaws; a scanner's rule is one.
            yield Support(2.0 if rule.startswith("CWE-") else 6.0, f"rule {rule}")
    yield from _by_keywords(finding, codemod)
    said = " ".join((finding.title, *finding.symbols))
    for word in triggers_in(said, codemod):
        yield Support(1.5, f"it names `{word}`")
        break


def _by_keywords(finding: ReportFinding, codemod: Codemod) -> Iterable[Support]:
    title = f"{finding.title} {' '.join(finding.symbols)}"
    problem = f"{title}\n{finding.category}\n{finding.problem}"
    code = "\n".join(entry.code for entry in finding.snippets if entry.role != "recommended")
    everything = f"{problem}\n{finding.recommendation}\n{code}"
    for weight, text, where in (
        (4.0, finding.title, "title"),
        (3.5, title, "title"),
        (2.5, problem, "problem"),
        (1.5, everything, "text"),
    ):
        groups = sorted(groups_in(text, codemod, finding.symbols), key=len, reverse=True)
        if groups:
            words = ", ".join(groups[0])
            # One plain word in passing ("like MD5 did") says less than several together.
            less = 1.0 if len(groups[0]) == 1 and where != "title" else 0.0
            yield Support(weight - less, f"keywords in its {where}: {words}")
            return


# ------------------------------------------------------------------ what the code says


def _by_shapes(finding: ReportFinding, codemods: Sequence[Codemod]) -> Mapping[str, Support]:
    best: dict[str, Support] = {}
    for snippet in finding.snippets:
        if snippet.role == "recommended":
            continue
        for shape in shapes(snippet, codemods):
            weight = 3.0 if shape.share > 0.5 else 1.5
            if shape.verdict is Verdict.LEAVE:
                weight = 1.0
            text = f"detected in the code quoted at line {snippet.line}"
            if weight > best.get(shape.codemod, Support(0.0, "")).weight:
                best[shape.codemod] = Support(weight, text, spoken=False)
    return best


def _by_place(finding: ReportFinding, tree: Tree) -> Mapping[str, Support]:
    """Codemods that have a site on the cited lines, as far as those are still where they were."""
    hits: dict[str, int] = defaultdict(int)
    named: set[str] = set()
    cited = 0
    for location in finding.locations:
        if location.path is None or location.outside_tree or not location.ranges:
            continue
        files = resolve(location.path, tree).sure
        for low, high in location.ranges:
            cited += 1
            if len(files) != 1 or high - low > 12:
                continue
            names = set()
            for site in tree.sites.get(files[0], ()):
                if site.line <= high and site.end_line >= low:
                    names.add(site.finding.codemod)
                    if any(_quotes(site.finding.reason, symbol) for symbol in finding.symbols):
                        named.add(site.finding.codemod)
            for name in names:
                hits[name] += 1
    found = {}
    for name, count in hits.items():
        text = f"it has a site at {'every' if count == cited else count} cited place"
        found[name] = Support(2.0 if count == cited > 1 else 1.5, text, spoken=False)
        if name in named:
            text += ", with a reason that names the same thing"
            found[name] = Support(found[name].weight + 1.0, text, spoken=True)
    return found


def _quotes(reason: str, symbol: str) -> bool:
    return f"`{symbol}`" in reason


# ------------------------------------------------------------------ weighing


def _refer(findings: Sequence[ReportFinding], cases: Mapping[str, Case]) -> None:
    """A finding that says "as 1.2" shares in what is known about that one."""
    firm = {
        key: {name for name, found in case.items() if _sum(found) >= MEDIUM}
        for key, case in cases.items()
    }
    for finding in findings:
        for other in references(finding):
            for name in sorted(firm.get(other, ())) if other != finding.id else ():
                cases[finding.id][name].append(Support(2.0, f"it refers to {other}"))


def _sum(found: Sequence[Support]) -> float:
    return sum(entry.weight for entry in found)


def _settled(case: Case, known: Mapping[str, Codemod]) -> tuple[Pair, ...]:
    rated = sorted(
        ((_sum(found), name) for name, found in case.items() if _sum(found) >= LOW),
        key=lambda entry: (-entry[0], entry[1]),
    )
    spoken = {name for _, name in rated if any(entry.spoken for entry in case[name])}
    best = max((score for score, name in rated if name in spoken), default=0.0)
    pairs = []
    for score, name in rated:
        confidence = _confidence(score)
        if confidence != "low" and (name not in spoken or score * 2 < best) and best >= MEDIUM:
            # What the quoted lines hold by the way, beside the codemod the words are about.
            confidence = "low"
        reason = "; ".join(entry.text for entry in case[name])
        pairs.append(Pair(name, known[name].code, confidence, reason))
    acting = [entry for entry in pairs if entry.acts]
    return tuple(acting + [replace(entry) for entry in pairs if not entry.acts])


def _confidence(score: float) -> Confidence:
    if score >= HIGH:
        return "high"
    return "medium" if score >= MEDIUM else "low"


_REFERENCE = re.compile(
    r"\b(?:same as|as in|as for|as with|like|as|see|siehe|wie|cf\.?)\s+(?:in\s+|issue\s+|finding\s+|#)*"
    r"([A-Z]{1,5}-?\d+|\d+(?:\.\d+)+)(?!\w)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    start = r"(?<!\w)" if word[:1].isalnum() or word[:1] == "_" else ""
    end = r"(?:s|es|ed|ing)?(?!\w)" if word[-1:].isalnum() or word[-1:] == "_" else ""
    return re.compile(start + re.escape(word) + end)


def holds(text: str, word: str) -> bool:
    """True where lower-case `text` holds the word or phrase itself, in singular or plural."""
    return _pattern(word).search(text) is not None


def groups_in(
    text: str, codemod: Codemod, symbols: Sequence[str] = ()
) -> Iterable[tuple[str, ...]]:
    """The keyword groups of a codemod all of whose words the text holds.

    A word in backticks has to be set as code: to be one of the finding's `symbols`.
    """
    lowered = " ".join(text.lower().split())
    code = {symbol.lower() for symbol in symbols}
    for group in codemod.report_match.keywords:
        if all(
            word.strip("`").lower() in code if word[:1] == "`" else holds(lowered, word.lower())
            for word in group
        ):
            yield group


def triggers_in(text: str, codemod: Codemod) -> Iterable[str]:
    """The telling triggers of a codemod that the text spells out."""
    for trigger in codemod.triggers:
        word = trigger.decode("utf-8", "replace").strip()
        if len(word) >= 5 and _pattern(word.lower()).search(text.lower()):
            yield word


def references(finding: ReportFinding) -> tuple[str, ...]:
    """The ids of findings this one points to: "As 1.2", "as in 2.1", "see SEC-4"."""
    text = f"{finding.title}\n{finding.problem}\n{finding.recommendation}"
    return tuple(dict.fromkeys(match[1] for match in _REFERENCE.finditer(text)))


def rule_names(finding: ReportFinding) -> frozenset[str]:
    """Rule ids of a finding in upper case; `CWE-0327` counts as `CWE-327`."""
    return frozenset(re.sub(r"^CWE-0+", "CWE-", rule.upper()) for rule in finding.rules)
