"""The slower peers that are installed, each on one rule that is like one of ours."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpora import lay_out
from table import FIXAUDIT, cells
from timing import Command, Row, timed

_BOWLER = """import sys

from bowler import Query

Query(sys.argv[1:]).select_function("print").rename("log").diff()
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool and what it does in a table's words; the command's last word is the corpus."""

    name: str
    command: Command


def found(folder: Path | None) -> str:
    """The PATH that peers are looked for in, `folder` first; a peer may call another by its name."""
    path = os.environ.get("PATH", os.defpath)
    beside = os.fspath(Path(sys.executable).parent)
    return os.pathsep.join([*([os.fspath(folder)] if folder else []), path, beside])


def peers(path: str, scratch: Path) -> Iterator[Peer]:
    """Those that are installed."""
    script = scratch / "rename_print.py"
    script.write_text(_BOWLER)
    python = shutil.which("python", path=path) or sys.executable
    commands: dict[str, Command] = {
        "ast-grep, `hashlib.md5(…)`": ["ast-grep", "run", "--lang", "python", "--pattern", "hashlib.md5($$$)"],
        "Bowler, rename `print`": ["bowler", "run", script, "--"],
        "Fixit, `sleep` in async": ["fixit", "--quiet", "--rules", "fixit.rules:UseAsyncSleepInAsyncDef", "lint"],
        "libcst.tool, rename `hashlib.md5`": [python, "-m", "libcst.tool", "codemod", "rename.RenameCommand", "--old_name=hashlib.md5", "--new_name=hashlib.sha256", "--no-format", "-u", "3", "--hide-progress"],
        "codemodder, `utcnow`": ["codemodder", "--dry-run", "--codemod-include", "pixee:python/timezone-aware-datetime"],
        "semgrep, `hashlib.md5(…)`": ["semgrep", "--metrics=off", "--disable-version-check", "--quiet", "--lang", "python", "-e", "hashlib.md5(...)"],
    }  # fmt: skip
    for name, (program, *rest) in commands.items():
        if at := shutil.which(program, path=path):
            yield Peer(name, [at, *rest])


def measured(corpus: Path, scratch: Path, path: str, timeout: float) -> Iterator[Row]:
    """One run of each, on a copy that it may write to, beside a run of ours with one codemod."""
    dry = (*FIXAUDIT, "apply", "--dry-run", "--isolated", "--no-cache", "--select", "md5-to-sha256")
    for peer in [*peers(path, scratch), Peer("fixaudit, `md5-to-sha256`", dry)]:
        copy = scratch / "peer"
        lay_out([corpus], copy)
        sample = timed([*peer.command, copy], scratch, timeout=timeout, path=path)
        shutil.rmtree(copy)
        print(f"{peer.name}: {sample.wall:.2f} s", file=sys.stderr)
        yield Row(peer.name, [sample])


def markdown(rows: list[Row]) -> Iterator[str]:
    """Ours comes last, and all others are told as multiples of it."""
    yield "| command | wall s | × fixaudit | processor s | largest process, MB |"
    yield "|---|---:|---:|---:|---:|"
    for row in rows:
        compared = Row(row.name, row.samples, rows[-1].samples)
        yield f"| {row.name} | {cells(compared).partition('| ')[2]} |"
    for row in rows:
        if row.failure is not None:
            yield f"\n{row.failure}"
