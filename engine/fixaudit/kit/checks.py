"""What must hold for a fixture, and for each of its variants; a report where it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

from fixaudit.errors import FixauditError
from fixaudit.findings import Verdict
from fixaudit.kit.cases import Case, Specimen
from fixaudit.kit.header import CaseError
from fixaudit.kit.patching import patched
from fixaudit.kit.variants import (
    NAMES,
    VARIANTS,
    Elsewhere,
    NoCode,
    SameText,
    Variant,
    certain_root,
    varied,
)
from fixaudit.kit.wrapping import shadowable
from fixaudit.outcome import Changed, Failed, Outcome, Site
from fixaudit.project import Project
from fixaudit.source import Source, parse


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one file: a line, and the two texts where it is about a text."""

    message: str
    expected: bytes | None = None
    got: bytes | None = None


def text_after(outcome: Outcome, before: bytes) -> bytes:
    return outcome.after if isinstance(outcome, Changed) else before


def sites_of(outcome: Outcome) -> tuple[Site, ...]:
    return () if isinstance(outcome, Failed) else outcome.sites


def said(site: Site) -> str:
    """Why a site is what it is: the codemod's reason and the comment that suppresses it."""
    return " / ".join(text for text in (site.finding.reason, site.suppressed) if text)


# ---------------------------------------------------------------- the fixture itself


def check_case(case: Case) -> Iterator[tuple[Specimen | None, Trouble]]:
    """Everything that is wrong with a fixture as it stands."""
    try:
        verdict, header, _ = case.verdict, case.header, case.configured
    except FixauditError as error:
        yield None, Trouble(str(error))
        return
    for name in sorted(header.off - NAMES - {"all"}):
        yield None, Trouble(f'# variants: there is no variant "{name}"')
    if not case.after.exists():
        yield None, Trouble("the file in `after` is missing; write it, or let --update do so")
        return
    alone = [entry for entry in case.specimens if entry.before is None or entry.after is None]
    for specimen in alone:
        missing = "before" if specimen.before is None else "after"
        yield specimen, Trouble(f"is missing in `{missing}`")
    if not alone:
        yield from _check_promise(case, verdict)


def _check_promise(case: Case, verdict: Verdict) -> Iterator[tuple[Specimen | None, Trouble]]:
    edits = verdict in {Verdict.FIX, Verdict.UNSAFE}
    same = all(entry.before == entry.after for entry in case.specimens)
    if same == edits:
        words = "equals" if same else "differs from"
        yield None, Trouble(f"`before` {words} `after`, and the name says {verdict}")
        return
    found = [
        (entry, trouble) for entry in case.specimens for trouble in _check_specimen(entry, verdict)
    ]
    yield from found
    if not found:
        yield from ((None, trouble) for trouble in _check_findings(case, verdict))


def _check_specimen(specimen: Specimen, verdict: Verdict) -> Iterator[Trouble]:
    before, after = specimen.before, specimen.after
    assert before is not None
    assert after is not None
    for side, data in (("before", before), ("after", after)):
        problem = _compile_problem(specimen, data)
        if problem is not None:
            yield Trouble(f"`{side}` {problem}")
            return
    calm, bold = specimen.calm, specimen.bold
    soundness = [*sound(calm), *sound(bold)]
    if soundness:
        yield from dict.fromkeys(soundness)
        return
    yield from _check_sites(specimen, bold)
    yield from _check_texts(specimen, verdict, calm, bold)


def _check_texts(
    specimen: Specimen, verdict: Verdict, calm: Outcome, bold: Outcome
) -> Iterator[Trouble]:
    before, after = specimen.before or b"", specimen.after or b""
    calm_text, bold_text = text_after(calm, before), text_after(bold, before)
    if calm_text != (after if verdict is Verdict.FIX else before):
        message = "without --unsafe the text becomes another"
        yield Trouble(message, after if verdict is Verdict.FIX else before, calm_text)
    elif verdict is not Verdict.FIX and bold_text != after:
        yield Trouble("with --unsafe the text becomes another", after, bold_text)
    for text, unsafe in dict.fromkeys(((calm_text, False), (bold_text, True))):
        if text == before and not unsafe and verdict is not Verdict.FIX:
            continue
        again = specimen.run(text, unsafe=unsafe, project=_project_after(specimen))
        words = "with" if unsafe else "without"
        if text_after(again, text) != text:
            message = f"a second run {words} --unsafe changes the text again"
            yield Trouble(message, text, text_after(again, text))
        yield from (Trouble(f"in a second run: {entry.message}") for entry in sound(again))
        if patched(specimen.path, before, text) != text:
            yield Trouble("the diff of a dry run, applied, gives another text than writing does")


def _project_after(specimen: Specimen) -> Project | None:
    return specimen.case.project_after if specimen.case.is_folder else None


def _check_sites(specimen: Specimen, bold: Outcome) -> Iterator[Trouble]:
    data = specimen.before or b""
    triggers = specimen.case.codemod.triggers
    sites = sites_of(bold)
    if sites and not any(trigger in data for trigger in triggers):
        yield Trouble(f"has findings, but none of the codemod's triggers {triggers}")
    for site in sites:
        edits = site.finding.edits
        if edits and site.finding.verdict in {Verdict.REVIEW, Verdict.LEAVE}:
            yield Trouble(f"line {site.line}: a {site.finding.verdict} finding has edits")


def _check_findings(case: Case, verdict: Verdict) -> Iterator[Trouble]:
    """At least one finding is what the name says, and says what the header wants to hear."""
    outcomes = [entry.calm if verdict is Verdict.FIX else entry.bold for entry in case.focus]
    sites = [site for outcome in outcomes for site in sites_of(outcome)]
    if not any(_keeps(site, verdict) for site in sites):
        counts = Counter(str(site.finding.verdict) for site in sites)
        got = ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"
        did = "was applied" if verdict in {Verdict.FIX, Verdict.UNSAFE} else "is there"
        yield Trouble(f"no {verdict} finding {did}; findings: {got}")
    reasons = [said(site) for site in sites]
    for wanted in case.header.reasons:
        if not any(wanted in reason for reason in reasons):
            yield Trouble(f"no reason says {wanted!r}; reasons: {_listed(reasons)}")
    guidance = [site.finding.guidance for site in sites if site.finding.guidance]
    for wanted in case.header.guidance:
        if not any(wanted in text for text in guidance):
            yield Trouble(f"no guidance says {wanted!r}; guidance: {_listed(guidance)}")


def _keeps(site: Site, verdict: Verdict) -> bool:
    if verdict in {Verdict.FIX, Verdict.UNSAFE}:
        return site.applied and site.finding.verdict is verdict
    # A comment of the file that suppresses a finding is a way of leaving it.
    return site.finding.verdict is verdict or (verdict is Verdict.LEAVE and bool(site.suppressed))


def _listed(texts: list[str]) -> str:
    return "; ".join(sorted(set(texts))) or "none"


def _compile_problem(specimen: Specimen, data: bytes) -> str | None:
    try:
        tree = parse(specimen.source(data).text, specimen.path)
        compile(tree, specimen.path, "exec", dont_inherit=True)
    except FixauditError as error:
        return f"does not parse: line {getattr(error, 'line', None)}: {error}"
    except (SyntaxError, ValueError) as error:
        return f"does not compile: {error}"
    return None


def sound(outcome: Outcome) -> Iterator[Trouble]:
    """Whether a run went well: no crash, nothing dropped, every reason a line."""
    if isinstance(outcome, Failed):
        yield Trouble(f"{outcome.problem.kind}: {outcome.problem.message}")
        return
    for problem in outcome.problems:
        yield Trouble(f"line {problem.line}: {problem.message}")
    for site in outcome.sites:
        for name, text in (("reason", site.finding.reason), ("guidance", site.finding.guidance)):
            if text is not None and (not text.strip() or (name == "reason" and "\n" in text)):
                yield Trouble(f"line {site.line}: the {name} must be a line of text: {text!r}")


# ---------------------------------------------------------------- variants


def variants_of(case: Case) -> Iterator[Variant]:
    """The variants that make sense for a fixture, as far as its bytes tell."""
    try:
        off = case.header.off
        _ = case.verdict
    except CaseError:
        return
    if "all" in off or any(None in (entry.before, entry.after) for entry in case.specimens):
        return
    for variant in VARIANTS:
        if variant.name not in off and any(
            variant.applies(entry.before or b"") for entry in case.focus
        ):
            yield variant


def check_variant(case: Case, variant: Variant) -> Iterator[tuple[Specimen | None, Trouble]]:
    """Everything that is wrong with one variant of a fixture."""
    for specimen in case.focus:
        if specimen.before is None or not variant.applies(specimen.before):
            continue
        try:
            for trouble in _check_variant(specimen, variant):
                yield specimen, trouble
        except FixauditError as error:
            yield specimen, Trouble(str(error))


def _check_variant(specimen: Specimen, variant: Variant) -> Iterator[Trouble]:
    match variant:
        case SameText():
            yield from _check_same_text(specimen, variant)
        case NoCode():
            yield from _check_no_code(specimen, variant)
        case Elsewhere():
            yield from _check_elsewhere(specimen, variant)
        case _:
            assert_never(variant)


@lru_cache(maxsize=16)
def _original(specimen: Specimen) -> Source:
    """The fixture's own source, kept while its variants are made of it."""
    return specimen.source(specimen.before or b"")


def _check_same_text(specimen: Specimen, variant: SameText) -> Iterator[Trouble]:
    before = variant.change(specimen.before or b"")
    expected = variant.change(specimen.after or b"")
    if before is None or expected is None:
        return
    outcome = specimen.run(before, unsafe=specimen.case.verdict is not Verdict.FIX)
    yield from sound(outcome)
    got = text_after(outcome, before)
    if got != expected and variant.settle(got) != variant.settle(expected):
        yield Trouble("the text becomes another", expected, got)


def _check_no_code(specimen: Specimen, variant: NoCode) -> Iterator[Trouble]:
    text = varied(variant, _original(specimen))
    if text is None:
        return
    outcome = specimen.run(text, unsafe=True)
    yield from sound(outcome)
    if text_after(outcome, text) != text:
        yield Trouble("text that is no code was edited", text, text_after(outcome, text))


def _check_elsewhere(specimen: Specimen, variant: Elsewhere) -> Iterator[Trouble]:
    before = specimen.before or b""
    text = varied(variant, _original(specimen))
    if text is None:
        return
    outcome = specimen.run(text, unsafe=True)
    if isinstance(outcome, Failed) and outcome.problem.kind == "syntax":
        return  # what the variant made of the fixture is no program
    for trouble in sound(outcome):
        yield Trouble(trouble.message, before, text)
    if variant.same_verdicts:
        yield from _check_same_verdicts(specimen, text, outcome)
    if variant.shadows:
        yield from _check_shadows(specimen, text, outcome)


def _check_same_verdicts(specimen: Specimen, text: bytes, outcome: Outcome) -> Iterator[Trouble]:
    expected, got = _verdicts(specimen.bold), _verdicts(outcome)
    if expected != got:
        message = f"the verdicts are {_counted(got)}, those of the fixture {_counted(expected)}"
        yield Trouble(message, specimen.before, text)


def _verdicts(outcome: Outcome) -> Counter[str]:
    return Counter(str(site.finding.verdict) for site in sites_of(outcome))


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"


def _check_shadows(specimen: Specimen, text: bytes, outcome: Outcome) -> Iterator[Trouble]:
    hidden = shadowable(_original(specimen))
    source: Source = specimen.source(text)
    for site in sites_of(outcome):
        span = site.finding.span
        root = certain_root(source, span.start, span.end) if site.applied else None
        if root in hidden:
            message = f"line {site.line}: {root!r} is a parameter here, and was edited all the same"
            yield Trouble(message, text, text_after(outcome, text))
