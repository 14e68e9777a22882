"""A stranger's tree with every attack at once, as a clone or an archive brings it."""

from __future__ import annotations

import json
import os
import py_compile
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from old_ledgers import make_old_ledger
from projects import CODEMOD
from repositories import ENVIRONMENT

CODE = (
    "import hashlib\n\n\ndef tag(data: bytes) -> str:\n    return hashlib.md5(data).hexdigest()\n"
)
HANDLER = "def two(f):\n    try:\n        f()\n    except ValueError as e:\n        raise e\n"
NAMES = (
    "\x1b[2J\x1b]0;t\x07::error::x.py",
    "new\n::error file=y::line.py",
    "-rf.py",
    "--commit.py",
    "\u202eright.py",
    os.fsdecode(b"caf\xe9.py"),
)
PIPES = (
    *("requirements.txt", "requirements-more.txt", "setup.cfg", "tox.ini", ".flake8", "ruff.toml"),
    *(".pylintrc", "CODEOWNERS", ".github/CODEOWNERS", ".git-blame-ignore-revs", "pipe.py"),
    *("one/pyproject.toml", "two/fixaudit.toml", "three/__init__.py", "four/.git", "tests"),
    *("fixtures/before/md5-to-sha256/fix_pipe.py", ".fixaudit/lock", "deep/.fixaudit"),
)
LINKS = {
    "zero/requirements.txt": "/dev/zero",
    "zero/pyproject.toml": "/dev/zero",
    "zero/setup.cfg": "/dev/zero",
    "zero/z.py": "/dev/zero",
    "zero/.gitignore": "/dev/zero",
}


@dataclass(frozen=True)
class Stranger:
    """A folder beside which lie the user's own files; `canary` is there once anything has run."""

    base: Path

    @property
    def canary(self) -> Path:
        return self.base / "canary"

    @property
    def outside(self) -> Path:
        return self.base / "outside"

    def touch(self) -> str:
        return f"touch {self.canary}"

    def code(self) -> str:
        return f"open({str(self.canary)!r}, 'w')\n"


def make_outside(stranger: Stranger) -> None:
    """What belongs to the user: a file, a repository with a local change, a folder of codemods."""
    outside = stranger.outside
    (outside / "work").mkdir(parents=True)
    (outside / "mine.txt").write_text("mine\n")
    (outside / "mine.py").write_text(CODE)
    (outside / "fixaudit.toml").write_text("unsafe = true\n")
    (outside / "codemods").mkdir()
    (outside / "codemods" / "harm.py").write_text(stranger.code())
    git(outside / "work", "init", "--quiet")
    (outside / "work" / "m.py").write_text(CODE)
    git(outside / "work", "add", "--all")
    git(outside / "work", "commit", "--quiet", "-m", "mine")
    (outside / "work" / "m.py").write_text(CODE + "SECRET = 1\n")


def make_stranger(stranger: Stranger, top: Path) -> None:
    """What a repository can hold as committed files."""
    canary, up = stranger.canary, os.path.relpath(stranger.outside, top)
    _write(top, "a.py", CODE)
    _write(top, "app/two.py", HANDLER)
    _write(top, "b.py", CODE)
    for name in NAMES:
        _write(top, name, CODE)
    _write(top, "pyproject.toml", '[project]\nname = "s"\n[tool.fixaudit]\n'
        f'codemods = ["tools"]\nverify = ["{stranger.touch()}"]\ncache-dir = "{up}/cache"\n'
        'exclude = ["tools"]\n')  # fmt: skip
    harm = CODEMOD + stranger.code()
    _write(top, "tools/old_to_new.py", harm)
    py_compile.compile(
        str(top / "tools" / "old_to_new.py"),
        str(top / "tools" / "old_to_new.pyc"),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    for name, key in {
        "out1": f'codemods = ["../{up}/codemods"]',
        "out2": f'extend = "../{up}/fixaudit.toml"',
        "out3": 'extend = "~/.ssh/config"',
        "out4": f'codemods = ["{stranger.outside}/codemods"]',
    }.items():
        _write(top, f"{name}/fixaudit.toml", key + "\n")
        _write(top, f"{name}/m.py", CODE)
    for name in ("conftest", "sitecustomize", "libcst", "black", "platformdirs", "typer"):
        _write(top, f"{name}.py", stranger.code())
    _write(top, "pytest.ini", "[pytest]\naddopts = -p sitecustomize\npythonpath = .\n")
    _write(top, "git", f"#!/bin/sh\n{stranger.touch()}\n").chmod(0o755)
    _write(top, ".gitattributes", "b.py filter=evil diff=evil merge=evil\n")
    _write(top, "said.py", "x = 1  # fixaudit: ignore[\x1b[2Jnobody] -- ::error::\n")
    _write(top, "audit.md", "# Audit\n\n" + "".join(
        f"## A-{number}: md5 of `tag` (High)\n\n`{place}` uses hashlib.md5 \x1b[2J.\n\n"
        for number, place in enumerate((
            "a.py:5", f"{up}/mine.py:5", f"{stranger.outside}/mine.py:5", ".git/config:1",
            "/dev/zero:1", "pipe.py:1", "link.py:5",
        ))))  # fmt: skip
    _write(top, "planned.json", json.dumps({"version": 1, "files": {f"{up}/mine.py": "0"}}))
    _bare_repository(stranger, top)
    _states(stranger, top)
    _link(top, "link.py", f"{up}/mine.py")
    _link(top, "linked", up)
    _link(top, "loop", ".")
    _link(top, "into_git.py", ".git/config")
    assert not canary.exists()


def _bare_repository(stranger: Stranger, top: Path) -> None:
    """A repository committed as plain files, whose configuration names a program."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(top / "bare")], check=True)
    with (top / "bare" / "config").open("a") as config:
        config.write(f"[core]\n\tbare = false\n\tworktree = ..\n\tfsmonitor = {stranger.touch()}\n")
    _write(top, "bare/m.py", CODE)
    _write(top, "bare/refs/keep", "")
    _write(top, "bare/objects/keep", "")


def _states(stranger: Stranger, top: Path) -> None:
    """Folders of state of every kind."""
    safe = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
    evil = safe + f"\tfsmonitor = {stranger.touch()}; false\n"
    mine = f"{os.path.relpath(stranger.outside, top)}/mine.txt"
    rows = {".git/config": (safe, evil), mine: ("mine\n", "theirs\n"), "a.py": (CODE, "gone\n")}
    for name, state in {
        ".fixaudit": "pending",
        ".FixAudit": "done",
        "app/.fixaudit": "done",
    }.items():
        (top / name).mkdir(exist_ok=True)
        make_old_ledger(top / name, rows, state)
    decision = {"choice": "rejected", "codemod": "md5-to-sha256", "path": "a.py", "line": 5}
    _write(
        top, ".fixaudit/decisions.json", json.dumps({"version": 1, "decisions": {"x": decision}})
    )
    _link(top, ".fixaudit/cache", str(stranger.outside))
    _link(top, ".fixaudit/.gitignore", str(stranger.outside / "mine.txt"))
    _link(top, "linked_state/.fixaudit", str(stranger.outside))


def add_what_archives_hold(stranger: Stranger, top: Path) -> None:
    """What git does not carry: pipes, links to devices, git folders, settings and hooks of its own."""
    for name in PIPES:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(top / name)
        if name.count("/") == 1 and not name.startswith("."):
            _write(top, f"{name.partition('/')[0]}/m.py", CODE)
    for name, target in LINKS.items():
        _link(top, name, target)
    _write(top, "zero/m.py", CODE)
    work = stranger.outside / "work" / ".git"
    _write(top, "sub/.git", f"gitdir: {work}\n")
    _write(top, "sub/m.py", CODE)
    _write(
        top, ".gitmodules", f'[submodule "sub"]\n\tpath = sub\n\turl = ext::{stranger.touch()}\n'
    )
    _link(top, "sub2/.git", str(work))
    _write(top, "sub2/m.py", CODE)
    script = _write(top, ".git/run.sh", f"#!/bin/sh\n{stranger.touch()}\ncat\n")
    script.chmod(0o755)
    for name, value in {
        "core.fsmonitor": script, "core.hooksPath": ".git/run.d", "core.pager": script,
        "diff.external": script, "diff.evil.textconv": script, "filter.evil.clean": script,
        "filter.evil.smudge": script, "filter.evil.process": script, "alias.ls-files": f"!{script}",
        "submodule.sub.update": f"!{script}", "core.sshCommand": script,
    }.items():  # fmt: skip
        git(top, "config", name, str(value))
    for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        hook = _write(top, f".git/run.d/{name}", f"#!/bin/sh\n{stranger.touch()}\n")
        hook.chmod(0o755)


def cloned(stranger: Stranger) -> Path:
    """All of it committed, and cloned."""
    made, target = stranger.base / "made", stranger.base / "tree"
    made.mkdir()
    make_stranger(stranger, made)
    _commit(made)
    git(stranger.base, "clone", "--quiet", str(made), str(target))
    return target


def unpacked(stranger: Stranger) -> Path:
    """All of it with its repository and what git does not carry, packed and unpacked."""
    made, target = stranger.base / "made", stranger.base / "tree"
    made.mkdir()
    make_stranger(stranger, made)
    _commit(made)
    add_what_archives_hold(stranger, made)
    packed = stranger.base / "all.tar"
    with tarfile.open(packed, "w") as archive:
        archive.add(made, target.name)
    with tarfile.open(packed) as archive:
        archive.extractall(target.parent, filter="fully_trusted")
    return target


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True,
        env={**os.environ, **ENVIRONMENT},
    )  # fmt: skip
    return done.stdout


def _commit(made: Path) -> None:
    git(made, "init", "--quiet")
    git(made, "add", "--all", "--force")
    git(made, "commit", "--quiet", "-m", "all of it")


def _write(top: Path, name: str, text: str) -> Path:
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _link(top: Path, name: str, target: str) -> None:
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
