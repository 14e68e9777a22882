"""Outcomes as JSON, and back: plain data, whose reading makes nothing but outcomes.

The two texts of a changed file stand beside the JSON as bytes. An outcome's own path is left out: it
is that of the file it is read for.
"""

from __future__ import annotations

import json
from typing import Any

from fixaudit.model.evidence import Evidence, Reach, Strength
from fixaudit.model.finding import (
    Edit,
    Finding,
    NeededImport,
    NeededModuleName,
    NeededName,
    ObsoleteImport,
    SitePlace,
    Span,
    Verdict,
    Withheld,
)
from fixaudit.model.outcome import (
    Changed,
    Failed,
    Held,
    LocatedEdit,
    LocatedFinding,
    Note,
    Outcome,
    Problem,
    Unchanged,
)
from fixaudit.text.source_map import MappedEdit

Written = tuple[str, bytes | None, bytes | None]
"""JSON in ASCII, and for a changed file its bytes before and after."""

_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_STRENGTHS = {strength.value: strength for strength in Strength}
_REACHES = {reach.value: reach for reach in Reach}


def written(outcome: Outcome) -> Written:
    """An outcome as it is kept."""
    before: bytes | None = None
    after: bytes | None = None
    match outcome:
        case Failed(path, problem):
            row: list[Any] = ["failed", _problem_row(problem, path)]
        case Unchanged(path, sites, problems, later, notes):
            arisen = [_site_row(site, path) for site in later]
            row = ["unchanged", *_rows(path, sites, problems, notes), arisen]
        case Changed(path, old, new, edits, sites, problems, notes, is_more):
            before, after = old, new
            mapped = [[e.start, e.end, e.text.decode("latin-1"), e.owners] for e in edits]
            row = ["changed", *_rows(path, sites, problems, notes), mapped, is_more]
    return json.dumps(row, separators=(",", ":")), before, after


def read(text: bytes, before: bytes | None, after: bytes | None, path: str) -> Outcome:
    """What `written` gave, of the file at `path`. Raises ValueError for anything else."""
    try:
        kind, *rest = json.loads(text)
        if kind == "failed":
            return Failed(path, _problem(rest[0], path))
        sites = tuple([_site(row, path) for row in rest[0]])
        problems = tuple([_problem(row, path) for row in rest[1]])
        notes = tuple([Note(path, kind, message, line) for kind, message, line in rest[2]])
        if kind == "unchanged":
            later = tuple([_site(row, path) for row in rest[3]])
            return Unchanged(path, sites, problems, later, notes)
        if kind != "changed" or before is None or after is None:
            raise ValueError(f"{kind} is no kind of outcome")
        edits = tuple([_mapped(row) for row in rest[3]])
        return Changed(path, before, after, edits, sites, problems, notes, rest[4])
    except (TypeError, LookupError, ValueError, RecursionError) as error:
        raise ValueError(f"this is no outcome: {error}") from error


def _rows(path: str, sites: Any, problems: Any, notes: Any) -> tuple[list[Any], ...]:
    return (
        [_site_row(site, path) for site in sites],
        [_problem_row(problem, path) for problem in problems],
        [[note.kind, note.message, note.line] for note in notes],
    )


def _problem_row(problem: Problem, path: str) -> list[Any]:
    own = None if problem.path == path else problem.path
    return [own, problem.kind, problem.message, problem.line]


def _problem(row: Any, path: str) -> Problem:
    own, kind, message, line = row
    return Problem(path if own is None else own, kind, message, line)


def _site_row(site: LocatedFinding, path: str) -> list[Any]:
    found = site.finding
    return [
        *(found.codemod, found.code, found.span.start, found.span.end, found.verdict.value),
        *(found.reason, found.guidance),
        [_evidence_row(entry, path) for entry in found.evidence],
        None if found.withheld is None else [found.withheld.verdict.value, found.withheld.reason],
        *(found.group, [[place.path, place.line, place.column] for place in found.together]),
        [[e.span.start, e.span.end, e.text, e.drops_comments] for e in found.edits],
        [_name_row(name) for name in found.needed_names],
        *(site.line, site.column, site.end_line, site.end_column, site.fingerprint),
        *(site.suppressed, site.applied),
        [[e.line, e.column, e.end_line, e.end_column, e.content] for e in site.edits],
        None if site.path == path else site.path,
        *(site.arisen, None if site.held is None else site.held.value, site.rejected),
        *(site.symbol, site.tokens),
    ]


def _site(row: Any, path: str) -> LocatedFinding:
    (codemod, code, start, end, verdict, reason, guidance, evidence, withheld, group,
     together, edits, names,
     line, column, end_line, end_column, fingerprint, suppressed, applied, located, own, arisen,
     held, rejected, symbol, tokens) = row  # fmt: skip
    made = tuple([Edit(Span(a, b), text, drops) for a, b, text, drops in edits]) if edits else ()
    finding = Finding(
        *(codemod, code, Span(start, end), _VERDICTS[verdict], reason, made),
        tuple([_name(entry) for entry in names]) if names else (),
        guidance,
        tuple([_evidence(entry, path) for entry in evidence]) if evidence else (),
        None if withheld is None else Withheld(_VERDICTS[withheld[0]], withheld[1]),
        group,
        tuple([SitePlace(*place) for place in together]) if together else (),
    )
    return LocatedFinding(
        *(finding, line, column, end_line, end_column, fingerprint, suppressed, applied),
        tuple([LocatedEdit(*entry) for entry in located]) if located else (),
        path if own is None else own,
        *(arisen, None if held is None else Held(held), rejected, symbol, tokens),
    )


def _evidence_row(entry: Evidence, path: str) -> list[Any]:
    own = None if entry.path == path else entry.path
    return [entry.strength.value, entry.reach.value, own, entry.line, entry.text]


def _evidence(row: Any, path: str) -> Evidence:
    strength, reach, own, line, text = row
    place = path if own is None else own
    return Evidence(_STRENGTHS[strength], _REACHES[reach], place, line, text)


def _name_row(name: NeededName) -> list[Any]:
    match name:
        case NeededImport(module, member, bound):
            return ["import", module, member, bound]
        case ObsoleteImport(bound):
            return ["obsolete", bound]
        case NeededModuleName(bound, text, needs, shared_as):
            return ["name", bound, text, [_name_row(each) for each in needs], shared_as]


def _name(row: Any) -> NeededName:
    match row:
        case ["import", module, member, bound]:
            return NeededImport(module, member, bound)
        case ["obsolete", bound]:
            return ObsoleteImport(bound)
        case ["name", bound, text, needs, shared_as]:
            inner = tuple([_name(each) for each in needs])
            return NeededModuleName(bound, text, inner, shared_as)  # type: ignore[arg-type]
    raise ValueError(f"{row[0]} is no kind of name")


def _mapped(row: Any) -> MappedEdit:
    start, end, text, owners = row
    return MappedEdit(
        start, end, text.encode("latin-1"), tuple([(finding, name) for finding, name in owners])
    )
