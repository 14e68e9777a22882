"""The words of a finding, as the keywords of codemods are looked for in them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache

_END = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n\s*(?:[-*•]|\d+[.)])\s|[。！？]")
"""Where one sentence ends: at its stop, at an empty line, before the next item of a list."""
ABOUT_TESTS = re.compile(
    r"\bcoverage\b|\buntested\b|\btest(?:ing)? (?:strategy|gaps?|suite)\b|\b(?:no|missing|lack of|add|insufficient) "
    r"(?:\w+ ){0,2}tests?\b|\btestabdeckung\b|\bcouverture de tests?\b|\bcobertura de (?:pruebas|testes)\b",
    re.IGNORECASE,
)
"""Titles that ask for tests: what those are to try, or what they show, is no flaw of the code."""


class Passage:
    """A title and the sentences behind it. Words that belong together stand in one sentence, or in
    the title and one sentence."""

    def __init__(self, title: str, text: str, symbols: Iterable[str] = ()) -> None:
        parts = [_plain(title), *(_plain(part) for part in _END.split(text) if part)]
        self._text = "\n".join(parts)
        self._starts = [0]
        for part in parts[:-1]:
            self._starts.append(self._starts[-1] + len(part) + 1)
        self._code = frozenset(symbol.lower() for symbol in symbols)
        self._found: dict[str, frozenset[int]] = {}

    def group_in(self, groups: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], bool] | None:
        """The words of the longest group that stand together, as written, and whether all of them
        stand in the title; None where no group does.

        What stands in the title goes before what needs a sentence behind it.
        """
        best: tuple[bool, int, tuple[str, ...], int] | None = None
        for group in groups:
            behind = [held for word in group if 0 not in (held := self._sentences(word))]
            common = frozenset.intersection(*behind) if behind else frozenset({0})
            if common and (best is None or (not behind, len(group)) > best[:2]):
                best = (not behind, len(group), group, min(common))
        if best is None:
            return None
        return tuple(self._written(word, best[3]) for word in best[2]), best[0]

    def _written(self, word: str, sentence: int) -> str:
        start = 0 if 0 in self._sentences(word) else self._starts[sentence]
        hit = pattern(word.strip("`")).search(self._text, start)
        return hit[0] if hit else word

    def _sentences(self, word: str) -> frozenset[int]:
        """The numbers of the sentences that hold a word; 0 is the title."""
        if word not in self._found:
            bare = word.strip("`")
            # A word in backticks has to be set as code.
            known = bare is word or bare.lower() in self._code
            hits = pattern(bare).finditer(self._text) if known else ()
            self._found[word] = frozenset(
                bisect_right(self._starts, hit.start()) - 1 for hit in hits
            )
        return self._found[word]


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


@lru_cache(maxsize=4096)
def pattern(word: str) -> re.Pattern[str]:
    """What a keyword matches in lower-case text: one of its `|` alternatives as words of their own.

    A `*` at the end stands for any ending, without it for those of plural, past and -ing.
    """
    return re.compile("|".join(_alternatives(word.lower())))


def _alternatives(word: str) -> Iterator[str]:
    for part in word.split("|"):
        bare = part.rstrip("*")
        start = r"(?<!\w)" if bare[:1].isalnum() or bare[:1] == "_" else ""
        end = r"(?:s|es|d|ed|ing)?(?!\w)" if bare[-1:].isalnum() or bare[-1:] == "_" else ""
        yield start + re.escape(bare) + (r"\w*" if part.endswith("*") else end)
