"""The title of a candidate, and the words by which it is known again."""

from __future__ import annotations

import re
from functools import lru_cache

from fixaudit.reports.collect import Candidate
from fixaudit.reports.titles import RULE_NAME, only_places

_STOP = frozenset("""
    a an the of in on to for and or with without by from via is are be at as it its this
    that use using fix add remove implement replace update missing issue issues problem
    bug risk potential possible some all code new proper set make ensure increase
    support create configure improve instead first high low medium critical pattern
    """.split())  # noqa: SIM905
"""Words that say nothing about which finding is meant."""


def full_title(candidate: Candidate) -> str:
    """The title in words: of an entry that is only a place or a number, what it says first, else the
    heading it stands under."""
    title, body = candidate.title, candidate.body
    text = title.text
    if (
        text
        and not (title.locations and only_places(text, title.locations))
        and not _BARE.fullmatch(text)
    ):
        long = len(text) > 110 and (title.explicit or candidate.row)  # "F-1 `a.py:3` - ..."
        return (_opening(text) or text) if long else text
    said = [line for line in (body.title, body.told, *body.problem[:1], *body.advice[:1]) if line]
    told = body.title or next((line for line in said if len(line) < 140), None)
    told = told or _opening(next(iter(said), ""))
    name = candidate.where.name
    if not text or title.id or body.title or _GENERIC.fullmatch(name) or not title.locations:
        name = ""
    if text and title.id:
        return RULE_NAME.sub("", body.title or text)
    return name or RULE_NAME.sub("", told or "") or candidate.where.name or text or candidate.text


def _opening(words: str) -> str | None:
    """The first sentence of a longer passage, or of a long one the first part, if not too long itself."""
    first = re.split(r"(?<=[.!?])\s|。", words)[0]
    first = re.split(r"[;；]\s", first)[0] if len(first) > 190 else first
    return first.rstrip(".") if len(first) < 200 else None


_GENERIC = re.compile(
    r"\W*|(?:the |all |key |main |detailed? |code |per[- ]file |file[- ]by[- ]file )*(?:issues?|findings?|analysis|details?|files?|review|problems?|bugs?|list|results?|report|observations|overview|audit|warnings?|errors?|vulnerabilities|notes?)\W*",
    re.I,
)
"""Headings that name no problem."""


_BARE = re.compile(
    r"(?:comment|issue|finding|instance|line|problem)?\s*(?:at |in )?(?:line )?[\d\W]*", re.I
)


def words_of(text: str) -> frozenset[str]:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = text.lower().replace("n+1", "nplusone")
    pairs = (run[at : at + 2] for run in _UNSPACED.findall(text) for at in range(len(run) - 1))
    found = re.findall(r"[^\W_]+", _UNSPACED.sub(" ", text))
    return frozenset(_stem(word) for word in found if word not in _STOP and len(word) > 1).union(
        pairs
    )


_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
"""Scripts without blanks: two characters at a time stand for words."""


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    if not word.isascii() and len(word) > 5:
        return word[: max(4, len(word) - 2)]
    for end in ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "y", "e", "ion"):
        if word.endswith(end) and len(word) - len(end) >= 4:
            return word[: -len(end)]
    return word
