"""Which codemods can find something in a file, told from its bytes, so that most are never parsed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fixaudit.authoring.codemod import Codemod
    from fixaudit.suppress.comment_notes import Asked

_QUOTES = re.compile(rb"[\"']")


class Triggered(Protocol):
    """A codemod, or what is known of it without importing it."""

    @property
    def name(self) -> str: ...
    @property
    def triggers(self) -> tuple[bytes, ...]: ...
    @property
    def trigger_pattern(self) -> re.Pattern[bytes] | None: ...


class Prefilter:
    """The codemods that run on a file, told by their triggers.

    A codemod counts where one of its `triggers` is in the bytes and, where it has a
    `trigger_pattern`, that matches in what may be code.
    """

    def __init__(self, codemods: Sequence[Codemod]) -> None:
        self._codemods: Sequence[Codemod] = codemods
        self._triggered: Sequence[Triggered] = codemods
        self._last: tuple[bytes, tuple[int, ...]] | None = None

    @property
    def named_in_comments(self) -> Asked | None:
        """What comments may name; None where nothing is to be told of them."""
        return None

    def active(self, body: bytes) -> tuple[Codemod, ...]:
        """The codemods that must look at the tree of a file with this content, in their order."""
        return tuple(self.codemod(number) for number in self.matching(body))

    def matching(self, body: bytes) -> tuple[int, ...]:
        """Which of the codemods those are, by their numbers."""
        # Asked twice for every file: before it is parsed, and when it is judged.
        if self._last is None or body is not self._last[0]:
            found: dict[bytes, bool] = {}
            entries = enumerate(self._triggered)
            matching = (number for number, entry in entries if _may_match(entry, body, found))
            self._last = body, tuple(matching)
        return self._last[1]

    def codemod(self, number: int) -> Codemod:
        """One of the codemods."""
        return self._codemods[number]

    def name(self, number: int) -> str:
        """Its name, which may be known without importing it."""
        return self._triggered[number].name


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
