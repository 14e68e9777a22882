"""Which codemods answer a finding: by what they declare, and by what stands at the cited place.

`high` is a scanner's rule, or words of the problem and a site at the cited place; it acts there and at
the like places of the tree. `medium` is a weaker word and a site at the cited place, and acts there
only. Everything else does not act: what the report's words alone speak for is offered, and
quoted code says nothing without them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.cited_place import resolve
from fixaudit.plan.codebase import Tree, squeeze
from fixaudit.plan.model import Anchor, Confidence, Pair, Status, Weight
from fixaudit.plan.quoted_sites import shapes
from fixaudit.plan.references import REFERS, references, rule_names
from fixaudit.plan.report_words import ABOUT_TESTS, Passage
from fixaudit.reports.model import ReportFinding

_NARROW = 12
"""Lines from the first to the last of a cited range in which a word by the way is about a site."""


@dataclass(frozen=True, slots=True)
class Support:
    """One reason to pair, as told; `quoted`: in code that the report quotes, `own`: in the finding's words."""

    strength: Weight
    text: str
    quoted: bool = False
    own: bool = True


Case = dict[str, list[Support]]
"""The evidence about one finding by the codemod's name."""


def weigh(findings: Sequence[ReportFinding], codemods: Sequence[Codemod], tree: Tree) -> list[Case]:
    """What speaks for each codemod in each finding of one report, before its places are looked for."""
    cases = [_case(finding, codemods, tree) for finding in findings]
    _refer(findings, dict(zip((finding.id for finding in findings), cases, strict=True)))
    return cases


def candidates(case: Case) -> tuple[str, ...]:
    """The codemods that a report's words speak for, the best first."""
    spoken = [(-strength_of(found), name) for name, found in case.items()]
    return tuple(name for strength, name in sorted(spoken) if strength < 0)


def settle(
    case: Case, anchors: Sequence[Anchor], codemods: Mapping[str, Codemod]
) -> tuple[Pair, ...]:
    """The pairs of one finding, those that act first; `anchors` are its places as found with all
    candidates."""
    pinned = [anchor for anchor in anchors if is_pinned(anchor)]
    held = {site.finding.codemod for anchor in pinned for site in anchor.sites}
    narrow = {s.finding.codemod for each in pinned if not is_wide(each) for s in each.sites}
    guessed = {
        site.finding.codemod for anchor in anchors if anchor.guessed for site in anchor.sites
    }
    unclear = any(anchor.status is Status.AMBIGUOUS for anchor in anchors)
    alone, shown = _in_whole_files(anchors)
    strong = {name: strength_of(found) for name, found in case.items() if found}
    acting = [s for name, s in strong.items() if name in held or s is Weight.RULE]
    best = max(acting, default=Weight.CODE)
    first = {name for name, strength in strong.items() if strength >= min(best, Weight.TITLE)}
    beside = _beside(pinned, first, strong) | _quoted_too(case, held, strong)
    beside |= _named_by(pinned, first | beside, held)
    aside = _of_other_kinds(strong, codemods)
    titled = {name for name, strength in strong.items() if strength is Weight.TITLE}
    pairs = []
    for name, strength in sorted(strong.items(), key=lambda entry: (-entry[1], entry[0])):
        confidence: Confidence = "low"
        if strength is Weight.RULE:
            confidence = "high"
        elif strength is Weight.CODE or (name not in first and name not in beside):
            pass  # only shown in code, or spoken of beside what the title is about
        elif titled - {name} and not any(s.own for s in case[name] if s.strength is strength):
            pass  # the title speaks of something else
        elif name in (held if strength is Weight.TITLE or name in beside else narrow):
            confidence = "high" if strength > Weight.HINT else "medium"
        elif (strength > Weight.HINT and name in shown) or (
            strength is Weight.TITLE and (unclear or name in guessed or name in alone)
        ):
            confidence = "medium"
        reason = "; ".join(entry.text for entry in case[name])
        weight = Weight.HINT if name in aside and strength is Weight.PROBLEM else strength
        pairs.append(Pair(name, codemods[name].code, confidence, reason, weight=weight))
    return tuple(sorted(pairs, key=lambda entry: not entry.acts))


def _in_whole_files(anchors: Iterable[Anchor]) -> tuple[set[str], set[str]]:
    """Of codemods with sites in files or folders that are cited without a line: those with one that
    calls for action, and those that only show something, for a person to decide."""
    sites: dict[str, list[LocatedFinding]] = defaultdict(list)
    for anchor in anchors:
        for site in anchor.sites if _is_whole(anchor) else ():
            if site.finding.verdict is not Verdict.LEAVE:
                sites[site.finding.codemod].append(site)
    alone = {name for name, found in sites.items() if len(found) == 1}
    shown = {
        name
        for name, found in sites.items()
        if all(site.finding.verdict is Verdict.REVIEW for site in found)
    }
    return alone, shown


def _is_whole(anchor: Anchor) -> bool:
    return anchor.status is Status.BY_PATTERN and anchor.cited is None and bool(anchor.path)


def _of_other_kinds(strong: Mapping[str, Weight], codemods: Mapping[str, Codemod]) -> set[str]:
    """The codemods that share no tag with those that the title speaks for: what only the problem says of
    theirs is said by the way. Empty where the title speaks for none."""
    titled = {name for name, strength in strong.items() if strength is Weight.TITLE}
    tags = {tag for name in titled for tag in codemods[name].tags}
    return {name for name in strong if titled and not tags & codemods[name].tags}


def _beside(pinned: Iterable[Anchor], first: set[str], strong: Mapping[str, Weight]) -> set[str]:
    """The codemods that the problem's words are about, with a site in cited lines where none of the
    first ones has anything to change."""
    places = [
        anchor
        for anchor in pinned
        if (anchor.cited or anchor.status is Status.BY_SNIPPET) and not is_wide(anchor)
    ]
    open_ones = [
        {s.finding.codemod for s in anchor.sites if s.finding.verdict is not Verdict.LEAVE}
        for anchor in places
    ]
    found = {name for names in open_ones if not names & first for name in names}
    return {name for name in found if strong.get(name) is Weight.PROBLEM}


def _quoted_too(case: Case, held: set[str], strong: Mapping[str, Weight]) -> set[str]:
    """The codemods that the problem's words are about, with a site in a line that it quotes: a second
    flaw of one finding."""
    about = {name for name in held if strong.get(name) is Weight.PROBLEM}
    return {name for name in about if any(entry.quoted for entry in case[name])}


def _named_by(pinned: Iterable[Anchor], answering: set[str], held: set[str]) -> set[str]:
    """The codemods with a site of their own to which what answers the finding leads, by their names."""
    told = " ".join(
        site.finding.guidance or ""
        for anchor in pinned
        for site in anchor.sites
        if site.finding.codemod in answering and site.finding.verdict is Verdict.REVIEW
    )
    return {name for name in held - answering if f"`{name}`" in told}


def by_hand(case: Case, names: Sequence[str], codemods: Mapping[str, Codemod]) -> tuple[Pair, ...]:
    """The pairs of a finding that a person has settled; what spoke for others is only told."""
    own = [Pair(name, codemods[name].code, "high", "paired by you", by_hand=True) for name in names]
    others = [
        Pair(name, codemods[name].code, "low", "; ".join(entry.text for entry in found))
        for name, found in sorted(case.items())
        if found and name not in names
    ]
    return (*own, *others)


def is_pinned(anchor: Anchor) -> bool:
    """True for sites in cited lines, quoted code or a named function; a file or folder pins nothing,
    nor does the only site of a file for a line that holds none."""
    whole = anchor.status is Status.BY_PATTERN and anchor.cited is None
    return bool(anchor.sites) and not whole and not anchor.guessed


def is_wide(anchor: Anchor) -> bool:
    """True for cited lines so many that a site among them may have nothing to do with the finding."""
    low, high = anchor.cited or (0, 0)
    return high - low > _NARROW and not anchor.quoted


def strength_of(found: Iterable[Support]) -> Weight:
    return max((entry.strength for entry in found), default=Weight.CODE)


# ------------------------------------------------------------------ what the report says


def _case(finding: ReportFinding, codemods: Sequence[Codemod], tree: Tree) -> Case:
    case: Case = defaultdict(list)
    problem = Passage(finding.title, f"{finding.category}\n\n{finding.problem}", finding.symbols)
    advice = Passage("", finding.recommendation, finding.symbols)
    about_tests = ABOUT_TESTS.search(finding.title) is not None
    by_name = {codemod.name: codemod for codemod in codemods}
    for codemod in codemods:
        case[codemod.name] += _by_rules(finding, codemod)
        words = _by_words(problem, advice, codemod)
        if about_tests and "tests" not in codemod.tags:
            words = [entry for entry in words if entry.strength is Weight.TITLE]
        case[codemod.name] += words
    for name, found in _by_shapes(finding, codemods).items():
        case[name].append(found)
        case[name] += _by_before_and_after(finding, by_name[name])
    for name, found in _by_place(finding, tree).items():
        if name in case:
            case[name].append(found)
    return case


def _by_rules(finding: ReportFinding, codemod: Codemod) -> Iterable[Support]:
    own = {rule.upper() for rule in codemod.report_match.rules}
    for rule in sorted(rule_names(finding) & own):
        # A weakness class such as CWE-400 covers many flaws; a scanner's rule is one.
        broad = rule.startswith("CWE-")
        yield Support(Weight.HINT if broad else Weight.RULE, f"rule {rule}")


def _by_words(problem: Passage, advice: Passage, codemod: Codemod) -> Iterable[Support]:
    groups = codemod.report_match.keywords
    found = problem.group_in(groups)
    if found is not None:
        group, titled = found
        where = "title" if titled else "problem"
        strength = Weight.TITLE if titled else Weight.PROBLEM
        yield Support(strength, f"keywords in its {where}: {', '.join(group)}")
        return
    found = advice.group_in(groups)
    if found is not None:
        yield Support(Weight.HINT, f"keywords in its advice: {', '.join(found[0])}")


# ------------------------------------------------------------------ what the code says


def _by_before_and_after(finding: ReportFinding, codemod: Codemod) -> Iterable[Support]:
    """Words that stand together in the code that the report objects to and the code that it advises,
    and not in the first alone."""
    before = [snippet.code for snippet in finding.snippets if snippet.role != "recommended"]
    after = [snippet.code for snippet in finding.snippets if snippet.role == "recommended"]
    code = Passage(" ".join(before), " ".join(" ".join(after).split()))
    for group in codemod.report_match.keywords if before and after else ():
        found = code.group_in([group])
        if found is not None and not found[1]:
            words = ", ".join(found[0])
            yield Support(Weight.HINT, f"keywords in the code before and after: {words}")
            return


def _by_shapes(finding: ReportFinding, codemods: Sequence[Codemod]) -> Mapping[str, Support]:
    found: dict[str, Support] = {}
    for snippet in finding.snippets:
        if snippet.role == "recommended":
            continue
        text = f"detected in the code quoted at line {snippet.line}"
        for shape in shapes(snippet, codemods):
            if shape.verdict is not Verdict.LEAVE:
                found.setdefault(shape.codemod, Support(Weight.CODE, text))
    return found


def _by_place(finding: ReportFinding, tree: Tree) -> Mapping[str, Support]:
    """Codemods that have a site on the cited lines, as far as those are still where they were."""
    found: dict[str, Support] = {}
    named = [f"`{symbol}`" for symbol in finding.symbols if symbol in finding.title]
    for location in finding.locations:
        if location.path is None or location.outside_tree or not location.ranges:
            continue
        files = resolve(location.path, tree).sure
        for low, high in location.ranges if len(files) == 1 and tree.sites.get(files[0]) else ():
            for site in tree.sites[files[0]]:
                if site.line <= high and site.end_line >= low:
                    text = f"it has a site at line {site.line}"
                    name = site.finding.codemod
                    same = any(word in site.finding.reason for word in named)
                    if same:
                        text += ", with a reason that names what the title names"
                    strength = Weight.HINT if same else Weight.CODE
                    if name not in found or strength > found[name].strength:
                        shown = _is_quoted(finding, tree.lines(files[0])[site.line - 1 : site.line])
                        found[name] = Support(strength, text, shown, own=False)
    return found


def _is_quoted(finding: ReportFinding, lines: Sequence[str]) -> bool:
    """True for lines that the report quotes of the code as it is."""
    shown = [squeeze(each.code) for each in finding.snippets if each.role != "recommended"]
    return any(len(key := squeeze(line)) >= _NARROW and any(key in code for code in shown) for line in lines)  # fmt: skip


# ------------------------------------------------------------------ what it refers to


def _refer(findings: Sequence[ReportFinding], cases: Mapping[str, Case]) -> None:
    """A finding that says "as 1.2" shares in what is known about that one."""
    firm = {
        key: [name for name, found in case.items() if strength_of(found) > Weight.HINT]
        for key, case in cases.items()
    }
    for finding in findings:
        for other in references(finding):
            for name in firm.get(other, ()) if other != finding.id else ():
                cases[finding.id][name].append(Support(Weight.HINT, f"{REFERS} {other}", own=False))
