"""No test waits for time to pass or measures it: a busy machine would fail it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Programs under test, which may wait as programs do; their own tests may not.
SERVICES = ROOT / "tests" / "cli" / "audit_services"
# How many places there are, and why no outcome hangs on them.
ALLOWED = {
    "tests/cli/event_clock.py": (1, "lets a program poll; only events move the clock"),
    "tests/cli/test_verifying.py": (1, "lets a program poll until it is interrupted"),
    "tests/engine/slow_codemods.py": (4, "hangs or computes until it is stopped; the limit is set to pass now"),
    "tests/engine/audit/test_garbage.py": (2, "processor time ends endless backtracking, which no call counts"),
}  # fmt: skip
_CLOCKS = frozenset(
    {"sleep", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time"}
    | {"process_time_ns", "thread_time", "Timer", "setitimer", "alarm", "call_later", "wait_for"}
)
_MODULES = frozenset({"time", "threading", "signal", "asyncio"})


def clock_lines(tree: ast.AST) -> Iterator[int]:
    """The lines that read a clock, wait for it or set it; `asyncio.sleep(0)` does none of it."""
    turns = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_0(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in _MODULES:
            yield from (node.lineno for alias in node.names if alias.name in _CLOCKS)
        elif isinstance(node, ast.Attribute) and node.attr in _CLOCKS and id(node) not in turns:
            if node.attr == "call_later" or ast.unparse(node.value) in _MODULES:
                yield node.lineno


def _is_0(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    return (
        ast.unparse(call.func) == "asyncio.sleep"
        and isinstance(first, ast.Constant)
        and first.value == 0
    )


def test_no_test_rests_on_a_clock() -> None:
    found: dict[str, list[int]] = {}
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if SERVICES in path.parents and "tests" not in path.relative_to(SERVICES).parts:
            continue
        if lines := list(clock_lines(ast.parse(path.read_bytes()))):
            found[path.relative_to(ROOT).as_posix()] = lines
    wrong = {
        path: lines for path, lines in found.items() if len(lines) != ALLOWED.get(path, (0,))[0]
    }
    assert wrong == {}, "wait for an event, or count calls; see CONTRIBUTING.md"
    assert ALLOWED.keys() - found.keys() == set(), "these need no exception any more"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("time.sleep(0)", 1),
        ("from time import perf_counter, time", 1),
        ("assert time.monotonic() - begun < 3", 1),
        ("threading.Timer(1, go).start()", 1),
        ("loop.call_later(1, go)", 1),
        ("await asyncio.sleep(0)", 0),
        ("await asyncio.sleep(0, 3)", 0),
        ("await asyncio.sleep(0.1)", 1),
        ("clock.sleep(3); time.time()", 0),
    ],
)
def test_what_counts(text: str, count: int) -> None:
    assert len(list(clock_lines(ast.parse(text)))) == count
