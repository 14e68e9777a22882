"""Output is data: wherever the streams lead, each byte arrives, and once."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from projects import MODULE, fixaudit, make_project
from repositories import ENVIRONMENT, Work
from streams import Streams, screen

from fixaudit.baseline.baseline_format import NAME, written
from fixaudit.baseline.entries import BaselineEntry
from fixaudit_cli.verbs import VERBS

LONG = "a, " * 60
TEXT = f'import hashlib\n\n\ndef name(data, mode):\n    """{LONG}"""\n    print({LONG} data)\n    return hashlib.md5(data).hexdigest()\n'
REPORT = "# Audit\n\n## 1. MD5 is used (High)\n\n`part_01.py:7` calls `hashlib.md5`.\n"
FORMATS = ("text", "json", "sarif", "github", "junit", "markdown", "html")
COMMANDS = [
    *(("check", ".", "--output-format", name) for name in FORMATS),
    *(("apply", ".", "--dry-run", "--unsafe", "--output-format", name) for name in FORMATS),
    ("apply", ".", "--diff", "--check"),
    ("check", ".", "--statistics"),
    ("plan", "audit.md", "."),
    ("plan", "audit.md", ".", "--output-format", "json"),
    ("list",),
    ("list", "--output-format", "json"),
    ("explain", "md5-to-sha256"),
    ("explain", "part_01.py:7"),
    ("packages",),
    ("packages", "--output-format", "json"),
    ("--help",),
    ("--version",),
]

# One after another in one tree; together with COMMANDS every verb is there.
SEQUENCE = [
    ("trust",),
    ("trust", "--list"),
    ("campaign", "new", "tidy", "--select", "old-to-new"),
    ("campaign", "plan", "tidy"),
    ("campaign", "plan", "tidy", "--output-format", "json"),
    ("campaign", "status", "tidy"),
    ("campaign", "report", "tidy", "--output-format", "html"),
    ("apply", "m.py", "--commit", "--diff"),
    ("apply", "late.py", "--output-format", "json", "--allow-dirty"),
    ("runs",),
    ("runs", "--output-format", "json"),
    ("undo", "2"),
    ("resume",),
    ("baseline", "show"),
    ("burndown",),
    ("burndown", "--output-format", "html"),
    ("new", "my-own"),
    ("test", "my-own", "--fixtures", "fixtures"),
    ("trust", "--remove"),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty files, each with lines longer than a terminal is wide."""
    root = tmp_path_factory.mktemp("tree")
    for number in range(30):
        (root / f"part_{number:02}.py").write_text(TEXT)
    (root / "audit.md").write_text(REPORT)
    (root / "pyproject.toml").write_text('[tool.fixaudit]\nselect = ["all"]\n')
    return root


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_what_a_pipe_gets_comes_out_wherever_the_streams_lead(
    tree: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    plain = fixaudit(tree, *arguments)
    assert plain.output
    assert plain.code in (0, 1), plain
    for unbuffered in ("", "1"):
        piped = Streams(tree, *arguments, PYTHONUNBUFFERED=unbuffered)
        assert (piped.code, piped.output) == (plain.code, plain.output)
        to = tmp_path / f"out{unbuffered}"
        filed = Streams(tree, *arguments, stdout=to, PYTHONUNBUFFERED=unbuffered)
        assert (filed.code, filed.output) == (plain.code, plain.output)
    with_bar = arguments[0] in ("check", "apply", "plan")
    assert (b"files" in piped.errors and b"\x1b[?25l" in piped.errors) == with_bar
    # The bar is gone from the terminal, and nothing but the notes is there.
    assert screen(piped.errors) == plain.notes.splitlines()


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_terminal_shows_every_line_unbroken_and_no_bar(
    tree: Path, arguments: tuple[str, ...]
) -> None:
    if arguments[:2] == ("plan", "audit.md"):
        arguments = (*arguments[:3], "--output-format", "json")  # the table fits the window
    plain = fixaudit(tree, *arguments)
    shown = Streams(tree, *arguments, stdout="tty")
    assert shown.code == plain.code
    data, notes = plain.output.decode().rstrip("\n").split("\n"), plain.notes.splitlines()
    assert screen(shown.errors) == [*data, *notes]


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments", [*COMMANDS, *((verb, "--help") for verb in VERBS), ("undo", "-h")], ids=" ".join
)
def test_a_full_disk_is_one_line_and_exit_code_2(
    tree: Path, arguments: tuple[str, ...], unbuffered: str
) -> None:
    ended = Streams(
        tree, *arguments, stdout=Path("/dev/full"), stderr="pipe", PYTHONUNBUFFERED=unbuffered
    )
    errors = ended.errors.decode()
    assert ended.code == 2, errors
    assert errors.count("error") == 1
    last = "fixaudit: error: standard output: No space left on device"
    assert errors.endswith(f"{last}\n")
    assert "Traceback" not in errors


def test_a_closed_standard_output_ends_no_run(tree: Path) -> None:
    assert fixaudit_closed(tree, "check", ".") == 1
    assert fixaudit_closed(tree, "list") == 0


def fixaudit_closed(folder: Path, *arguments: str) -> int:
    """The exit code of a run that a shell starts without standard output and error."""
    command = " ".join(("python -m fixaudit_cli", *arguments, ">&- 2>&-"))
    return os.waitstatus_to_exitcode(os.system(f"cd {folder} && PATH={_path()} {command}"))


def _path() -> str:
    import sys

    return f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def test_a_pipe_that_another_program_made_non_blocking_loses_nothing(tree: Path) -> None:
    plain = fixaudit(tree, "apply", ".", "--dry-run", "--unsafe", "--output-format", "html")
    assert len(plain.output) > 1 << 16
    for unbuffered in ("", "1"):
        ended = Streams(
            tree,
            *("apply", ".", "--dry-run", "--unsafe", "--output-format", "html"),
            stdout="non-blocking",
            PYTHONUNBUFFERED=unbuffered,
        )
        assert (ended.code, ended.output) == (0, plain.output)


def test_a_write_whose_reader_ended_is_done_all_the_same(tree: Path, tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"m{number}.py").write_text(TEXT * 5)
    arguments = ("apply", str(tmp_path), "--diff", "--unsafe", "--select", "md5-to-sha256")
    ended = Streams(tmp_path, *arguments, "--allow-dirty", stdout="closed", stderr="closed")
    assert ended.code == 0
    held = [path.read_text() for path in tmp_path.glob("m*.py")]
    assert all("sha256" in text for text in held)


def test_every_verb_is_among_them() -> None:
    assert {command[0] for command in (*COMMANDS, *SEQUENCE)} >= VERBS.keys()


def test_verbs_that_write_say_the_same_wherever_the_streams_lead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipes = _in_sequence(tmp_path, monkeypatch, "pipe", "")
    assert [code for code, _, _ in pipes] == [0] * len(SEQUENCE), pipes
    assert all(data or notes for _, data, notes in pipes)
    for stdout, unbuffered in (("pipe", "1"), ("file", "1"), ("tty", ""), ("tty", "1")):
        others = _in_sequence(tmp_path, monkeypatch, stdout, unbuffered)
        for command, pipe, other in zip(SEQUENCE, pipes, others, strict=True):
            assert other == pipe, (stdout, unbuffered, command)


def _in_sequence(
    base: Path, monkeypatch: pytest.MonkeyPatch, stdout: str, unbuffered: str
) -> list[tuple[int, list[str], list[str]]]:
    """The exit code, lines of data and lines of notes of each verb, in a tree made anew."""
    root = base / "tree"
    shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(base / "state", ignore_errors=True)
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(base / "state"))
    monkeypatch.setenv("FIXAUDIT_CACHE_DIR", str(base / "cache"))
    make_project(root, m=MODULE * 20, late=MODULE.replace("old", "late"))
    entry = BaselineEntry("m.py", "old-to-new", "one", "0f")
    (root / NAME).write_bytes(written(["old-to-new"], [entry]))
    monkeypatch.setenv("FIXAUDIT_TRUST", "")  # the verb is to be what counts
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(root)
    work.git("init", "--quiet", "--initial-branch=main")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "first")
    to = base / "out" if stdout == "file" else stdout
    ended = []
    for command in SEQUENCE:
        done = Streams(root, *command, stdout=to, stderr="pipe", PYTHONUNBUFFERED=unbuffered)
        data = screen(done.output) if stdout == "tty" else done.output.decode().split("\n")
        ended.append((done.code, _steady(data), _steady(done.errors.decode().split("\n"))))
        if stdout == "file":
            (base / "out").unlink()
    return ended


def _steady(lines: list[str]) -> list[str]:
    """The lines without what differs from tree to tree: times, and names by digest or inode."""
    steady = [re.sub(r"[0-9a-f]{6,}|\d+", "0", line) for line in lines]
    while steady and not steady[-1]:
        steady.pop()
    return steady
