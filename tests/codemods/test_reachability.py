"""What control flow is said to rule out never happens: random functions are judged, then run."""

from __future__ import annotations

import ast
import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from fixaudit import Source
from fixaudit_codemods.errors.runtimeerror_to_assertion._reachability import why_unreachable

CONDITIONS = (
    "c()", "not c()", "i == n - 1", "i >= n", "i < n - 1", "i + 1 < n", "c() or i == n", "c() and i < n",
    "True", "n > 0", "not c() or i >= n - 1", "i != n",
)  # fmt: skip
GUARDS = ("n < 0", "n < 1", "n <= 0 or c()", "1 > n", "n == 0", "not n", "n >= 0", "False")
RANGES = (
    "range(n)", "range(n + 1)", "range(1, n + 1)", "range(1, n)", "range(3)", "range(n - 1)",
    "itertools.count()", "range(K)",
)  # fmt: skip
SIMPLE = ("t()", "t()", "return 1", "raise E1", "raise E2", "x = c()")
HEAD = "import contextlib, itertools\nK = 2\nclass E1(Exception): pass\nclass E2(Exception): pass\n"
MAX_STEPS = 200


class Stopped(BaseException):
    """The function ran long enough."""


def indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


class Writer:
    """Writes random functions that end in the raise in question."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def function(self) -> str:
        guard = [f"if {self.random.choice(GUARDS)}:", "    raise ValueError"]
        body = [*guard, *self.block(3, False), "raise RuntimeError"]
        return HEAD + "\n".join(["def f(n):", "    i = 0", *indented(body)]) + "\n"

    def block(self, depth: int, in_loop: bool) -> list[str]:
        return [line for _ in range(self.random.randint(1, 3)) for line in self.one(depth, in_loop)]

    def one(self, depth: int, in_loop: bool) -> list[str]:
        pick = self.random.random()
        if depth <= 0 or pick < 0.35:
            jumps = ("break", "continue") if in_loop else ()
            return [self.random.choice((*SIMPLE, *jumps))]
        if pick < 0.52:
            return self.opened(f"if {self.random.choice(CONDITIONS)}:", depth, in_loop, "else:")
        if pick < 0.62:
            loop = self.random.choice(("while True:", "while c():"))
            return [loop, "    t()", *indented(self.block(depth - 1, True))]
        if pick < 0.8:
            loop = f"for i in {self.random.choice(RANGES)}:"
            return [loop, *indented(self.block(depth - 1, True))]
        if pick < 0.92:
            handler = self.random.choice(("except E1:", "except Exception:"))
            lines = ["try:", *indented(self.block(depth - 1, in_loop))]
            lines += [handler, *indented(self.block(depth - 1, in_loop))]
            return (
                lines + self.maybe("else:", depth, in_loop) + self.maybe("finally:", depth, False)
            )
        if pick < 0.96:
            manager = self.random.choice(("suppress(E1)", "nullcontext()"))
            return [f"with contextlib.{manager}:", *indented(self.block(depth - 1, in_loop))]
        cases = ["    case 0:", *indented(indented(self.block(depth - 1, in_loop)))]
        last = f"    case {self.random.choice(('_', 'other', '1', '_ if c()'))}:"
        return ["match v():", *cases, last, *indented(indented(self.block(depth - 1, in_loop)))]

    def opened(self, line: str, depth: int, in_loop: bool, other: str) -> list[str]:
        body = indented(self.block(depth - 1, in_loop))
        return [line, *body, *self.maybe(other, depth, in_loop)]

    def maybe(self, line: str, depth: int, in_loop: bool) -> list[str]:
        if self.random.random() < 0.5:
            return []
        return [line, *indented(self.block(depth - 1, in_loop))]


def reaches_the_end(code: Any, seed: int) -> bool:
    """Run `f` once with random answers; True when the last raise was reached."""
    chance = random.Random(seed)
    bias, steps = chance.choice((0.1, 0.5, 0.9)), iter(range(MAX_STEPS))
    names: dict[str, Any] = {
        "c": lambda: chance.random() < bias,
        "v": lambda: chance.randint(0, 2),
    }
    exec(code, names)

    def t() -> None:
        pick = chance.random()
        if pick < 0.25:
            raise names["E1"] if pick < 0.15 else names["E2"]

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        if frame.f_code.co_name == "f" and next(steps, None) is None:
            raise Stopped
        return trace

    names["t"] = t
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        names["f"](chance.choice((-2, -1, 0, 1, 2, 3)))
    except RuntimeError:
        return True
    except (Exception, Stopped):
        return False
    finally:
        sys.settrace(before)
    return False


@pytest.mark.parametrize("seed", range(4))
def test_what_is_ruled_out_never_happens(seed: int) -> None:
    writer = Writer(seed)
    ruled_out = 0
    for number in range(150):
        text = writer.function()
        try:
            code = compile(text, "f.py", "exec")
        except SyntaxError:  # an irrefutable case in front of another
            continue
        source = Source("f.py", text.encode())
        last = source.nodes(ast.Raise)[-1]
        if why_unreachable(source, last) is None:
            continue
        ruled_out += 1
        assert not any(reaches_the_end(code, number * 100 + n) for n in range(20)), text
    assert ruled_out > 20


@pytest.mark.parametrize("seed", range(2))
def test_what_is_reached_is_not_ruled_out(seed: int) -> None:
    """The same from the other side, so that the runs are known to reach something at all."""
    writer = Writer(1000 + seed)
    reached = 0
    for number in range(60):
        text = writer.function()
        code = compile(text, "f.py", "exec")
        if any(reaches_the_end(code, number * 100 + n) for n in range(10)):
            reached += 1
            source = Source("f.py", text.encode())
            assert why_unreachable(source, source.nodes(ast.Raise)[-1]) is None, text
    assert reached > 5
