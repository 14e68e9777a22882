"""What an undo or a resume did, on stderr, and the exit code that follows."""

from __future__ import annotations

from fixaudit_cli.output.formats.text import counted
from fixaudit_cli.output.terminal import note
from fixaudit_cli.write.write_run import RunReport


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
