"""The project's own check: its end, its last lines, its time limit, and nothing left running."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from event_clock import EventClock

from fixaudit.checks import timed_command
from fixaudit.checks.timed_command import CommandError
from fixaudit_cli.checks.verifying import VerifyRunner, keep_result
from fixaudit_cli.write.ledger import writing
from fixaudit_cli.write.recording import record


class _Command:
    """Shell commands in `folder` that stay until they are told to go on, and then say so.

    They run `BEGINS`, then `STAYS`. `alive` is held by all of them, so it is read to its end when the last
    one is gone; `events` lets the time limit pass.
    """

    STAYS = "until read line < go; do :; done; echo survived >&9"
    BEGINS = "exec 9> alive; printf . >> events"

    def __init__(self, folder: Path) -> None:
        os.mkfifo(folder / "alive")
        os.mkfifo(folder / "go")
        self.events = folder / "events"
        self._alive = os.open(folder / "alive", os.O_RDONLY | os.O_NONBLOCK)
        # Open for both: nobody waits for the other end to be opened.
        self._go = os.open(folder / "go", os.O_RDWR)

    def survivors(self) -> bytes:
        """What the processes say that are still there; none of them is afterwards."""
        assert self.events.exists(), "the command has not come so far"
        os.set_blocking(self._alive, True)
        os.write(self._go, b"on\n" * 9)
        said = b""
        while part := os.read(self._alive, 1 << 10):
            said += part
        os.close(self._alive)
        os.close(self._go)
        return said


@pytest.fixture(name="command")
def _command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Command:
    command = _Command(tmp_path)
    monkeypatch.setattr(timed_command, "time", EventClock(command.events))
    monkeypatch.setattr(timed_command, "_GRACE", 60.0)  # below what an event moves the clock by
    return command


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


def test_the_time_limit_ends_all_it_started(tmp_path: Path, command: _Command) -> None:
    text = f"echo working; {command.BEGINS}; ({command.STAYS}) & {command.STAYS}"
    result = VerifyRunner(text, tmp_path, timeout=0.3).run()
    assert (result.returncode, result.red, result.timed_out) == (None, True, True)
    assert result.output == "working\n"
    assert command.survivors() == b""


def test_one_that_ignores_being_asked_is_killed(tmp_path: Path, command: _Command) -> None:
    # `wait` lets a trap run at once; the process it waits for ends at the signal, and comes again.
    stays = "until (read line < go && echo survived >&9) & wait $!; do :; done"
    text = f"trap 'printf . >> events' TERM; {command.BEGINS}; {stays}"
    result = VerifyRunner(text, tmp_path, timeout=0.3).run()
    assert result.timed_out
    assert command.events.read_text() == ".."  # it was asked first
    assert command.survivors() == b""


def test_what_a_good_run_left_behind_is_ended_too(tmp_path: Path, command: _Command) -> None:
    text = f"{command.BEGINS}; ({command.STAYS}) & echo ok"
    result = VerifyRunner(text, tmp_path, timeout=None).run()
    assert (result.returncode, result.output) == (0, "ok\n")
    assert command.survivors() == b""


def test_an_interrupt_ends_the_command(
    tmp_path: Path, command: _Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asleep(seconds: float) -> None:
        if command.events.exists():
            signal.raise_signal(signal.SIGINT)
        time.sleep(seconds)

    monkeypatch.setattr(timed_command, "time", EventClock(command.events, asleep=asleep))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            VerifyRunner(f"{command.BEGINS}; {command.STAYS}", tmp_path, timeout=None).run()
    finally:
        signal.signal(signal.SIGINT, before)
    assert command.survivors() == b""


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot run"):
        VerifyRunner("true", tmp_path / "none").run()


def test_the_output_is_kept_with_its_run(tmp_path: Path) -> None:
    result = VerifyRunner("echo broken; exit 1", tmp_path).run()
    with writing(tmp_path) as ledger:
        run = record(ledger, [])
        keep_result(ledger, run, "after", "echo broken; exit 1", result)
        with ledger.transaction() as db:
            row = db.execute("SELECT run, label, returncode, output FROM validations").fetchone()
    assert tuple(row) == (run, "after", 1, "broken\n")
