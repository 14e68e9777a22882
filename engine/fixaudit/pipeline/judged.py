"""What a run over a file begins with: the plan, and the sites of the file as it was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Finding, NeededImport, NeededModuleName, NeededName, Verdict
from fixaudit.model.outcome import LocatedFinding, Note, Problem
from fixaudit.pipeline.cited_sites import as_cited
from fixaudit.pipeline.judge import judge, loaded
from fixaudit.pipeline.locate import place
from fixaudit.pipeline.together import as_unsafe_together
from fixaudit.registry.prefilter import Prefilter
from fixaudit.source.source import Source
from fixaudit.suppress.suppressions import Suppressions, own_comments


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with a file: which codemods, how bold, and what not to touch.

    Without `write` the sites are told as a run with unsafe edits would treat them, and the file
    stays as it is.

    `codemods` are given themselves, or as a prefilter that makes those a text needs. `accept`
    decides on a placed finding (by fingerprint, line range, …) after its verdict allowed it;
    `format` gets (before, after) and gives the text with the touched lines formatted. `skipped`
    names codemods that are not asked, each with the reason. `cited` tells what the plan of a
    report makes of withheld sites, by fingerprint. `provided` are the functions that are imported in
    place of being defined: by what they are shared as, the module and the name there. `parted` are
    fingerprints of sites that stay, as one of another file does that they go together with, each
    with the reason.
    """

    codemods: Sequence[Codemod] | Prefilter
    unsafe: bool = False
    write: bool = True
    accept: Callable[[LocatedFinding], bool] | None = None
    format: Callable[[bytes, bytes], bytes] | None = None
    skipped: Mapping[str, str] = field(default_factory=dict)
    cited: Mapping[str, Verdict] = field(default_factory=dict)
    provided: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    parted: Mapping[str, str] = field(default_factory=dict)

    def to_add(self, findings: Iterable[Finding]) -> list[NeededName]:
        """What the edits of findings need, as an import where another module provides it."""
        return [self._as_provided(each) for found in findings for each in found.needed_names]

    def _as_provided(self, needed: NeededName) -> NeededName:
        if not isinstance(needed, NeededModuleName) or needed.shared_as not in self.provided:
            return needed
        return NeededImport(*self.provided[needed.shared_as], needed.name)


@dataclass(slots=True)
class Judged:
    """A file's sites as it was read, with the codemods that looked at it; what a run begins with."""

    source: Source
    prefilter: Prefilter
    skipped: Mapping[str, str] = field(default_factory=dict)
    sites: list[LocatedFinding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    codemods: dict[str, Codemod] = field(default_factory=dict)
    comments: Suppressions | None = None
    used_later: set[str | None] = field(default_factory=set)
    cited: Mapping[str, Verdict] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Source, plan: Plan) -> Judged:
        given = plan.codemods
        prefilter = given if isinstance(given, Prefilter) else Prefilter(given)
        judged = cls(source, prefilter, plan.skipped, cited=plan.cited)
        judged.problems = [Problem(source.path, "timeout", why) for why in plan.skipped.values()]
        findings, problems = judge(source, judged.active(source))
        judged.problems += problems
        judged.comments = own_comments(source.body)
        sites = place(source, findings, judged.codemods, judged.comments)
        judged.sites = as_unsafe_together(as_cited(sites, judged.cited))
        return judged

    def active(self, source: Source) -> tuple[Codemod, ...]:
        """The codemods that can find something in a source, known by name from now on."""
        active, problems = loaded(source, self.prefilter, self.skipped)
        self.problems += [problem for problem in problems if problem not in self.problems]
        self.codemods.update((codemod.name, codemod) for codemod in active)
        return active

    def again(self, current: Source) -> tuple[list[LocatedFinding], list[Problem]]:
        """The sites of a changed text that have edits, of codemods that are judged until it stays."""
        codemods = [codemod for codemod in self.active(current) if codemod.until_stable]
        findings, problems = judge(current, codemods)
        with_edits = [finding for finding in findings if finding.edits]
        comments = own_comments(current.body)
        sites = place(current, with_edits, self.codemods, comments)
        self.used_later.update(comments.used_names if comments is not None else ())
        return as_unsafe_together(as_cited(sites, self.cited)), problems

    def notes(self) -> tuple[Note, ...]:
        """What is worth telling of the file's comments; to be called after the last pass."""
        asked = self.prefilter.named_in_comments
        if asked is None or self.comments is None:
            return ()
        return asked.without(self.skipped).notes(self.source.path, self.comments, self.used_later)
