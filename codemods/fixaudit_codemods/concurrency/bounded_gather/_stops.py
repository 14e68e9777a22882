"""Why a gather is not rewritten, and how expressions are shown in a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from fixaudit import Evidence, Verdict
from fixaudit.authoring import Why, clipped


class RefusedError(Exception):
    """Why a gather is not rewritten: `leave` or `review`, and what that rests on."""

    def __init__(self, verdict: Verdict, why: Why) -> None:
        super().__init__(why)
        self.verdict = verdict
        self.why = why


class HintedError(Exception):
    """What only hints speak against; `doubt` says what is not known besides."""

    def __init__(self, hints: Sequence[Evidence], doubt: str | None = None) -> None:
        super().__init__(*hints)
        self.hints = tuple(hints)
        self.doubt = doubt


@contextmanager
def collecting(hints: list[Evidence]) -> Iterator[None]:
    """Hints are put aside: a proof may follow that decides."""
    try:
        yield
    except HintedError as found:
        hints += found.hints


class StartedError(RefusedError):
    """An awaitable that runs already."""


def leave(why: Why) -> RefusedError:
    return RefusedError(Verdict.LEAVE, why)


def review(why: Why) -> RefusedError:
    return RefusedError(Verdict.REVIEW, why)


RUNS = "runs already when gather gets it: bounding would do nothing"


def started(what: str) -> RefusedError:
    return StartedError(Verdict.LEAVE, f"{what} {RUNS}")


def last_name(node: ast.AST) -> str:
    """`fetch` of `self.client.fetch`; empty for what has no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def short(node: ast.expr) -> str:
    """The expression as one short line for a reason."""
    text = " ".join(ast.unparse(node).split())
    return clipped(text)
