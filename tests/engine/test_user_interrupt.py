"""The user's interrupt ends the work on a file; a KeyboardInterrupt that a codemod raises does not."""

from __future__ import annotations

import ast
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from fixaudit import Codemod, Finding, Source
from fixaudit.errors import OverTimeError
from fixaudit.model.outcome import Problem, Unchanged
from fixaudit.pipeline.file_task import compute
from fixaudit.pipeline.runner import Request, Worker
from fixaudit.registry.loader import loaded


class Calling(Codemod):
    """Calls what it is given at every call."""

    name = "calling"
    code = "ZZ905"
    triggers = (b"(",)
    visits = (ast.Call,)

    def __init__(self, call: Callable[[], None]) -> None:
        super().__init__()
        self._call = call

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        self._call()
        yield self.review(source, node, "a call")


def _raises() -> None:
    raise KeyboardInterrupt


def _interrupts() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    while True:  # the handler runs between two steps of the interpreter
        pass


def _swallows() -> None:
    with suppress(KeyboardInterrupt):
        _interrupts()


def _turns_into_another() -> None:
    try:
        _interrupts()
    except KeyboardInterrupt:
        raise SystemExit(0) from None


@pytest.fixture(autouse=True)
def _handler_of_python() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def _worker(root: Path, call: Callable[[], None]) -> tuple[Worker, Path]:
    path = root / "m.py"
    path.write_text("f()\n")
    return Worker(Request(paths=(root,), root=root, codemods=(Calling(call),))), path


def test_one_that_a_codemod_raises_is_its_defect(tmp_path: Path) -> None:
    worker, path = _worker(tmp_path, _raises)
    told = (Problem("m.py", "codemod", "calling failed here with KeyboardInterrupt", 1),)
    assert compute(worker, path).outcome == Unchanged("m.py", problems=told)


@pytest.mark.parametrize("call", [_interrupts, _swallows, _turns_into_another])
def test_the_users_ends_the_work_whatever_a_codemod_does_with_it(
    tmp_path: Path, call: Callable[[], None]
) -> None:
    worker, path = _worker(tmp_path, call)
    with pytest.raises(KeyboardInterrupt):
        compute(worker, path)


def test_where_the_program_handles_the_signal_itself_it_is_taken_for_the_users(
    tmp_path: Path,
) -> None:
    worker, path = _worker(tmp_path, _raises)
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        with pytest.raises(KeyboardInterrupt):
            compute(worker, path)
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_end_of_a_files_time_is_no_fault_of_the_codemod_that_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "from fixaudit.errors import OverTimeError\nraise OverTimeError\n"
    (tmp_path / "imported_late.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(OverTimeError):
        loaded("imported_late", "Late", "late")
