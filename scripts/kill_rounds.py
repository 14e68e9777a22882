"""Kill the real command line at random moments over code nobody here wrote, and prove what is left.

    python scripts/kill_rounds.py [--seed N] [--kills 200] [--editors 50] [--disks 30] [--only N …]

A kill round starts `apply`, by chance `resume` or `undo` too, kills its whole process group, and
asserts that each file is the old or the new one, that branch and index hold together, and that
`resume`, `undo` or a second `apply` brings all of it to an end with nothing left behind. The other
rounds are in `editor_rounds.py` and `disk_rounds.py`. Linux only. Exits 1 where there was a fault;
what such a round left is kept and named.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from disk_rounds import DiskRounds
from editor_rounds import EditorRounds
from kill_moments import moment_for, wait_for
from rounds_tree import (
    PACKAGES,
    STAGING,
    Bench,
    Files,
    Rounds,
    check_equal,
    check_repository,
    check_resumed,
    check_undone,
    check_whole,
    kill_group,
)

_SELECTED: tuple[tuple[str, ...], ...] = ((), ("--select", "all"))
_WAYS: tuple[tuple[str, ...], ...] = (
    (),
    (),
    ("-j", "2"),
    ("--verify", "true"),
    ("--commit",),
    ("--commit",),
    ("--commit-per", "package"),
    ("--no-cache",),
)


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a run that nobody disturbs leaves, and how long it takes to write and to take back."""

    after: Files
    changed: tuple[str, ...]
    seconds: float
    undo_seconds: float


@dataclass(slots=True)
class KillRounds:
    """Rounds of kills over one tree."""

    bench: Bench
    rounds: Rounds
    before: Files = field(default_factory=dict)
    known: dict[tuple[str, ...], Undisturbed] = field(default_factory=dict)

    def one(self, rng: random.Random) -> None:
        """One round. Raises FaultError."""
        self.before = self.bench.files()
        arguments = ("apply", "--unsafe", *rng.choice(_SELECTED), *rng.choice(_WAYS), ".")
        good = self.known.get(arguments) or self._undisturbed(arguments)
        commits = any(word.startswith("--commit") for word in arguments)
        first = len(self.bench.runs())
        self._killed(arguments, good, rng, commits=commits)
        ways = ["resume", "undo", "resume killed", "undo killed", "again"]
        way = rng.choice(ways)
        self.rounds.count(f"then {way}")
        for verb in ("resume", "undo"):
            if way == f"{verb} killed":
                self._killed((verb,), good, rng, commits=False)
                way = rng.choice(ways[:2])
        if way == "again":
            self._again(arguments, good)
        elif way == "resume":
            check_resumed(self.bench, self.before, good.after)
        check_undone(self.bench, self.before, first)
        self.rounds.count("locks told", self.bench.locks_told)
        self.bench.locks_told = 0

    def _undisturbed(self, arguments: tuple[str, ...]) -> Undisturbed:
        self.bench.run(*arguments).expect(0)  # the cache knows the files from here on
        self.bench.run("undo").expect(0)
        self.bench.reset()
        started = time.monotonic()
        self.bench.run(*arguments).expect(0)
        seconds = time.monotonic() - started
        after = self.bench.files()
        check_repository(self.bench)
        started = time.monotonic()
        self.bench.run("undo").expect(0)
        back = time.monotonic() - started
        check_equal(self.bench.files(), self.before, "an undisturbed undo restores all")
        self.bench.reset()
        changed = tuple(name for name in after if after[name] != self.before[name])
        self.known[arguments] = Undisturbed(after, changed, seconds, back)
        return self.known[arguments]

    def _killed(
        self, arguments: tuple[str, ...], good: Undisturbed, rng: random.Random, *, commits: bool
    ) -> None:
        moment = moment_for(rng, commits=commits)
        seconds = good.seconds if arguments[0] == "apply" else good.undo_seconds
        process = self.bench.start(*arguments)
        wait_for(moment, process, self.bench, rng, changed=good.changed, seconds=seconds)
        hit = kill_group(process)
        if not hit:
            self.bench.ended(process).expect(0)
        self.rounds.count(
            f"{arguments[0]} killed, {moment}" if hit else "runs faster than the kill"
        )
        now = self.bench.files()
        check_whole(now, self.before, good.after)
        written = sum(now[name] == good.after[name] for name in good.changed)
        if hit:
            self.rounds.count("kills")
            self.rounds.count("kills amid the files", 0 < written < len(good.changed))
        self.rounds.count("staging files seen", sum(STAGING in name for name in now))
        locked = (self.bench.tree / ".git/index.lock").exists()
        self.rounds.count("kills under the lock of the index", locked)

    # ------------------------------------------------------------------ afterwards

    def _again(self, arguments: tuple[str, ...], good: Undisturbed) -> None:
        """Nobody heeds the kill; the same is applied once more, and the old run ended later."""
        plain = [
            word for word in arguments if not word.startswith("--commit") and word != "package"
        ]
        self.bench.run(*plain[:-1], "--allow-dirty", ".").expect(0)
        now = {n: held for n, held in self.bench.files().items() if STAGING not in n}
        check_equal(now, good.after, "after a second `apply` all is done")
        self.bench.end_run("resume")
        check_equal(
            self.bench.files(), good.after, "after a second `apply` and `resume` all is done"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="fixaudit-rounds-"))
    bench = Bench.below(folder / "bench")
    bench.make(options.packages)
    faults = 0
    for kind, make, number in (
        ("kills", KillRounds, options.kills),
        ("editors", EditorRounds, options.editors),
        ("disks", DiskRounds, options.disks),
    ):
        numbers = range(number) if options.only is None else options.only[:number]
        rounds = Rounds(kind, options.seed)
        started = time.monotonic()
        if numbers:
            rounds.play(numbers, bench, make(bench, rounds).one)
            print(f"{rounds.report()}; {time.monotonic() - started:.0f} s", flush=True)
        faults += len(rounds.faults)
    if faults:
        print(f"{faults} faults; what they left is below {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kills", type=int, default=200, help="rounds of kills (200)")
    parser.add_argument("--editors", type=int, default=50, help="rounds with an editor (50)")
    parser.add_argument("--disks", type=int, default=30, help="rounds on a full disk (30)")
    parser.add_argument(
        "--only", type=int, nargs="+", metavar="N", help="these rounds alone of each kind"
    )
    parser.add_argument(
        "--packages", nargs="+", default=PACKAGES, help="installed packages to copy"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
