"""What `fixaudit packages` takes above `fixaudit --version`, by the number of packages."""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpora import track
from table import FIXAUDIT
from timing import timed

SIZES = (100, 200, 400)
FILES_A_PACKAGE = 25
COMMANDS = {
    "packages": ["packages"],
    "packages --statistics": ["packages", "--statistics"],
    "packages --dependents": ["packages", "--dependents"],
}
_TOP = '[project]\nname = "all"\nversion = "1"\n\n[tool.uv.workspace]\nmembers = ["packages/*"]\n'
# As long as those that people write: most of what is read is not asked for.
_PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "part-{0:04}"
version = "1.2.3"
description = "Part {0}"
readme = "README.md"
requires-python = ">=3.11"
authors = [{{ name = "Ada", email = "ada@example.org" }}]
classifiers = ["Programming Language :: Python :: 3", "Programming Language :: Python :: 3.11"]
dependencies = [
    "requests>=2",
    "part-{1:04}",
]

[project.optional-dependencies]
dev = ["pytest", "mypy"]

[tool.uv.sources]
part-{1:04} = {{ workspace = true }}

[tool.ruff]
line-length = 100

[tool.pytest.ini_options]
testpaths = ["tests"]
"""
_MODULE = (
    "import os\nfrom part_{1:04} import part_0\n\n" + "\ndef step(x):\n    return x + 1\n\n" * 40
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one command over so many packages; `start` are those of `fixaudit --version`."""

    command: str
    packages: int
    processor: float
    wall: float
    start: float
    code: int

    @property
    def above(self) -> float:
        return max(self.processor - self.start, 0.0)


def monorepo(folder: Path, count: int, files: int = FILES_A_PACKAGE) -> None:
    """A uv workspace whose packages declare and import one another."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(_TOP)
    for number in range(count):
        other = number // 2
        package = folder / "packages" / f"part-{number:04}"
        source = package / "src" / f"part_{number:04}"
        source.mkdir(parents=True)
        (package / "pyproject.toml").write_text(_PROJECT.format(number, other))
        (source / "__init__.py").write_text("")
        for part in range(files - 1):
            (source / f"part_{part}.py").write_text(_MODULE.format(number, other))


def measured(scratch: Path, scale: float, repeat: int) -> Iterator[Cost]:
    """Every command over trees of every size, each made, asked `repeat` times and removed again."""
    for size in SIZES:
        count = max(2, round(size * scale))
        folder = scratch / "monorepo"
        monorepo(folder, count)
        track(folder)
        try:
            start, _, _ = _taken(["--version"], folder, repeat)
            for name, arguments in COMMANDS.items():
                processor, wall, code = _taken(arguments, folder, repeat)
                print(f"{name}, {count} packages: {processor:.2f} s", file=sys.stderr)
                yield Cost(name, count, processor, wall, start, code)
        finally:
            shutil.rmtree(folder)


def _taken(arguments: list[str], folder: Path, repeat: int) -> tuple[float, float, int]:
    """The median of processor time and of the clock's, and the last exit code."""
    samples = [timed([*FIXAUDIT, *arguments], folder) for _ in range(repeat)]
    processor = statistics.median(sample.processor for sample in samples)
    return processor, statistics.median(sample.wall for sample in samples), samples[-1].code


def markdown(costs: list[Cost]) -> Iterator[str]:
    """A ratio of 1.0 to the size before is linear."""
    yield "| command | packages | files | processor s above `--version` | wall s | ms a package, × of the size before |"
    yield "|---|---:|---:|---:|---:|---:|"
    before: dict[str, Cost] = {}
    for cost in sorted(costs, key=lambda each: (list(COMMANDS).index(each.command), each.packages)):
        known = before.get(cost.command)
        each = 1000 * cost.above / cost.packages
        ratio = (
            f", {each / (1000 * known.above / known.packages):.2f}" if known and known.above else ""
        )
        failed = "" if cost.code == 0 else f" (exit code {cost.code})"
        files = cost.packages * FILES_A_PACKAGE
        figures = f"{cost.above:.2f}{failed} | {cost.wall:.2f} | {each:.2f}{ratio}"
        yield f"| `{cost.command}` | {cost.packages:,} | {files:,} | {figures} |"
        before[cost.command] = cost
