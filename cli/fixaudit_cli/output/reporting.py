"""What a run reports on stderr: its problems, counts, times, and what can be done next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fixaudit.model.finding import Verdict
from fixaudit.pipeline.progress import WATCH
from fixaudit_cli.options.write_options import Mode
from fixaudit_cli.output.formats.text import counted, problem_line
from fixaudit_cli.output.terminal import note

if TYPE_CHECKING:
    from fixaudit.model.outcome import Outcome
    from fixaudit.semantics.project import Project
    from fixaudit_cli.output.tally import Tally
    from fixaudit_cli.write.write_run import RunReport


def _no_file(tally: Tally) -> str:
    if any(told.kind == "skipped" for told in tally.notes):
        return "no file was looked at: those that were to be are named above"
    return "no file was looked at: the paths hold no Python file that the options and `exclude` leave in"


def report_problems(tally: Tally) -> None:
    """Every note and every problem, one line each."""
    for line in (*map(problem_line, tally.notes), *map(problem_line, tally.problems)):
        note(line)


def _by_verdict(counts: Counter[Verdict]) -> str:
    return ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])


def check_summary(tally: Tally, actionable: int) -> None:
    """The counts and what can be done next, on stderr; `actionable` sites close the gate."""
    counts = ", ".join(f"{tally.verdicts[verdict]} {verdict.value}" for verdict in Verdict)
    if not tally.files:
        note(_no_file(tally))
        return
    note(f"{counted(tally.files, 'file')} looked at: {counts}; {tally.suppressed} suppressed")
    if later := tally.later:
        sites = counted(later.total(), "more site")
        note(
            f"{sites} in code that these edits make, not counted here: {_by_verdict(later)}; -v lists them"
        )
    if tally.problems:
        note(f"{counted(len(tally.problems), 'problem')}, named above")
    if actionable:
        note(
            "next: `fixaudit apply --dry-run` shows the diff, `fixaudit explain PATH:LINE` the reasons"
        )


def apply_summary(tally: Tally, mode: Mode) -> None:
    """What was done and what can be done next, on stderr."""
    if not tally.files:
        note(_no_file(tally))
        return
    verb = "changed" if mode is Mode.WRITE else "would change"
    note(
        f"{counted(tally.applied, 'edit')} in {counted(tally.changed, 'file')} {verb},"
        f" of {counted(tally.files, 'file')} looked at"
    )
    if later := tally.later:
        note(
            f"  of these, {_by_verdict(later)} in code that other edits make: a check counts them apart"
        )
    for name, counts in sorted(tally.codemods.items()):
        note(f"  {name}: {_by_verdict(counts)}")
    if tally.problems:
        note(f"{counted(len(tally.problems), 'problem')}, named above")
    if tally.rejected:
        note(
            f"{counted(tally.rejected, 'site')} left alone that a review rejected;"
            " --ask-again does not heed that"
        )
    open_unsafe = tally.verdicts[Verdict.UNSAFE] - tally.applied_unsafe
    if open_unsafe > 0:
        note(f"next: {counted(open_unsafe, 'site')} more with --unsafe")
    if tally.verdicts[Verdict.REVIEW]:
        for_review = counted(tally.verdicts[Verdict.REVIEW], "site")
        note(f"next: {for_review} for review: `fixaudit check`")
    if tally.changed and mode is Mode.SHOW:
        note("next: the same without --dry-run writes it")


def report_run(report: RunReport, done: str, verb: str) -> int:
    """Name the files that were not `done`, count the others; 2 where there are any of the former."""
    for path, reason in report.skipped:
        note(f"{path}: skipped: {reason}")
    for path, reason in report.failed:
        note(f"{path}: write: {reason}")
    note(f"run {report.run}: {counted(len(report.written), 'file')} {done}")
    if report.unmarked is not None:
        note(f"the ledger could not be written ({report.unmarked}): run `fixaudit resume` later")
    if report.skipped and verb == "undo":
        note("next: --force drops what was edited since")
    return 2 if report.skipped or report.failed or report.unmarked else 0


def profiled(outcomes: Iterable[Outcome], project: Project) -> Iterator[Outcome]:
    """The outcomes; behind the last one, a table of times and the numbers of parses on stderr."""
    WATCH.measure()
    for outcome in outcomes:
        WATCH.step("print and write")
        yield outcome
        WATCH.step("read")
    WATCH.step("end")
    total = sum(WATCH.seconds.values()) or 1.0
    note(f"profile: {total:.3f} s")
    for step, seconds in sorted(WATCH.seconds.items(), key=lambda entry: -entry[1]):
        note(f"  {seconds:8.3f} s {seconds / total:5.1%}  {step}")
    parses = project.parses
    note(
        f"other modules: {parses.whole} parsed, {parses.read} read from the cache,"
        f" {parses.parts} parts parsed alone"
    )
