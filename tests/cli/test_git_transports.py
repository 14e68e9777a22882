"""git reaches other repositories only where that is asked for, by its own protocols, and asks nobody."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from repositories import Work, new_work

from fixaudit.files.git import run_git


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    work = new_work(tmp_path, monkeypatch)
    work.commit(a="x = 1\n")
    work.git("clone", "--quiet", "--bare", str(work.top), str(tmp_path / "remote.git"))
    work.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    return work


def test_nothing_is_reached_unless_asked(work: Work) -> None:
    fetch = ("fetch", "origin", "refs/heads/main:refs/remotes/origin/main")
    refused = run_git(work.top, *fetch)
    assert refused.returncode
    assert b"not allowed" in refused.stderr
    assert run_git(work.top, *fetch, transports=True).returncode == 0
    assert work.git("rev-parse", "origin/main") == work.git("rev-parse", "main")


@pytest.mark.parametrize("hooks", [False, True])
def test_a_url_names_no_command(work: Work, tmp_path: Path, hooks: bool) -> None:
    work.git("config", "protocol.ext.allow", "always")
    url = f"ext::touch% {tmp_path}/ran"
    done = run_git(work.top, "fetch", url, "refs/heads/main", hooks=hooks, transports=True)
    assert done.returncode
    assert not (tmp_path / "ran").exists()


def test_hooks_stay_off(work: Work, tmp_path: Path) -> None:
    work.hook("pre-push", f"touch {tmp_path}/ran")
    work.hook("reference-transaction", f"touch {tmp_path}/ran")
    (tmp_path / "ran").unlink(missing_ok=True)
    push = ("push", "--quiet", "origin", "main:refs/heads/other")
    assert run_git(work.top, *push, transports=True).returncode == 0
    assert not (tmp_path / "ran").exists()
    assert run_git(work.top, *push[:-1], "main:more", hooks=True, transports=True).returncode == 0
    assert (tmp_path / "ran").exists()


def test_nobody_is_asked(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program of a configuration would ask; the one that the environment gives answers."""
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\necho secret\n")
    ask.chmod(0o755)
    work.git("config", "core.askPass", str(ask))
    monkeypatch.setenv("SSH_ASKPASS", str(ask))
    monkeypatch.delenv("GIT_ASKPASS", raising=False)
    question = b"protocol=https\nhost=git.example.org\n\n"
    fill = ("credential", "fill")
    assert run_git(work.top, *fill, stdin=question, transports=True).returncode
    assert not (tmp_path / "asked").exists()
    monkeypatch.setenv("GIT_ASKPASS", str(ask))
    answered = run_git(work.top, *fill, stdin=question, transports=True)
    assert b"password=secret" in answered.stdout


def test_the_terminal_is_not_its_own(work: Work, tmp_path: Path) -> None:
    """ssh asks on the terminal of its session: git gets a session without one."""
    script = tmp_path / "ssh"
    write = f"import os; open({os.fspath(tmp_path / 'session')!r}, 'w').write(str(os.getsid(0)))"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{write}"\n')
    script.chmod(0o755)
    done = run_git(
        work.top,
        *("fetch", "ssh://git@git.example.org/x.git"),
        environment={"GIT_SSH_COMMAND": str(script)},
        transports=True,
    )
    assert done.returncode
    assert int((tmp_path / "session").read_text()) != os.getsid(0)
