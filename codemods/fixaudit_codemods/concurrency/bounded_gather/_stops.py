"""Why a gather is not rewritten, and how expressions are shown in a reason."""

from __future__ import annotations

import ast

from fixaudit import Evidence, Verdict
from fixaudit.authoring import Why


class RefusedError(Exception):
    """Why a gather is not rewritten: `leave` or `review`, and what that rests on."""

    def __init__(self, verdict: Verdict, why: Why) -> None:
        super().__init__(why)
        self.verdict = verdict
        self.why = why


class HintedError(RefusedError):
    """What only a hint speaks against."""

    def __init__(self, hint: Evidence) -> None:
        super().__init__(Verdict.REVIEW, hint)
        self.hint = hint


class StartedError(RefusedError):
    """An awaitable that runs already."""


def leave(why: Why) -> RefusedError:
    return RefusedError(Verdict.LEAVE, why)


def review(why: Why) -> RefusedError:
    return RefusedError(Verdict.REVIEW, why)


def started(what: str) -> RefusedError:
    reason = f"{what} runs already when gather gets it: bounding would do nothing"
    return StartedError(Verdict.LEAVE, reason)


def last_name(node: ast.AST) -> str:
    """`fetch` of `self.client.fetch`; empty for what has no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def short(node: ast.expr) -> str:
    """The expression as one short line for a reason."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:57]}…"
