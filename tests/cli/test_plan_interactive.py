"""Every key of `plan --interactive` on a pseudo-terminal: what is decided, kept, and applied."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from terminals import Terminal

from fixaudit_cli.app import run

KEYS = """\
import hashlib

import requests


def key(text):
    return hashlib.md5(text).hexdigest()


def get(url):
    return requests.get(url, verify=False, timeout=5)


def tell(log):
    try:
        get("a")
    except ValueError as e:
        raise KeyError(e)
"""
REPORT = """\
# Audit

### F-1: MD5 used for keys (S324)

**Severity:** High
**File:** `app.py:7`

MD5 is broken.

### F-2: The client is careless

**File:** `app.py`

### F-3: Raised without its cause (B904)

**Severity:** Low
**File:** `app.py:18`

### F-4: Nobody on call

Hire somebody.
"""
ENDS = ("[y,n,p,f,k,c,s,u,q,?]? ", "(Enter for none): ", "(Enter: as it is): ")


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "t"\n')
    (root / "app.py").write_text(KEYS)
    (root / "AUDIT.md").write_text(REPORT)
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(root)
    return root


def asking(tree: Path, *options: str) -> Terminal:
    terminal = Terminal(tree, "plan", "-i", "AUDIT.md", *options)
    terminal.ends = ENDS
    return terminal


def planned(capfd: pytest.CaptureFixture[str], *options: str) -> dict[str, dict[str, Any]]:
    capfd.readouterr()
    assert run(["plan", "AUDIT.md", *options, "--output-format", "json"]) == 0
    rows = json.loads(capfd.readouterr().out)["findings"]
    return {row["id"]: row for row in rows}


def decided(capfd: pytest.CaptureFixture[str]) -> dict[str, str | None]:
    return {key: row["decided"] for key, row in planned(capfd).items()}


def told(shown: str) -> list[str]:
    """The last lines, from the counts on."""
    lines = shown.splitlines()
    return lines[next(n for n, line in enumerate(lines) if line.startswith("4 findings: ")) :]


def test_each_finding_is_shown_with_its_hunk_and_only_what_was_accepted_is_applied(
    tree: Path,
) -> None:
    terminal = asking(tree)
    first = terminal.asked()
    assert "F-1 (high) MD5 used for keys" in first
    assert "where   app.py:7: as cited, the flaw is here" in first
    assert "to be fixed by `md5-to-sha256` with --unsafe only" in first
    assert "-    return hashlib.md5(text).hexdigest()" in first
    assert "  run  " not in first
    assert first.endswith(f"(1/4) F-1: accept its 1 edit (with --unsafe) {ENDS[0]}")
    second = terminal.press("y")
    assert second.endswith(f"(2/4) F-2: it has no edit {ENDS[0]}")
    assert "There is no edit to accept" in terminal.press("y")
    assert ENDS[1] in terminal.press("n")
    third = terminal.press("ask the team\r")
    assert third.endswith(f"(3/4) F-3: accept its 1 edit {ENDS[0]}")
    terminal.press("n")
    terminal.press("\r")
    code, shown = terminal.end("s")
    assert code == 0
    counts, accepted, after = told(shown)
    assert counts == "4 findings: 1 accepted, 2 left, 1 not decided"
    assert accepted == "accepted: 1 edit in 1 file"
    command = shlex.split(after.split("`")[1])
    assert command == [
        *("fixaudit", "apply", "--report", "AUDIT.md"),
        *("--finding", "F-1", "--unsafe", "--dry-run"),
    ]
    assert run(command[1:-1]) == 0
    text = (tree / "app.py").read_text()
    assert "md5" not in text
    assert "raise KeyError(e)\n" in text


def test_quitting_keeps_what_was_decided_and_the_next_time_goes_on(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal = asking(tree)
    terminal.asked()
    terminal.press("y")
    code, _ = terminal.end("q")
    assert code == 0
    assert decided(capfd) == {"F-1": "accepted by you", "F-2": None, "F-3": None, "F-4": None}
    again = asking(tree)
    assert "(1/3) F-2" in again.asked()
    again.press("f")
    assert "(2/3) F-3" in again.press("all is well\r")
    code, _ = again.end("\x04")
    assert code == 0
    told = decided(capfd)
    assert told["F-1"] == "accepted by you"
    assert told["F-2"] == "you call this a false positive: all is well"


def test_an_interrupt_loses_nothing(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    terminal = asking(tree)
    terminal.asked()
    terminal.press("y")
    assert terminal.end("\x03")[0] == 130
    assert decided(capfd)["F-1"] == "accepted by you"
    terminal = asking(tree)
    terminal.asked()
    terminal.press("n")
    assert terminal.end("half a no\x03")[0] == 130
    assert decided(capfd)["F-2"] is None


def test_going_back_shows_the_decision_and_another_one_replaces_it(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal = asking(tree)
    terminal.asked()
    assert "This is the first finding." in terminal.press("u")
    terminal.press("y")
    back = terminal.press("u")
    assert "Decided: accepted by you" in back
    terminal.press("k")
    assert "(2/4)" in terminal.press("a partner needs it\r")
    terminal.end("q")
    assert decided(capfd)["F-1"] == "you keep this as it is: a partner needs it"


@pytest.mark.parametrize("key", ["f", "k"])
def test_what_a_person_keeps_is_edited_by_no_finding_and_no_run(
    tree: Path, capfd: pytest.CaptureFixture[str], key: str
) -> None:
    report = REPORT.replace("### F-4: Nobody on call", "### F-4: MD5 again (S324)\n\n`app.py:7`")
    (tree / "AUDIT.md").write_text(report)
    terminal = asking(tree)
    terminal.asked()
    terminal.press(key)
    terminal.press("ours\r")
    terminal.end("q")
    rows = planned(capfd)
    assert [rows[name]["happens"] for name in ("F-1", "F-4")] == ["kept by you", "kept as asked"]
    assert "finding F-1: you" in rows["F-4"]["says"]
    assert run(["apply", "--report", "AUDIT.md", "--unsafe", "--with-kept"]) == 0
    assert "left alone: app.py:7" in capfd.readouterr().err
    text = (tree / "app.py").read_text()
    assert "hashlib.md5(text)" in text
    assert "raise KeyError(e) from e" in text
    again = asking(tree, "--ask-again", "--finding", "F-1")
    assert "Decided: you" in again.asked()
    again.press("n")
    again.end("\r")
    assert planned(capfd)["F-1"]["happens"] == "fix with --unsafe"


def test_a_codemod_is_paired_by_number_or_name_and_taken_back(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report = REPORT.replace("The client is careless", "TLS is off")
    # Without a file it is only offered.
    (tree / "AUDIT.md").write_text(report.replace("**File:** `app.py`\n", "Somewhere.\n"))
    terminal = asking(tree, "--finding", "F-2")
    assert "offer   `tls-verify` may answer it" in terminal.asked()
    listed = terminal.press("p")
    assert "  1 tls-verify: " in listed
    shown = terminal.press("1\r")
    assert "verify=True" in shown
    assert "accept its 1 edit (with --unsafe)" in shown
    terminal.press("p")
    assert 'no codemod is called tls-verfy; did you mean "tls-verify"?' in terminal.press(
        "tls-verfy\r"
    )
    terminal.press("p")
    assert "it has no edit" in terminal.press("none\r")
    terminal.press("p")
    assert "accept its 1 edit" in terminal.press("tls-verify\r")
    terminal.press("p")
    assert "accept its 1 edit" in terminal.press("\r")
    code, shown = terminal.end("y")
    assert code == 0
    assert "--finding F-2 --unsafe --dry-run" in shown
    assert planned(capfd)["F-2"]["by_hand"] is True
    again = asking(tree, "--finding", "F-2", "--ask-again")
    again.asked()
    again.press("p")
    assert "offer   " in again.press("auto\r")
    again.end("q")
    row = planned(capfd)["F-2"]
    assert (row["by_hand"], row["decided"], row["happens"]) == (False, None, "offered")


def test_the_code_and_the_help_are_shown_on_request(tree: Path) -> None:
    terminal = asking(tree)
    terminal.asked()
    code = terminal.press("c")
    assert "app.py:7\n" in code.replace("\r\n", "\n")
    assert ">    7      return hashlib.md5(text).hexdigest()" in code
    assert "     6  def key(text):" in code
    for key in ("?", "x"):
        assert "p - pair it with another codemod" in terminal.press(key)
    terminal.press("s")
    terminal.press("s")
    terminal.press("s")
    assert "No place of it is in the tree." in terminal.press("c")
    code_, _ = terminal.end("q")
    assert code_ == 0


def test_a_plan_file_holds_just_what_was_accepted(tree: Path) -> None:
    terminal = asking(tree, "-o", "plan.json")
    terminal.asked()
    terminal.press("s")
    terminal.press("s")
    terminal.press("y")
    _, shown = terminal.end("q")
    assert "next: `fixaudit apply --plan plan.json --dry-run` shows just these" in shown
    content = json.loads((tree / "plan.json").read_text())
    assert [row["id"] for row in content["findings"]] == ["F-3"]
    assert run(["apply", "--plan", "plan.json"]) == 0
    assert "md5" in (tree / "app.py").read_text()
    assert "from e" in (tree / "app.py").read_text()


def test_nothing_is_asked_where_all_is_decided_unless_edits_have_changed(tree: Path) -> None:
    terminal = asking(tree, "--finding", "F-3")
    terminal.asked()
    terminal.end("y")
    _, shown = asking(tree, "--finding", "F-3").end()
    assert ENDS[0] not in shown
    assert "all is decided; --ask-again asks again" in shown
    assert "--finding F-3 --dry-run" in shown
    (tree / "app.py").write_text(KEYS.replace("KeyError", "LookupError"))
    terminal = asking(tree, "--finding", "F-3")
    assert "accept its 1 edit" in terminal.asked()
    terminal.end("q")


def test_several_reports_are_told_apart(tree: Path) -> None:
    (tree / "OTHER.md").write_text(REPORT.replace("careless", "rash"))
    terminal = asking(tree, "OTHER.md", "--finding", "OTHER.md:F-1")
    assert "(1/1) OTHER.md:F-1: " in terminal.asked()
    _, shown = terminal.end("y")
    assert "--finding OTHER.md:F-1 --unsafe" in shown


def test_without_a_terminal_there_is_one_line_and_exit_2(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fixaudit_cli", "plan", "-i", "AUDIT.md"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "asks on a terminal, and there is none" in done.stderr
    assert run(["plan", "-i", "AUDIT.md", "--output-format", "html"]) == 2
    assert "exclude each other" in capfd.readouterr().err


def test_a_screen_is_as_wide_as_its_window(tree: Path) -> None:
    terminal = asking(tree)
    terminal.resize(40, 60)
    shown = terminal.asked().replace("\r\n", "\n")
    lines = shown[shown.index("F-1 (high)") :].split("diff --git")[0].splitlines()
    assert max(map(len, lines)) <= 60
    terminal.end("q")
