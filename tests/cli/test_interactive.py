"""Every key of `apply --interactive` on a pseudo-terminal, and what happens without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from projects import DONE, MODULE, fixaudit, make_project
from terminals import Terminal
from written_trees import database_of

from fixaudit_cli.app import run

ASK = ("apply", "-i")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return make_project(tmp_path / "p", a=MODULE, b=MODULE)


def calls(tree: Path, name: str = "a") -> list[bool]:
    """Which of the three calls in a module are the new ones."""
    text = (tree / f"{name}.py").read_text()
    return [f"new.new({number})" in text for number in (1, 2, 3)]


def decisions(tree: Path) -> list[tuple[str, str]]:
    """The stored decisions: reason and choice."""
    rows = json.loads(database_of(tree).with_name("decisions.json").read_text())["decisions"]
    return sorted((f"{row['path']} {row['reason']}", row["choice"]) for row in rows.values())


def test_yes_and_no_show_reason_and_context_and_are_remembered(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py")
    first = terminal.asked()
    assert "call number 1" in first
    assert "-    return old(1)" in first
    assert "+    return new.new(1)" in first
    assert " def one():" in first
    assert "(1/3) Apply this hunk to a.py" in first
    assert "call number 2" in terminal.press("y")
    assert "call number 3" in terminal.press("n")
    code, _ = terminal.end("y")
    assert code == 0
    assert calls(tree) == [True, False, True]
    assert "import new" in (tree / "a.py").read_text()
    assert [choice for _, choice in decisions(tree)] == ["accepted", "rejected", "accepted"]
    again = Terminal(tree, *ASK, "a.py")
    code, shown = again.end()
    assert code == 0
    assert "Apply this hunk" not in shown
    assert "1 site left alone that a review rejected" in shown
    assert calls(tree) == [True, False, True]


def test_what_was_rejected_stays_rejected_without_asking(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py")
    terminal.asked()
    terminal.end("nq")
    done = fixaudit(tree, "apply", "a.py", "--output-format", "json")
    assert done.code == 0
    assert calls(tree) == [False, True, True]
    rows = json.loads(done.output)["findings"]
    assert [row["suppressed"] for row in rows] == [
        f"rejected, see {database_of(tree).with_name('decisions.json')}",
        None,
        None,
    ]
    assert fixaudit(tree, "apply", "a.py", "--ask-again", "--allow-dirty").code == 0
    assert calls(tree) == [True, True, True]


def test_all_and_none_of_the_rest_of_a_file(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py", "b.py")
    terminal.asked()
    terminal.press("n")
    assert "(1/3) Apply this hunk to b.py" in terminal.press("a")
    terminal.press("y")
    code, _ = terminal.end("d")
    assert code == 0
    assert calls(tree, "a") == [False, True, True]
    assert calls(tree, "b") == [True, False, False]


def test_quitting_keeps_what_was_accepted_and_decides_nothing_else(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py", "b.py")
    terminal.asked()
    terminal.press("y")
    code, _ = terminal.end("q")
    assert code == 0
    assert calls(tree) == [True, False, False]
    assert (tree / "b.py").read_text() == MODULE
    assert len(decisions(tree)) == 1


def test_stepping_back_within_and_over_files(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py", "b.py")
    terminal.asked()
    assert "This is the first hunk" in terminal.press("u")
    terminal.press("y")
    assert "(1/3)" in terminal.press("u")
    terminal.press("n")
    terminal.press("y")
    assert "b.py" in terminal.press("y")
    back = terminal.press("u")
    assert "(3/3) Apply this hunk to a.py" in back
    terminal.press("n")
    code, _ = terminal.end("q")
    assert code == 0
    assert calls(tree) == [False, True, False]
    assert (tree / "b.py").read_text() == MODULE


def test_help_and_unknown_keys_and_enter(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py")
    terminal.asked()
    for key in ("?", "x", "7", "\x1b"):
        shown = terminal.press(key)
        assert "y - apply this hunk" in shown
        assert "u - go back" in shown
    terminal.press("y\n")
    terminal.press("Y\r")
    code, _ = terminal.end("n\n")
    assert code == 0
    assert calls(tree) == [True, True, False]


def test_splitting_a_hunk_of_several_places(tree: Path) -> None:
    (tree / "a.py").write_text(
        "def f():\n    x = old(\n        1,\n        2,\n        3,\n        far=4,\n    )\n    return x\n"
    )
    terminal = Terminal(tree, *ASK, "a.py")
    terminal.asked()
    split = terminal.press("s")
    assert "Split into 3 hunks" in split
    assert "part 1 of 3" in split
    assert "cannot be split" in terminal.press("s")
    terminal.press("y")
    terminal.press("y")
    code, shown = terminal.end("n")
    assert code == 0, shown
    text = (tree / "a.py").read_text()
    assert "import new" in text
    assert "new.new(" in text
    assert "far=4" in text


def test_a_part_that_leaves_the_file_unsound_is_dropped_and_named(tree: Path) -> None:
    (tree / "a.py").write_text(MODULE.replace("old(1)", "old(1, far=1)"))
    terminal = Terminal(tree, *ASK, "a.py")
    terminal.asked()
    terminal.press("s")
    terminal.press("n")  # the import
    terminal.press("y")
    code, shown = terminal.end("q")
    assert code == 2
    assert "'new' would be used without being defined" in shown
    assert "new" not in (tree / "a.py").read_text()


def editor(tree: Path, script: str) -> str:
    """An editor that runs a Python script over the text `t` of the file."""
    path = tree / "tools" / "editor.txt"
    path.write_text(
        f"import sys\np = sys.argv[-1]\nt = open(p).read()\n{script}\nopen(p, 'w').write(t)\n"
    )
    return f"{sys.executable} {path}"


def test_editing_a_hunk(tree: Path) -> None:
    by_hand = editor(
        tree, "assert 'call number 1' in t\nt = t.replace('new.new(1)', 'new.new(1)  # ours')"
    )
    terminal = Terminal(tree, *ASK, "a.py", EDITOR=by_hand)
    terminal.asked()
    assert "(2/3)" in terminal.press("e")
    terminal.press("n")
    code, shown = terminal.end("y")
    assert code == 0, shown
    text = (tree / "a.py").read_text()
    assert "    return new.new(1)  # ours\n" in text
    assert text.count("import new") == 1
    assert calls(tree) == [True, False, True]
    assert run(["undo", "--root", str(tree)]) == 0
    assert (tree / "a.py").read_text() == MODULE


REFUSED = {
    "t = t.replace('new.new(1)', 'new.new(1')": "is not taken: ",
    "t = t.replace('new.new(1)', 'nowhere(1)')": "'nowhere' would be used without",
    "t = t.replace('-    return old(1)', '-    return older(1)')": "does not apply: line 5",
    "t = t.replace('@@', '')": "lines with @@ are expected",
    "t = ''": "stays undecided",
    "raise SystemExit(3)": "ended with 3",
}


def test_an_edit_that_does_not_do_is_refused_and_asked_again(tree: Path) -> None:
    script = tree / "tools" / "script.txt"
    by_hand = editor(tree, f"exec(open({str(script)!r}).read())")
    terminal = Terminal(tree, *ASK, "a.py", VISUAL=by_hand)
    terminal.asked()
    for text, said in REFUSED.items():
        script.write_text(text)
        shown = terminal.press("e")
        assert said in shown
        assert "(1/3)" in shown
    code, _ = terminal.end("q")
    assert code == 0
    assert (tree / "a.py").read_text() == MODULE


def test_lines_ending_in_crlf_are_edited_by_hand(tree: Path) -> None:
    (tree / "a.py").write_bytes(MODULE.replace("\n", "\r\n").encode())
    by_hand = editor(tree, "t = t.replace('new.new(1)', 'new.new(1, 1)')")
    terminal = Terminal(tree, *ASK, "a.py", EDITOR=by_hand)
    terminal.asked()
    terminal.press("e")
    code, shown = terminal.end("d")
    assert code == 0, shown
    data = (tree / "a.py").read_bytes()
    assert b"new.new(1, 1)\r\n" in data
    assert data.count(b"\n") == data.count(b"\r\n")


def test_the_window_may_change_its_size(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py")
    wide = terminal.asked()
    assert "─" * 80 in wide
    terminal.resize(10, 40)
    narrow = terminal.press("y")
    assert "─" * 40 in narrow
    assert "─" * 41 not in narrow
    terminal.resize(50, 200)
    terminal.press("n")
    code, _ = terminal.end("y")
    assert code == 0
    assert calls(tree) == [True, False, True]


def test_keys_may_be_typed_ahead(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py")
    terminal.send("yny")
    code, shown = terminal.end()
    assert code == 0, shown
    assert calls(tree) == [True, False, True]


def test_end_of_input_is_quitting(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py")
    terminal.asked()
    terminal.press("y")
    code, _ = terminal.end("\x04")
    assert code == 0
    assert calls(tree) == [True, False, False]


def test_an_interrupt_writes_nothing_and_keeps_the_decisions(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py")
    terminal.asked()
    terminal.press("n")
    code, _ = terminal.end("\x03")
    assert code == 130
    assert (tree / "a.py").read_text() == MODULE
    assert decisions(tree) == [("a.py call number 1", "rejected")]


def test_a_closed_window_ends_the_run(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py")
    terminal.asked()
    terminal.hang_up()
    code, _ = terminal.end()
    assert code != 0
    assert (tree / "a.py").read_text() == MODULE


def test_without_a_terminal_there_is_an_error_at_once(tree: Path) -> None:
    assert fixaudit(tree, *ASK, stdin=subprocess.DEVNULL).code == 2
    reader, writer = os.pipe()
    done = fixaudit(tree, *ASK, stdin=reader)
    os.close(reader)
    os.close(writer)
    assert done.code == 2
    assert "terminal" in done.notes
    closed = f"'{sys.executable}' -m fixaudit_cli apply -i <&-"
    ended = subprocess.run(closed, shell=True, cwd=tree, capture_output=True, check=False)
    assert ended.returncode == 2
    assert b"terminal" in ended.stderr
    assert not database_of(tree).exists()
    assert (tree / "a.py").read_text() == MODULE


def test_a_named_file_of_decisions_is_replayed_elsewhere(tree: Path, tmp_path: Path) -> None:
    kept = tmp_path / "review.json"
    terminal = Terminal(tree, *ASK, "a.py", "--decisions", str(kept), "--dry-run")
    terminal.asked()
    terminal.send("yny")
    code, shown = terminal.end()
    assert code == 0, shown
    assert "+    return new.new(3)" in shown
    assert not database_of(tree).exists()
    code, shown = Terminal(tree, *ASK, "a.py", "--decisions", str(kept)).end()
    assert code == 0
    assert "Apply this hunk" not in shown
    assert calls(tree) == [True, False, True]
    check = fixaudit(tree, "check", "a.py", "--decisions", str(kept))
    assert check.code == 0, check
    assert fixaudit(tree, "check", "a.py").code == 1
    assert fixaudit(tree, "check", "--decisions", "nowhere.json").code == 2
    kept.write_text('{"version": 1, "decisions": {"x": {"choice": "maybe"}}}')
    assert fixaudit(tree, "apply", "--decisions", str(kept)).code == 2


def test_everything_accepted_equals_a_plain_run(tree: Path) -> None:
    terminal = Terminal(tree, *ASK, "a.py")
    terminal.asked()
    assert terminal.end("a")[0] == 0
    assert (tree / "a.py").read_text() == DONE
    assert fixaudit(tree, "apply", "b.py").code == 0
    assert (tree / "b.py").read_text() == DONE
