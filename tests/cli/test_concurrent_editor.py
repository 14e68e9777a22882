"""Another program that rewrites files while a run writes them loses none of its writes."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

from written_trees import apply_changes

from fixaudit_cli.write.changes import FileChange
from fixaudit_cli.write.ledger import writing

FILES = 24
SECONDS = float(os.environ.get("FIXAUDIT_EDITOR_SECONDS", "3"))


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


def _edit_until_told(paths: list[Path], log: Path, stop: Path, seed: int) -> None:
    rng = random.Random(seed)
    number = 0
    with log.open("w") as written:
        while not stop.exists():
            path = rng.choice(paths)
            token = f"# edit {number} by {seed}\n"
            _edit(path, token, rng.choice(["append", "overwrite", "truncate", "replace"]))
            written.write(f"{path}\t{token}")
            written.flush()
            number += 1
            time.sleep(rng.choice([0, 0.0002, 0.001]))


def _edits(folder: Path) -> list[list[str]]:
    """The path and line of each edit that the editors have made so far."""
    logs = [folder / f"log{seed}" for seed in (1, 2)]
    return [line.split("\t") for log in logs if log.exists() for line in log.open()]


def _flipped(root: Path, path: Path, number: int) -> FileChange:
    before = path.read_bytes()
    after = b"# run %d" % number + before[before.index(b"\n") :] if b"\n" in before else before
    return FileChange(path, path.name, before, after)


def test_no_write_of_an_editor_is_lost(tmp_path: Path) -> None:
    root, stop = tmp_path / "tree", tmp_path / "stop"
    root.mkdir()
    paths = [root / f"m{number}.py" for number in range(FILES)]
    for path in paths:
        path.write_text("# head\n")
    editors = []
    for seed in (1, 2):
        if (child := os.fork()) == 0:
            try:
                _edit_until_told(paths[seed - 1 :: 2], tmp_path / f"log{seed}", stop, seed)
                os._exit(0)
            finally:
                os._exit(1)
        editors.append(child)

    written = skipped = number = 0
    end = time.monotonic() + SECONDS
    while time.monotonic() < end or min(written, len(_edits(tmp_path))) <= 100 or skipped <= 1:
        number += 1
        with writing(root) as ledger:
            report = apply_changes(ledger, [_flipped(root, path, number) for path in paths])
        written += len(report.written)
        skipped += len(report.skipped)
        assert not report.failed
    stop.touch()
    assert [os.waitpid(child, 0)[1] for child in editors] == [0, 0]

    edits = _edits(tmp_path)
    contents = {str(path): path.read_text() for path in paths}
    lost = [f"{path}: {token}" for path, token in edits if token not in contents[path]]
    assert lost == []
    assert not list(root.glob(".fixaudit-*"))
