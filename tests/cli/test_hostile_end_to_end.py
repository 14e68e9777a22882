"""Every verb on a stranger's tree that holds all attacks at once: a clone, and an unpacked archive.

Nothing of it runs, nothing outside of it is written or read into a report, nothing hangs.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_trees import CODE, Stranger, cloned, make_outside, unpacked
from projects import Ended
from repositories import ENVIRONMENT

WAYS = {"clone": cloned, "archive": unpacked}
READING = [
    ("check",),
    ("check", "-j2", "--select", "all"),
    ("check", "--recurse", "--changed-lines"),
    ("check", "--staged"),
    ("check", "--since", "HEAD", "--output-format", "github"),
    ("check", "--format", "--select", "all", "."),
    ("check", "pipe.py", "link.py", "into_git.py", "zero", "linked"),
    ("list",),
    ("explain", "old-to-new"),
    ("explain", "md5-to-sha256"),
    ("explain", "a.py:5"),
    ("explain", "link.py:5"),
    ("explain", "out1/m.py:5"),
    ("plan", "audit.md", "."),
    ("plan", "audit.md", ".", "--output-format", "json"),
    ("apply", "--dry-run", "--unsafe"),
    ("apply", "--dry-run", "--recurse", "--unsafe"),
    ("resume",),
    ("undo",),
    ("undo", "1", "--force"),
    ("runs",),
    ("runs", "import", ".fixaudit"),
    ("runs", "import", ".FixAudit"),
    ("runs", "import", "app/.fixaudit"),
    ("runs", "import", "linked_state/.fixaudit"),
    ("trust", "--list"),
    ("test", "old-to-new"),
]
WRITING = [
    ("apply", "--unsafe"),
    ("apply", "--unsafe", "--recurse", "--no-local-code", "--allow-dirty"),
    ("apply", "--unsafe", "--no-local-code", "--commit"),
    ("apply", "--report", "audit.md", "--unsafe", "--no-local-code"),
    ("apply", "--unsafe", "--no-local-code", "link.py", "into_git.py", "linked", "a.py"),
    ("apply", "--isolated", "--unsafe", "--format"),
    ("new", "my-own"),
]


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stranger:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("FIXAUDIT_TRUST", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    made = Stranger(tmp_path)
    make_outside(made)
    return made


def ended(top: Path, *arguments: str) -> Ended:
    """As a user starts it; a run that hangs ends the test."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "fixaudit_cli", *arguments],
        cwd=top, capture_output=True, stdin=subprocess.DEVNULL, check=False, timeout=400,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, os.fsdecode(done.stderr))


def held(top: Path) -> dict[str, tuple[int, bytes | str]]:
    """All of a folder: kinds, targets of links, bytes of files."""
    return dict(_entries(top))


def _entries(top: Path) -> Iterator[tuple[str, tuple[int, bytes | str]]]:
    for folder, names, files in os.walk(top):
        for name in (*names, *files):
            path = Path(folder, name)
            mode = path.lstat().st_mode
            content: bytes | str = ""
            if stat.S_ISLNK(mode):
                content = os.readlink(path)
            elif stat.S_ISREG(mode):
                content = path.read_bytes()
            yield path.relative_to(top).as_posix(), (stat.S_IFMT(mode), content)


def changed(
    before: dict[str, tuple[int, bytes | str]], after: dict[str, tuple[int, bytes | str]]
) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


@pytest.mark.parametrize("verb", READING, ids=" ".join)
@pytest.mark.parametrize("way", WAYS)
def test_what_looks_changes_nothing(stranger: Stranger, way: str, verb: tuple[str, ...]) -> None:
    top = WAYS[way](stranger)
    tree, outside = held(top), held(stranger.outside)
    done = ended(top, *verb)
    assert not stranger.canary.exists(), done
    assert "Traceback" not in done.notes, done
    assert done.code in (0, 1, 2), done
    assert held(stranger.outside) == outside
    assert held(stranger.base / "home") == {}
    assert changed(tree, held(top)) == set()
    shown = done.output + done.notes.encode("utf-8", "surrogateescape")
    assert b"\x1b" not in shown


@pytest.mark.parametrize("verb", WRITING, ids=" ".join)
@pytest.mark.parametrize("way", WAYS)
def test_what_writes_writes_the_trees_own_sources(
    stranger: Stranger, way: str, verb: tuple[str, ...]
) -> None:
    top = WAYS[way](stranger)
    tree, outside = held(top), held(stranger.outside)
    done = ended(top, *verb)
    assert not stranger.canary.exists(), done
    assert "Traceback" not in done.notes, done
    assert held(stranger.outside) == outside
    assert held(stranger.base / "home") == {}
    now = held(top)
    for name in changed(tree, now):
        if verb[0] == "new":
            assert name not in tree or name == "pyproject.toml"
        elif name.startswith(".git/"):
            assert "--commit" in verb
            assert name not in (".git/config", ".git/run.sh")
        else:
            assert tree[name][1] != now[name][1]
            assert name.endswith(".py")
            assert not name.startswith(("tools/", "linked/"))
            assert stat.S_ISREG(now[name][0])
    if verb[0] == "apply":
        assert (
            now["a.py"][1] != CODE.encode() or "dirty" in done.notes or "commit" in done.notes
        ), done
        back = ended(top, "undo", "--force")
        assert "Traceback" not in back.notes
        again = held(top)
        assert {name for name in changed(tree, again) if not name.startswith(".git/")} == set()
        assert held(stranger.outside) == outside
        assert not stranger.canary.exists()


@pytest.mark.parametrize("way", WAYS)
def test_a_plan_that_came_along_reaches_nothing_outside(stranger: Stranger, way: str) -> None:
    top = WAYS[way](stranger)
    planned = ended(top, "plan", "audit.md", "a.py", "--no-local-code", "-o", "own.json")
    assert (top / "own.json").exists(), planned
    text = (top / "own.json").read_text()
    outside = held(stranger.outside)
    for place in (f"../{stranger.outside.name}/mine.py", "link.py", "linked/mine.py"):
        (top / "planned.json").write_text(text.replace('"a.py"', f'"{place}"'))
        done = ended(top, "apply", "--plan", "planned.json", "--unsafe", "--no-local-code")
        assert "Traceback" not in done.notes, done
        assert held(stranger.outside) == outside
    assert not stranger.canary.exists()
