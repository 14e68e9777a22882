"""What a walk through a report collects: candidates, and passages that rule findings out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from fixaudit.reports.entry import Context
from fixaudit.reports.finding_body import Body
from fixaudit.reports.locations import locations_in, merged, symbols_in
from fixaudit.reports.markdown_tree import Line
from fixaudit.reports.model import Disposition, Exclusion, NotTaken
from fixaudit.reports.titles import Title


@dataclass(slots=True)
class Candidate:
    """A passage that is a finding or repeats one. `text` is its first line as it reads; `among` tells
    apart the lists and tables that candidates stand in; `by_form` is False for what only can be a mention.
    """

    title: Title
    text: str
    line: int
    end: int
    body: Body
    where: Context
    checked: bool | None = None
    whole_section: bool = False
    by_tool: bool = False
    disposition: Disposition | None = None
    among: int = 0
    row: bool = False
    by_form: bool = True
    sure: bool = False

    @property
    def has_place(self) -> bool:
        return bool(self.title.locations or self.body.locations())

    @property
    def is_record(self) -> bool:
        """True for a numbered passage that is rated and has a state or a problem of its own."""
        body = self.body
        rated = body.severity is not None or body.weak_severity is not None
        return bool(self.title.id and rated and body.labels & {"status", "problem"})

    @property
    def has_code(self) -> bool:
        return bool(self.body.snippets)


@dataclass(slots=True)
class Sink:
    candidates: list[Candidate] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)
    by_evidence: bool = False

    def refuse(self, line: int, end: int, text: str, why: str) -> None:
        self.not_taken.append(NotTaken(line, " ".join(text.split())[:160], why, end))

    def exclude_candidate(self, candidate: Candidate) -> None:
        """Notes what the report asks to leave alone in a passage of its own."""
        places = merged([*candidate.title.locations, *candidate.body.locations()])
        symbols = tuple(candidate.body.symbols)
        kind, where = candidate.disposition or "keep", candidate.where
        self.exclude_kept(candidate)
        self.exclusions.append(
            Exclusion(
                candidate.text, candidate.line, where.section, places, symbols, kind, candidate.end
            )
        )

    def exclude_kept(self, candidate: Candidate) -> None:
        """Notes what a finding's own words ask to keep: no place of its own, and no name that it speaks
        of otherwise."""
        body = candidate.body
        own = {place.path for place in (*candidate.title.locations, *body.locations())}
        names = set(body.symbols)
        for kept in body.kept:
            places = []
            for at in kept.locations:
                symbols = tuple(name for name in at.symbols if name not in names)
                if at.ranges or (symbols if at.symbols else at.path not in own):
                    places.append(replace(at, symbols=symbols))
            if places:
                section = candidate.where.section
                said = replace(kept, section=section, locations=tuple(places))
                if said not in self.exclusions:  # one passage may be read as several candidates
                    self.exclusions.append(said)

    def exclude(
        self, lines: Iterable[Line], line: int, end: int, section: str, kind: Disposition = "keep"
    ) -> None:
        """Notes what `lines` ask to keep."""
        lines = list(lines)
        places = merged(place for each in lines for place in locations_in(each))
        symbols = tuple(dict.fromkeys(name for each in lines for name in symbols_in(each)))
        text = lines[0].text if lines else ""
        self.exclusions.append(Exclusion(text, line, section, places, symbols, kind, end))
