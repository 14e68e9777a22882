"""Which codemods can find something in a file, told from its bytes, so that most are never parsed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fixaudit.authoring.codemod import Codemod
    from fixaudit.suppress.comment_notes import Asked

_WORD = re.compile(rb"\w+")
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
            text, entries = _Text(body), enumerate(self._triggered)
            matching = (number for number, entry in entries if text.may_concern(entry))
            self._last = body, tuple(matching)
        return self._last[1]

    def codemod(self, number: int) -> Codemod:
        """One of the codemods."""
        return self._codemods[number]

    def name(self, number: int) -> str:
        """Its name, which may be known without importing it."""
        return self._triggered[number].name


class _Text:
    """One text, and what was found in it so far."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        # Each word once: a fifth of the text, where most triggers that are not there are looked for.
        self._words = b"\n".join({*_WORD.findall(body)})
        self._found: dict[bytes, bool] = {}
        self._lower: bytes | None = None

    def may_concern(self, codemod: Triggered) -> bool:
        """True where the text has one of the triggers, and what must match besides."""
        for trigger in codemod.triggers:
            there = self._found.get(trigger)
            if there is None:
                there = self._found[trigger] = self._holds(trigger)
            if there:
                pattern = codemod.trigger_pattern
                return pattern is None or self._matches(pattern)
        return False

    def _holds(self, trigger: bytes) -> bool:
        word = _longest_word(trigger)
        return word in self._words and (word == trigger or trigger in self._body)

    def _matches(self, pattern: re.Pattern[bytes]) -> bool:
        in_lower_case = _for_lower_case(pattern)
        if in_lower_case is None:
            return matches_code(pattern, self._body)
        if self._lower is None:
            self._lower = self._body.lower()
        return matches_code(in_lower_case, self._lower)


@cache
def _longest_word(trigger: bytes) -> bytes:
    """The longest part of a trigger that stands in one word of a text; empty for one of signs alone."""
    return max(_WORD.findall(trigger), key=len, default=b"")


@cache
def _for_lower_case(pattern: re.Pattern[bytes]) -> re.Pattern[bytes] | None:
    """What finds in a text in lower case what `pattern`, for which case is nothing, finds in the text
    itself: a search for literals then, several times as fast. None for other patterns."""
    text = pattern.pattern
    ignores_case = pattern.flags & re.IGNORECASE and text.startswith(b"(?i)")
    # A range such as `[0-_]` holds capitals without naming one.
    if not ignores_case or text != text.lower() or b"-" in text:
        return None
    return re.compile(text.removeprefix(b"(?i)"), pattern.flags & ~re.IGNORECASE)


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
