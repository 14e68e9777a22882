"""Times fixaudit and its peers on the same files, and prints Markdown tables.

    python benchmarks/run.py [--size small|large|both] [--growth] [--packages] [--executors] [--peers]
    python benchmarks/run.py --corpus FOLDER

Without `--corpus`, packages from the configured package index are fetched by pip, once, into
`benchmarks/corpora`; one that cannot be fetched is named and left out. The large corpus holds the
standard library of this Python too. Ruff is run in turns with
fixaudit, each as often as `--repeat` says. Peers that are not installed are left out. It needs a
system with `wait4`: Linux, macOS, BSD.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import corpora
import executors
import growth
import monorepo
import peers
import table


def main(arguments: Sequence[str] | None = None) -> None:
    given = parser().parse_args(arguments)
    path = peers.found(given.peer_bin)
    ruff = shutil.which("ruff", path=path)
    say(machine(ruff))
    sizes = [*corpora.SIZES] if given.size == "both" else [given.size]
    names = ["corpus"] if given.corpus else sizes
    for number, name in enumerate(names):
        with tempfile.TemporaryDirectory() as folder:
            bench = laid_out(given.corpus, name, Path(folder), given.repeat, ruff)
            say(table.markdown(table.measured(replace(bench, selects=given.select))))
            # On the first corpus only: hours go by on a large one.
            if given.peers and number == 0:
                rows = peers.measured(bench.corpus, bench.scratch, path, given.peer_timeout)
                say(["", "Peers, one run each:", "", *peers.markdown(list(rows))])
            if given.executors:
                found = executors.measured(bench.corpus, bench.scratch, given.repeat)
                say(["", "Executors, core, two processes:", "", *executors.markdown(found)])
    if given.growth:
        with tempfile.TemporaryDirectory() as folder:
            grown = growth.measured(Path(folder), given.scale, given.repeat)
            say(["", "Growth, core, `-j 1`:", "", *growth.markdown(list(grown))])
    if given.packages:
        with tempfile.TemporaryDirectory() as folder:
            costs = monorepo.measured(Path(folder), given.scale, given.repeat)
            say(["", "Packages of a repository:", "", *monorepo.markdown(list(costs))])


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--corpus", type=Path, help="a folder of yours in place of packages")
    add("--size", choices=[*corpora.SIZES, "both"], default="small")
    add("--select", nargs="+", default=["core", "all"], help="the sets of codemods that are timed")
    add("--repeat", type=int, default=5, help="how often each command is run")
    add("--growth", action="store_true", help="larger and larger files and trees too")
    add(
        "--scale",
        type=float,
        default=1.0,
        help="make what --growth and --packages make smaller or larger",
    )
    add("--packages", action="store_true", help="`fixaudit packages` over generated monorepos too")
    add("--executors", action="store_true", help="the same run by each executor too")
    add("--peers", action="store_true", help="the slow peers too")
    add("--peer-bin", type=Path, help="a folder to look for peers in, before PATH")
    add("--peer-timeout", type=float, default=300, help="seconds after which a peer is stopped")
    return parser


def laid_out(given: Path | None, name: str, folder: Path, repeat: int, ruff: str | None) -> table.Bench:  # fmt: skip
    """The corpus of that size, copied to the folder and described."""
    sources, missing = [given] if given else [], []
    if given is None:
        kept = corpora.HERE / "corpora"
        missing = corpora.packages(corpora.SIZES[name], kept)
        sources = [kept / each for each in corpora.SIZES[name] if each not in missing]
        sources += [corpora.STANDARD_LIBRARY] if name == "large" else []
    corpus = folder / "corpus"
    corpora.lay_out(sources, corpus)
    files, lines, size = corpora.counted(corpus)
    what = ", ".join(source.name for source in sources)
    head = f"{name}: {files:,} files, {lines:,} lines, {size / 1e6:.1f} MB ({what})"
    left_out = [f"Could not be fetched: {', '.join(missing)}."] if missing else []
    changed = table.chosen(corpus).relative_to(corpus)
    say(["", head, *left_out, f"Changed in “one file changed”: `{changed}`.", ""])
    return table.Bench(corpus, folder, repeat, ruff)


def machine(ruff: str | None) -> Iterable[str]:
    """What the figures depend on."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    version = "not installed"
    if ruff:
        run = subprocess.run([ruff, "--version"], capture_output=True, text=True, check=True)
        version = run.stdout.strip()
    yield f"- {datetime.date.today()}, load {load}"
    yield f"- {processor()}, {os.cpu_count()} processors, {memory:.1f} GB"
    yield f"- {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    yield f"- Ruff: {version.removeprefix('ruff ')}"


def processor() -> str:
    """The model's name, where the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    main()
