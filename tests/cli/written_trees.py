"""A project tree of plain files and the changes a run would make to it, for the writing tests."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from fixaudit.files.state_folders import known_state
from fixaudit_cli.write.changes import FileChange, LedgerEdit, Owner, encoded_pieces, splice
from fixaudit_cli.write.ledger import DATABASE, Ledger
from fixaudit_cli.write.recording import record
from fixaudit_cli.write.write_run import Observer, RunReport, carry_out

HASHES = "md5-to-sha256"
PRINTS = "print-to-logging"

Snapshot = dict[str, tuple[bytes, int]]


def database_of(root: Path) -> Path:
    """Where the runs of a tree are recorded."""
    folder = known_state(root)
    assert folder is not None
    return folder / DATABASE


def render(
    before: bytes, edits: Sequence[LedgerEdit], keep: Callable[[Owner], bool] = lambda claim: True
) -> bytes | None:
    """`before` with the edits that a kept claim needs, or None where they cannot be applied."""
    kept = [edit for edit in edits if any(keep(claim) for claim in edit.owners)]
    pieces = encoded_pieces(before, kept)
    return None if pieces is None else splice(before, pieces)


def apply_changes(
    ledger: Ledger,
    changes: Iterable[FileChange],
    *,
    argv: Sequence[str] = (),
    on_file: Observer | None = None,
) -> RunReport:
    """Record the changes as a run, then write them file by file."""
    return carry_out(ledger, record(ledger, changes, argv), on_file)


def make_tree(root: Path, files: int, seed: int = 7) -> None:
    """Fill `root` with `files` Python files of all sizes, newlines, modes and encodings."""
    rng = random.Random(seed)
    for number in range(files):
        folder = root / f"pkg_{number % 20:02}" / ("sub" if number % 3 else "")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"mod_{number:04}.py"
        path.write_bytes(_content(rng, number))
        path.chmod(rng.choice([0o644, 0o755, 0o600, 0o664]))


def _content(rng: random.Random, number: int) -> bytes:
    newline = rng.choice(["\n", "\r\n"])
    coded = number % 7 == 0
    lines = ["# -*- coding: latin-1 -*-" if coded else "# plain", "import hashlib", "", ""]
    lines += [
        f"def f_{at}(data):" + newline + _body(rng)
        for at in range(rng.choice([1, 2, 3, 4, 5, 8, 60]))
    ]
    text = newline.join(lines) + ("" if number % 11 == 0 else newline)
    return text.encode("latin-1") if coded else b"\xef\xbb\xbf" * (number % 5 == 0) + text.encode()


def _body(rng: random.Random) -> str:
    call = rng.choice(["hashlib.md5(data)", "print('grüße', data)", "len(data)"])
    return f"    return {call}  # é {rng.random()}"


def change_of(root: Path, path: Path) -> FileChange | None:
    """The change a run makes to one file, or None where it has nothing to do there."""
    before = path.read_bytes()
    relative = path.relative_to(root).as_posix()
    found = [(m, HASHES, "hashlib.sha256") for m in re.finditer(rb"hashlib\.md5", before)]
    found += [(m, PRINTS, "logging.warning") for m in re.finditer(rb"\bprint\b", before)]
    if not found:
        return None
    edits = [
        LedgerEdit(f"{relative}:{m.start()}", codemod, m.start(), m.end(), text)
        for m, codemod, text in found
    ]
    start = before.index(b"import hashlib")
    first, *others = (edit.owners[0] for edit in edits)
    edits.append(LedgerEdit(*first, start, start, "import logging; ", also=tuple(others)))
    after = render(before, edits)
    assert after is not None
    return FileChange(path, relative, before, after, tuple(edits))


def changes_of(root: Path) -> list[FileChange]:
    """The changes a run makes to the whole tree, in the order of the paths."""
    paths = sorted(path for path in root.rglob("*.py") if path.is_file())
    return [change for path in paths if (change := change_of(root, path)) is not None]


def snapshot(root: Path) -> Snapshot:
    """Bytes and mode of every file of the tree, leftovers of a run included."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), os.lstat(path).st_mode)
        for path in root.rglob("*")
        if path.is_file()
    }


def after_of(before: Snapshot, changes: list[FileChange]) -> Snapshot:
    """What the tree is after an uninterrupted run."""
    return before | {c.relative: (c.after, before[c.relative][1]) for c in changes}
