"""Run packages' own tests before and after fixaudit, and count the failures that are new.

    python scripts/package_suites.py --work FOLDER [--unsafe] [NAME[==VERSION]...]

For each package: pip fetches the source distribution, a virtual environment gets the package
(editable) and what its tests need, the tests run, `fixaudit apply --select all` writes its edits, and
the tests run again. A test that fails now and did not before is new; so is one that is gone. What
fails anew is run a second time: a test that then passes is unsteady, and is told as such. At the end
`fixaudit undo` must give every file back. Prints a table, and what is new; exits 1 when there is
anything new, or a package did not run to its end. Packages, versions and what their tests need stand
in `package_suites.toml`.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

_KNOWN = Path(__file__).with_suffix(".toml")
_EDITS = re.compile(r"^(\d+) edits? in \d+ files? changed", re.MULTILINE)
_SECONDS = 1800


class NotRunError(Exception):
    """A step of a package's run did not come to its end."""


@dataclass(frozen=True)
class Package:
    """One source distribution, and what its tests need: packages, extras of its own, pytest's options."""

    name: str
    version: str
    requirements: tuple[str, ...] = ("pytest",)
    extras: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suite:
    """One run of a package's tests: the ids of those that passed, were skipped, failed."""

    passed: frozenset[str]
    skipped: frozenset[str]
    failed: frozenset[str]

    @property
    def count(self) -> int:
        return len(self.passed) + len(self.skipped) + len(self.failed)

    def new_since(self, before: Suite) -> frozenset[str]:
        """What fails and did not before, and what passed and is gone."""
        gone = before.passed - self.passed - self.skipped - self.failed
        return (self.failed - before.failed) | gone


@dataclass
class Row:
    """What was seen of one package."""

    package: Package
    tests: int = 0
    failing_before: int = 0
    edits: int = 0
    new: list[str] = field(default_factory=list)
    unsteady: list[str] = field(default_factory=list)
    problem: str = ""

    def __str__(self) -> str:
        name, version = self.package.name, self.package.version
        if self.problem:
            return f"| {name} | {version} | did not run: {self.problem} | | | |"
        cells = (self.tests, self.failing_before, len(self.new), self.edits)
        return f"| {name} | {version} | {' | '.join(map(str, cells))} |"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    known = tomllib.loads(_KNOWN.read_text("utf-8"))
    try:
        packages = [_package(text, known) for text in options.packages or known]
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    rows = []
    for package in packages:
        bench = Bench(package, options.work.resolve() / package.name, unsafe=options.unsafe)
        rows.append(_row(bench))
        print(rows[-1], file=sys.stderr, flush=True)
    _report(rows)
    return 1 if any(row.new or row.problem for row in rows) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("packages", nargs="*", metavar="NAME[==VERSION]", help="default: all known")
    parser.add_argument("--work", required=True, type=Path, help="a folder for all that is fetched")
    parser.add_argument("--unsafe", action="store_true", help="apply unsafe edits too")
    return parser


def _package(text: str, known: Mapping[str, Any]) -> Package:
    """Raises ValueError for a package of which neither this call nor the table says a version."""
    name, _, version = text.partition("==")
    entry = known.get(name, {})
    version = version or entry.get("version", "")
    if not version:
        raise ValueError(f"{name}: give a version, as in `{name}==1.0`; {_KNOWN.name} has none")
    lists = {key: tuple(value) for key, value in entry.items() if key != "version"}
    return Package(name, version, **lists)


def _row(bench: Bench) -> Row:
    row = Row(bench.package)
    try:
        bench.prepare()
        before = bench.run_tests("before")
        row.tests, row.failing_before = before.count, len(before.failed)
        row.edits = bench.apply()
        after = bench.run_tests("after")
        new = after.new_since(before)
        again = bench.run_tests("again").new_since(before) if new else new
        row.new, row.unsteady = sorted(new & again), sorted(new - again)
        bench.undo()
    except (NotRunError, OSError, subprocess.SubprocessError) as error:
        row.problem = str(error).partition("\n")[0]
    return row


class Bench:
    """One package in a folder of its own: its tree, its environment and the logs of what ran."""

    def __init__(self, package: Package, folder: Path, *, unsafe: bool) -> None:
        self.package = package
        self._folder = folder
        self._unsafe = unsafe
        self._tree = folder / "tree"
        self._python = folder / "venv" / "bin" / "python"
        self._files: dict[Path, bytes] = {}

    def prepare(self) -> None:
        """Fetch and unpack the source, make the environment."""
        self._folder.mkdir(parents=True, exist_ok=True)
        wanted = f"{self.package.name}=={self.package.version}"
        archive = self._archive()
        if archive is None:
            pip = (sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:")
            self._run("fetch", *pip, "-d", str(self._folder), wanted)
            archive = self._archive()
        if archive is None:
            raise NotRunError(f"{wanted} has no source distribution")
        if not self._tree.exists():
            self._unpack(archive)
        self._run("venv", sys.executable, "-m", "venv", str(self._folder / "venv"))
        extras = f"[{','.join(self.package.extras)}]" if self.package.extras else ""
        self._pip("-e", f"{self._tree}{extras}", *self.package.requirements)
        self._files = {path: path.read_bytes() for path in self._sources()}

    def _archive(self) -> Path | None:
        found = sorted(self._folder.glob(f"*-{self.package.version}.tar.gz"))
        return found[0] if found else None

    def _unpack(self, archive: Path) -> None:
        unpacked = self._folder / "unpacked"
        with tarfile.open(archive) as file:
            file.extractall(unpacked, filter="data")
        next(unpacked.iterdir()).rename(self._tree)

    def _pip(self, *arguments: str) -> None:
        self._run("install", str(self._python), "-m", "pip", "install", "-q", *arguments)

    def _sources(self) -> list[Path]:
        return sorted(path for path in self._tree.rglob("*.py") if path.is_file())

    def run_tests(self, name: str) -> Suite:
        """Run the package's tests as its own configuration has them."""
        report = self._folder / f"{name}.xml"
        report.unlink(missing_ok=True)
        pytest = (str(self._python), "-m", "pytest", "-q", "-p", "no:cacheprovider")
        options = ("--continue-on-collection-errors", f"--junitxml={report}")
        self._run(name, *pytest, *options, *self.package.options, may_fail=True)
        suite = read_report(report) if report.exists() else None
        if suite is None or not suite.passed:
            raise NotRunError(f"no test passed ({name}); see {name}.log")
        return suite

    def apply(self) -> int:
        """Write the edits; gives their number."""
        unsafe = ["--unsafe"] if self._unsafe else []
        text = self._fixaudit("apply", "--select", "all", *unsafe, str(self._tree))
        found = _EDITS.search(text)
        return 0 if found is None else int(found[1])

    def undo(self) -> None:
        """Take the edits back, and see that nothing of them is left."""
        if any(path.read_bytes() != text for path, text in self._files.items()):
            self._fixaudit("undo")
        left = [path for path in self._sources() if self._files.get(path) != path.read_bytes()]
        if left:
            raise NotRunError(f"undo left {left[0].relative_to(self._tree)} changed")

    def _fixaudit(self, verb: str, *arguments: str) -> str:
        return self._run(verb, sys.executable, "-m", "fixaudit_cli", verb, *arguments)

    def _run(self, name: str, *command: str, may_fail: bool = False) -> str:
        """Run a command in the tree; its output goes to `<name>.log` too."""
        kept = {f"FIXAUDIT_{kind}_DIR": str(self._folder / kind) for kind in ("STATE", "CACHE")}
        run = subprocess.run(
            command,
            cwd=self._tree if self._tree.exists() else self._folder,
            env={**os.environ, **kept, "PYTHONHASHSEED": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            check=False,
        )
        text = run.stdout.decode("utf-8", "replace")
        (self._folder / f"{name}.log").write_text(text, "utf-8")
        if run.returncode and not may_fail:
            raise NotRunError(f"{name} gave {run.returncode}; see {name}.log")
        return text


def read_report(report: Path) -> Suite:
    """The ids of a JUnit report; a file that cannot be collected counts as a test that fails."""
    passed: set[str] = set()
    skipped: set[str] = set()
    failed: set[str] = set()
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        outcomes = {child.tag for child in case}
        if outcomes & {"failure", "error"}:
            failed.add(name)
        else:
            (skipped if "skipped" in outcomes else passed).add(name)
    # A test and its teardown are two cases of one name.
    return Suite(frozenset(passed - failed), frozenset(skipped - failed), frozenset(failed))


def _report(rows: Sequence[Row]) -> None:
    print("| package | version | tests | failing before | new failures | edits |")
    print("|---|---|---:|---:|---:|---:|")
    for row in rows:
        print(row)
    whole = [row for row in rows if not row.problem]
    new = sum(len(row.new) for row in whole)
    edits = sum(row.edits for row in whole)
    print(f"\n{len(whole)} of {len(rows)} packages ran, {edits} edits, {new} new failures")
    for row in rows:
        for name in row.new:
            print(f"NEW {row.package.name}: {name}", file=sys.stderr)
        for name in row.unsteady:
            print(f"unsteady {row.package.name}: {name}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
