"""Trees of strangers, as a clone or an archive brings them: no state of theirs counts or is opened."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from old_ledgers import make_old_ledger
from projects import Ended, fixaudit
from repositories import ENVIRONMENT
from written_trees import database_of

CODE = (
    "import hashlib\n\n\ndef tag(data: bytes) -> str:\n    return hashlib.md5(data).hexdigest()\n"
)
SAFE = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
EVIL = SAFE + "\tfsmonitor = touch /tmp/owned; false\n"
SELECT = ("--isolated", "--select", "FA101", "--unsafe")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True,
        env={**os.environ, **ENVIRONMENT},
    )  # fmt: skip
    return done.stdout


def _as_clone(made: Path, target: Path) -> Path:
    """A tree with everything in it committed, the `.fixaudit` folder too, and cloned."""
    _git(made, "init", "--quiet")
    _git(made, "add", "--all", "--force")
    _git(made, "commit", "--quiet", "-m", "all of it")
    _git(target.parent, "clone", "--quiet", str(made), str(target))
    return target


def _as_archive(made: Path, target: Path) -> Path:
    """A tree with its repository, packed and unpacked."""
    _git(made, "init", "--quiet")
    _git(made, "add", "a.py")
    _git(made, "commit", "--quiet", "-m", "the code")
    packed = made.with_suffix(".tar")
    with tarfile.open(packed, "w") as archive:
        archive.add(made, target.name)
    with tarfile.open(packed) as archive:
        archive.extractall(target.parent, filter="fully_trusted")
    return target


WAYS = [_as_clone, _as_archive]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "a.py").write_text(CODE)
    (folder / ".fixaudit").mkdir()
    return folder


def _everything(root: Path) -> dict[str, bytes | str]:
    """All of a tree but git's changing files, links as links, nothing opened that is no file."""
    found: dict[str, bytes | str] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(".git/") and name != ".git/config":
            continue
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def _all_verbs(root: Path) -> list[Ended]:
    return [
        fixaudit(root, "runs"),
        fixaudit(root, "resume"),
        fixaudit(root, "undo"),
        fixaudit(root, "undo", "1", "--force"),
        fixaudit(root, "check", *SELECT[:3]),
        fixaudit(root, "apply", "--dry-run", *SELECT),
    ]


def _is_told(ended: list[Ended]) -> None:
    for done in ended:
        assert "Traceback" not in done.notes
        assert ".fixaudit is ignored" in done.notes


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", ["pending", "done"])
def test_a_run_that_a_tree_brings_along_is_never_carried_out(
    made: Path, tmp_path: Path, way: Callable[[Path, Path], Path], state: str
) -> None:
    victim = tmp_path / "tree"
    before, after = (SAFE, EVIL) if state == "pending" else (EVIL, SAFE)
    make_old_ledger(
        made / ".fixaudit", {".git/config": (before, after), "a.py": (CODE, "gone\n")}, state
    )
    root = way(made, victim)
    (root / ".git" / "config").write_text(SAFE)
    held = _everything(root)
    ended = _all_verbs(root)
    assert _everything(root) == held
    _is_told(ended)
    done = fixaudit(root, "apply", *SELECT)
    assert done.code == 0, done
    assert (root / "a.py").read_text() != CODE
    assert fixaudit(root, "undo").code == 0
    assert _everything(root) == held


def test_a_trigger_in_a_trees_database_never_fires(made: Path) -> None:
    database = make_old_ledger(made / ".fixaudit", {"a.py": (CODE, "gone\n")}, "done")
    with sqlite3.connect(database) as connection:
        connection.execute(
            "CREATE TRIGGER theirs AFTER INSERT ON runs BEGIN UPDATE files SET path = '.git/config'; END"
        )
    held = database.read_bytes()
    ended = _all_verbs(made)
    assert fixaudit(made, "apply", *SELECT).code == 0
    assert database.read_bytes() == held
    assert (made / "a.py").read_text() != CODE
    _is_told(ended)
    refused = fixaudit(made, "runs", "import", ".fixaudit")
    assert refused.code == 2
    assert "holds other tables" in refused.notes


@pytest.mark.parametrize("name", ["lock", "ledger.db", "decisions.json", "cache", ".gitignore", ""])
def test_a_link_in_the_place_of_our_old_files_leads_nowhere(
    made: Path, tmp_path: Path, name: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.txt").write_text("mine\n")
    shutil.rmtree(made / ".fixaudit")
    if name:
        (made / ".fixaudit").mkdir()
    (made / ".fixaudit" / name).symlink_to(
        outside if name in ("", "cache") else outside / "mine.txt"
    )
    ended = _all_verbs(made)
    assert fixaudit(made, "apply", *SELECT).code == 0
    assert _everything(outside) == {"mine.txt": b"mine\n"}
    _is_told(ended)


@pytest.mark.parametrize("name", ["ledger.db", "lock", "decisions.json"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_never_ends_is_not_read(made: Path, name: str, kind: str) -> None:
    planted = made / ".fixaudit" / name
    if kind == "pipe":
        os.mkfifo(planted)
    else:
        planted.symlink_to("/dev/zero")
    ended = _all_verbs(made)
    assert fixaudit(made, "apply", *SELECT).code == 0
    _is_told(ended)
    if name != "lock":
        refused = fixaudit(made, "runs", "import", ".fixaudit")
        assert refused.code == 2
        assert refused.notes.count("\n") == 1
        assert "is not taken over" in refused.notes


def test_a_bomb_in_a_ledger_is_refused(made: Path) -> None:
    bomb = _bomb(1 << 30)
    database = make_old_ledger(made / ".fixaudit", {"a.py": (CODE, "gone\n")}, "done")
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE files SET before = ?", (bomb,))
    ended = _all_verbs(made)
    assert (made / "a.py").read_text() == CODE
    _is_told(ended)
    refused = fixaudit(made, "runs", "import", ".fixaudit")
    assert refused.code == 2
    assert "the ledger's record of a.py is damaged" in refused.notes
    assert not fixaudit(made, "runs").output


def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(9)
    piece = b"\0" * (1 << 20)
    parts = [packer.compress(piece) for _ in range(size >> 20)]
    return b"".join([*parts, packer.flush()])


def test_a_huge_ledger_is_refused(made: Path) -> None:
    with (made / ".fixaudit" / "ledger.db").open("wb") as file:
        file.truncate(40 << 30)  # a hole: it takes no space
    _is_told(_all_verbs(made))
    refused = fixaudit(made, "runs", "import", ".fixaudit")
    assert refused.code == 2
    assert "is larger than" in refused.notes


@pytest.mark.parametrize(
    "name",
    [".git/config", "../out.py", "/etc/out.py", "sub/../../out.py", "notes.txt", ".GIT/x.py", ""],
)
def test_a_path_that_no_run_writes_refuses_the_import(made: Path, name: str) -> None:
    make_old_ledger(made / ".fixaudit", {"a.py": (CODE, "x\n"), name: ("a\n", "b\n")}, "done")
    held = _everything(made)
    ended = _all_verbs(made)
    assert _everything(made) == held
    _is_told(ended)
    refused = fixaudit(made, "runs", "import", ".fixaudit")
    assert refused.code == 2
    assert "is not taken over" in refused.notes
    assert not fixaudit(made, "runs").output


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE files SET before_hash = 'x'",
        "UPDATE files SET after = x'00'",
        "UPDATE files SET path = x'ff00'",
        "UPDATE runs SET argv = '{'",
        "UPDATE runs SET started = 'long ago'",
        "INSERT INTO commits VALUES (1, '--output=/tmp/x')",
        "PRAGMA user_version = 7",
        "CREATE VIEW more AS SELECT 1",
    ],
)
def test_rows_that_no_run_wrote_refuse_the_import(made: Path, change: str) -> None:
    database = make_old_ledger(made / ".fixaudit", {"a.py": ("old\n", CODE)}, "done")
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(change)
    held = _everything(made)
    _all_verbs(made)
    assert _everything(made) == held
    refused = fixaudit(made, "runs", "import", ".fixaudit")
    assert refused.code == 2
    assert "Traceback" not in refused.notes
    assert not fixaudit(made, "runs").output


def test_a_journal_beside_a_ledger_is_never_replayed(made: Path) -> None:
    make_old_ledger(made / ".fixaudit", {"a.py": ("old\n", CODE)}, "done")
    (made / ".fixaudit" / "ledger.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" * 99)
    held = _everything(made)
    _all_verbs(made)
    assert _everything(made) == held
    refused = fixaudit(made, "runs", "import", ".fixaudit")
    assert refused.code == 2
    assert "ledger.db-journal is there" in refused.notes


def test_ones_own_old_runs_are_taken_over_and_undone(made: Path) -> None:
    make_old_ledger(made / ".fixaudit", {"a.py": ("old\n", CODE)}, "done")
    decision = {
        "choice": "rejected", "codemod": "md5-to-sha256", "path": "a.py", "line": 5, "reason": "no",
        "when": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    (made / ".fixaudit" / "decisions.json").write_text(
        json.dumps({"version": 1, "decisions": {"f1": decision}})
    )
    done = fixaudit(made, "runs", "import", ".fixaudit")
    assert done.code == 0, done
    assert "1 run and 1 decision" in done.notes
    assert fixaudit(made, "runs").output.startswith(b"   1")
    assert fixaudit(made, "undo").code == 0
    assert (made / "a.py").read_text() == "old\n"
    kept = json.loads(database_of(made).with_name("decisions.json").read_text())
    assert kept["decisions"] == {"f1": decision}


def test_a_trees_decisions_silence_nothing(made: Path) -> None:
    asked = ("check", *SELECT[:3], "--output-format", "json")
    sites = json.loads(fixaudit(made, *asked).output)
    fingerprint = _fingerprint(sites)
    row = {
        "choice": "rejected", "codemod": "md5-to-sha256", "path": "a.py", "line": 5, "reason": "no",
        "when": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    (made / ".fixaudit" / "decisions.json").write_text(
        json.dumps({"version": 1, "decisions": {fingerprint: row}})
    )
    assert fixaudit(made, "apply", *SELECT).code == 0
    assert (made / "a.py").read_text() != CODE


def _fingerprint(value: object) -> str:
    """The first fingerprint anywhere in a document."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if isinstance(item.get("fingerprint"), str):
                return str(item["fingerprint"])
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    raise AssertionError("no fingerprint")
