"""A command as a list of arguments, and what becomes of it when the process that runs it is killed."""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path

import pytest

from fixaudit.checks.timed_command import CommandError, TimedCommand


def test_arguments_are_read_by_no_shell(tmp_path: Path) -> None:
    shown = (sys.executable, "-c", "import sys; print(sys.argv[1:])", "$HOME; echo x", "a  b", "")
    result = TimedCommand(shown, tmp_path).run()
    assert result.output == "['$HOME; echo x', 'a  b', '']\n"
    assert not result.red


def test_it_reads_nothing_and_its_environment_has_what_is_added(tmp_path: Path) -> None:
    text = "import os, sys; print(repr(sys.stdin.read()), os.environ['ADDED'], os.getcwd())"
    result = TimedCommand((sys.executable, "-c", text), tmp_path, environment={"ADDED": "1"}).run()
    assert result.output == f"'' 1 {os.path.realpath(tmp_path)}\n"


@pytest.mark.parametrize(
    "command", [("nonesuch-program", "-q"), ("./nonesuch",), (), ("",), ("true", "a\0b")]
)
def test_a_command_that_does_not_exist_is_one_line(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError, match="cannot run") as caught:
        TimedCommand(command, tmp_path).run()
    assert "\n" not in str(caught.value)


def test_a_program_of_the_folder_and_of_the_added_path_is_found(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "own-check"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho own\n")
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    assert TimedCommand(("bin/own-check",), tmp_path).run().output == "own\n"
    assert (
        TimedCommand(("own-check",), tmp_path, environment={"PATH": path}).run().output == "own\n"
    )


def test_a_command_that_waits_for_all_its_children_ends(tmp_path: Path) -> None:
    text = "import os\ntry:\n    os.wait()\nexcept ChildProcessError:\n    print('no child')\n"
    assert TimedCommand((sys.executable, "-c", text), tmp_path).run().output == "no child\n"


@pytest.mark.parametrize("kind", ["shell", "arguments"])
def test_a_command_dies_with_the_process_that_runs_it(tmp_path: Path, kind: str) -> None:
    """kill -9: nothing of that process can clean up."""
    os.mkfifo(tmp_path / "alive")
    os.mkfifo(tmp_path / "never")
    alive = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    never = os.open(tmp_path / "never", os.O_RDWR)
    text = "exec 9> alive; (read line < never) & echo begun >&9; kill -9 $PPID; read line < never"
    command = text if kind == "shell" else ("/bin/sh", "-c", text)
    child = os.fork()
    if child == 0:
        os.close(never)
        os.close(alive)
        TimedCommand(command, tmp_path, timeout=None).run()
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    said = b""
    while select.select([alive], [], [], 60)[0]:  # readable: they said something, or all are gone
        part = os.read(alive, 1 << 10)
        if not part:
            break
        said += part
    else:
        pytest.fail("what the command started is still there")
    assert said == b"begun\n"
    os.close(alive)
    os.close(never)
