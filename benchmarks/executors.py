"""What a run takes by an executor of two processes, beside the processes of this machine.

    python benchmarks/executors.py NAME CORPUS FILE

is one such run; the seconds of the run alone, without the start of its processes, go to FILE.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from timing import Sample, timed

JOBS = 2
NAMES = ("local", "dask")
MOST = 1.3
"""A run on Dask is to take at most so many times that of this machine's own processes."""


@dataclass(slots=True)
class Cost:
    """The runs by one executor: all of them, and the seconds of each without its start."""

    name: str
    samples: list[Sample] = field(default_factory=list)
    runs: list[float] = field(default_factory=list)

    @property
    def run(self) -> float:
        return statistics.median(self.runs) if self.runs else 0.0

    @property
    def processor(self) -> float:
        return statistics.median(sample.processor for sample in self.samples)

    @property
    def wall(self) -> float:
        return statistics.median(sample.wall for sample in self.samples)

    @property
    def failed(self) -> str:
        worst = max(self.samples, key=lambda sample: abs(sample.code))
        return f" (exit code {worst.code}: {worst.said.strip()[-200:]})" if worst.code else ""


def measured(corpus: Path, scratch: Path, repeat: int) -> list[Cost]:
    """Each executor in turns, so that what else the machine does hits all alike."""
    costs = [Cost(name) for name in NAMES]
    for _ in range(repeat):
        for cost in costs:
            told = scratch / "seconds"
            told.write_text("")
            command: list[str | Path] = [sys.executable, Path(__file__), cost.name, corpus, told]
            cost.samples.append(timed(command, scratch))
            if text := told.read_text():
                cost.runs.append(float(text))
            print(f"{cost.name}: {cost.run:.2f} s", file=sys.stderr)
    return costs


def markdown(costs: Sequence[Cost]) -> Iterator[str]:
    """One row an executor; ratios are to the first one."""
    yield "| executor | run s | × | run and start s | processor s | × |"
    yield "|---|---:|---:|---:|---:|---:|"
    first = costs[0]
    for cost in costs:
        run = f"{cost.run:.2f} | {_ratio(cost.run, first.run)}"
        processor = f"{cost.processor:.2f} | {_ratio(cost.processor, first.processor)}"
        yield f"| {cost.name}{cost.failed} | {run} | {cost.wall:.2f} | {processor} |"


def _ratio(one: float, other: float) -> str:
    return f"{one / other:.2f}" if other else ""


def once(name: str, corpus: str, told: str) -> None:
    """A run by an executor of two processes: some 32 tasks."""
    import fixaudit
    from fixaudit.executors.choose import open_executor

    executor = open_executor(name, jobs=JOBS)
    try:
        began = time.perf_counter()
        report = fixaudit.run([corpus], select=["core"], unsafe=True, executor=executor)
        seconds = time.perf_counter() - began
    finally:
        executor.close()
    assert report.outcomes
    Path(told).write_text(str(seconds))


if __name__ == "__main__":
    once(*sys.argv[1:])
