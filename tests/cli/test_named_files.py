"""What an option names is written into, whatever it is; only a regular file is replaced, and whole."""

from __future__ import annotations

import os
import pty
import re
import resource
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from projects import MODULE, fixaudit, make_project
from repositories import ENVIRONMENT

from fixaudit.files.named_file import write_into

WRITERS = {
    "patch": ("apply", "m.py", "--no-diff", "--patch"),
    "plan": ("plan", "report.md", ".", "-o"),
    "annotate": ("plan", "report.md", ".", "--annotate"),
}


@pytest.fixture(params=WRITERS)
def writer(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return WRITERS[request.param]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = make_project(tmp_path / "tree", m=MODULE)
    (root / "report.md").write_text("# Audit\n\n## A-1: old (High)\n\n`m.py:5` calls `old`.\n")
    return root


def _content(tree: Path, writer: tuple[str, ...]) -> bytes:
    done = fixaudit(tree, *writer, "plain.out")
    assert done.code == 0, done
    content = (tree / "plain.out").read_bytes()
    assert content
    (tree / "plain.out").unlink()
    return content


def _read(path: Path, got: bytearray) -> threading.Thread:
    def read() -> None:
        got.extend(path.read_bytes())

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def test_what_was_written_is_said(tree: Path, writer: tuple[str, ...]) -> None:
    done = fixaudit(tree, *writer, "plain.out")
    assert done.code == 0, done
    assert re.search(r"^wrote .*plain\.out", done.notes, re.MULTILINE), done


def test_a_pipe_is_written_and_stays_one(tree: Path, writer: tuple[str, ...]) -> None:
    wanted = _content(tree, writer)
    for name in ("pipe", "link"):
        if name == "pipe":
            os.mkfifo(tree / "pipe")
        else:
            (tree / "link").symlink_to("pipe")
        got = bytearray()
        reader = _read(tree / name, got)
        done = fixaudit(tree, *writer, name)
        assert done.code == 0, done
        reader.join()
        assert bytes(got) == wanted
        assert stat.S_ISFIFO((tree / "pipe").lstat().st_mode)
    assert (tree / "link").is_symlink()


def test_a_device_is_written_and_stays_one(tree: Path, writer: tuple[str, ...]) -> None:
    wanted = _content(tree, writer)
    ours, theirs = pty.openpty()
    device = os.ttyname(theirs)
    (tree / "link").symlink_to(device)
    before = os.stat(device)
    for name in (device, "link"):
        got = bytearray()

        def drain(got: bytearray = got) -> None:
            while len(got.replace(b"\r\n", b"\n")) < len(wanted):
                got += os.read(ours, 1 << 16)

        reader = threading.Thread(target=drain, daemon=True)
        reader.start()
        assert fixaudit(tree, *writer, name).code == 0
        reader.join()
        assert bytes(got).replace(b"\r\n", b"\n") == wanted
    now = os.lstat(device)
    assert stat.S_ISCHR(now.st_mode)
    assert (now.st_ino, now.st_rdev) == (before.st_ino, before.st_rdev)
    assert (tree / "link").is_symlink()
    os.close(ours)
    os.close(theirs)


def test_a_link_is_followed_and_kept(tree: Path, writer: tuple[str, ...]) -> None:
    wanted = _content(tree, writer)
    (tree / "there").mkdir()
    target = tree / "there" / "target"
    for name, link in (("one", "there/target"), ("two", "one")):
        (tree / name).symlink_to(link)
        done = fixaudit(tree, *writer, name)
        assert done.code == 0, done
        assert (tree / name).is_symlink()
        assert (tree / name).read_bytes() == wanted
        assert target.read_bytes() == wanted
        target.unlink()  # dangling at the next one
    (tree / "loop").symlink_to("loop")
    assert fixaudit(tree, *writer, "loop").code == 2
    (tree / "nowhere").symlink_to("missing/folder/file")
    done = fixaudit(tree, *writer, "nowhere")
    assert (done.code, done.notes.count("\n")) == (2, 1)
    assert "cannot write nowhere: No such file or directory" in done.notes


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("kind", ["pipe", "file", "appended"])
def test_standard_output_gets_it_behind_what_was_there(
    tree: Path, writer: tuple[str, ...], kind: str, name: str
) -> None:
    wanted = _content(tree, writer)
    usual = fixaudit(tree, *writer, "other.out").output
    if kind == "pipe":
        assert _sorted(fixaudit(tree, *writer, name).output) == _sorted(usual + wanted)
        return
    out = tree.parent / "all.out"
    out.write_bytes(b"first\n")
    flags = os.O_APPEND if kind == "appended" else os.O_TRUNC
    handle = os.open(out, os.O_WRONLY | flags)
    before = os.stat(out).st_ino
    done = subprocess.run(
        [sys.executable, "-m", "fixaudit_cli", *writer, name],
        cwd=tree,
        stdout=handle,
        stderr=subprocess.PIPE,
        check=False,
        env={**os.environ, **ENVIRONMENT},
    )
    os.close(handle)
    assert done.returncode == 0, done.stderr
    assert os.stat(out).st_ino == before
    first = b"first\n" if kind == "appended" else b""
    assert out.read_bytes().startswith(first)
    assert _sorted(out.read_bytes()) == _sorted(first + usual + wanted)


def _sorted(data: bytes) -> list[bytes]:
    return sorted(data.split(b"\n"))


def test_the_file_that_output_goes_to_is_not_replaced_under_it(
    tree: Path, writer: tuple[str, ...]
) -> None:
    wanted = _content(tree, writer)
    usual = fixaudit(tree, *writer, "other.out").output
    command = " ".join(("python -m fixaudit_cli", *writer, "out.txt > out.txt"))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(command, shell=True, cwd=tree, check=True, env={**os.environ, "PATH": path})
    assert _sorted((tree / "out.txt").read_bytes()) == _sorted(usual + wanted)


def test_a_file_keeps_its_mode_and_its_content_until_all_is_there(
    tree: Path, writer: tuple[str, ...]
) -> None:
    (tree / "m.py").write_text(MODULE * 40)
    report = tree / "report.md"
    report.write_text(report.read_text() + "\nMore words of the report.\n" * 100)
    wanted = _content(tree, writer)
    held = tree / "held"
    held.write_bytes(b"precious\n")
    held.chmod(0o600)

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    done = subprocess.run(
        [sys.executable, "-m", "fixaudit_cli", *writer, "held"],
        cwd=tree,
        capture_output=True,
        preexec_fn=small,
        check=False,
        env={**os.environ, **ENVIRONMENT},
    )
    assert done.returncode == 2, done.stderr
    assert b"cannot write held: File too large" in done.stderr
    assert b"Traceback" not in done.stderr
    assert held.read_bytes() == b"precious\n"
    assert [path.name for path in tree.glob("held*")] == ["held"]
    assert fixaudit(tree, *writer, "held").code == 0
    assert held.read_bytes() == wanted
    assert stat.S_IMODE(held.stat().st_mode) == 0o600


def test_a_folder_and_an_ended_reader_are_one_line(tree: Path, writer: tuple[str, ...]) -> None:
    (tree / "m.py").write_text(MODULE * 4000)
    done = fixaudit(tree, *writer, "tools")
    assert (done.code, done.notes.count("error")) == (2, 1)
    assert "cannot write tools: Is a directory" in done.notes
    os.mkfifo(tree / "pipe")

    def ends_early() -> None:
        with (tree / "pipe").open("rb", buffering=0) as pipe:
            pipe.read(1)

    reader = threading.Thread(target=ends_early, daemon=True)
    reader.start()
    done = fixaudit(tree, *writer, "pipe")
    reader.join()
    if done.code:  # all of a short text may be in the pipe before its reader ends
        assert "cannot write pipe: Broken pipe" in done.notes
        assert done.code == 2
    assert "Traceback" not in done.notes


def test_a_file_in_a_folder_that_takes_no_new_file_is_written_in_place(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        top = Path(tempfile.gettempdir())
        for folder in (tmp_path, *tmp_path.parents):
            if top in folder.parents:
                folder.chmod(0o711)
    locked = tmp_path / "locked"
    locked.mkdir()
    (locked / "file").write_bytes(b"old and longer than the new one\n")
    (locked / "file").chmod(0o666)
    locked.chmod(0o555)
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            write_into(locked / "file", iter((b"new", b"\n")))
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert (locked / "file").read_bytes() == b"new\n"
    locked.chmod(0o755)


def test_an_error_while_the_content_is_made_costs_no_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old\n")

    def pieces() -> object:
        yield b"new"
        raise PermissionError(13, "no")

    with pytest.raises(PermissionError):
        write_into(path, pieces())  # type: ignore[arg-type]
    assert path.read_bytes() == b"old\n"
    assert list(tmp_path.iterdir()) == [path]
