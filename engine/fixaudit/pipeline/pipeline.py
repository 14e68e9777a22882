"""One file through everything: judge, compose, settle needed names, verify, until nothing moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixaudit.authoring.codemod import Codemod
from fixaudit.edits.compose import apply_edits, compose
from fixaudit.edits.needed_names import settle
from fixaudit.edits.verify import verify
from fixaudit.errors import SourceError
from fixaudit.model.finding import Finding, Span, Verdict
from fixaudit.model.outcome import Changed, Failed, LocatedFinding, Outcome, Problem, Unchanged
from fixaudit.pipeline.edit_owners import rounds
from fixaudit.pipeline.faults import described
from fixaudit.pipeline.judge import judge, loaded
from fixaudit.pipeline.locate import place
from fixaudit.registry.prefilter import Prefilter
from fixaudit.source.source import Source
from fixaudit.text.source_map import MappedEdit, SourceMap, in_file_bytes, line_edits

MAX_PASSES = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with a file: which codemods, how bold, and what not to touch.

    `codemods` are given themselves, or as a prefilter that makes those a text needs. `accept`
    decides on a placed finding (by fingerprint, line range, …) after its verdict allowed it;
    `format` gets (before, after) and gives the text with the touched lines formatted. `skipped`
    names codemods that are not asked, each with the reason.
    """

    codemods: Sequence[Codemod] | Prefilter
    unsafe: bool = False
    write: bool = True
    accept: Callable[[LocatedFinding], bool] | None = None
    format: Callable[[bytes, bytes], bytes] | None = None
    skipped: Mapping[str, str] = field(default_factory=dict)


def process(source: Source, plan: Plan) -> Outcome:
    """What becomes of one file. Reads nothing but `source` and its project; writes nothing."""
    try:
        return _Run(source, plan).outcome()
    except SourceError as error:
        return Failed(source.path, Problem(source.path, error.kind, str(error), error.line))


@dataclass(slots=True)
class _Run:
    source: Source
    plan: Plan
    sites: list[LocatedFinding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    trace: SourceMap = field(init=False)
    prefilter: Prefilter = field(init=False)
    codemods: dict[str, Codemod] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def outcome(self) -> Outcome:
        self.trace = SourceMap(len(self.source.body))
        given = self.plan.codemods
        self.prefilter = given if isinstance(given, Prefilter) else Prefilter(given)
        skipped = self.plan.skipped.items()
        self.problems = [Problem(self.source.path, "timeout", why) for _, why in skipped]
        findings, problems = judge(self.source, self.active(self.source))
        self.problems += problems
        if not findings and not self.problems:
            return Unchanged(self.source.path)
        self.sites = place(self.source, findings, self.codemods)
        current = self.source
        todo = [site for site in self.sites if self.wanted(site)] if self.plan.write else []
        passes = 0
        while todo:
            passes += 1
            if passes > MAX_PASSES:
                return self.unsettled(todo)
            before = current
            current, applied = self.one_pass(before, todo)
            if current is not before:
                before.close()  # its tree is not asked for any more
            if len(applied) == len(todo) and self.is_still(applied):
                break
            again = [codemod for codemod in self.active(current) if codemod.until_stable]
            later, problems = judge(current, again)
            self.problems += problems
            todo = self.still_wanted(current, later)
        return self.finish(current)

    def active(self, source: Source) -> tuple[Codemod, ...]:
        """The codemods that can find something in a source, known by name from now on."""
        active, problems = loaded(source, self.prefilter, self.plan.skipped)
        self.problems += [problem for problem in problems if problem not in self.problems]
        self.codemods.update((codemod.name, codemod) for codemod in active)
        return active

    def wanted(self, site: LocatedFinding) -> bool:
        finding = site.finding
        allowed = finding.verdict is Verdict.FIX or (
            self.plan.unsafe and finding.verdict is Verdict.UNSAFE
        )
        if not allowed or not finding.edits or site.suppressed or site.fingerprint in self.dropped:
            return False
        return self.plan.accept is None or self.plan.accept(site)

    # ------------------------------------------------------------------ one pass

    def one_pass(
        self, current: Source, todo: list[LocatedFinding]
    ) -> tuple[Source, list[LocatedFinding]]:
        """Apply what fits together; what breaks the text is dropped alone and named."""
        by_finding = {id(site.finding): site for site in todo}
        chosen = [by_finding[id(finding)] for finding in compose(s.finding for s in todo).chosen]
        result = self.attempt(current, chosen)
        if isinstance(result, str):
            chosen = self.sound_part(current, chosen)
            result = self.attempt(current, chosen) if chosen else current
            assert isinstance(result, Source)
        self.mark_applied(chosen)
        return result, chosen

    def is_still(self, applied: list[LocatedFinding]) -> bool:
        """True where no codemod can find anything new in what these edits have made."""
        done = {site.finding.codemod for site in applied}
        return not any(self.codemods[name].may_enable_others for name in done)

    def attempt(self, current: Source, chosen: Sequence[LocatedFinding]) -> Source | str:
        """The source after the edits and needed names of `chosen`, or why that would be unsound."""
        try:
            return self.attempted(current, chosen)
        except Exception as error:  # who brought it is found by halving, and named
            return f"the check of the result failed with {described(error)}"

    def attempted(self, current: Source, chosen: Sequence[LocatedFinding]) -> Source | str:
        edits = [edit for site in chosen for edit in site.finding.edits]
        try:
            middle = self.reread(current, apply_edits(current.body, edits))
            needed_names = [needed for site in chosen for needed in site.finding.needed_names]
            settled = settle(middle, needed_names) if needed_names else []
            after = self.reread(middle, apply_edits(middle.body, settled)) if settled else middle
        except SourceError as error:
            return f"the result does not parse: {error}"
        if after is not middle:
            middle.close()
        trouble = verify(current, after, edits)
        if trouble is not None:
            return trouble
        self._last_rounds = rounds(chosen, settled, middle)
        return after

    _last_rounds: tuple[list[MappedEdit], ...] = field(default=(), init=False)

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

    def sound_part(self, current: Source, chosen: list[LocatedFinding]) -> list[LocatedFinding]:
        """The sites that are sound together, found by halving; the rest is dropped and named."""
        if len(chosen) == 1:
            trouble = self.attempt(current, chosen)
            if isinstance(trouble, str):
                self.drop(chosen[0], trouble)
                return []
            return chosen
        half = len(chosen) // 2
        left = (
            self.sound_part(current, chosen[:half])
            if self.broken(current, chosen[:half])
            else chosen[:half]
        )
        right = (
            self.sound_part(current, chosen[half:])
            if self.broken(current, chosen[half:])
            else chosen[half:]
        )
        both = [*left, *right]
        # Two halves can be sound and their union not: then the second waits for the next pass.
        return left if left and right and self.broken(current, both) else both

    def broken(self, current: Source, sites: list[LocatedFinding]) -> bool:
        return bool(sites) and isinstance(self.attempt(current, sites), str)

    def drop(self, site: LocatedFinding, trouble: str) -> None:
        self.dropped.add(site.fingerprint)
        message = f"{site.finding.codemod} was dropped here: {trouble}"
        self.problems.append(Problem(self.source.path, "verify", message, site.line))

    def mark_applied(self, chosen: list[LocatedFinding]) -> None:
        if not chosen:
            return
        for round_of_edits in self._last_rounds:
            self.trace.add(round_of_edits)
        done = {site.fingerprint for site in chosen}
        self.sites = [replace(s, applied=True) if s.fingerprint in done else s for s in self.sites]

    # ------------------------------------------------------------------ later passes

    def still_wanted(self, current: Source, findings: list[Finding]) -> list[LocatedFinding]:
        """Sites of the changed text to act on, each tied to the site of the file it stems from."""
        todo = []
        open_sites = {
            (site.finding.codemod, site.finding.span.start): site
            for site in self.sites
            if not site.applied
        }
        for site in place(
            current, [finding for finding in findings if finding.edits], self.codemods
        ):
            origin = self.origin(site, open_sites)
            if origin is not None:
                kept = replace(
                    site,
                    fingerprint=origin.fingerprint,
                    line=origin.line,
                    end_line=origin.end_line,
                    suppressed=origin.suppressed,
                )
                if self.wanted(kept) and self.wanted(origin):
                    todo.append(kept)
            elif self.wanted(site):
                new = self.relocated(site)
                self.sites.append(new)
                todo.append(replace(new, finding=site.finding))
        return todo

    def origin(
        self, site: LocatedFinding, open_sites: dict[tuple[str, int], LocatedFinding]
    ) -> LocatedFinding | None:
        low, high = self.trace.before(site.finding.span.start)
        exact = open_sites.get((site.finding.codemod, low))
        if exact is not None or low == high:
            return exact
        for (codemod, start), candidate in open_sites.items():
            if codemod == site.finding.codemod and low <= start <= high:
                return candidate
        return None

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

    def unsettled(self, todo: list[LocatedFinding]) -> Outcome:
        names = ", ".join(sorted({site.finding.codemod for site in todo}))
        message = (
            f"the edits of {names} do not settle in {MAX_PASSES} passes; the file stays as it is"
        )
        return Failed(
            self.source.path, Problem(self.source.path, "unsettled", message, todo[0].line)
        )

    def ordered(self) -> tuple[LocatedFinding, ...]:
        return tuple(sorted(self.sites, key=lambda s: (s.line, s.column, s.finding.codemod)))
