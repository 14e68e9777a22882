"""The project's own check: its end, its last lines, its time limit, and nothing left running."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from fixaudit_cli.checks.verifying import VerifyError, VerifyRunner, keep_result
from fixaudit_cli.write.ledger import writing
from fixaudit_cli.write.recording import record


def _gone(pid: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(("command", "code"), [("true", 0), ("exit 3", 3), ("nonesuch-x", 127)])
def test_the_exit_code_decides(tmp_path: Path, command: str, code: int) -> None:
    result = VerifyRunner(command, tmp_path).run()
    assert result.returncode == code
    assert result.red == (code != 0)
    assert not result.timed_out


def test_a_command_killed_by_a_signal_is_red(tmp_path: Path) -> None:
    result = VerifyRunner("kill -9 $$", tmp_path).run()
    assert (result.returncode, result.red, result.timed_out) == (-signal.SIGKILL, True, False)


def test_it_runs_in_the_folder_with_both_outputs_and_no_input(tmp_path: Path) -> None:
    result = VerifyRunner("pwd; echo err >&2; cat; echo end", tmp_path).run()
    assert result.output == f"{os.path.realpath(tmp_path)}\nerr\nend\n"


def test_the_last_lines_are_kept_of_any_amount(tmp_path: Path) -> None:
    result = VerifyRunner("seq 1 400000", tmp_path).run()
    assert result.tail(2) == "399999\n400000"
    assert 60_000 < len(result.output) <= 64 * 1024
    assert VerifyRunner("true", tmp_path).run().tail() == ""


def test_output_that_is_no_text_is_kept_readable(tmp_path: Path) -> None:
    assert VerifyRunner(r"printf 'a\377b'", tmp_path).run().output == "a\N{REPLACEMENT CHARACTER}b"


def test_the_time_limit_ends_all_it_started(tmp_path: Path) -> None:
    command = "sleep 60 & echo $! > child; echo working; sleep 60"
    begun = time.monotonic()
    result = VerifyRunner(command, tmp_path, timeout=0.3).run()
    assert time.monotonic() - begun < 10
    assert (result.returncode, result.red, result.timed_out) == (None, True, True)
    assert result.output == "working\n"
    assert _gone(int((tmp_path / "child").read_text()))


def test_one_that_ignores_being_asked_is_killed(tmp_path: Path) -> None:
    command = "trap '' TERM; echo $$ > leader; while true; do sleep 0.05; done"
    result = VerifyRunner(command, tmp_path, timeout=0.3).run()
    assert result.timed_out
    assert _gone(int((tmp_path / "leader").read_text()))


def test_what_a_good_run_left_behind_is_ended_too(tmp_path: Path) -> None:
    begun = time.monotonic()
    result = VerifyRunner("sleep 60 & echo $! > child; echo ok", tmp_path).run()
    assert time.monotonic() - begun < 10
    assert (result.returncode, result.output) == (0, "ok\n")
    assert _gone(int((tmp_path / "child").read_text()))


def test_an_interrupt_ends_the_command(tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.4)
    try:
        with pytest.raises(KeyboardInterrupt):
            VerifyRunner("echo $$ > leader; sleep 60", tmp_path).run()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert _gone(int((tmp_path / "leader").read_text()))


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(VerifyError, match="cannot run"):
        VerifyRunner("true", tmp_path / "none").run()


def test_the_output_is_kept_with_its_run(tmp_path: Path) -> None:
    result = VerifyRunner("echo broken; exit 1", tmp_path).run()
    with writing(tmp_path) as ledger:
        run = record(ledger, [])
        keep_result(ledger, run, "after", "echo broken; exit 1", result)
        with ledger.transaction() as db:
            row = db.execute("SELECT run, label, returncode, output FROM validations").fetchone()
    assert tuple(row) == (run, "after", 1, "broken\n")
