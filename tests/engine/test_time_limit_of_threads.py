"""The time limit of a file in a thread that no alarm reaches, such as that of a Dask worker."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fixaudit import Codemod, Finding, Source
from fixaudit.model.outcome import Failed, Unchanged
from fixaudit.pipeline import time_limit
from fixaudit.pipeline.file_task import Computed, compute
from fixaudit.pipeline.runner import Request, Worker


class Spinning(Codemod):
    """Never comes back from calls named `spin`; every other call is a finding."""

    name = "spinning"
    code = "ZZ905"
    triggers = (b"(",)
    visits = (ast.Call,)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        while getattr(node.func, "id", "") == "spin":
            pass
        yield self.review(source, node, "a call")


def test_a_codemod_that_never_ends_in_a_thread_costs_its_own_findings(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("spin()\n")
    (tmp_path / "b.py").write_text("work()\n")
    worker = Worker(Request(paths=(tmp_path,), root=tmp_path, codemods=(Spinning(),)))

    def judged(name: str) -> Computed:
        return compute(worker, tmp_path / name, seconds=0.3 if name == "a.py" else 60)

    with ThreadPoolExecutor(1) as thread:
        # The first one loads what all of them need.
        first, slow, good = thread.map(judged, ["b.py", "a.py", "b.py"])
    assert first == good
    assert not isinstance(slow.outcome, Failed)
    (problem,) = slow.outcome.problems
    assert problem.message == "spinning took longer than 0.3 seconds: its findings are missing here"
    assert isinstance(good.outcome, Unchanged)
    assert len(good.outcome.sites) == 1


def test_nothing_is_sent_to_a_thread_that_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent and not raised marks the whole interpreter: a profiler would spin from then on."""
    sent: list[object] = []
    monkeypatch.setattr(time_limit, "_interrupt", lambda *given: sent.append(given))

    def work() -> str:
        with time_limit.LIMIT.of(60):
            return "done"

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(work).result() == "done"
    assert sent == []
