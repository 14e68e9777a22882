"""The title and the body of a batch's request for review, in the Markdown of GitHub and GitLab.

Paths, owners, reasons and logs are text of others: none of it is markup or HTML here, and none of it
mentions a person, closes an issue or speaks to the host.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from fixaudit.campaigns.batch import Batch, CampaignPlan, Site
from fixaudit.campaigns.commit_text import paragraphs, why
from fixaudit.campaigns.commit_text import title as title
from fixaudit.campaigns.report import BatchReport, CheckPlace, CheckRow, Dropped
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.text.clipped import clipped
from fixaudit.text.markdown import cell, code, fenced, html_code, quiet
from fixaudit.text.message_lines import counted
from fixaudit.text.visible import visible

T = TypeVar("T")

LONGEST = 60_000
"""Bytes of UTF-8: GitHub takes 65,536 characters, and GitLab more."""
_LEFT = {
    "fix": "not applied",
    "unsafe": "not in this campaign: it can change behaviour",
    "review": "for a person to decide",
    "leave": "left alone",
    "suppressed": "suppressed",
}


@dataclass(frozen=True, slots=True)
class _Limits:
    """How many entries a section lists, and characters of a log, a reason and a name."""

    entries: int
    log: int
    reason: int
    name: int


_SHORTER = (
    _Limits(200, 4000, 600, 300),
    _Limits(100, 2000, 300, 200),
    _Limits(40, 1000, 200, 160),
    _Limits(15, 0, 120, 120),
    _Limits(4, 0, 60, 60),
)


def body(
    settings: CampaignSettings,
    plan: CampaignPlan,
    batch: Batch,
    report: BatchReport,
    *,
    mask: Callable[[str], str] = str,
) -> str:
    """The body, of at most `LONGEST` bytes; what does not fit is counted.

    `mask` takes out of a log what is secret; it is applied before the log is cut.
    """
    text = ""
    for limits in _SHORTER:
        text = "\n".join(_Body(settings, plan, batch, report, limits, mask).sections())
        if len(text.encode("utf-8", "replace")) <= LONGEST:
            return text
    cut = text.encode("utf-8", "replace")[: LONGEST - 200].decode("utf-8", "ignore")
    return f"{cut.rpartition(chr(10))[0]}\n\nThe rest was too long for a request: see the commit.\n"


@dataclass(frozen=True, slots=True)
class _Body:
    settings: CampaignSettings
    plan: CampaignPlan
    batch: Batch
    report: BatchReport
    limits: _Limits
    mask: Callable[[str], str]

    def sections(self) -> Iterator[str]:
        yield from self._what()
        yield "### Places\n"
        yield from self._listed(self.report.kept, self._place, "place")
        yield from self._checks()
        yield from self._dropped()
        yield from self._left()
        yield from self._again()

    def _what(self) -> Iterator[str]:
        report, batch = self.report, self.batch
        for part in paragraphs(why(self.settings, self.report))[: self.limits.entries]:
            yield f"{quiet(clipped(part, 2000))}\n"
        of = f"{counted(len(report.kept), 'site')} in {counted(len(report.files), 'file')}"
        yield f"{of}, as batch {code(batch.name)} of the campaign {code(self.settings.name)}.\n"
        if batch.verdict == "unsafe":
            yield "**These edits can change behaviour**: each wants to be read.\n"
        yield f"- packages: {self._names([name or '(root)' for name in batch.packages])}"
        yield f"- owners: {self._names(batch.owners)}"
        if batch.beyond:
            yield f"- larger than the limits: {quiet(clipped(batch.beyond, self.limits.reason))}"
        if batch.waits_for:
            yield f"- on top of: {self._names(batch.waits_for)}"
        yield ""

    def _checks(self) -> Iterator[str]:
        report = self.report
        yield "\n### Checks\n"
        if report.status == "unverified":
            yield "Nothing was run before this was opened: the checks of this request decide.\n"
        if report.checks:
            yield "| package | asked because | command | before | after | seconds, before / after |"
            yield "|---|---|---|---|---|---:|"
            yield from map(self._row, report.checks[: self.limits.entries])
            yield self._more(len(report.checks), "row") or ""
        if report.not_run:
            more = counted(report.not_run, "more dependent")
            most = self.settings.verify.max_dependents
            yield f"Not run: {more}, as `max-dependents` is {most}.\n"
        for row in report.checks[: self.limits.entries]:
            if row.after in ("red", "timeout"):
                yield from self._log(row.place, row.command, row.tail)

    def _row(self, row: CheckRow) -> str:
        why = row.place.why
        asked = cell(self._short(why)) if why else "changed here"
        flaky = f" (flaky, {counted(row.runs, 'run')})" if row.flaky else ""
        seconds = f"{_seconds(row.seconds_before)} / {_seconds(row.seconds_after)}"
        cells = (self._named(row.place), asked, cell(self._short(shlex.join(row.command))))
        return f"| {' | '.join(cells)} | {row.before} | {row.after}{flaky} | {seconds} |"

    def _dropped(self) -> Iterator[str]:
        dropped = self.report.dropped
        if not dropped:
            return
        yield "\n### Taken out\n"
        yield "With these edits a check turned red; they are not part of this request.\n"
        yield from self._listed(dropped, self._culprit, "edit")
        if not self.report.complete:
            yield "\nThe search was cut short: some of them may be good.\n"
        logs = dict.fromkeys((row.place, row.command, row.tail) for row in dropped)
        for place, command, tail in list(logs)[: self.limits.entries]:
            yield from self._log(place, command, tail)

    def _left(self) -> Iterator[str]:
        done = {site.fingerprint for site in self.report.kept}
        done |= {row.site.fingerprint for row in self.report.dropped}
        left = [site for site in self.batch.sites if site.fingerprint not in done]
        left += [site for file in self.batch.files for site in file.left]
        if left:
            yield "\n### Left as it is\n"
            yield from self._listed(left, self._stays, "site")

    def _again(self) -> Iterator[str]:
        name, batch = self.settings.name, self.batch.name
        codemods = list(dict.fromkeys(site.codemod for site in self.report.kept))
        yield "\n### Make it again\n"
        yield fenced(f"fixaudit campaign run {name} --batch {batch}", "sh")
        yield f"It was made on {code(self.plan.base[:12])}.\n"
        yield "### If you do not want it\n"
        yield "- All of it: close this request."
        comment = f"# fixaudit: ignore[{(codemods or ['name'])[0]}] -- why"
        yield f"- One place: put {code(comment)} on its line on {code(self.settings.publish.base)}."
        yield "- A file or folder: name it in `per-file-ignores` of `[tool.fixaudit]`."
        yield "- A commit of your own on this branch stays: the branch is then left alone.\n"

    def _place(self, site: Site) -> str:
        where = self._where(site)
        return f"- {where} {code(site.codemod)}: {quiet(clipped(site.reason, self.limits.reason))}"

    def _stays(self, site: Site) -> str:
        verdict = _LEFT.get(site.verdict, "left")
        reason = quiet(clipped(site.reason, self.limits.reason))
        return f"- {self._where(site)} {code(site.codemod)} ({verdict}): {reason}"

    def _culprit(self, row: Dropped) -> str:
        command = code(self._short(shlex.join(row.command)))
        because = f": {quiet(clipped(row.place.why, self.limits.reason))}" if row.place.why else ""
        return f"{self._place(row.site)}; {command} in {self._named(row.place)}{because}"

    def _where(self, site: Site) -> str:
        return code(f"{self._short(site.path)}:{site.line}")

    def _log(self, place: CheckPlace, command: Sequence[str], tail: str) -> Iterator[str]:
        most = self.limits.log
        log = visible(self.mask(tail), lines=True).strip("\n")
        if not log or not most:
            return
        cut = "" if len(log) <= most else f"({len(log) - most} characters before were cut)\n"
        name = html_code(self._short(place.name or place.folder or "(root)"))
        ran = html_code(self._short(shlex.join(command)))
        yield f"\n<details><summary>{ran} in {name}: the end of its log</summary>\n"
        yield fenced(cut + log[-most:], "text")
        yield "</details>\n"

    def _listed(self, rows: Sequence[T], line: Callable[[T], str], noun: str) -> Iterator[str]:
        yield from map(line, rows[: self.limits.entries])
        if more := self._more(len(rows), noun):
            yield more

    def _more(self, number: int, noun: str) -> str:
        more = number - self.limits.entries
        return f"\nAnd {counted(more, f'more {noun}')}: not listed here.\n" if more > 0 else ""

    def _names(self, names: Sequence[str]) -> str:
        shown = ", ".join(code(self._short(name)) for name in names[: self.limits.entries])
        more = len(names) - self.limits.entries
        return (shown or "none") + (f" and {more} more" if more > 0 else "")

    def _named(self, place: CheckPlace) -> str:
        return cell(self._short(place.name or place.folder or "(root)"))

    def _short(self, text: str) -> str:
        """A name, whose end says more than its begin, on one line."""
        text = visible(text)
        return text if len(text) <= self.limits.name else f"…{text[1 - self.limits.name :]}"


def _seconds(number: float) -> str:
    return f"{number:.1f}" if number < 10 else f"{number:.0f}"
