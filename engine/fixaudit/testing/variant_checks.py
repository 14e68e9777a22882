"""What must hold for the variants of a fixture.

A run judges what it wrote until nothing is left to do, so that a variant needs no second run to
show that it settled: the fixture itself is run twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import assert_never

from fixaudit.errors import FixauditError
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Failed, LocatedFinding, Outcome
from fixaudit.source.source import Source
from fixaudit.testing.cases import Case, Specimen
from fixaudit.testing.header import CaseError
from fixaudit.testing.results import Trouble, sites_of, sound, text_after
from fixaudit.testing.variants import (
    VARIANTS,
    Elsewhere,
    NoCode,
    SameText,
    Variant,
    certain_root,
    varied,
)
from fixaudit.testing.wrapping import shadowable


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
    if got != expected and variant.settle(got, before) != variant.settle(expected, before):
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
    if variant.proofs_hold:
        yield from _check_proofs(specimen, text, outcome)
    if variant.shadows:
        yield from _check_shadows(specimen, text, outcome)


def _check_same_verdicts(specimen: Specimen, text: bytes, outcome: Outcome) -> Iterator[Trouble]:
    expected, got = _verdicts(specimen.bold), _verdicts(outcome)
    if expected != got:
        message = f"the verdicts are {_counted(got)}, those of the fixture {_counted(expected)}"
        yield Trouble(message, specimen.before, text)


def _verdicts(outcome: Outcome) -> Counter[str]:
    return Counter(str(site.finding.verdict) for site in sites_of(outcome))


def _check_proofs(specimen: Specimen, text: bytes, outcome: Outcome) -> Iterator[Trouble]:
    """What a codemod looks for may be a name, and is not looked at under another one."""
    got = _by_line(outcome)
    for line, sites in _by_line(specimen.bold).items():
        others = got.get(line, [])
        if len(others) != len(sites):
            continue
        for site, other in zip(sites, others, strict=True):
            before, after = site.finding, other.finding
            by_hint = any(entry.is_hint for entry in before.evidence)
            if before.verdict is not after.verdict and not by_hint:
                told = f"line {line}: {before.verdict} ({before.reason}) is {after.verdict}"
                message = f"{told} under other names: what a name says is a hint, and no proof"
                yield Trouble(message, specimen.before, text)


def _by_line(outcome: Outcome) -> dict[int, list[LocatedFinding]]:
    found: dict[int, list[LocatedFinding]] = {}
    for site in sites_of(outcome):
        if not site.arisen:
            found.setdefault(site.line, []).append(site)
    return found


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
