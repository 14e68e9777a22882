"""Which codemods can find something in a file, told from its bytes, so that most are never parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fixaudit.codemod import Codemod

_QUOTES = re.compile(rb"[\"']")


class Triggered(Protocol):
    """A codemod, or what is known of it without importing it."""

    @property
    def triggers(self) -> tuple[bytes, ...]: ...
    @property
    def trigger_pattern(self) -> re.Pattern[bytes] | None: ...


class Prefilter:
    """The triggers of the codemods that run on a file.

    A codemod counts where one of its `triggers` is in the bytes and, where it has a
    `trigger_pattern`, that matches in what may be code.
    """

    def __init__(self, codemods: Sequence[Codemod]) -> None:
        self._codemods = tuple(codemods)
        self._last: tuple[bytes, tuple[Codemod, ...]] | None = None

    def active(self, body: bytes) -> tuple[Codemod, ...]:
        """The codemods that must look at the tree of a file with this content, in their order."""
        # Asked twice for every file: before it is parsed, and when it is judged.
        if self._last is None or body is not self._last[0]:
            found: dict[bytes, bool] = {}
            active = tuple(entry for entry in self._codemods if _may_match(entry, body, found))
            self._last = body, active
        return self._last[1]


def lets_pass(codemods: Iterable[Triggered], body: bytes) -> bool:
    """True where one of them must look at the tree of a file with this content."""
    found: dict[bytes, bool] = {}
    return any(_may_match(codemod, body, found) for codemod in codemods)


def _may_match(codemod: Triggered, body: bytes, found: dict[bytes, bool]) -> bool:
    for trigger in codemod.triggers:
        there = found.get(trigger)
        if there is None:
            there = found[trigger] = trigger in body
        if there:
            pattern = codemod.trigger_pattern
            return pattern is None or matches_code(pattern, body)
    return False


def matches_code(pattern: re.Pattern[bytes], body: bytes) -> bool:
    """True where the pattern matches outside of comments and of examples in docstrings."""
    return any(_may_be_code(body, match.start()) for match in pattern.finditer(body))


def _may_be_code(body: bytes, at: int) -> bool:
    before = body[max(body.rfind(b"\n", 0, at), body.rfind(b"\r", 0, at)) + 1 : at]
    comment = before.find(b"#")
    # A quote before it: the sign may stand in a string, and code behind that.
    if comment != -1 and _QUOTES.search(before, 0, comment) is None:
        return False
    return not before.lstrip().startswith((b">>>", b"... "))
