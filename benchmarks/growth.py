"""How processor time grows with the size of a file, its findings, the number of files and depth."""

from __future__ import annotations

import argparse
import ast
import re
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpora import track
from table import FIXAUDIT
from timing import timed

# What is in this is like what people write: classes, docstrings, long calls, `getattr`, `print`.
_MODULE = Path(argparse.__file__)
_PLAIN = '''"""Part {0} of a package."""

from __future__ import annotations


class Part{0}:
    """Holds a name and a size."""

    def __init__(self, name: str, size: int = {0}) -> None:
        self.name = name
        self.size = size

    def scaled(self, by: int) -> int:
        return self.size * by
'''
_PRINT = """

def step_{0}(done: int) -> None:
    if done > {0}:
        print(f"step {0}: {{done}}")
"""
_MD5 = """

def key_{0}(text: str) -> str:
    label = f"{0}:{{text}}"
    return hashlib.md5(label.encode()).hexdigest()
"""
_FILES_A_LEVEL = 20


@dataclass(frozen=True, slots=True)
class Case:
    """What is made in a folder for a size, and the sizes, in the units that are counted."""

    name: str
    unit: str
    sizes: tuple[int, ...]
    make: Callable[[Path, int], object]


@dataclass(frozen=True, slots=True)
class Growth:
    """Processor seconds of one size of a case; `start` of them go by with one finding of each too."""

    case: Case
    size: int
    processor: float
    start: float
    code: int

    @property
    def per_unit(self) -> float:
        return max(self.processor - self.start, 0.0) / self.size


def cases(scale: float = 1.0) -> list[Case]:
    """What is tried; a `scale` below 1 makes all of it smaller."""

    def case(name: str, unit: str, make: Callable[[Path, int], object], *sizes: int) -> Case:
        return Case(name, unit, tuple(max(1, round(size * scale)) for size in sizes), make)

    return [
        case("one file", "KB", one_file, 1_000, 10_000),
        case("`print` calls in one file", "findings", prints, 1_000, 10_000),
        case("`md5` calls in one file", "findings", digests, 1_000, 10_000),
        case("small files", "files", small_files, 1_000, 10_000, 100_000),
        case(f"folders in folders, {_FILES_A_LEVEL} files each", "levels", nested, 20, 200),
    ]


def one_file(folder: Path, kilobytes: int) -> None:
    """A real module's text again and again, with new names for what it defines."""
    text = _MODULE.read_text("utf-8")
    defined = (ast.FunctionDef, ast.ClassDef)
    names = [node.name for node in ast.parse(text).body if isinstance(node, defined)]
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
    written = copies = 0
    with open(folder / "grown.py", "w", encoding="utf-8") as file:
        while written < kilobytes * 1000:
            copies += 1
            written += file.write(pattern.sub(rf"\1_{copies}", text))


def prints(folder: Path, count: int) -> None:
    _repeated(folder / "steps.py", "import sys\n", _PRINT, count)


def digests(folder: Path, count: int) -> None:
    _repeated(folder / "keys.py", "import hashlib\n", _MD5, count)


def _repeated(path: Path, head: str, body: str, count: int) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(head)
        file.writelines(body.format(number) for number in range(count))


def small_files(folder: Path, count: int) -> None:
    """Packages of a hundred files each; one file in ten has a finding."""
    for number in range(count):
        package = folder / f"package_{number // 100}"
        package.mkdir(exist_ok=True)
        _small_file(package / f"part_{number}.py", number)


def nested(folder: Path, levels: int) -> None:
    for level in range(levels):
        folder = folder / f"level_{level}"
        folder.mkdir()
        for number in range(_FILES_A_LEVEL):
            _small_file(folder / f"part_{number}.py", number)


def _start(folder: Path, count: int) -> None:
    """All that is imported and set up on the way to any edit."""
    prints(folder, count)
    digests(folder, count)


def _small_file(path: Path, number: int) -> None:
    path.write_text(_PLAIN.format(number) + (_PRINT.format(number) if number % 10 == 0 else ""))


def measured(scratch: Path, scale: float, repeat: int) -> Iterator[Growth]:
    """Every size of every case, made, run `repeat` times and removed again."""
    start, _ = _processor(Case("start", "", (), _start), 1, scratch, repeat)
    for case in cases(scale):
        for size in case.sizes:
            processor, code = _processor(case, size, scratch, repeat)
            print(f"{case.name}, {size:,} {case.unit}: {processor:.2f} s", file=sys.stderr)
            yield Growth(case, size, processor, start, code)


def _processor(case: Case, size: int, scratch: Path, repeat: int) -> tuple[float, int]:
    folder = scratch / "growth"
    folder.mkdir()
    try:
        case.make(folder, size)
        track(folder)
        # Every finding becomes an edit: without `--unsafe` the digests would only be reported.
        dry = [*FIXAUDIT, "apply", "--dry-run", "--unsafe", "--isolated", "--no-cache", "-j", "1"]
        samples = [timed([*dry, "--select", "core", folder], scratch) for _ in range(repeat)]
    finally:
        shutil.rmtree(folder)
    return statistics.median(sample.processor for sample in samples), samples[-1].code


def markdown(grown: list[Growth]) -> Iterator[str]:
    """A ratio of 1.0 to the size before is linear."""
    yield "| what grows | size | processor s | ms per unit, less the start | × of the size before |"
    yield "|---|---:|---:|---:|---:|"
    before = None
    for each in grown:
        known = before is not None and before.case is each.case and before.per_unit > 0
        ratio = f"{each.per_unit / before.per_unit:.2f}" if known and before else ""
        failed = "" if each.code == 0 else f" (exit code {each.code})"
        size = f"{each.size:,} {each.case.unit}"
        figures = f"{each.processor:.2f}{failed} | {each.per_unit * 1000:.3f} | {ratio}"
        yield f"| {each.case.name} | {size} | {figures} |"
        before = each
