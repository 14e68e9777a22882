"""What a codemod says about a site: findings, their verdicts, edits and the names these need. All frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fixaudit.model.evidence import Evidence
from fixaudit.model.restoring import restored


class Verdict(StrEnum):
    """How sure fixaudit is that a site can be rewritten; decided per site, never per codemod."""

    FIX = "fix"
    """Meaning kept apart from what the audit asks for: applied by default."""
    UNSAFE = "unsafe"
    """Wanted by the audit, but stored values, output, exceptions or timing may change: `--unsafe`."""
    REVIEW = "review"
    """A human's call: never written, carries guidance."""
    LEAVE = "leave"
    """Looked at and deliberately not touched; the reason says why."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of byte offsets into `Source.body` (UTF-8, no BOM)."""

    start: int
    end: int

    __setstate__ = restored

    def overlaps(self, other: Span) -> bool:
        """True where the two share a byte, or one is an insertion point inside or at the other."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes of `span` by `text`: the unit of accept, reject, undo and bisect.

    `drops_comments` says that comments inside the span go on purpose (a statement is removed, or
    a `noqa` that became void); without it the verify step treats a lost comment as damage.
    """

    span: Span
    text: str
    drops_comments: bool = False

    __setstate__ = restored


@dataclass(frozen=True, slots=True)
class NeededImport:
    """An import an edit needs: `import module [as bound]`, or `from module import name [as bound]`.

    `bound` is the local name the edit's text uses.
    """

    module: str
    name: str | None
    bound: str


@dataclass(frozen=True, slots=True)
class ObsoleteImport:
    """A name whose import an edit may have made needless; removed only when provably unused."""

    bound: str


@dataclass(frozen=True, slots=True)
class NeededModuleName:
    """A module-level statement an edit needs, such as `logger = logging.getLogger(__name__)`.

    `name` is what it binds (once per file, whoever needs it), `text` the statement or
    definition with `\\n` newlines. It is placed after the imports, before the first use.
    `needs` is what the text itself needs. `shared_as` names a function that is the same in every
    module, whatever its name there: where edits of a codemod in several files of a distribution need
    it, one file defines it and the others import it.
    """

    name: str
    text: str
    needs: tuple[NeededImport | NeededModuleName, ...] = ()
    shared_as: str = ""


NeededName = NeededImport | ObsoleteImport | NeededModuleName


@dataclass(frozen=True, slots=True)
class Withheld:
    """What becomes of a finding's edits once a person's report names the site: nothing but hints,
    or the part that its file plays, speaks against them."""

    verdict: Verdict
    reason: str

    __setstate__ = restored


@dataclass(frozen=True, slots=True, order=True)
class SitePlace:
    """Where a site begins, in a file as paths are reported; lines and columns are 1-based, columns in
    characters. Without a line it stands for the file's sites with the same `group`."""

    path: str
    line: int = 0
    column: int = 0

    __setstate__ = restored

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Finding:
    """One site and what is to become of it.

    Every site a codemod looked at yields one, `leave` included. `span` is the expression or
    statement found; its start is the site's line. `reason` is one line a reviewer can read, and
    `evidence` what it rests on. A finding's edits are applied all together or not at all; those of
    one with `withheld` are written only where a report names the site. Sites of a codemod in a file
    with the same `group` are one thing to a reader, such as the prints of one output: who cites one
    means all. `together` are the sites of the same codemod, over all files and this one among them,
    that break the program where a part of them is changed, such as the two times of a difference: one
    is written only where all are. It names this site alone where it is its own edits that break the
    program in part.
    """

    codemod: str
    code: str
    span: Span
    verdict: Verdict
    reason: str
    edits: tuple[Edit, ...] = ()
    needed_names: tuple[NeededName, ...] = ()
    guidance: str | None = None
    evidence: tuple[Evidence, ...] = ()
    withheld: Withheld | None = None
    group: str | None = None
    together: tuple[SitePlace, ...] = ()

    __setstate__ = restored
