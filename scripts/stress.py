"""Run fixaudit over code nobody here wrote and prove the promises on every file.

    python scripts/stress.py [--select SELECTORS] [--diffs FILE] [--reasons FILE] FOLDER...

For each file with a trigger: it is judged with unsafe edits on, the result must compile, a second
run must change nothing, and the dry run's patch, given to `git apply`, must give the same bytes.
Prints the counts by codemod and verdict, and every failure; exits 1 when there is one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from fixaudit.model.outcome import Changed, Failed, Outcome
from fixaudit.pipeline.runner import Request, Worker
from fixaudit_cli.output.preview import patch_of
from fixaudit_cli.output.tally import sites_of


@dataclass
class Count:
    """What was seen in some files; counts add up."""

    files: int = 0
    changed: int = 0
    unreadable: int = 0
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    diffs: list[bytes] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, other: Count) -> None:
        self.files += other.files
        self.changed += other.changed
        self.unreadable += other.unreadable
        self.verdicts += other.verdicts
        self.failures += other.failures
        self.diffs += other.diffs
        self.reasons += other.reasons


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    started, total = time.monotonic(), Count()
    for folder in options.folders:
        for count in _run_folder(folder, options):
            total.add(count)
    _report(total, time.monotonic() - started)
    if options.diffs:
        options.diffs.write_bytes(b"".join(total.diffs))
    if options.reasons:
        options.reasons.write_text("".join(total.reasons), "utf-8", "backslashreplace")
    return 1 if total.failures or not total.files else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--select", default="all", help="codemods to run (default: all)")
    parser.add_argument("--diffs", type=Path, help="write all patches here, to be read")
    parser.add_argument("--reasons", type=Path, help="write every site with its reason here")
    parser.add_argument("--jobs", "-j", type=int, default=2)
    return parser


def _run_folder(folder: Path, options: argparse.Namespace) -> Iterator[Count]:
    request = Request(
        paths=(folder,),
        root=folder.resolve(),
        select=tuple(options.select.split(",")),
        unsafe=True,
        isolated=True,
    )
    # Code from a registry lies in folders that discovery would never enter by itself.
    files = sorted(path for path in folder.resolve().rglob("*.py") if path.is_file())
    chunks = [(request, files[start : start + 200]) for start in range(0, len(files), 200)]
    with get_context("fork").Pool(options.jobs) as pool:
        yield from pool.imap_unordered(_run_chunk, chunks)


def _run_chunk(job: tuple[Request, list[Path]]) -> Count:
    request, files = job
    worker, count = Worker(request), Count()
    changed = []
    for path in files:
        count.files += 1
        try:
            outcome = worker.outcome(path)
            _look(outcome, count)
            if isinstance(outcome, Changed):
                changed.append(outcome)
                _prove(worker, path, outcome, count)
        except Exception as error:
            count.failures.append(f"{path}: crash: {type(error).__name__}: {error}")
    count.failures += _patch_failures(changed)
    return count


def _look(outcome: Outcome, count: Count) -> None:
    if isinstance(outcome, Failed):
        count.unreadable += 1
        if outcome.problem.kind not in {"syntax", "encoding", "cookie", "null-byte", "unreadable"}:
            count.failures.append(
                f"{outcome.path}: {outcome.problem.kind}: {outcome.problem.message}"
            )
        return
    for problem in outcome.problems:
        count.failures.append(f"{outcome.path}:{problem.line}: {problem.kind}: {problem.message}")
    for site in sites_of(outcome):
        found = site.finding
        count.verdicts[(found.codemod, found.verdict.value)] += 1
        mark = "applied" if site.applied else found.verdict.value
        count.reasons.append(
            f"{found.codemod}\t{mark}\t{outcome.path}:{site.line}\t{found.reason}\n"
        )


def _prove(worker: Worker, path: Path, outcome: Changed, count: Count) -> None:
    count.changed += 1
    count.diffs.append(patch_of(outcome))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(outcome.after, str(path), "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            count.failures.append(f"{outcome.path}: does not compile: {error}")
    again = worker.outcome_of(path, outcome.after)
    if isinstance(again, (Changed, Failed)):
        count.failures.append(f"{outcome.path}: a second run changes it again")
    if not outcome.edits or _by_edits(outcome) != outcome.after:
        count.failures.append(f"{outcome.path}: the recorded edits do not give the new text")


def _by_edits(outcome: Changed) -> bytes:
    parts, position = [], 0
    for edit in outcome.edits:
        parts += [outcome.before[position : edit.start], edit.text]
        position = edit.end
    return b"".join([*parts, outcome.before[position:]])


def _patch_failures(changed: Sequence[Changed]) -> Iterable[str]:
    """What `git apply` makes of all patches together must be byte for byte the new files."""
    if not changed:
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for outcome in changed:
            target = folder / outcome.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(outcome.before)
        patch = b"".join(patch_of(outcome) for outcome in changed)
        subprocess.run(["git", "init", "-q", name], check=True)
        run = subprocess.run(
            ["git", "-C", name, "apply", "--whitespace=nowarn"],
            input=patch,
            capture_output=True,
            check=False,
        )
        if run.returncode:
            return [f"git apply: {run.stderr.decode('utf-8', 'replace').strip()}"]
        return [
            f"{outcome.path}: the patch gives other bytes than writing"
            for outcome in changed
            if (folder / outcome.path).read_bytes() != outcome.after
        ]


def _report(total: Count, seconds: float) -> None:
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (codemod, verdict), number in total.verdicts.items():
        table[codemod][verdict] += number
    verdicts = ("fix", "unsafe", "review", "leave")
    print(f"| codemod | {' | '.join(verdicts)} |\n|---|{'---:|' * len(verdicts)}")
    for codemod in sorted(table):
        print(f"| {codemod} | {' | '.join(str(table[codemod][verdict]) for verdict in verdicts)} |")
    print(
        f"\n{total.files} files, {total.changed} changed, {total.unreadable} not readable as Python, "
        f"{len(total.failures)} failures, {seconds:.0f} s"
    )
    for failure in total.failures:
        print(f"FAILURE {failure}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
