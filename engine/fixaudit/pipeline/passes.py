"""The passes over one file: compose, settle needed names, verify, judge again, until nothing moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fixaudit.edits.compose import apply_edits, compose
from fixaudit.edits.needed_names import settle
from fixaudit.edits.verify import verify
from fixaudit.edits.verify_alone import unsound_alone
from fixaudit.errors import SourceError
from fixaudit.model.finding import Finding, Span, Verdict
from fixaudit.model.outcome import Changed, Failed, LocatedFinding, Outcome, Problem, Unchanged
from fixaudit.pipeline.faults import described
from fixaudit.pipeline.judged import Judged, Plan
from fixaudit.pipeline.open_sites import OpenSites
from fixaudit.pipeline.order import Order, Unsound
from fixaudit.pipeline.rounds import owned_rounds
from fixaudit.pipeline.whole_units import whole_in_pass
from fixaudit.source.source import Source
from fixaudit.text.source_map import MappedEdit, SourceMap, in_file_bytes, line_edits

MAX_PASSES = 10


@dataclass(slots=True)
class Passes:
    """One run over a file, under an order of what waits for what.

    After `outcome`: `dropped` says by fingerprint what would have been unsound, `late` holds sites
    of the file as read that became ones to act on by the edits of others, `circling` those whose
    edits others take back for ever.
    """

    judged: Judged
    plan: Plan
    order: Order
    source: Source = field(init=False)
    sites: list[LocatedFinding] = field(init=False)
    problems: list[Problem] = field(init=False)
    trace: SourceMap = field(init=False)
    dropped: dict[str, str] = field(default_factory=dict)
    late: list[LocatedFinding] = field(default_factory=list)
    made: dict[int, Finding] = field(default_factory=dict)
    circling: list[LocatedFinding] = field(default_factory=list)
    chosen: list[list[LocatedFinding]] = field(default_factory=list)
    applied: dict[str, LocatedFinding] = field(default_factory=dict)
    last_rounds: tuple[list[MappedEdit], ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        self.source = self.judged.source
        self.sites = [self.order.told(site) for site in self.judged.sites]
        self.problems = list(self.judged.problems)
        self.trace = SourceMap(len(self.source.body))

    def outcome(self) -> Outcome:
        current = self.source
        todo = [site for site in self.sites if self.wanted(site)]
        passes, seen = 0, {current.body: 0}
        while todo:
            passes += 1
            before = current
            current, applied = self.one_pass(before, self.order.first(todo))
            self.chosen.append(applied)
            if passes > MAX_PASSES or (applied and current.body in seen):
                return self.unsettled(seen.get(current.body, 0))
            seen.setdefault(current.body, passes)
            if current is not before:
                before.close()  # its tree is not asked for any more
            if len(applied) == len(todo) and self.is_still(applied):
                break
            later, problems = self.judged.again(current)
            self.problems += problems
            todo = whole_in_pass(self.still_wanted(later), later)
        return self.finish(current)

    def wanted(self, site: LocatedFinding) -> bool:
        if not self.may_be_written(site):
            return False
        return self.plan.accept is None or self.plan.accept(site)

    def may_be_written(self, site: LocatedFinding) -> bool:
        """True where the verdict allows it and nothing about this very site speaks against it."""
        finding = site.finding
        allowed = finding.verdict is Verdict.FIX or (
            self.plan.unsafe and finding.verdict is Verdict.UNSAFE
        )
        known = site.fingerprint in self.dropped or site.fingerprint in self.order.held
        return allowed and bool(finding.edits) and not site.suppressed and not known

    def one_pass(
        self, current: Source, todo: list[LocatedFinding]
    ) -> tuple[Source, list[LocatedFinding]]:
        """Apply what fits together; what breaks the text is dropped alone and named."""
        by_finding = {id(site.finding): site for site in todo}
        chosen = [by_finding[id(finding)] for finding in compose(s.finding for s in todo).chosen]
        result = self.attempt(current, chosen)
        if isinstance(result, Unsound):
            chosen = self.sound_sites(current, chosen, result)
            result = self.attempt(current, chosen) if chosen else current
            assert isinstance(result, Source)
        self.mark_applied(chosen)
        return result, chosen

    def is_still(self, applied: list[LocatedFinding]) -> bool:
        """True where no codemod can find anything new in what these edits have made."""
        done = {site.finding.codemod for site in applied}
        return not any(self.judged.codemods[name].may_enable_others for name in done)

    def attempt(self, current: Source, chosen: Sequence[LocatedFinding]) -> Source | Unsound:
        """The source after the edits and needed names of `chosen`, or why that would be unsound."""
        try:
            return self.attempted(current, chosen)
        except Exception as error:  # who brought it is found by halving, and named
            return Unsound(f"the check of it failed with {described(error)}", is_defect=True)

    def attempted(self, current: Source, chosen: Sequence[LocatedFinding]) -> Source | Unsound:
        edits = [edit for site in chosen for edit in site.finding.edits]
        try:
            middle = self.reread(current, apply_edits(current.body, edits))
            needed_names = self.plan.to_add(site.finding for site in chosen)
            settled = settle(middle, needed_names) if needed_names else []
            after = self.reread(middle, apply_edits(middle.body, settled)) if settled else middle
        except SourceError as error:
            return Unsound(f"the result does not parse: {error}")
        if after is not middle:
            middle.close()
        trouble = verify(current, after, edits)
        if trouble is not None:
            after.close()
            return Unsound(trouble)
        self.last_rounds = owned_rounds(chosen, settled, middle)
        return after

    def reread(self, like: Source, body: bytes) -> Source:
        return Source(
            like.path,
            like.decoded.encode(body),
            project=like.project,
            module=like.module,
            role_path=like.role_path,
            location=like.location,
            target_version=like.target_version,
        )

    def sound_sites(
        self, current: Source, chosen: list[LocatedFinding], unsound: Unsound
    ) -> list[LocatedFinding]:
        """The sites that are sound together. Those whose statement shows that they are not are
        dropped first: each check of the whole file finds only one."""
        alone = {id(site): unsound_alone(current, site.finding) for site in chosen}
        for site in chosen:
            if (why := alone[id(site)]) is not None:
                self.drop(site, Unsound(why))
        rest = [site for site in chosen if alone[id(site)] is None]
        if len(rest) == len(chosen):
            return self.sound_part(current, chosen, unsound)
        return self.sound(current, rest) if rest else []

    def sound_part(
        self, current: Source, chosen: list[LocatedFinding], unsound: Unsound
    ) -> list[LocatedFinding]:
        """The sites that are sound together, found by halving; the rest is dropped and named.

        `unsound` is what is wrong with all of them together.
        """
        if len(chosen) == 1:
            self.drop(chosen[0], unsound)
            return []
        half = len(chosen) // 2
        left, right = (self.sound(current, part) for part in (chosen[:half], chosen[half:]))
        if not left or not right:
            return left or right
        # Two halves can be sound and their union not: then the second waits for the next pass.
        return left if self.trouble(current, [*left, *right]) is not None else [*left, *right]

    def sound(self, current: Source, sites: list[LocatedFinding]) -> list[LocatedFinding]:
        unsound = self.trouble(current, sites)
        return sites if unsound is None else self.sound_part(current, sites, unsound)

    def trouble(self, current: Source, sites: list[LocatedFinding]) -> Unsound | None:
        """What would be unsound about these edits together; None where nothing is."""
        after = self.attempt(current, sites)
        if isinstance(after, Unsound):
            return after
        if after is not current:
            after.close()
        return None

    def drop(self, site: LocatedFinding, unsound: Unsound) -> None:
        self.dropped[site.fingerprint] = unsound.trouble
        if unsound.is_defect:
            message = f"{site.finding.codemod} was dropped here: {unsound.trouble}"
            self.judged.problems.append(Problem(self.source.path, "verify", message, site.line))

    def mark_applied(self, chosen: list[LocatedFinding]) -> None:
        if not chosen:
            return
        for round_of_edits in self.last_rounds:
            self.trace.add(round_of_edits)
        done = {site.fingerprint: site for site in chosen}
        self.applied.update(done)
        self.sites = [
            self.as_written(site, done[site.fingerprint]) if site.fingerprint in done else site
            for site in self.sites
        ]

    def as_written(self, site: LocatedFinding, chosen: LocatedFinding) -> LocatedFinding:
        """The site, applied; one that had to wait gets the verdict it was written for."""
        if site.fingerprint not in self.order.waiting:
            return replace(site, applied=True)
        verdict, reason = chosen.finding.verdict, chosen.finding.reason
        finding = replace(site.finding, verdict=verdict, reason=reason, guidance=None)
        return replace(site, finding=finding, applied=True, held=None)

    # ------------------------------------------------------------------ later passes

    def still_wanted(self, later: list[LocatedFinding]) -> list[LocatedFinding]:
        """Sites of the changed text to act on, each tied to the site of the file it stems from."""
        todo = []
        self.late = []
        open_sites = OpenSites(self.sites)
        for site in later:
            low, high = self.trace.before(site.finding.span.start)
            origin = open_sites.first(site.finding.codemod, low, high)
            if origin is not None:
                kept = replace(
                    site,
                    fingerprint=origin.fingerprint,
                    line=origin.line,
                    end_line=origin.end_line,
                    suppressed=origin.suppressed,
                )
                waited = origin.fingerprint in self.order.waiting or id(origin.finding) in self.made
                if self.wanted(kept) and (waited or self.wanted(origin)):
                    todo.append(kept)
                elif self.wanted(kept) and not self.may_be_written(origin):
                    self.late.append(origin)
            elif self.wanted(site):
                new = self.relocated(site)
                self.sites.append(new)
                self.made[id(new.finding)] = new.finding
                todo.append(replace(new, finding=site.finding))
        return todo

    def relocated(self, site: LocatedFinding) -> LocatedFinding:
        low, _ = self.trace.before(site.finding.span.start)
        line, column = self.source.positions.line_column(low)
        # Its edits belong to a text that the user never sees.
        finding = replace(site.finding, span=Span(low, low), edits=())
        return replace(
            site,
            finding=finding,
            line=line,
            column=column,
            end_line=line,
            end_column=column,
            edits=(),
            arisen=True,
        )

    # ------------------------------------------------------------------ the end

    def finish(self, current: Source) -> Outcome:
        path, sites, problems = self.source.path, self.ordered(), tuple(self.problems)
        if current.body == self.source.body:
            return Unchanged(path, sites, problems)
        body = current.body if self.plan.format is None else self.formatted(current)
        current.close()
        after = self.source.decoded.encode(body)
        edits = in_file_bytes(self.source.decoded, self.trace.edits())
        return Changed(path, self.source.data, after, edits, sites, problems)

    def formatted(self, current: Source) -> bytes:
        """The body with its touched lines formatted, where that leaves it sound."""
        assert self.plan.format is not None
        after = self.plan.format(self.source.body, current.body)
        if after == current.body or verify(current, self.reread(current, after), []) is not None:
            return current.body
        everyone = tuple((s.fingerprint, s.finding.codemod) for s in self.sites if s.applied)
        edits = line_edits(current.body, after, ())
        # Whose lines are formatted needs the formatting; all do where nobody's can be told.
        owners = (self.trace.owners(edit.start, edit.end) or everyone for edit in edits)
        self.trace.add([replace(e, owners=c) for e, c in zip(edits, list(owners), strict=True)])
        return after

    def unsettled(self, first: int) -> Outcome:
        """The passes from the `first` on lead back to the text that they began with, or nowhere."""
        moving = [site for chosen in self.chosen[first:] for site in chosen]
        names = sorted({site.finding.codemod for site in moving})
        own = [site for site in self.judged.sites if site.finding.codemod in names]
        again = {site.fingerprint for site in moving}
        self.circling = [site for site in own if site.fingerprint in again] or own
        message = f"the edits of {', '.join(names)} do not settle; the file stays as it is"
        line = moving[0].line if moving else None
        return Failed(self.source.path, Problem(self.source.path, "unsettled", message, line))

    def ordered(self) -> tuple[LocatedFinding, ...]:
        return tuple(sorted(self.sites, key=lambda s: (s.line, s.column, s.finding.codemod)))
