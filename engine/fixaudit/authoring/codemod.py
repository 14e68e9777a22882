"""What a codemod is: a reader of nodes that yields findings."""

from __future__ import annotations

import ast
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from fixaudit.model.finding import Edit, Finding, Verdict, Wish
from fixaudit.source.source import Source


@dataclass(frozen=True)
class NoOptions:
    """The options of a codemod that has none."""


@dataclass(frozen=True)
class Pairing:
    """How a report's finding is recognised as this codemod's: what `fixaudit plan` matches on.

    `rules` are rule ids of scanners (`S324`, `B324`, `CWE-327`); `keywords` are groups of lower-case
    words or phrases, a group matching a finding whose text holds all of its words.
    """

    rules: tuple[str, ...] = ()
    keywords: tuple[tuple[str, ...], ...] = ()


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
        repeats: judged again on what its edits led to, until nothing is left; false for rewrites
            that are no fixed points.
        ripples: false where its edits give nothing new to find to any codemod, itself included:
            a file that got no other edits is not judged again.
        sets: words to select it by, besides `all`.
        twins: codes of other linters that suppress it too (`# noqa: S324`, `# nosec B324`).
        pairing: how reports speak of it.
        Options: a frozen dataclass; each field needs a default, its docs stand in `options_help`.

    `judge` yields one Finding for every site it looked at, `leave` included. It reads only: it must
    not change the tree or keep state between files.
    """

    name: ClassVar[str]
    code: ClassVar[str]
    triggers: ClassVar[tuple[bytes, ...]]
    trigger_pattern: ClassVar[re.Pattern[bytes] | None] = None
    visits: ClassVar[tuple[type[ast.AST], ...]]
    names: ClassVar[frozenset[str]] = frozenset()
    default: ClassVar[bool] = True
    repeats: ClassVar[bool] = True
    ripples: ClassVar[bool] = True
    sets: ClassVar[frozenset[str]] = frozenset()
    twins: ClassVar[tuple[str, ...]] = ()
    pairing: ClassVar[Pairing] = Pairing()
    Options: ClassVar[type[Any]] = NoOptions
    options_help: ClassVar[dict[str, str]] = {}

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

    @classmethod
    def documentation(cls) -> str:
        """The docstring of the codemod's module (or class): summary, why, what it leaves alone."""
        module = sys.modules.get(cls.__module__)
        return ((module.__doc__ if module else None) or cls.__doc__ or "").strip()

    @classmethod
    def summary(cls) -> str:
        return cls.documentation().partition("\n")[0]

    def fix(self, source: Source, node: ast.AST, reason: str, edits: Iterable[Edit], wishes: Iterable[Wish] = (), guidance: str | None = None) -> Finding:  # fmt: skip
        """A finding applied by default."""
        return self._finding(source, node, Verdict.FIX, reason, edits, wishes, guidance)

    def unsafe(self, source: Source, node: ast.AST, reason: str, edits: Iterable[Edit], wishes: Iterable[Wish] = (), guidance: str | None = None) -> Finding:  # fmt: skip
        """A finding applied only with `--unsafe`; the reason says what may change."""
        return self._finding(source, node, Verdict.UNSAFE, reason, edits, wishes, guidance)

    def review(
        self, source: Source, node: ast.AST, reason: str, guidance: str | None = None
    ) -> Finding:
        """A finding for a human: never written. `guidance` says what to do about it."""
        return self._finding(source, node, Verdict.REVIEW, reason, (), (), guidance)

    def leave(self, source: Source, node: ast.AST, reason: str) -> Finding:
        """A look-alike that must stay; the reason says why."""
        return self._finding(source, node, Verdict.LEAVE, reason, (), (), None)

    def _finding(
        self,
        source: Source,
        node: ast.AST,
        verdict: Verdict,
        reason: str,
        edits: Iterable[Edit],
        wishes: Iterable[Wish],
        guidance: str | None,
    ) -> Finding:
        return Finding(
            codemod=self.name,
            code=self.code,
            span=source.span(node),
            verdict=verdict,
            reason=reason,
            edits=tuple(edits),
            wishes=tuple(wishes),
            guidance=guidance,
        )
