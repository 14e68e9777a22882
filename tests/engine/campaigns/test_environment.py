"""What a work tree is given before its tests run: copied files, an environment that is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from repositories import Work, new_work

from fixaudit.campaigns.environment import prepared
from fixaudit.campaigns.probe import probe
from fixaudit.campaigns.settings import Command, VerifySettings, WorktreeSettings
from fixaudit.campaigns.setup_run import SetupError
from fixaudit.checks.timed_command import TimedCommand

MAKE = (sys.executable, "make_environment.py")
# An environment by a file alone: it says how often it was made.
MADE = """
from pathlib import Path
scripts = Path(".venv", "bin")
scripts.mkdir(parents=True)
(scripts / "said").write_text("#!/bin/sh\\necho $VIRTUAL_ENV\\n")
(scripts / "said").chmod(0o755)
with open("{log}", "a") as log:
    log.write("made\\n")
"""


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """The tree of the user: `.env` files are ignored, `notes` is not tracked."""
    user = new_work(tmp_path, monkeypatch)
    user.write(".gitignore", ".env*\n.venv/\ndata/\n")
    user.write("uv.lock", "1")
    user.write("make_environment.py", MADE.format(log=tmp_path / "log"))
    user.commit(a="a = 1\n")
    user.write(".env.test", "KEY=1\n")
    user.write("data/deep/x.txt", "x\n")
    user.write("notes/todo.txt", "todo\n")
    return user


@pytest.fixture
def tree(user: Work, tmp_path: Path) -> Path:
    tree = tmp_path / "trees" / "one"
    user.git("worktree", "add", "--quiet", "--detach", os.fspath(tree))
    return tree


def _made(tmp_path: Path) -> int:
    log = tmp_path / "log"
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_what_is_named_is_copied(user: Work, tree: Path, tmp_path: Path) -> None:
    (user.top / "data" / "deep" / "link").symlink_to("x.txt")
    settings = WorktreeSettings(copy=(".env.*", "data", "notes/*.txt"))
    with prepared(tree, user.top, settings, tmp_path / "kept", "one") as environment:
        assert environment == {}
        assert (tree / ".env.test").read_text() == "KEY=1\n"
        assert (tree / "data" / "deep" / "x.txt").read_text() == "x\n"
        assert os.readlink(tree / "data" / "deep" / "link") == "x.txt"
        assert (tree / "notes" / "todo.txt").read_text() == "todo\n"


@pytest.mark.parametrize(
    ("copy", "message"),
    [
        ("a.py", "a.py is tracked by git"),
        ("*", "is tracked by git"),
        ("../x", "`../x` is not a path inside of the tree"),
        ("/etc/passwd", "`/etc/passwd` is not a path inside of the tree"),
        (".git/config", "`.git/config` is not a path inside of the tree"),
        (".", "`.` is not a path inside of the tree"),
        ("", "`` is not a path inside of the tree"),
        ("absent", "there is no `absent` in "),
        ("data", "data/out is a link that leads to /etc"),
        ("absolute", "absolute is a link that leads to "),
        ("way/.env", "way/.env leads out of the work tree"),
        ("notes", "notes is there already"),
    ],
)
def test_what_is_not_to_be_copied(
    user: Work, tree: Path, tmp_path: Path, copy: str, message: str
) -> None:
    (user.top / "data" / "out").symlink_to("/etc")
    (user.top / "absolute").symlink_to(user.top / "notes")
    user.write("way/.env", "")
    (tree / "way").symlink_to(tmp_path)
    (tree / "notes").mkdir()
    settings = WorktreeSettings(copy=(copy,))
    with (
        pytest.raises(SetupError) as caught,
        prepared(tree, user.top, settings, tmp_path / "kept", "one"),
    ):
        pass
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / ".env").exists()


def test_a_worker_without_the_users_tree_says_what_is_missing(tree: Path, tmp_path: Path) -> None:
    settings = WorktreeSettings(copy=(".env.test",))
    with (
        pytest.raises(SetupError, match=r"\.env\.test cannot be copied"),
        prepared(tree, None, settings, tmp_path / "kept", "one"),
    ):
        pass


def _enter(tree: Path, settings: WorktreeSettings, tmp_path: Path) -> str:
    """What a command in the environment prints of it."""
    with prepared(tree, None, settings, tmp_path / "kept", "one") as environment:
        return TimedCommand(("said",), tree, 60, environment).run().output.strip()


def test_an_environment_is_kept_until_a_lock_file_changes(
    user: Work, tree: Path, tmp_path: Path
) -> None:
    settings = WorktreeSettings(setup=(MAKE,))
    own = os.fspath(tree / ".venv")
    assert _enter(tree, settings, tmp_path) == own
    assert not (tree / ".venv").exists()
    user.git("worktree", "remove", "--force", os.fspath(tree))
    user.git("worktree", "add", "--quiet", "--detach", os.fspath(tree))
    assert _enter(tree, settings, tmp_path) == own
    assert _made(tmp_path) == 1
    (tree / "uv.lock").write_text("2")
    assert _enter(tree, settings, tmp_path) == own
    assert _made(tmp_path) == 2
    (tree / "uv.lock").write_text("1")
    assert _enter(tree, settings, tmp_path) == own
    assert _made(tmp_path) == 2


def test_another_place_has_its_own(user: Work, tree: Path, tmp_path: Path) -> None:
    settings = WorktreeSettings(setup=(MAKE,))
    other = tmp_path / "trees" / "two"
    user.git("worktree", "add", "--quiet", "--detach", os.fspath(other))
    for each in (tree, other, tree, other):
        with prepared(each, None, settings, tmp_path / "kept", each.name) as environment:
            assert environment["VIRTUAL_ENV"] == os.fspath(each / ".venv")
    assert _made(tmp_path) == 2


def test_old_ones_do_not_pile_up(tree: Path, tmp_path: Path) -> None:
    settings = WorktreeSettings(setup=(MAKE,))
    for number in range(5):
        (tree / "uv.lock").write_text(f"number {number}")
        _enter(tree, settings, tmp_path)
    assert len(list((tmp_path / "kept").glob("*/one"))) == 2


def test_one_that_a_killed_run_had_in_use_is_made_again(tree: Path, tmp_path: Path) -> None:
    settings = WorktreeSettings(setup=(MAKE,))
    _enter(tree, settings, tmp_path)
    [place] = (tmp_path / "kept").glob("*/one")
    place.rename(place.with_name("one.part"))
    _enter(tree, settings, tmp_path)
    assert _made(tmp_path) == 2
    assert [path.name for path in place.parent.iterdir()] == ["one"]


@pytest.mark.parametrize(
    ("command", "message", "log"),
    [
        (("sh", "-c", "echo one; echo two; exit 3"), "exit code 3: two", "one\ntwo\n"),
        (("nowhere", "--all"), "cannot run 'nowhere --all': there is no such program", ""),
        (("./absent",), "cannot run './absent': there is no such program", ""),
    ],
)
def test_a_setup_that_fails(
    tree: Path, tmp_path: Path, command: Command, message: str, log: str
) -> None:
    settings = WorktreeSettings(setup=(MAKE, command))
    with (
        pytest.raises(SetupError) as caught,
        prepared(tree, None, settings, tmp_path / "kept", "one"),
    ):
        pass
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.log == log
    assert list((tmp_path / "kept").glob("*/*")) == []


def test_a_setup_that_does_not_end(tree: Path, tmp_path: Path) -> None:
    endless = ("sh", "-c", "mkfifo pipe; cat pipe")
    settings = WorktreeSettings(setup=(endless,), timeout=0.1)
    with (
        pytest.raises(SetupError, match=r"cat pipe'`: took over 0\.1 s$"),
        prepared(tree, None, settings, tmp_path / "kept", "one"),
    ):
        pass


@pytest.mark.parametrize(
    "command",
    [
        ("pip", "install", "-e", "."),
        ("python", "-m", "pip", "uninstall", "-y", "fixaudit"),
    ],
)
def test_a_setup_does_not_change_the_users_environment(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    users = tmp_path / "users"
    for name in ("pip", "python"):
        script = Work(users).write(name, f"#!/bin/sh\ntouch {tmp_path}/changed\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{users}{os.pathsep}{os.environ['PATH']}")
    with (
        pytest.raises(SetupError, match="would change the environment of"),
        prepared(tree, None, WorktreeSettings(setup=(command,)), tmp_path / "kept", "one"),
    ):
        pass
    assert not (tmp_path / "changed").exists()


def test_setup_does_not_see_an_active_environment(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/users")
    seen = ("sh", "-c", f"env > {tmp_path}/seen")
    settings = WorktreeSettings(setup=(seen, MAKE, ("said",)))
    with prepared(tree, None, settings, tmp_path / "kept", "one"):
        assert "VIRTUAL_ENV=" not in (tmp_path / "seen").read_text()


def test_an_environment_of_the_work_trees_own_passes_the_probe(
    user: Work, tree: Path, tmp_path: Path
) -> None:
    making = (
        "import sys\nfrom pathlib import Path\n"
        "[site] = Path('.venv').glob('lib/python*/site-packages')\n"
        "(site / 'own.pth').write_text(str(Path.cwd()))\n"
    )
    Work(tree).write("pth.py", making)
    venv = (sys.executable, "-m", "venv", "--without-pip", ".venv")
    settings = WorktreeSettings(setup=(venv, ("python", "pth.py")))
    command = ("python", "-P", "-m", "unittest")
    with prepared(tree, user.top, settings, tmp_path / "kept", "one") as given:
        found = probe(tree, {"a": "a.py"}, ("",), command, VerifySettings(), given, tree)
        assert found == given
        asked = ("python", "-P", "-c", "import a; print(a.__file__)")
        result = subprocess.run(asked, cwd="/", env={**os.environ, **found}, capture_output=True, text=True, check=True)  # fmt: skip
        assert result.stdout.strip() == os.fspath(tree / "a.py")
