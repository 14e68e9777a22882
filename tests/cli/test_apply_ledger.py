"""`undo`, `resume` and `runs` from the command line, and two runs on one tree."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from projects import DONE, MODULE, fixaudit, make_project
from written_trees import database_of, snapshot

from fixaudit_cli.app import run
from fixaudit_cli.write.ledger import writing

BOTH = MODULE.replace("return old(2)", "return late(2)")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_project(tmp_path / "p", app__a=MODULE, app__b=BOTH, lib__c=MODULE)
    (root / "lib" / "c.py").chmod(0o755)
    monkeypatch.chdir(root)
    return root


def listed(capsys: Any) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["runs", "--output-format", "json"]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["runs"]
    return rows


def test_undo_gives_back_every_byte_and_mode(tree: Path, capsys: Any) -> None:
    before = snapshot(tree)
    assert run(["undo"]) == 0
    assert run(["resume"]) == 0
    assert run(["runs"]) == 0
    assert not database_of(tree).exists()
    assert run(["apply"]) == 0
    assert "`fixaudit undo` takes it back" in capsys.readouterr().err
    after = snapshot(tree)
    assert after["lib/c.py"] == (DONE.encode(), before["lib/c.py"][1])
    rows = listed(capsys)
    assert rows[0]["state"] == "done"
    assert rows[0]["files"] == {"written": 3}
    assert rows[0]["codemods"] == {"late-to-soon": 1, "old-to-new": 8}
    assert rows[0]["command"] == ["apply"]
    os.chdir(tree / "app")
    assert run(["undo"]) == 0
    assert snapshot(tree) == before
    assert listed(capsys)[0]["state"] == "undone"
    assert run(["undo"]) == 0
    assert "nothing to undo" in capsys.readouterr().err
    assert run(["undo", "1"]) == 0
    assert run(["undo", "7"]) == 2
    assert run(["runs"]) == 0
    assert "undone" in capsys.readouterr().out


def test_undo_of_a_part(tree: Path, capsys: Any) -> None:
    assert run(["apply"]) == 0
    assert run(["undo", "1", "lib"]) == 0
    assert (tree / "lib" / "c.py").read_text() == MODULE
    assert (tree / "app" / "a.py").read_text() == DONE
    assert run(["undo", "--codemod", "late-to-soon", "app/b.py"]) == 0
    text = (tree / "app" / "b.py").read_text()
    assert "return late(2)" in text
    assert text.count("new.new(") == 2
    assert run(["undo", "README.md"]) == 2
    assert run(["undo", "--codemod", "unheard-of"]) == 2


def test_undo_refuses_files_edited_since(tree: Path, capsys: Any) -> None:
    assert run(["apply"]) == 0
    (tree / "app" / "a.py").write_text("mine = 1\n")
    capsys.readouterr()
    assert run(["undo"]) == 2
    error = capsys.readouterr().err
    assert "app/a.py: skipped: edited since the run" in error
    assert "--force" in error
    assert (tree / "app" / "b.py").read_text() == BOTH
    assert (tree / "app" / "a.py").read_text() == "mine = 1\n"
    assert run(["undo", "1", "--force"]) == 0
    assert (tree / "app" / "a.py").read_text() == MODULE


SLOW = """
import sys
from fixaudit_cli.write import write_run
write = write_run.replace_file
def slowly(replacement):
    result = write(replacement)
    print("written", flush=True)
    sys.stdin.readline()
    return result
write_run.replace_file = slowly
from fixaudit_cli.app import run
sys.exit(run({arguments!r}))
"""
# It looks for the lock again each time it is told to, and no time passes for it.
WAITING = """
import sys, types
from fixaudit.files import locking
def sleep(seconds):
    print("waiting", flush=True)
    sys.stdin.readline()
locking.time = types.SimpleNamespace(monotonic=lambda: 0.0, sleep=sleep)
from fixaudit_cli.app import run
sys.exit(run({arguments!r}))
"""


def started(script: str, tree: Path, until: bytes, *arguments: str) -> subprocess.Popen[bytes]:
    """The command line with a script around it, when it has printed the line `until`."""
    process = subprocess.Popen(
        [sys.executable, "-c", script.format(arguments=list(arguments))],
        cwd=tree,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line == until:
            return process
    raise AssertionError(process.communicate()[1].decode())


def slow(tree: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """An `apply` that stops after the first file until its input ends; returns there."""
    return started(SLOW, tree, b"written\n", *arguments)


def test_a_killed_run_is_resumed_or_undone(tree: Path, capsys: Any) -> None:
    before = snapshot(tree)
    for verb, wanted in (("undo", before), ("resume", None)):
        process = slow(tree, "apply", "--no-diff")
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert before != snapshot(tree)
        row = listed(capsys)[0]
        assert (row["state"], row["finished"]) == ("pending", None)
        assert run(["runs"]) == 0
        assert "unfinished" in capsys.readouterr().out
        assert run([verb]) == 0
        if wanted is not None:
            assert snapshot(tree) == wanted
    assert (tree / "lib" / "c.py").read_text() == DONE
    assert listed(capsys)[0]["state"] == "done"
    assert run(["undo"]) == 0
    assert snapshot(tree) == before


def test_an_interrupt_says_what_to_do(tree: Path) -> None:
    process = slow(tree, "apply")
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert process.returncode == 130
    assert error.decode().splitlines()[-1] == (
        "fixaudit: interrupted; run 1 is unfinished: `fixaudit resume` finishes it,"
        " `fixaudit undo` takes it back"
    )
    assert fixaudit(tree, "resume").code == 0
    assert (tree / "lib" / "c.py").read_text() == DONE


def test_a_second_run_refuses_clearly_or_waits(tree: Path) -> None:
    process = slow(tree, "apply", "app")
    refused = fixaudit(tree, "apply", "lib")
    assert refused.code == 2
    assert f"another run (pid {process.pid}) is writing this tree" in refused.notes
    assert (tree / "lib" / "c.py").read_text() == MODULE
    waiting = started(WAITING, tree, b"waiting\n", "apply", "--wait", "60")
    process.communicate()
    assert process.returncode == 0
    _, error = waiting.communicate()
    assert waiting.returncode == 0, error.decode()
    for name in ("app/a.py", "lib/c.py"):
        assert (tree / name).read_text() == DONE
    assert fixaudit(tree, "apply", "--check").code == 0


def test_a_file_edited_meanwhile_is_skipped_and_named(tree: Path) -> None:
    process = slow(tree, "apply", "--no-diff")
    (tree / "lib" / "c.py").write_text("mine = 1\n")
    _, error = process.communicate()
    assert process.returncode == 2
    assert b"lib/c.py: skipped: " in error
    assert b"2 files written" in error
    assert (tree / "lib" / "c.py").read_text() == "mine = 1\n"


def test_a_read_only_file_is_named_and_the_rest_written(tree: Path, capsys: Any) -> None:
    (tree / "app" / "a.py").chmod(0o444)
    assert run(["apply", "--output-format", "json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert [row["path"] for row in document["errors"]] == ["app/a.py"]
    assert document["summary"]["changed"] == 2
    assert (tree / "lib" / "c.py").read_text() == DONE


def test_old_runs_are_pruned_by_the_configured_age(tree: Path, capsys: Any) -> None:
    assert run(["apply", "app"]) == 0
    with writing(tree) as ledger, ledger.transaction() as db:
        db.execute("UPDATE runs SET started = ?", (time.time() - 3 * 86400,))
    assert run(["apply", "lib", "--config", "ledger.max-age-days = 2"]) == 0
    assert [row["id"] for row in listed(capsys)] == [2]


def _older(tree: Path, days: float) -> None:
    with writing(tree) as ledger, ledger.transaction() as db:
        db.execute("UPDATE runs SET started = ?", (time.time() - days * 86400,))


@pytest.mark.parametrize("file", ["fixaudit.toml", "lib/fixaudit.toml", "pyproject.toml"])
def test_what_a_tree_brings_along_shortens_no_history(tree: Path, capsys: Any, file: str) -> None:
    """Also where `--config` names a file of a repository."""
    assert run(["apply", "app"]) == 0
    _older(tree, 3)
    (tree / ".git").mkdir()
    settings = "[ledger]\nmax-age-days = 0\nmax-size-mb = 0\n"
    own = (tree / "pyproject.toml").read_text()
    if file == "pyproject.toml":
        settings = own + settings.replace("[ledger]", "[tool.fixaudit.ledger]")
    else:
        settings = 'extend = "%s/pyproject.toml"\n' % (".." if "/" in file else ".") + settings
    (tree / file).write_text(settings)
    assert run(["apply", "lib", *(["--config", file] if file == "fixaudit.toml" else [])]) == 0
    notes = capsys.readouterr().err
    assert '"ledger" is not heeded in a file' in notes
    assert "FIXAUDIT_LEDGER_MAX_AGE_DAYS" in notes
    assert [row["id"] for row in listed(capsys)] == [2, 1]


def test_the_user_says_how_long_runs_are_kept(tree: Path, capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    assert run(["apply", "app"]) == 0
    _older(tree, 3)
    monkeypatch.setenv("FIXAUDIT_LEDGER_MAX_AGE_DAYS", "2")
    assert run(["apply", "lib"]) == 0
    assert "1 run too old or too large to be kept dropped from the record: 1" in capsys.readouterr().err  # fmt: skip
    assert run(["runs"]) == 0
    assert "for 2 days and up to 256 MB" in capsys.readouterr().err
    document = json.loads(_runs_as_json(capsys))
    assert document["limits"] == {"max-age-days": 2, "max-size-mb": 256}
    assert [row["id"] for row in document["runs"]] == [2]


def test_a_named_file_of_the_user_counts_and_the_command_line_over_all(tree: Path, capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    mine = tmp_path / "mine.toml"
    tools = json.dumps([str(tree / "tools")])
    mine.write_text(f'codemods = {tools}\nselect = ["TT9"]\nledger.max-age-days = 2\n')
    monkeypatch.setenv("FIXAUDIT_LEDGER_MAX_AGE_DAYS", "90")
    assert run(["apply", "app", "--config", str(mine), "--trust"]) == 0
    _older(tree, 3)
    typed = "ledger.max-age-days = 4"
    assert run(["apply", "lib/c.py", "--config", str(mine), "--config", typed, "--trust"]) == 0
    assert [row["id"] for row in listed(capsys)] == [2, 1]
    assert run(["undo", "2"]) == 0
    assert run(["apply", "lib/c.py", "--config", str(mine), "--trust"]) == 0
    assert [row["id"] for row in listed(capsys)] == [3, 2]


@pytest.mark.parametrize("value", ["many", "-1", "nan", "1e400"])
def test_a_bound_that_is_none_ends_a_run_before_it_writes(tree: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch, value: str) -> None:  # fmt: skip
    monkeypatch.setenv("FIXAUDIT_LEDGER_MAX_SIZE_MB", value)
    before = snapshot(tree)
    assert run(["apply"]) == 2
    assert "FIXAUDIT_LEDGER_MAX_SIZE_MB" in capsys.readouterr().err
    assert snapshot(tree) == before


def _runs_as_json(capsys: Any) -> str:
    capsys.readouterr()
    assert run(["runs", "--output-format", "json"]) == 0
    return str(capsys.readouterr().out)


def test_a_run_with_nothing_to_do_is_not_recorded(tree: Path, capsys: Any) -> None:
    assert run(["apply", "--dry-run"]) == 0
    assert run(["apply", "--check"]) == 1
    assert not database_of(tree).exists()
    assert run(["apply"]) == 0
    assert run(["apply"]) == 0
    assert len(listed(capsys)) == 1


def test_a_reader_that_goes_away_stops_no_writing(tree: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-u", "-m", "fixaudit_cli", "apply", "--diff"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert done.returncode == 0, done
    assert b"3 files written" in done.stderr
    assert (tree / "lib" / "c.py").read_text() == DONE
