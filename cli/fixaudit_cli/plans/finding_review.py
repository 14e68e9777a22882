"""`plan --interactive`: a person decides about each finding of reports, and each decision is kept at once."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from fixaudit.plan.decided import Choice, Decided
from fixaudit.plan.named_pairs import named_pairs
from fixaudit.plan.selection import PlannedEdit, edits
from fixaudit_cli.output.formats.text import counted
from fixaudit_cli.output.terminal import note
from fixaudit_cli.plans.edits_preview import patch_of_edits
from fixaudit_cli.review.finding_dialog import FindingDialog
from fixaudit_cli.review.keyboard import Keyboard, dialog_stream

if TYPE_CHECKING:
    from fixaudit.config.request import Request
    from fixaudit.plan.model import AuditPlan, Planned
    from fixaudit_cli.output.formats.plan_rows import PlanRow
    from fixaudit_cli.plans.planner import Planner

Key = tuple[str, str]
"""A finding: its report and its id."""

_AROUND = 4
_PLACES = 5
_TOLD: dict[Choice, str] = {
    "accepted": "accepted",
    "left": "left",
    "false-positive": "false positive",
    "keep": "kept as it is",
}


class FindingReview:
    """The findings of a plan to decide about, which is made anew where a decision changes it.

    With `again` findings that were decided about before are asked about too.
    """

    def __init__(self, planner: Planner, request: Request, *, again: bool) -> None:
        self._planner = planner
        self._settled = planner.settled
        self._tree = planner.found.tree
        self._request = replace(request, root=self._tree.root)
        self._make()
        known = [(entry.report, entry.finding.id) for entry in self.plan.findings]
        self._asked = [key for key in known if again or not self._is_decided(key)]

    def run(self) -> None:
        """Ask, until all is decided or the person quits. Raises NoTerminalError."""
        stream = dialog_stream()
        FindingDialog(Keyboard(stream), stream, self).run()

    def _make(self) -> None:
        view = self._planner.view(self._planner.plan())
        self.plan = view.plan
        self._apply = view.apply
        rows = zip(view.plan.findings, view.rows, strict=True)
        self._rows = {(entry.report, entry.finding.id): row for entry, row in rows}
        self._patches: dict[Key, bytes] = {}

    # ---------------------------------------------------------------- what the dialog asks

    @property
    def count(self) -> int:
        return len(self._asked)

    def row(self, number: int) -> PlanRow:
        return self._rows[self._asked[number]]

    def patch(self, number: int) -> bytes:
        key = self._asked[number]
        if key not in self._patches:
            self._patches[key] = patch_of_edits(self._request, self.plan, self._edits(key))
        return self._patches[key]

    def edits(self, number: int) -> tuple[int, int]:
        found = self._edits(self._asked[number])
        return len(found), sum(edit.is_unsafe for edit in found)

    def code(self, number: int) -> str:
        entry = self._entry(self._asked[number])
        places = [(a.path, a.line, a.end_line or a.line) for a in entry.anchors if a.path]
        places += [(s.path, s.line, s.end_line) for s in (*entry.here, *entry.elsewhere)]
        known = [(path, line, last) for path, line, last in places if path in self._tree.files]
        blocks = [self._lines(*place) for place in dict.fromkeys(known)]
        more = len(blocks) - _PLACES
        blocks[_PLACES:] = [f"and {counted(more, 'place')} more"] if more > 0 else []
        return "\n\n".join(blocks) or "No place of it is in the tree."

    def decided(self, number: int) -> str:
        known = self._settled.get(*self._asked[number]).decided
        return known.told if known is not None else ""

    def decide(self, number: int, choice: Choice, note: str = "") -> None:
        key = self._asked[number]
        before = self._settled.get(*key).decided
        sites = [edit.site.fingerprint for edit in self._edits(key)] if choice == "accepted" else []
        now = Decided(choice, " ".join(note.split()), tuple(sites))
        self._settled.decide(*key, now)
        self._settled.save()
        if now.excludes or (before is not None and before.excludes):
            self._make()  # other findings may be about the same places

    def candidates(self, number: int) -> list[tuple[str, str]]:
        entry = self._entry(self._asked[number])
        where = {offer.codemod: offer.where for offer in entry.offers}
        found = {
            pair.codemod: ", ".join(
                [
                    pair.reason,
                    *([where[pair.codemod]] if pair.codemod in where else []),
                    *(["it answers it now"] if pair.acts else []),
                ]
            )
            for pair in entry.pairs
        }
        return list(found.items())

    def pair(self, number: int, said: str) -> None:
        report, key = self._asked[number]
        known = named_pairs([f"{key}={said}"], [(report, key)], self._planner.found.codemods)
        self._settled.pair(report, key, known[(report, key)])
        self._settled.decide(report, key, None)
        self._settled.save()
        self._make()

    # ---------------------------------------------------------------- what came of it

    @property
    def accepted(self) -> AuditPlan:
        """The plan with the accepted findings that have edits."""
        keys = [key for key in self._rows if self._choice(key) == "accepted" and self._edits(key)]
        wanted = [entry for entry in self.plan.findings if (entry.report, entry.finding.id) in keys]
        return replace(self.plan, findings=tuple(wanted))

    def tell(self) -> None:
        """Say how many findings were decided about, and by which command the accepted ones are applied."""
        choices = Counter(self._choice(key) for key in self._rows)
        opened = choices.pop(None, 0)
        told = [f"{number} {_TOLD[word]}" for word in _TOLD if word and (number := choices[word])]
        told += [f"{opened} not decided"] if opened else []
        note(f"{counted(len(self._rows), 'finding')}: {', '.join(told) or 'nothing to decide'}")
        rows = edits(self.accepted)
        if rows:
            unsafe = any(row.is_unsafe for row in rows)
            ids = [] if self._planner.shown.output else self._named()
            options = [*ids, *(["--unsafe"] if unsafe and "--unsafe" not in self._apply else [])]
            files = counted(len({row.site.path for row in rows}), "file")
            note(f"accepted: {counted(len(rows), 'edit')} in {files}")
            command = shlex.join([*self._apply, *options])
            note(
                f"next: `{command} --dry-run` shows just these; without --dry-run they are written"
            )
        if not opened and not self._asked:
            note("all is decided; --ask-again asks again")

    def _named(self) -> list[str]:
        findings = self.accepted.findings
        shown = [self._rows[(entry.report, entry.finding.id)].id for entry in findings]
        return ["--finding", ",".join(shown)]

    # ---------------------------------------------------------------- parts

    def _choice(self, key: Key) -> Choice | None:
        known = self._settled.get(*key).decided
        return known.choice if known is not None and self._is_decided(key) else None

    def _is_decided(self, key: Key) -> bool:
        """False, too, where other edits were accepted than there are now."""
        known = self._settled.get(*key).decided
        if known is None or known.choice != "accepted":
            return known is not None
        return {edit.site.fingerprint for edit in self._edits(key)} <= set(known.sites)

    def _entry(self, key: Key) -> Planned:
        return self._rows[key].finding

    def _edits(self, key: Key) -> list[PlannedEdit]:
        return edits(replace(self.plan, findings=(self._entry(key),)))

    def _lines(self, path: str, line: int | None, last: int | None) -> str:
        text = self._tree.lines(path)
        first = max(1, (line or 1) - _AROUND)
        end = min(len(text), (last or line or 1) + _AROUND)
        shown = [
            f"{'>' if line and line <= n <= (last or line) else ' '}{n:>5}  {text[n - 1].rstrip()}"
            for n in range(first, end + 1)
        ]
        return "\n".join([f"{path}:{line}" if line else path, *shown])
