"""An editor saves files while `apply` and `undo` write them: no text it saved is lost."""

from __future__ import annotations

import os
import random
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from rounds_tree import STAGING, Bench, Ended, Files, Rounds, check_equal, expect

_KEPT = ".fixaudit-kept-"
_PACES = (0.001, 0.005, 0.03)


@dataclass(frozen=True, slots=True)
class _Save:
    """The text saved last in a file, and whether the run had been recorded by then."""

    text: bytes
    recorded: bool


@dataclass(slots=True)
class _Editor:
    """Saves other text, in each of the ways in which programs save."""

    bench: Bench
    rng: random.Random
    names: list[str]
    saves: dict[str, _Save] = field(default_factory=dict)
    number: int = 0

    def work_until_the_end(self, process: subprocess.Popen[bytes], *, late: bool) -> None:
        """Save at random moments while the process lives; `late` waits until a run is recorded."""
        pace = self.rng.choice(_PACES)
        recorded = journal = False
        while process.poll() is None:
            there = any(self.bench.state.glob("trees/*/ledger.db-journal"))
            recorded, journal = recorded or (journal and not there), there
            if recorded or not late:
                self.save(self.rng.choice(self.names), recorded=recorded or journal)
            time.sleep(self.rng.uniform(0, pace))

    def save(self, name: str, *, recorded: bool) -> None:
        """Save one more line in a file, at the end of what it holds or of what the editor had read."""
        path = self.bench.tree / name
        self.number += 1
        read = self.saves[name].text if name in self.saves and self.rng.random() < 0.5 else None
        text = (path.read_bytes() if read is None else read) + b"\n# saved %d\n" % self.number
        _write(path, text, self.rng.choice(("rename", "over", "truncate")))
        self.saves[name] = _Save(text, recorded)


def _write(path: Path, text: bytes, how: str) -> None:
    if how == "rename":
        spare = path.with_name(f".{path.name}~")
        spare.write_bytes(text)
        spare.chmod(path.stat().st_mode & 0o777)
        os.replace(spare, path)
    elif how == "truncate":
        path.write_bytes(text)
    else:
        with path.open("r+b", buffering=0) as file:
            file.write(text)
            file.truncate()


@dataclass(slots=True)
class EditorRounds:
    """Rounds with an editor over one tree."""

    bench: Bench
    rounds: Rounds
    after: dict[tuple[str, ...], Files] = field(default_factory=dict)

    def one(self, rng: random.Random) -> None:
        """One round. Raises FaultError."""
        before = self.bench.files()
        selected = rng.choice(((), ("--select", "all")))
        after = self._undisturbed(selected, before)
        names = [name for name in before if name.endswith(".py")]
        changed = [name for name in names if after[name] != before[name]]
        editor = _Editor(self.bench, rng, rng.choice((changed, changed, names)))
        dirty = ("--allow-dirty",) if rng.random() < 0.8 else ()
        ways = rng.choice(((), ("-j", "2")))
        process = self.bench.start("apply", "--unsafe", *selected, *dirty, *ways, ".")
        editor.work_until_the_end(process, late=rng.random() < 0.6)
        ended = self.bench.ended(process).expect(0, 2)
        then = self.bench.files()
        self._check_saves(editor, then, ended)
        self._check_applied(editor, then, ended, (before, after))
        process = self.bench.start("undo")
        if rng.random() < 0.5:
            editor.work_until_the_end(process, late=False)
        self._check_undone(editor, then, self.bench.ended(process).expect(0, 2), before)
        self.rounds.count("saves", editor.number)
        for _ in self.bench.runs():
            if "nothing to undo" in self.bench.run("undo", "--force").expect(0).said:
                break

    def _undisturbed(self, selected: tuple[str, ...], before: Files) -> Files:
        if selected not in self.after:
            self.bench.run("apply", "--unsafe", *selected, ".").expect(0)
            self.after[selected] = self.bench.files()
            self.bench.run("undo").expect(0)
            check_equal(self.bench.files(), before, "an undisturbed undo restores all")
        return self.after[selected]

    def _check_saves(self, editor: _Editor, now: Files, ended: Ended) -> None:
        """Each text saved last is in its file, or in one that was named to the user."""
        extra = [name for name in now if STAGING in name or Path(name).name.endswith("~")]
        strays = [name for name in extra if _KEPT not in name]
        expect(not strays, f"files left behind: {strays}")
        for name, save in editor.saves.items():
            line = save.text.rpartition(b"\n# saved ")[2]
            holders = [n for n in (name, *extra) if b"\n# saved " + line in now[n][1]]
            named = any(n == name or Path(n).name in ended.said for n in holders)
            expect(named, f"{name}: the text saved last is lost: {ended.said[-1500:]}")
        self.rounds.count("files kept beside", len(extra))

    def _check_applied(
        self, editor: _Editor, now: Files, ended: Ended, versions: tuple[Files, Files]
    ) -> None:
        """What is not named as left out is written, and what is named is as the user had it."""
        before, after = versions
        refused = "nothing was written" in ended.said
        self.rounds.count("applies refused for what was saved before", refused)
        for name in before:
            named = f"\n{name}:" in f"\n{ended.said}" and f"\n{name}: skipped" in ended.said
            self.rounds.count("files skipped by apply", named)
            expect(ended.code == 2 or not named, f"{name} is skipped, with exit code 0")
            if name not in editor.saves:
                wanted = before if refused else after
                expect(now[name] == wanted[name], f"{name} is not what `apply` says: {ended.said}")
                continue
            save = editor.saves[name]
            if not refused and not save.recorded and not named and before[name] != after[name]:
                expect(now[name][1] != save.text, f"{name} is said to be written, and is not")

    def _check_undone(self, editor: _Editor, then: Files, ended: Ended, before: Files) -> None:
        """What was saved since stands as it was saved; all else is restored."""
        now = self.bench.files()
        self._check_saves(editor, now, ended)
        for name in before:
            save = editor.saves.get(name)
            if save is None:
                expect(now[name] == before[name], f"{name} is not restored: {ended.said[-1500:]}")
                continue
            skipped = f"\n{name}: skipped" in f"\n{ended.said}"
            self.rounds.count("files skipped by undo", skipped)
            if now[name][1] != save.text:
                kept = skipped and now[name] == then[name]
                expect(kept, f"{name} is neither as saved nor as before `undo`")
