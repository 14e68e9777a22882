"""A change as text: for each file its sites with their reasons, then the patch."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Changed, LocatedFinding, Outcome
from fixaudit.text.visible import visible
from fixaudit_cli.output.formats import text
from fixaudit_cli.output.tally import Tally, sites_of
from fixaudit_cli.output.terminal import Painter, note, write, write_bytes

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import Names

NONE: Names = {}
"""What edits of a run without a report answer."""
_COMMAND = re.compile(rb"((?:^|\r)[ \t]*):(?=:)", re.MULTILINE)


def patch_of(outcome: Changed, answers: Names = NONE) -> bytes:
    """The patch of one file, each hunk labelled with the codemods and reasons behind it, and with the
    findings of reports that it answers."""
    from fixaudit.text.unified_diff import unified

    applied = [site for site in outcome.sites if site.applied]
    owners = _owners(outcome) if answers else []

    def heading(first: int, last: int) -> str:
        # An insertion stands behind its line; the next hunk is further away than that.
        found = (o for low, high, o in owners if low <= last + 1 and high >= first)
        names = text.answer_names((key for one in found for key in one), answers)
        return "; ".join([*names, *text.hunk_labels(applied, first, last)])

    return unified(outcome.path, outcome.before, outcome.after, heading=heading).patch


def _owners(outcome: Changed) -> list[tuple[int, int, tuple[str, ...]]]:
    """The first and last line of every edit, and the fingerprints of the sites that need it."""
    return [
        (
            outcome.before.count(b"\n", 0, edit.start) + 1,
            outcome.before.count(b"\n", 0, edit.end) + 1,
            tuple(fingerprint for fingerprint, _ in edit.owners),
        )
        for edit in outcome.edits
    ]


@dataclass(frozen=True, slots=True)
class Row:
    """One file of a preview: the sites worth showing, and its patch where one is wanted."""

    path: str
    sites: tuple[LocatedFinding, ...]
    patch: bytes

    def told(self, tally: Tally) -> Row:
        """The row as it is at the end of a run; a patch goes that was not written as it is."""
        sites = tuple(map(tally.told, self.sites))
        return self if sites == self.sites else Row(self.path, sites, b"")


class Preview:
    """Prints outcomes to stdout: comments that name each site, then a patch `git apply` takes."""

    def __init__(self, *, verbose: bool, patches: bool, answers: Names = NONE) -> None:
        self._verbose = verbose
        self._answers = answers
        self._patches = patches
        self._paint = Painter(sys.stdout)

    def row(self, outcome: Outcome) -> Row:
        """What there is to show of one file."""
        sites = tuple(site for site in sites_of(outcome) if self._worth_showing(site))
        patch = b""
        if self._patches and isinstance(outcome, Changed):
            patch = patch_of(outcome, self._answers)
        return Row(outcome.path, sites, patch)

    def show(self, row: Row) -> None:
        """Print one file; nothing where it has no site to show and no change."""
        if row.sites:
            self._sites(row.path, row.sites)
        if patch := row.patch:
            if sys.stdout.isatty():
                write(text.paint_patch(patch, self._paint))
            else:
                write_bytes(_for_log(patch) if _in_a_log() else patch)

    def _worth_showing(self, site: LocatedFinding) -> bool:
        if site.applied or self._verbose:
            return True
        return site.suppressed is None and site.finding.verdict is not Verdict.LEAVE

    def _sites(self, path: str, sites: Sequence[LocatedFinding]) -> None:
        lines = [f"# {self._paint(visible(path), 'bold')}\n"]
        for site in sites:
            mark = "+" if site.applied else " "
            lines.append(text.site_line(site, self._paint, f"# {mark}"))
            lines.append(text.answer_lines(site, self._answers, self._paint, "#  "))
            if not site.applied:
                lines.append(text.guidance_line(site, "#  "))
        write("".join(lines))


def _in_a_log() -> bool:
    """True where GitHub's runner reads standard output, and takes lines with `::` for commands."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return False
    try:
        return not stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except OSError:
        return True


def _for_log(patch: bytes) -> bytes:
    """The patch without commands in its unchanged lines."""
    shown = _COMMAND.sub(rb"\1\\x3a", patch)
    if shown != patch:
        note(
            "lines that start with `::` are shown as `\\x3a:`, for the runner would obey them;"
            " --patch FILE writes the exact patch"
        )
    return shown
