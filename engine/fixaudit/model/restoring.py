"""How the frozen nouns come back from a pickle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def restored(self: Any, state: Iterable[object]) -> None:
    """`__setstate__` of frozen data with slots: that of dataclasses takes twice as long, which
    counts where thousands of findings come from the cache."""
    for name, value in zip(self.__slots__, state, strict=True):
        object.__setattr__(self, name, value)
