"""The disk of the tree, the state, the cache or of temporary files is full: nothing is lost.

A small file system is mounted for one of them, which only root may do.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rounds_tree import (
    STAGING,
    Bench,
    Ended,
    Files,
    Rounds,
    check_repository,
    check_resumed,
    check_undone,
    check_whole,
    expect,
)

_PLACES = ("tree", "tree", "state", "state", "cache", "temporary")
_ROOMY = 256 << 20
_LEAST = 4096


@dataclass(frozen=True, slots=True)
class _Disk:
    """A file system in memory, whose size can be changed."""

    folder: Path

    def resize(self, size: int) -> None:
        """Set its size in bytes, to not less than what it holds."""
        size = max(size, self.used, _LEAST)
        _must("mount", "-o", f"remount,size={size}", str(self.folder))

    @property
    def used(self) -> int:
        """The bytes taken."""
        found = os.statvfs(self.folder)
        return (found.f_blocks - found.f_bfree) * found.f_frsize


def _must(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise SystemExit(f"{command[0]} failed, rounds on a full disk need root: {said}")


@contextmanager
def _mounted(folder: Path) -> Iterator[_Disk]:
    folder.mkdir()
    _must("mount", "-t", "tmpfs", "-o", f"size={_ROOMY},mode=0700", "tmpfs", str(folder))
    try:
        yield _Disk(folder)
    finally:
        _must("umount", str(folder))
        folder.rmdir()


@dataclass(slots=True)
class DiskRounds:
    """Rounds on a full disk over one tree."""

    bench: Bench
    rounds: Rounds
    needs: dict[tuple[str, ...], tuple[Files, dict[str, int]]] = field(default_factory=dict)

    def one(self, rng: random.Random) -> None:
        """One round. Raises FaultError."""
        place = rng.choice(_PLACES)
        selected = rng.choice(((), ("--select", "all")))
        ways = rng.choice(((), ("-j", "2"), ("--commit",)))
        arguments = ("apply", "--unsafe", *selected, *ways, ".")
        before = self.bench.files()
        after, needs = self._need(arguments)
        self.rounds.count(f"{place} full")
        with _mounted(self.bench.folder / "disk") as disk:
            bench = self._moved(place, disk)
            if place == "state" and rng.random() < 0.3:
                self._undo_without_room(bench, disk, arguments, before, after)
            else:
                disk.resize(disk.used + int(needs[place] * rng.uniform(0, 1.2)))
                ended = bench.run(*arguments).expect(*((0,) if place == "cache" else (0, 2)))
                self._check(bench, ended, before, after)
                if rng.random() < 0.5:
                    bench.run(rng.choice(("resume", "undo"))).expect(0, 2)
                    check_whole(bench.files(), before, after)
                disk.resize(_ROOMY)
                if rng.random() < 0.5:
                    check_resumed(bench, before, after)
                check_undone(bench, before, 0)

    def _need(self, arguments: tuple[str, ...]) -> tuple[Files, dict[str, int]]:
        """What an undisturbed run leaves, and the bytes it takes in each place."""
        if arguments not in self.needs:
            places = {}
            for place in dict.fromkeys(_PLACES):
                with _mounted(self.bench.folder / "disk") as disk:
                    bench = self._moved(place, disk)
                    start = disk.used
                    bench.run(*arguments).expect(0)
                    places[place] = disk.used - start
                    after = bench.files()
                    check_repository(bench)
                    self.bench.reset()
            # One file is written beside the old one at a time; the index is there twice.
            largest = max(len(held[1]) for held in after.values())
            places["tree"] += 2 * largest
            places["temporary"] += 2 * (self.bench.tree / ".git/index").stat().st_size
            self.needs[arguments] = after, places
        return self.needs[arguments]

    def _moved(self, place: str, disk: _Disk) -> Bench:
        """The bench with one place on the disk, and a state of its own."""
        state = self.bench.folder / "state"
        shutil.rmtree(state)
        state.mkdir(mode=0o700)
        if place != "tree":
            return self.bench.with_place(place, disk.folder)
        tree = disk.folder / "tree"
        shutil.copytree(self.bench.tree, tree, symlinks=True)
        bench = self.bench.with_place("tree", tree)
        bench.git("status")  # the times of the copies come into the index now
        return bench

    def _check(self, bench: Bench, ended: Ended, before: Files, after: Files) -> None:
        now = bench.files()
        check_whole(now, before, after)
        expect(not [n for n in now if STAGING in n], f"staging is left: {ended.said[-1500:]}")
        check_repository(bench)
        left = [name for name in after if now[name] != after[name]]
        fatal = [line for line in ended.said.splitlines() if line.startswith("fixaudit: error:")]
        self.rounds.count("runs that ended with one line", bool(fatal))
        self.rounds.count("runs with files left out", bool(left) and not fatal)
        self.rounds.count("runs with room enough", ended.code == 0)
        self.rounds.count("runs that warned of the cache", "cache" in ended.said)
        expect(len(fatal) <= 1, f"more than one line: {fatal}")
        expect(ended.code == 2 or not left, f"{len(left)} files left out, with exit code 0")
        for name in () if fatal else left:
            expect(f"\n{name}: " in f"\n{ended.said}", f"{name} is left out and not named")

    def _undo_without_room(
        self, bench: Bench, disk: _Disk, arguments: tuple[str, ...], before: Files, after: Files
    ) -> None:
        """There was room to apply, and there is none to undo."""
        bench.run(*arguments).expect(0)
        disk.resize(0)
        ended = bench.run("undo").expect(0, 2)
        self.rounds.count("undos without room that refused", ended.code == 2)
        check_whole(bench.files(), before, after)
        disk.resize(_ROOMY)
        check_undone(bench, before, 0)
