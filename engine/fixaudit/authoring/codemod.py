"""What a codemod is: a reader of nodes that yields findings."""

from __future__ import annotations

import ast
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from warnings import warn

from fixaudit.authoring.weighing import WRITABLE, doubted, is_open, left, left_unless_cited, told
from fixaudit.config.options import INCLUDE_TESTS, with_test_policy
from fixaudit.files.file_roles import Role
from fixaudit.model.evidence import Evidence
from fixaudit.model.finding import Edit, Finding, NeededName, Verdict
from fixaudit.source.role import OVERRIDABLE, Played, first_role, role_evidence
from fixaudit.source.source import Source


@dataclass(frozen=True)
class NoOptions:
    """The options of a codemod that has none."""


@dataclass(frozen=True)
class ReportMatch:
    """How a report's finding is recognised as this codemod's: what `fixaudit plan` matches on.

    `rules` are rule ids of scanners (`S324`, `B324`, `CWE-327`); `keywords` are groups of lower-case
    words or phrases, a group matching a finding whose title, or a sentence of it together with the
    title, holds all of its words. `a|b` stands for either, `check*` for all that begin so, a word in
    backticks for one that is set as code. `options` are patterns that give an option (by its field) its
    value from the report's lower-case words, in their group (of two, as `name: value`, for an option
    that ends in `_import` as `module.name`, and for a table as its key and value); those of `as_written`
    get it with the report's own capitals, for names, headers and patterns; those of `quoted` from the
    code that the report objects to as well, for values that are there today. `keyed` names the option,
    a table, that takes such a value for the keys that the guidance of the sites writes out
    (`` `table = {key = "…"}` ``), where another option would take it for all sites. `elsewhere` is false where
    sites that no finding cites have nothing to do with one that is cited, as each setting is a site of
    its own. With `joined` the sites of one `group` are one change over all files: who cites one means all.
    """

    rules: tuple[str, ...] = ()
    keywords: tuple[tuple[str, ...], ...] = ()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    as_written: tuple[str, ...] = ()
    elsewhere: bool = True
    quoted: tuple[str, ...] = ()
    keyed: Mapping[str, str] = field(default_factory=dict)
    joined: bool = False


Why = str | Evidence | Sequence[Evidence]
"""What a verdict rests on; a mere text is what the site's own code proves."""

# Names of before 0.2: deprecated, gone with the release after next.
_OLD_ATTRIBUTES = {
    "sets": "tags",
    "twins": "equivalent_codes",
    "pairing": "report_match",
    "repeats": "until_stable",
    "ripples": "may_enable_others",
}


class Codemod(ABC):
    """One finding and its rewrite. Subclass it in a module of its own; the module's docstring is
    its documentation and the first line of it its summary.

    Class attributes:
        name: kebab-case, unique. code: `FA` and three digits (or a vendor's own).
        triggers: byte strings one of which a file must hold to be parsed at all.
        trigger_pattern: what must match besides, in a line that is no comment and no example of a
            docstring, where the triggers alone would let many files through for nothing.
        visits: the ast node types `judge` is called with.
        names: where given, only those calls, names and attributes are judged that may mean one of
            them: the last part of the dotted name is one, or stands for one in this file, by
            `import … as` or an assignment. Other visited types are all judged.
        default: on without being asked for: true when an audit would call every site a defect.
        until_stable: judged again on what its edits led to, until nothing is left; false for rewrites
            that are no fixed points.
        may_enable_others: false where its edits give nothing new to find to any codemod, itself included:
            a file that got no other edits is not judged again.
        tags: words to select it by, besides `all`.
        equivalent_codes: codes of other linters that suppress it too (`# noqa: S324`, `# nosec B324`).
        report_match: how reports speak of it.
        leaves: the roles of files whose sites are left alone, each with the reason that they get;
            of a file with several roles the first one named here counts. With `Role.TEST` among
            them the codemod has the option `include-tests`.
        right_already: patterns of those reasons to leave a site that say that it is as the codemod wants
            it, so that a report which claims otherwise is wrong there; all other reasons are limits.
        only_as_configured: true where it finds nothing until its options are set; a report that says them
            is answered by the lines that set them.
        hints_to_leave: how many independent hints are as good as a proof for leaving a site alone;
            None where hints never are, and a site with nothing else against it is for review.
        Options: a frozen dataclass; each field needs a default, its docs stand in `options_help`.

    `judge` yields one Finding for every site it looked at, `leave` included. It reads only: it must
    not change the tree or keep state between files. What it finds in a file of a role that `leaves`
    names is left, whatever it says; it asks `out_of_scope` itself where that saves work, or where
    the role is a better reason than those it would give.
    """

    name: ClassVar[str]
    code: ClassVar[str]
    triggers: ClassVar[tuple[bytes, ...]]
    trigger_pattern: ClassVar[re.Pattern[bytes] | None] = None
    visits: ClassVar[tuple[type[ast.AST], ...]]
    names: ClassVar[frozenset[str]] = frozenset()
    default: ClassVar[bool] = True
    until_stable: ClassVar[bool] = True
    may_enable_others: ClassVar[bool] = True
    tags: ClassVar[frozenset[str]] = frozenset()
    equivalent_codes: ClassVar[tuple[str, ...]] = ()
    report_match: ClassVar[ReportMatch] = ReportMatch()
    leaves: ClassVar[Mapping[Role, str]] = {}
    right_already: ClassVar[tuple[str, ...]] = ()
    only_as_configured: ClassVar[bool] = False
    hints_to_leave: ClassVar[int | None] = None
    Options: ClassVar[type[Any]] = NoOptions
    options_help: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        for old, new in _OLD_ATTRIBUTES.items():
            if old in vars(cls):
                warn(f"{cls.__qualname__}.{old} is now called {new}", DeprecationWarning, 2)
                setattr(cls, new, vars(cls)[old])
        if Role.TEST in cls.leaves:
            name = f"{cls.__qualname__}.Options"
            cls.Options = with_test_policy(cls.Options, cls.__module__, name)
            cls.options_help = {INCLUDE_TESTS: "judge tests like other code", **cls.options_help}

    def __init__(self, options: Any = None) -> None:
        self.options = self.Options() if options is None else options

    @abstractmethod
    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        """Findings at one node of a visited type."""

    def objection(self, advice: Source) -> str | None:
        """Why code that a report recommends would do harm, in one line; None where it would not.

        `advice` is the recommended code alone, as a module.
        """
        return None

    def out_of_scope(self, source: Source) -> Evidence | None:
        """Why a file's sites are left whatever they hold, by the part that it plays; None where they
        are to be judged. A script or an example is judged, and left by `in_scope` afterwards."""
        played = self.played_role(source)
        if played is None or played.role in OVERRIDABLE:
            return None
        return role_evidence(source, played, self.leaves[played.role])

    def in_scope(self, source: Source, findings: list[Finding]) -> list[Finding]:
        """The findings of one file; in a file of a role that is left alone all of them are `leave`.

        In a script or an example the edits are kept for a report that names the site.
        """
        if not self.leaves or not any(is_open(finding) for finding in findings):
            return findings
        played = self.played_role(source)
        if played is None:
            return findings
        role = role_evidence(source, played, self.leaves[played.role])
        return [_left(finding, role, played.role in OVERRIDABLE) for finding in findings]

    def played_role(self, source: Source) -> Played | None:
        """The role of a file whose sites are left, script and example among them."""
        roles: Iterable[Role] = self.leaves
        if getattr(self.options, INCLUDE_TESTS, False):
            roles = (role for role in roles if role is not Role.TEST)
        return first_role(source, roles)

    @classmethod
    def documentation(cls) -> str:
        """The docstring of the codemod's module (or class): summary, why, what it leaves alone."""
        module = sys.modules.get(cls.__module__)
        return ((module.__doc__ if module else None) or cls.__doc__ or "").strip()

    @classmethod
    def summary(cls) -> str:
        return cls.documentation().partition("\n")[0]

    def fix(self, source: Source, node: ast.AST, reason: str, edits: Iterable[Edit], needed_names: Iterable[NeededName] = (), guidance: str | None = None, wishes: Iterable[NeededName] = ()) -> Finding:  # fmt: skip
        """A finding applied by default. `wishes` is the old name of `needed_names`."""
        needed_names = (*needed_names, *wishes)
        return self._finding(
            source, node, Verdict.FIX, reason, guidance, edits=edits, needed_names=needed_names
        )

    def unsafe(self, source: Source, node: ast.AST, reason: Why, edits: Iterable[Edit], needed_names: Iterable[NeededName] = (), guidance: str | None = None, wishes: Iterable[NeededName] = (), *, because: Evidence | Sequence[Evidence] = ()) -> Finding:  # fmt: skip
        """A finding applied only with `--unsafe`; the reason says what may change.

        `because` is the evidence where the reason is a text that is more than its own.
        """
        needed_names = (*needed_names, *wishes)
        return self._finding(
            source, node, Verdict.UNSAFE, reason, guidance, because, edits, needed_names
        )

    def review(
        self,
        source: Source,
        node: ast.AST,
        reason: Why,
        guidance: str | None = None,
        *,
        because: Evidence | Sequence[Evidence] = (),
    ) -> Finding:
        """A finding for a human: never written. `guidance` says what to do about it."""
        return self._finding(source, node, Verdict.REVIEW, reason, guidance, because)

    def leave(
        self,
        source: Source,
        node: ast.AST,
        reason: Why,
        *,
        because: Evidence | Sequence[Evidence] = (),
    ) -> Finding:
        """A look-alike that must stay; the reason says why. What only hints speak for becomes `review`."""
        return self._finding(source, node, Verdict.LEAVE, reason, None, because)

    def doubt(
        self,
        source: Source,
        node: ast.AST,
        finding: Finding,
        doubts: Evidence | Sequence[Evidence],
        verdict: Verdict = Verdict.REVIEW,
        guidance: str | None = None,
    ) -> Finding:
        """`finding` as the doubts leave it: to be written only where a person's report names the
        site, or with `--unsafe` where `verdict` says so."""
        found = (doubts,) if isinstance(doubts, Evidence) else tuple(doubts)
        if not found:
            return finding
        return doubted(
            finding, found, _told(source, node, found), verdict=verdict, guidance=guidance
        )

    def left_unless_cited(
        self, source: Source, node: ast.AST, finding: Finding, reason: str
    ) -> Finding:
        """`finding`, a review that says something only to who reads a report that names the site: left
        for `reason` without one."""
        return left_unless_cited(finding, source.proof(node, reason))

    def _finding(
        self,
        source: Source,
        node: ast.AST,
        verdict: Verdict,
        reason: Why,
        guidance: str | None,
        because: Evidence | Sequence[Evidence] = (),
        edits: Iterable[Edit] = (),
        needed_names: Iterable[NeededName] = (),
    ) -> Finding:
        """A finding; a reason that is a mere text is proved by the site itself, that of a fix by its edit."""
        evidence = (because,) if isinstance(because, Evidence) else tuple(because)
        if isinstance(reason, Evidence):
            reason = (reason,)
        if not isinstance(reason, str):
            evidence = (*reason, *evidence)
            reason = _told(source, node, evidence)
        elif not evidence and verdict is not Verdict.FIX:
            evidence = (source.proof(node, reason),)
        return Finding(
            codemod=self.name,
            code=self.code,
            span=source.span(node),
            verdict=verdict,
            reason=reason,
            edits=tuple(edits),
            needed_names=tuple(needed_names),
            guidance=guidance,
            evidence=evidence,
        )


def _told(source: Source, node: ast.AST, evidence: Sequence[Evidence]) -> str:
    first, last = source.lines_of(node)
    return told(evidence, source.path, first, last)


def _left(finding: Finding, role: Evidence, overridable: bool) -> Finding:
    if not is_open(finding):
        return finding
    if overridable and finding.verdict in WRITABLE:
        return doubted(finding, (role,), role.text, verdict=Verdict.LEAVE)
    return left(finding, role)
