"""The rows of one corpus: fixaudit and Ruff, cold, warm and after a change, as Markdown."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from corpora import python_files
from timing import Command, Row, in_turns, median_wall, timed

FIXAUDIT = (sys.executable, "-m", "fixaudit_cli")
RUFF = ("check", "--isolated", "--select", "S324,T201,TRY401,B009", "--diff")
# A file that was written less than two seconds before is read again by the next run.
SETTLED = 2.2
_SERIAL = count(1)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the corpus lies, where runs may write, how often each is run, and Ruff, if it is there."""

    corpus: Path
    scratch: Path
    repeat: int
    ruff: str | None
    selects: Sequence[str] = ("core", "all")

    def ours(self, select: str, *options: str | Path) -> list[str | Path]:
        dry = (*FIXAUDIT, "apply", "--dry-run", "--isolated", self.corpus)
        return [*dry, "--select", select, *options]

    def theirs(self, *options: str | Path) -> list[str | Path] | None:
        return [self.ruff, *RUFF, self.corpus, *options] if self.ruff else None

    def row(self, name: str, command: Command, rival: Command | None) -> Row:
        return in_turns(name, command, rival, self.scratch, self.repeat)


def measured(bench: Bench, settle: float = SETTLED) -> list[Row]:
    """Every row of the table, Ruff's first."""
    timed([*FIXAUDIT, "list"], bench.scratch)
    rows: list[Row] = []
    for select in bench.selects:
        timed(bench.ours(select, "--no-cache"), bench.scratch)
        rows += _cold(bench, select)
        rows += _kept(bench, select, settle)
    ruff = [_ruff(kind, rows) for kind in ("cold", "warm", "one file changed")]
    start = [
        bench.row(f"fixaudit {word}", [*FIXAUDIT, word], None)
        for word in ("--version", "--help", "list")
    ]
    return [row for row in ruff if row.samples] + rows + start


def _cold(bench: Bench, select: str) -> Iterator[Row]:
    for jobs in ("1", "2"):
        command = bench.ours(select, "--no-cache", "-j", jobs)
        yield bench.row(f"fixaudit {select}, cold, -j {jobs}", command, bench.theirs("--no-cache"))


def _kept(bench: Bench, select: str, settle: float) -> Iterator[Row]:
    """With what earlier runs kept: after nothing, and after each time a change of one file."""
    ours = bench.ours(select, "--cache-dir", bench.scratch / "cache")
    theirs = bench.theirs("--cache-dir", bench.scratch / "ruff")
    time.sleep(settle)
    for command in (ours, theirs):
        if command:
            timed(command, bench.scratch)
    yield bench.row(f"fixaudit {select}, warm", ours, theirs)
    with changing(chosen(bench.corpus)) as path:

        def change() -> None:
            number = next(_SERIAL)
            path.write_bytes(path.read_bytes() + b"\nchanged_%d = %d\n" % (number, number))
            time.sleep(settle)

        name = f"fixaudit {select}, one file changed"
        yield in_turns(name, ours, theirs, bench.scratch, bench.repeat, change)
    time.sleep(settle)


@contextmanager
def changing(path: Path) -> Iterator[Path]:
    """Put the file's content back at the end, whatever happens."""
    content = path.read_bytes()
    try:
        yield path
    finally:
        path.write_bytes(content)


def chosen(corpus: Path) -> Path:
    """The file that is changed: the first of more than 5,000 bytes that must be parsed for core."""
    files = list(python_files(corpus))
    for path in files:
        if path.stat().st_size > 5000 and b"getattr(" in path.read_bytes():
            return path
    return max(files, key=lambda path: path.stat().st_size)


def _ruff(kind: str, rows: Sequence[Row]) -> Row:
    """All of Ruff's runs of this kind, whichever of our rows they were taken with."""
    samples = [sample for row in rows if kind in row.name for sample in row.rival]
    return Row(f"ruff, {kind}", samples)


def markdown(rows: Sequence[Row]) -> Iterator[str]:
    yield "| command | wall s, min | wall s, median | × Ruff | processor s | largest process, MB |"
    yield "|---|---:|---:|---:|---:|---:|"
    for row in rows:
        yield f"| {row.name} | {cells(row)} |"
    for row in rows:
        if row.failure is not None:
            yield f"\n{row.failure}"


def cells(row: Row) -> str:
    """The figures of a row, as the cells of the table."""
    least = min(sample.wall for sample in row.samples)
    if row.timed_out:
        return f" | stopped after {least:.0f} | | | "
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    median = median_wall(row.samples)
    return f"{least:.3f} | {median:.3f} | {ratio} | {row.processor:.2f} | {row.memory:.0f}"
