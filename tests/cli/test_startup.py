"""What the start and the end of the command line do not do, so that they take no time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from projects import fixaudit, make_project

from fixaudit_cli import verbs
from fixaudit_cli.app import run
from fixaudit_cli.lazy_verbs import command_of
from fixaudit_cli.output import fast_path

_SCRIPT = """\
import os, sys
sys.argv = ["fixaudit", *{arguments!r}]
os._exit = sys.exit
from fixaudit_cli.__main__ import main
try:
    main()
except SystemExit as end:
    assert end.code in (None, 0, 1), end.code
    sys.stderr.write("\\n".join(["", "modules:", *sys.modules]))
"""


def _modules(folder: Path, *arguments: str) -> set[str]:
    """The modules that a command line had imported when it came to its end."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT.format(arguments=arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.partition("\nmodules:\n")[2].split("\n"))


def _codemods(modules: set[str]) -> set[str]:
    return {name for name in modules if name.startswith("fixaudit_codemods.")}


def test_help_and_version_import_no_library(tmp_path: Path) -> None:
    for arguments in (["--help"], ["-h"], ["--version"]):
        modules = _modules(tmp_path, *arguments)
        assert not modules & {
            "typer",
            "dataclasses",
            "fixaudit.config.request",
            "shutil",
        }, arguments


def test_list_imports_neither_codemods_nor_the_library(tmp_path: Path) -> None:
    _modules(tmp_path, "list")
    modules = _modules(tmp_path, "list")
    assert "fixaudit.registry.manifest" in modules
    assert _codemods(modules) == set()
    assert not modules & {"typer", "importlib.metadata", "fixaudit.pipeline.runner", "tomllib"}
    modules = _modules(tmp_path, "list", "--select", "core")
    assert _codemods(modules) == set()
    assert not modules & {"importlib.metadata", "pydantic", "fixaudit_cli.commands.apply"}


def test_a_warm_run_imports_no_codemod_and_nothing_that_reads_code(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f() -> None:\n    print('hello')\n")
    os.utime(tmp_path / "a.py", (1_000_000_000, 1_000_000_000))
    for verb in (["check", "--select", "FA102"], ["apply", "--dry-run", "--select", "core"]):
        arguments = [*verb, "--cache-dir", str(tmp_path / "kept"), "."]
        assert _codemods(_modules(tmp_path, *arguments))
        modules = _modules(tmp_path, *arguments)
        assert not {name for name in modules if "campaign" in name}
        assert "fixaudit.pipeline.file_task" not in modules
        assert "fixaudit.pipeline.cached_run" in modules
        assert _codemods(modules) == set()
        assert not modules & {
            *("libcst", "pydantic", "rich", "importlib.metadata", "multiprocessing"),
            *(
                "fixaudit.source.source",
                "fixaudit.plan",
                "fixaudit.reports",
                "fixaudit.semantics.project",
            ),
        }


def test_only_selected_codemods_are_imported(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import redis\n\nclient = redis.Redis()\n")
    _modules(tmp_path, "list")
    modules = _modules(
        tmp_path, "apply", "-n", "--isolated", "--no-cache", "--select", "FA503", "."
    )
    assert "fixaudit_codemods.database.redis_client_options" in modules
    assert "fixaudit_codemods.security.md5_to_sha256.codemod" not in modules


def test_only_codemods_that_a_file_needs_are_imported(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(x: int) -> None:\n    print(x)\n")
    _modules(tmp_path, "list")
    modules = _modules(tmp_path, "check", "--isolated", "--no-cache", "--select", "core", ".")
    assert "fixaudit_codemods.logs.print_to_logger.codemod" in modules
    assert not modules & {
        "fixaudit_codemods.security.md5_to_sha256.codemod",
        "fixaudit_codemods.attributes.getattr_default_removal",
        "fixaudit_codemods.concurrency.bounded_gather.codemod",
    }


def test_a_run_that_moves_no_argument_does_not_import_libcst(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(x: int) -> None:\n    print('text')\n")
    arguments = ["apply", "-n", "--isolated", "--no-cache", "--select", "FA102", "."]
    modules = _modules(tmp_path, *arguments)
    assert "fixaudit_codemods.logs.print_to_logger.codemod" in modules
    assert "libcst" not in modules
    (tmp_path / "a.py").write_text("def f(x: int) -> None:\n    print(x)\n")
    assert "libcst" in _modules(tmp_path, *arguments)


def test_a_repositorys_own_codemods_leave_no_compiled_files_in_it(tmp_path: Path) -> None:
    root = make_project(tmp_path / "p", app="old(1)\n")
    assert fixaudit(root, "apply", "--dry-run", "--no-cache").code == 0
    assert fixaudit(root, "list").code == 0
    assert list(root.rglob("__pycache__")) == []


def test_files_without_a_trigger_import_no_codemod(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f() -> int:\n    return 1\n")
    _modules(tmp_path, "list")
    modules = _modules(tmp_path, "check", "--isolated", "--no-cache", "--select", "core", ".")
    assert "fixaudit.pipeline.file_task" in modules
    assert _codemods(modules) == set()


def test_a_wrong_option_is_refused_where_no_file_needs_the_codemod(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f() -> int:\n    return 1\n")
    done = _piped(tmp_path, "fixaudit check --config 'codemods.bounded-gather.limits = 1' .")
    assert done.returncode == 2
    assert 'unknown key "limits"' in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_verb_imports_no_other_verb(tmp_path: Path) -> None:
    modules = _modules(tmp_path, "runs", "--help")
    assert {name for name in modules if name.startswith("fixaudit_cli.commands.")} == {
        "fixaudit_cli.commands.runs"
    }


@pytest.mark.parametrize("columns", ["80", "200"])
def test_quick_help_is_the_librarys_help(columns: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", columns)
    assert run(["--help"]) == 0
    text = capfd.readouterr().out
    assert fast_path.help_text() == text
    assert fast_path.answer(["--help"]) == 0
    assert capfd.readouterr().out == text


def test_help_for_a_narrow_terminal_is_left_to_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert fast_path.answer(["--help"]) is None
    assert fast_path.answer(["apply", "--help"]) is None
    assert fast_path.answer([]) is None


@pytest.mark.parametrize("verb", sorted(verbs.VERBS))
def test_every_verb_has_a_command(verb: str) -> None:
    command = command_of(verb)
    assert command.name == verb
    assert command.help
    said = verbs.VERBS[verb][1].rstrip(".").partition(":")[0].partition(",")[0]
    assert command.help.startswith(said.partition(" at ")[0])


def _piped(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    line = command.replace("fixaudit", f"'{sys.executable}' -m fixaudit_cli")
    return subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )


def test_all_output_is_out_when_the_process_leaves(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"m{number:03}.py").write_text("def f() -> None:\n    print('hello')\n")
    command = "fixaudit check --isolated --no-cache --select FA102 ."
    done = _piped(tmp_path, command)
    assert done.returncode == 1
    assert done.stdout.count("\n") >= 600
    assert _piped(tmp_path, f"{command} | cat").stdout == done.stdout
    assert _piped(tmp_path, f"{command} | head -n 1; true").stderr.count("Traceback") == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_output_that_cannot_be_written_is_no_success(tmp_path: Path) -> None:
    done = _piped(tmp_path, "fixaudit list > /dev/full")
    assert done.returncode == 2
    assert "No space left" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    script = (
        f"import subprocess, sys; p = subprocess.Popen([{sys.executable!r}, '-m', 'fixaudit_cli',"
        " 'list'], stdout=subprocess.PIPE); p.stdout.close(); sys.exit(p.wait())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_was_to_be_done_at_the_end_is_done() -> None:
    script = (
        "import atexit, sys\natexit.register(lambda: print('done'))\n"
        "from fixaudit_cli.output.exit_codes import leave\nprint('first')\nleave(3)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, "first\ndone\n")


def test_a_process_that_is_measured_ends_in_order() -> None:
    script = (
        "import sys\nfrom fixaudit_cli.output.exit_codes import leave\nsys.setprofile(lambda *a: None)\n"
        "try:\n    leave(4)\nfinally:\n    sys.setprofile(None); print('in order')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (4, "in order\n")


def test_a_number_on_the_command_line_needs_no_pydantic(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert "pydantic" not in _modules(tmp_path, "check", "--isolated", "--no-cache", "-j", "2", ".")


@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5", ""])
def test_what_is_no_number_of_processes_is_refused(tmp_path: Path, number: str) -> None:
    root = make_project(tmp_path / "p", app="x = 1\n")
    done = fixaudit(root, "check", "-j", number)
    assert done.code == 2
    assert "--jobs" in done.notes
