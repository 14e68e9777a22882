"""`--profile`: where the time of a run went, by step and codemod, on stderr."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fixaudit.model.outcome import Outcome
from fixaudit.pipeline.progress import WATCH
from fixaudit.semantics.project import Project
from fixaudit_cli.output.terminal import note


def profiled(outcomes: Iterable[Outcome], project: Project) -> Iterator[Outcome]:
    """The outcomes; behind the last one, a table of seconds and shares, and what was parsed."""
    WATCH.measure()
    for outcome in outcomes:
        WATCH.step("print and write")
        yield outcome
        WATCH.step("read")
    WATCH.step("end")
    total = sum(WATCH.seconds.values()) or 1.0
    note(f"profile: {total:.3f} s")
    for step, seconds in sorted(WATCH.seconds.items(), key=lambda entry: -entry[1]):
        note(f"  {seconds:8.3f} s {seconds / total:5.1%}  {step}")
    parses = project.parses
    note(
        f"other modules: {parses.whole} parsed, {parses.read} read from the cache,"
        f" {parses.parts} parts parsed alone"
    )
