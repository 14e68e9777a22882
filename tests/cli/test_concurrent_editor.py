"""Another program that rewrites files while a run writes them loses none of its writes."""

from __future__ import annotations

import itertools
import os
import random
from pathlib import Path

from written_trees import apply_changes

from fixaudit_cli.write.changes import FileChange
from fixaudit_cli.write.ledger import writing
from fixaudit_cli.write.write_run import FileReport

FILES = 24
ROUNDS = int(os.environ.get("FIXAUDIT_EDITOR_ROUNDS", "24"))


def _edit(path: Path, token: str, how: str) -> None:
    """Add a line to what is there, in one of the ways programs save files."""
    if how == "append":
        with path.open("a") as file:
            file.write(token)
    elif how == "overwrite":
        with path.open("r+") as file:
            content = file.read()
            file.seek(0)
            file.write(content + token)
    elif how == "truncate":
        content = path.read_text()
        path.write_text(content + token)
    else:
        spare = path.with_name(f"{path.name}~")
        spare.write_text(path.read_text() + token)
        os.replace(spare, path)


class _Editor:
    """A process that edits the files whose numbers it is given, while this one goes on."""

    def __init__(self, paths: list[Path], log: Path, seed: int) -> None:
        numbers, self._numbers = os.pipe()
        self._done, done = os.pipe()
        self._asked = 0
        self._log = log
        self._pid = os.fork()
        if self._pid == 0:
            try:
                os.close(self._numbers)
                os.close(self._done)
                _edit_those_named(paths, log, seed, numbers, done)
                os._exit(0)
            finally:
                os._exit(1)
        os.close(numbers)
        os.close(done)

    def ask(self, number: int) -> None:
        """Have a file edited, and do not wait for that."""
        os.write(self._numbers, bytes([number]))
        self._asked += 1

    def wait(self) -> None:
        """Wait until all that was asked for is done."""
        while self._asked:
            done = len(os.read(self._done, self._asked))
            assert done, "the editor has failed"
            self._asked -= done

    def end(self) -> list[list[str]]:
        """The path and line of each edit it has made."""
        os.close(self._numbers)
        assert os.waitpid(self._pid, 0)[1] == 0
        os.close(self._done)
        return [line.split("\t") for line in self._log.open()]


def _edit_those_named(paths: list[Path], log: Path, seed: int, numbers: int, done: int) -> None:
    rng = random.Random(seed)
    with log.open("w") as written:
        for edit in itertools.count():
            if not (number := os.read(numbers, 1)):
                return
            token = f"# edit {edit} by {seed}\n"
            path = paths[number[0]]
            _edit(path, token, rng.choice(["append", "overwrite", "truncate", "replace"]))
            written.write(f"{path}\t{token}")
            os.write(done, b".")


def _flipped(root: Path, path: Path, number: int) -> FileChange:
    before = path.read_bytes()
    after = b"# run %d" % number + before[before.index(b"\n") :] if b"\n" in before else before
    return FileChange(path, path.name, before, after)


def test_no_write_of_an_editor_is_lost(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    paths = [root / f"m{number:02}.py" for number in range(FILES)]
    for path in paths:
        path.write_text("# head\n")
    # Each file has one editor: what two editors do to each other is not asked here.
    editors = [_Editor(paths, tmp_path / "even", 1), _Editor(paths, tmp_path / "odd", 2)]
    rng = random.Random(3)

    def edit_what_comes_next(report: FileReport) -> None:
        number = int(report.relative[1:3]) + rng.choice([0, 1, 1, 2, 3])
        if number < FILES and rng.random() < 0.5:
            editors[number % 2].ask(number)

    written = skipped = 0
    for number in range(ROUNDS):
        with writing(root) as ledger:
            changes = [_flipped(root, path, number) for path in paths]
            for at in rng.sample(range(FILES), 3):
                editors[at % 2].ask(at)
            if number % 4 == 0:  # these come for certain after the run has read the files
                for editor in editors:
                    editor.wait()
            report = apply_changes(ledger, changes, on_file=edit_what_comes_next)
        for editor in editors:
            editor.wait()
        written += len(report.written)
        skipped += len(report.skipped)
        assert not report.failed
    # The last one first: it has inherited what the others are asked through.
    edits = [edit for editor in reversed(editors) for edit in editor.end()]

    assert written >= 2 * ROUNDS
    assert skipped >= 3 * (ROUNDS // 4)
    assert len(edits) >= 3 * ROUNDS
    contents = {str(path): path.read_text() for path in paths}
    lost = [f"{path}: {token}" for path, token in edits if token not in contents[path]]
    assert lost == []
    assert not list(root.glob(".fixaudit-*"))
