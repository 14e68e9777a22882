"""The dialog of `--interactive`: one hunk after the other, with git's keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import IO, TYPE_CHECKING

from fixaudit.errors import FixauditError
from fixaudit.model.outcome import Changed
from fixaudit.text.source_map import MappedEdit
from fixaudit.text.visible import visible
from fixaudit_cli.output.formats import text
from fixaudit_cli.output.terminal import write
from fixaudit_cli.review.hunks import Hunk, HunkError, hunks_of
from fixaudit_cli.review.keyboard import Keyboard, edit
from fixaudit_cli.review.terminal_dialog import TerminalDialog

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import Names

Answer = bool | tuple[MappedEdit, ...]
"""Yes, no, or the edits to make in place of the hunk's own."""

Check = Callable[[Hunk, tuple[MappedEdit, ...]], str | None]
"""None where edits made by hand leave the file valid, else what is wrong."""

_HELP = """\
y - apply this hunk
n - do not apply it, and do not ask again
a - apply this hunk and all later ones of this file
d - apply neither this hunk nor any later one of this file
q - quit: apply what was accepted so far, decide nothing about the rest
e - edit the hunk in your editor
s - split the hunk into one for each place
u - go back to the hunk before
? - print this help
"""
_GUIDE = b"""\
# %s
# Lines with + are what the file will hold; change them as you like. To keep a line with -, make
# the - a space. The lines with @@ stay. Delete everything to leave the hunk undecided.
"""


@dataclass(slots=True)
class FileReview:
    """The hunks of one file, and the answers so far; None where none was given."""

    outcome: Changed
    hunks: list[Hunk]
    answers: list[Answer | None] = field(default_factory=list)
    replayed: frozenset[str] = frozenset()
    """Fingerprints accepted in an earlier review, which are accepted again without a question."""

    @classmethod
    def of(cls, outcome: Changed, accepted: frozenset[str]) -> FileReview:
        """The review of a file, without the hunks of findings accepted before."""
        hunks = hunks_of(outcome)
        open_hunks = [hunk for hunk in hunks if hunk.site.fingerprint not in accepted]
        replayed = frozenset(hunk.site.fingerprint for hunk in hunks) & accepted
        return cls(outcome, open_hunks, [None] * len(open_hunks), replayed)


class _Step(Enum):
    NEXT, BACK, QUIT = range(3)


class Dialog(TerminalDialog):
    """Asks about hunks on `stream`; the reviews are answered in place. `answers` names the findings
    of reports that they answer."""

    def __init__(self, keyboard: Keyboard, stream: IO[str], check: Check, answers: Names) -> None:
        super().__init__(keyboard, stream)
        self._check = check
        self._answers = answers

    def run(self, reviews: Iterator[FileReview]) -> None:
        """Ask about every hunk, until all are answered or the user quits."""
        with self._keyboard:
            self._ask(reviews)

    def _ask(self, reviews: Iterator[FileReview]) -> None:
        seen: list[FileReview] = []
        number = 0
        while True:
            if number == len(seen):
                review = next((found for found in reviews if found.hunks), None)
                if review is None:
                    return
                seen.append(review)
            match self._file(seen[number], first=number == 0):
                case _Step.NEXT:
                    number += 1
                case _Step.BACK:
                    number -= 1
                    seen[number].answers[-1] = None
                case _Step.QUIT:
                    return

    def _file(self, review: FileReview, *, first: bool) -> _Step:
        """Ask about a file's hunks from the first one without an answer on."""
        at = next((n for n, answer in enumerate(review.answers) if answer is None), 0)
        shown = -1
        while at < len(review.hunks):
            if shown != at:
                self._show(review, at)
                shown = at
            match self._key(review, at):
                case "y" | "n" as key:
                    review.answers[at] = key == "y"
                    at += 1
                case "a" | "d" as key:
                    review.answers[at:] = [key == "a"] * (len(review.hunks) - at)
                    return _Step.NEXT
                case "q":
                    return _Step.QUIT
                case "u" if at > 0:
                    at -= 1
                    review.answers[at] = None
                case "u" if not first:
                    return _Step.BACK
                case "u":
                    self._say("This is the first hunk.")
                case "s" if self._split(review, at):
                    shown = -1
                case "s":
                    self._say(_whole(review.hunks[at]))
                case "e":
                    answer = self._edited(review.hunks[at])
                    if answer is not None:
                        review.answers[at] = answer
                        at += 1
                case _:
                    self._say(_HELP.rstrip("\n"))
        return _Step.NEXT

    def _key(self, review: FileReview, at: int) -> str:
        count = f"({at + 1}/{len(review.hunks)})"
        return self._ask_key(
            f"{count} Apply this hunk to {visible(review.outcome.path)} [y,n,a,d,q,e,s,u,?]? "
        )

    def _show(self, review: FileReview, at: int) -> None:
        hunk = review.hunks[at]
        rule = "─" * min(self._columns(), 100)
        part = f" (part {hunk.part} of {hunk.parts})" if hunk.parts > 1 else ""
        lines = [
            self._paint(rule, "dim") + "\n",
            self._paint(f"{visible(review.outcome.path)}:{hunk.site.line}{part}", "bold") + "\n",
            text.site_line(hunk.site, self._paint),
            text.answer_lines(hunk.site, self._answers, self._paint),
            text.guidance_line(hunk.site),
            text.paint_patch(_body(hunk), self._paint),
        ]
        write("".join(lines), self._stream)

    def _split(self, review: FileReview, at: int) -> bool:
        """False where there is nothing to split."""
        parts = (hunk,) if (hunk := review.hunks[at]).site.finding.together else hunk.split()
        if len(parts) == 1:
            return False
        review.hunks[at : at + 1] = parts
        review.answers[at : at + 1] = [None] * len(parts)
        self._say(f"Split into {len(parts)} hunks.")
        return True

    def _edited(self, hunk: Hunk) -> Answer | None:
        """The edits made by hand, False where none are left, None where they cannot be made."""
        head = _GUIDE % visible(hunk.site.finding.reason).encode()
        try:
            with self._keyboard.lent():
                patch = edit(head + _body(hunk), ".diff")
            if not patch.strip():
                self._say("Nothing is left of the hunk; it stays undecided.")
                return None
            edits = hunk.edited(patch)
        except (FixauditError, HunkError, OSError) as error:
            self._say(f"The edited hunk does not apply: {error}")
            return None
        trouble = self._check(hunk, edits) if edits else None
        if trouble is not None:
            self._say(f"The edited hunk is not taken: {trouble}")
            return None
        return edits or False


def _whole(hunk: Hunk) -> str:
    """Why a hunk is not split."""
    if hunk.site.finding.together and len(hunk.split()) > 1:
        return "The places of this hunk need each other: it cannot be split."
    return "This hunk has one place only: it cannot be split."


def _body(hunk: Hunk) -> bytes:
    return b"".join(part for found in hunk.diff.hunks for part in (found.header, *found.lines))
