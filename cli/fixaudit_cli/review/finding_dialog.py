"""The dialog of `plan --interactive`: one finding of a report after the other."""

from __future__ import annotations

import textwrap
from typing import IO, Protocol

from fixaudit.errors import FixauditError
from fixaudit.plan.decided import Choice
from fixaudit.text.visible import visible
from fixaudit_cli.output.formats import text
from fixaudit_cli.output.formats.plan_rows import PlanRow
from fixaudit_cli.output.formats.plan_table import paragraph
from fixaudit_cli.output.terminal import write
from fixaudit_cli.review.keyboard import Keyboard
from fixaudit_cli.review.terminal_dialog import TerminalDialog

_HELP = """\
y - accept its edits
n - leave it, with a note
p - pair it with another codemod
f - it is a false positive: nothing is edited there, with a note
k - keep the code as it is, with a note
c - show the code at its places
s - decide later
u - go back to the finding before
q - quit: what was decided is kept
? - print this help
"""
_CHOICES: dict[str, Choice] = {"n": "left", "f": "false-positive", "k": "keep"}
_WIDEST = 100


class Findings(Protocol):
    """The findings to decide about, and what is asked and told of each; they are known by numbers from 0."""

    @property
    def count(self) -> int: ...

    def row(self, number: int) -> PlanRow:
        """The finding as it is shown."""

    def patch(self, number: int) -> bytes:
        """The diff that its edits make; empty where there are none."""

    def edits(self, number: int) -> tuple[int, int]:
        """How many edits it has, and how many of them are made with --unsafe only."""

    def code(self, number: int) -> str:
        """The code at its places, with the numbers of the lines."""

    def decided(self, number: int) -> str:
        """What was decided about it, in words; empty: nothing."""

    def decide(self, number: int, choice: Choice, note: str = "") -> None:
        """Decide about it."""

    def candidates(self, number: int) -> list[tuple[str, str]]:
        """The codemods that may answer it, each with why."""

    def pair(self, number: int, said: str) -> None:
        """Pair it with what was said. Raises FixauditError for a codemod nobody knows."""


class FindingDialog(TerminalDialog):
    """Asks about findings on `stream`, and has each answer carried out as it is given."""

    def __init__(self, keyboard: Keyboard, stream: IO[str], findings: Findings) -> None:
        super().__init__(keyboard, stream)
        self._findings = findings
        self._shown = -1

    def run(self) -> None:
        """Ask about every finding, until all are answered or the user quits."""
        at = 0
        with self._keyboard:
            while at < self._findings.count:
                if self._shown != at:
                    self._show(at)
                    self._shown = at
                step = self._answer(at)
                if step is None:
                    return
                at += step

    def _answer(self, at: int) -> int | None:
        """Ask for one key and do as it says: how many findings to go on by, None to quit."""
        match self._key(at):
            case "y" if self._findings.edits(at)[0]:
                self._findings.decide(at, "accepted")
                return 1
            case "y":
                self._say("There is no edit to accept; p pairs it with a codemod, n leaves it.")
            case "n" | "f" | "k" as key:
                note = self._keyboard.line("Note (Enter for none): ")
                if note is None:
                    return None
                self._findings.decide(at, _CHOICES[key], note)
                return 1
            case "p":
                return self._pair(at)
            case "c":
                self._say(self._findings.code(at))
            case "s":
                return 1
            case "u" if at > 0:
                return -1
            case "u":
                self._say("This is the first finding.")
            case "q":
                return None
            case _:
                self._say(_HELP.rstrip("\n"))
        return 0

    def _pair(self, at: int) -> int | None:
        known = self._findings.candidates(at)
        for number, (name, why) in enumerate(known, 1):
            self._say(f"{number:>3} {name}: {why}")
        said = self._keyboard.line(
            "Number or name of a codemod, none, or auto for what the words say (Enter: as it is): "
        )
        if said is None:
            return None
        if said.isdigit() and 0 < int(said) <= len(known):
            said = known[int(said) - 1][0]
        if said:
            try:
                self._findings.pair(at, said)
                self._shown = -1
            except FixauditError as error:
                self._say(str(error))
        return 0

    def _key(self, at: int) -> str:
        row = self._findings.row(at)
        number, unsafe = self._findings.edits(at)
        noun = "edit" if number == 1 else "edits"
        what = f"accept its {number} {noun}" if number else "it has no edit"
        if unsafe:
            only = "" if unsafe == number else f"{unsafe} of them "
            what += f" ({only}with --unsafe)"
        return self._ask_key(
            f"({at + 1}/{self._findings.count}) {visible(row.id)}: {what} [y,n,p,f,k,c,s,u,q,?]? "
        )

    def _show(self, at: int) -> None:
        width = self._columns()
        row = self._findings.row(at)
        lines = [self._paint("─" * min(width, _WIDEST), "dim")]
        lines += paragraph(row, self._paint, width, commands=False)
        decided = self._findings.decided(at)
        if decided:
            lines += textwrap.wrap(visible(f"Decided: {decided}"), width)
        patch = self._findings.patch(at)
        shown = text.paint_patch(patch.removesuffix(b"\n"), self._paint) + "\n" if patch else ""
        write("\n".join(lines) + "\n" + shown, self._stream)
