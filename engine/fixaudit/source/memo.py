"""Answers about a source that are worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from fixaudit.syntax.module import Module

M = TypeVar("M", bound=Module)
P = ParamSpec("P")
T = TypeVar("T")


def memoized(
    question: Callable[Concatenate[M, P], T],
) -> Callable[Concatenate[M, P], T]:
    """Let a function of a source, and of what else is hashable, answer once for the same arguments.

    The answers lie in `source.memo` and go with it. Give arguments by position.
    """

    @wraps(question)
    def answer(source: M, /, *arguments: P.args, **named: P.kwargs) -> T:
        key: tuple[Hashable, ...] = (question, *arguments, *sorted(named.items()))
        memo = source.memo
        if key not in memo:
            memo[key] = question(source, *arguments, **named)
        known: T = memo[key]
        return known

    return answer
