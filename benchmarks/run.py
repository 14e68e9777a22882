"""Times fixaudit and its peers on the same files, and prints a Markdown table.

    python benchmarks/run.py [--corpus FOLDER] [--packages NAME ...] [--repeat N]

Without `--corpus` the standard library and the named packages (from the configured package index,
by pip) are laid out in `benchmarks/corpora`. What is measured is processor time (user and system, of
a command and its children), the median of `--repeat` runs: on a machine that others use too, the
time on the wall says little. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = ("django", "sqlalchemy", "aiohttp", "fastapi", "celery")
CORE = ("--select", "core")
RUFF = ("--isolated", "--select", "S324,T201,TRY401,B009", "--diff")


@dataclass(frozen=True, slots=True)
class Row:
    """One measured command: processor and wall seconds, and the largest memory of a process in MB."""

    name: str
    processor: float
    wall: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--packages", nargs="*", default=PACKAGES)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peers", action="store_true", help="the slow peers too")
    given = parser.parse_args()
    source = given.corpus or built(given.packages)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        shutil.copytree(source, corpus, ignore=shutil.ignore_patterns(".git", ".fixaudit"))
        subprocess.run(["git", "init", "-q", corpus], check=True)
        print_table(corpus, measured(corpus, Path(folder), given.repeat, given.peers))


def built(packages: Sequence[str]) -> Path:
    """The standard library and the packages' sources, laid out once."""
    target = HERE / "corpora" / "-".join(["stdlib", *packages])
    if not target.exists():
        shutil.copytree(
            sysconfig.get_path("stdlib"),
            target / "stdlib",
            ignore=shutil.ignore_patterns(
                "site-packages", "test", "tests", "__pycache__", "lib2to3"
            ),
        )
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
        subprocess.run([*command, "--target", target / "packages", *packages], check=True)
    return target


def measured(corpus: Path, scratch: Path, repeat: int, peers: bool) -> list[Row]:
    """Every command in the order of the table."""

    def row(name: str, *command: str | Path, before: Callable[[], object] | None = None) -> Row:
        return _row(name, [str(word) for word in command], scratch, repeat, before)

    ours: list[str | Path] = [
        sys.executable,
        "-m",
        "fixaudit_cli",
        "apply",
        "--dry-run",
        "--isolated",
        corpus,
    ]
    cache: tuple[str | Path, ...] = ("--cache-dir", scratch / "cache")
    rows = []
    if ruff := shutil.which("ruff"):
        check: list[str | Path] = [ruff, "check", *RUFF, "--cache-dir", scratch / "ruff", corpus]
        rows.append(row("ruff, cold", *check, "--no-cache"))
        subprocess.run(check, capture_output=True, check=False)
        rows.append(row("ruff, warm", *check))
    for jobs in ("1", "2"):
        rows.append(row(f"fixaudit core, cold, -j {jobs}", *ours, *CORE, "--no-cache", "-j", jobs))
    subprocess.run([*ours, *CORE, *cache], capture_output=True, check=False)
    rows.append(row("fixaudit core, warm", *ours, *CORE, *cache))
    touched = next(path for path in sorted(corpus.rglob("*.py")) if path.stat().st_size > 5000)

    def touch() -> None:
        touched.write_bytes(touched.read_bytes() + b"# changed\n")

    rows.append(row("fixaudit core, one file changed", *ours, *CORE, *cache, before=touch))
    rows.append(row("fixaudit all, cold", *ours, "--select", "all", "--no-cache", "-j", "1"))
    for word in ("--version", "--help", "list"):
        rows.append(row(f"fixaudit {word}", sys.executable, "-m", "fixaudit_cli", word))
    return rows + ([*_peers(corpus, row)] if peers else [])


def _peers(corpus: Path, row: Callable[..., Row]) -> list[Row]:
    """Those of the slow peers that are installed, on one comparable rule each."""
    commands: dict[str, list[str | Path]] = {
        "fixit": ["fixit", "--quiet", "lint", "--rules", "fixit.rules:UseAssertIn", corpus],
        "codemodder": ["codemodder", "--dry-run", "--codemod-include", "pixee:python/harden-pyyaml", corpus],
        "semgrep": ["semgrep", "--metrics=off", "--quiet", "--lang", "python", "-e", "hashlib.md5(...)", corpus],
        "ast-grep": ["ast-grep", "run", "--lang", "python", "--pattern", "hashlib.md5($$$)", corpus],
    }  # fmt: skip
    return [
        row(name, *command) for name, command in commands.items() if shutil.which(str(command[0]))
    ]


def _row(name: str, command: list[str], scratch: Path, repeat: int, before: Callable[[], object] | None) -> Row:  # fmt: skip
    processor, wall = [], []
    for _ in range(repeat):
        if before is not None:
            before()
        used, started = _used(), time.perf_counter()
        subprocess.run(command, cwd=scratch, capture_output=True, check=False)
        wall.append(time.perf_counter() - started)
        processor.append(_used() - used)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{name}: {statistics.median(processor):.2f} s", file=sys.stderr)
    return Row(name, statistics.median(processor), statistics.median(wall), memory)


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def print_table(corpus: Path, rows: Sequence[Row]) -> None:
    files = list(corpus.rglob("*.py"))
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    load = os.getloadavg()[0]
    print(
        f"{len(files):,} files, {lines:,} lines; {os.cpu_count()} processors, load {load:.1f};",
        end=" ",
    )
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}\n")
    base = rows[0].processor
    print("| command | processor s | wall s | × first row | largest process so far, MB |")
    print("|---|---:|---:|---:|---:|")
    for row in rows:
        print(f"| {row.name} | {row.processor:.2f} | {row.wall:.2f} | {row.processor / base:.1f} | {row.memory:.0f} |")  # fmt: skip


if __name__ == "__main__":
    main()
