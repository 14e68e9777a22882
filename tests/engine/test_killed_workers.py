"""A process that is killed costs nothing: its files are done again; what kills two is named."""

from __future__ import annotations

import ast
import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from fixaudit import Codemod, Finding, Source
from fixaudit.model.outcome import Failed, Outcome
from fixaudit.pipeline import pool, progress
from fixaudit.pipeline.pool import Pool
from fixaudit.pipeline.runner import Request, Worker

FILES = 12


class Calls(Codemod):
    """Finds every call; `kill_before` is asked about each of them."""

    name = "calls"
    code = "ZZ904"
    triggers = (b"(",)
    visits = (ast.Call,)
    kill_before: Callable[[str], None] = staticmethod(lambda name: None)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        type(self).kill_before(getattr(node.func, "id", ""))
        yield self.review(source, node, f"a call in {source.path}")


def _tree(root: Path) -> list[Path]:
    for number in range(FILES):
        (root / f"m{number:02}.py").write_text(f"work{number}()\n" * (number + 1) + "last()\n")
    return sorted(root.glob("*.py"))


def _pool(root: Path, files: list[Path]) -> Pool:
    return Pool(Worker(Request(paths=(root,), root=root, codemods=(Calls(),))), files, 2)


def _outcomes(root: Path, files: list[Path]) -> list[Outcome]:
    return [done.outcome for done in _pool(root, files).results()]


def _kill_times(folder: Path, most: int) -> Callable[[], None]:
    """Kills the process that calls it, so many times in all, whichever process it is."""

    def kill() -> None:
        for time in range(most):
            try:
                os.close(os.open(folder / f"killed{time}", os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                continue
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def _kills(folder: Path) -> int:
    return len(list(folder.glob("killed*")))


@pytest.mark.parametrize("number", [0, 5, FILES - 1])
@pytest.mark.parametrize("call", ["first", "last"])
def test_a_process_killed_in_a_file_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    tree, kills = tmp_path / "tree", tmp_path / "kills"
    tree.mkdir()
    kills.mkdir()
    files = _tree(tree)
    expected = _outcomes(tree, files)
    kill = _kill_times(kills, 1)
    wanted = f"work{number}" if call == "first" else "last"
    monkeypatch.setattr(Calls, "kill_before", lambda name: kill() if name == wanted else None)
    assert _outcomes(tree, files) == expected
    assert _kills(kills) == 1


def _at_its_start(kill: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "limit_memory", kill)


def _between_files(kill: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    file = progress.Watch.file
    sent: list[int] = []

    def tell(watch: progress.Watch, number: int) -> None:
        file(watch, number)
        sent.append(number)
        if number == -1 and len(sent) > 2:
            kill()

    monkeypatch.setattr(progress.Watch, "file", tell)


def _before_sending(kill: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    send = pool._send

    def killed(pipe: Connection, number: int, computed: Any) -> None:
        kill()
        send(pipe, number, computed)

    monkeypatch.setattr(pool, "_send", killed)


def _half_sent(kill: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    send = pool._send

    def half(pipe: Connection, number: int, computed: Any) -> None:
        end = os.dup(pipe.fileno())
        if number == 3 and not (marker.exists()):
            marker.touch()
            os.write(end, b"\0\0\1\0half of a message")
            kill()
        send(pipe, number, computed)

    marker = Path(os.environ["HALF_SENT_MARKER"])
    monkeypatch.setattr(pool, "_send", half)


def _garbage_sent(kill: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    send = pool._send

    def garbage(pipe: Connection, number: int, computed: Any) -> None:
        if number == 3 and not marker.exists():
            marker.touch()
            pipe.send_bytes(b"no pickle of ours")  # the parent ends the process for it
        send(pipe, number, computed)

    marker = Path(os.environ["HALF_SENT_MARKER"])
    monkeypatch.setattr(pool, "_send", garbage)


@pytest.mark.parametrize(
    "point", [_at_its_start, _between_files, _before_sending, _half_sent, _garbage_sent]
)
def test_a_process_killed_between_files_or_while_it_answers_costs_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    point: Callable[[Callable[[], None], pytest.MonkeyPatch], None],
) -> None:
    tree, kills = tmp_path / "tree", tmp_path / "kills"
    tree.mkdir()
    kills.mkdir()
    files = _tree(tree)
    expected = _outcomes(tree, files)
    monkeypatch.setenv("HALF_SENT_MARKER", os.fspath(tmp_path / "marker"))
    point(_kill_times(kills, 1), monkeypatch)
    assert _outcomes(tree, files) == expected
    assert _kills(kills) == (0 if point is _garbage_sent else 1)
    assert (tmp_path / "marker").exists() is (point in (_half_sent, _garbage_sent))


@pytest.mark.parametrize("after", range(1, FILES))
def test_all_processes_killed_at_once_cost_nothing(tmp_path: Path, after: int) -> None:
    files = _tree(tmp_path)
    expected = _outcomes(tmp_path, files)
    tried = _pool(tmp_path, files)
    found: list[Outcome] = []
    for done in tried.results():
        found.append(done.outcome)
        if len(found) == after:
            for hand in tried._processes:
                assert hand.process.pid is not None
                os.kill(hand.process.pid, signal.SIGKILL)
                hand.process.join()
                assert hand.process.exitcode == -signal.SIGKILL
    assert found == expected


def test_what_kills_two_processes_is_named_and_the_others_are_done_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree, kills = tmp_path / "tree", tmp_path / "kills"
    tree.mkdir()
    kills.mkdir()
    files = _tree(tree)
    expected = _outcomes(tree, files)
    kill = _kill_times(kills, 9)
    monkeypatch.setattr(
        Calls, "kill_before", lambda name: kill() if name in ("work4", "work5", "work11") else None
    )
    found = _outcomes(tree, files)
    assert [outcome.path for outcome in found] == [path.name for path in files]
    bad = {number for number, outcome in enumerate(found) if isinstance(outcome, Failed)}
    assert bad == {4, 5, 11}
    assert [o for n, o in enumerate(found) if n not in bad] == [
        o for n, o in enumerate(expected) if n not in bad
    ]
    assert _kills(kills) == 6


def test_where_no_process_can_be_started_the_work_is_done_in_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _tree(tmp_path)
    expected = _outcomes(tmp_path, files)
    start = Pool._start
    started: list[int] = []

    def sometimes(tried: Pool) -> Any:
        if len(started) >= most[0]:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        started.append(1)
        return start(tried)

    monkeypatch.setattr(Pool, "_start", sometimes)
    most = [0]
    for most[0] in (0, 1):
        started.clear()
        assert _outcomes(tmp_path, files) == expected


def test_where_every_process_ends_at_its_start_the_work_is_done_in_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _tree(tmp_path)
    expected = _outcomes(tmp_path, files)
    monkeypatch.setattr(pool, "limit_memory", lambda: os._exit(3))
    assert _outcomes(tmp_path, files) == expected
