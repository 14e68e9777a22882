"""What must hold for a fixture as it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fixaudit.errors import FixauditError
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding, Outcome
from fixaudit.semantics.project import Project
from fixaudit.syntax.parser import parse
from fixaudit.testing.cases import Case, Specimen
from fixaudit.testing.results import Trouble, patched, said, sites_of, sound, text_after
from fixaudit.testing.variants import NAMES


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
    if not specimen.case.is_folder and not any(trigger in data for trigger in triggers):
        message = f"holds none of the codemod's triggers {triggers}: it is never looked at"
        yield Trouble(message)
    for site in sites:
        edits = site.finding.edits if site.finding.withheld is None else ()
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


def _keeps(site: LocatedFinding, verdict: Verdict) -> bool:
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
