"""A change as text: for each file its sites with their reasons, then the patch."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Sequence

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Changed, LocatedFinding, Outcome
from fixaudit.text.visible import visible
from fixaudit_cli.output.formats import text
from fixaudit_cli.output.tally import sites_of
from fixaudit_cli.output.terminal import Painter, note, write, write_bytes

_COMMAND = re.compile(rb"((?:^|\r)[ \t]*):(?=:)", re.MULTILINE)


def patch_of(outcome: Changed) -> bytes:
    """The patch of one file, each hunk labelled with the codemods and reasons behind it."""
    from fixaudit.text.unified_diff import unified

    applied = [site for site in outcome.sites if site.applied]

    def heading(first: int, last: int) -> str:
        return text.hunk_label(applied, first, last)

    return unified(outcome.path, outcome.before, outcome.after, heading=heading).patch


class Preview:
    """Prints outcomes to stdout: comments that name each site, then a patch `git apply` takes."""

    def __init__(self, *, verbose: bool, patches: bool) -> None:
        self._verbose = verbose
        self._patches = patches
        self._paint = Painter(sys.stdout)

    def show(self, outcome: Outcome) -> None:
        """Print one file; nothing where it has no site to show and no change."""
        shown = [site for site in sites_of(outcome) if self._worth_showing(site)]
        if shown:
            self._sites(outcome.path, shown)
        if isinstance(outcome, Changed) and self._patches:
            patch = patch_of(outcome)
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
