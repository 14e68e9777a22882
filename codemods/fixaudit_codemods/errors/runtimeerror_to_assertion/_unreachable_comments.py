"""Words by which authors say that a line is never reached."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fixaudit import Source

_PLACE = r"(?:line|code|point|branch|statement|block|path|state|case|loop|raise|here|this|it|fallback|function)"
# "could not reach this host" and "the end of the stream" are about something else.
_THIS_PLACE = rf"(?:here|there|(?:this|that)(?=\s+{_PLACE}\b|\W*$|\s*[.,;:!)])|the end(?! of (?!the (?:function|loop|method)\b)))"  # fmt: skip
_HERE = rf"(?:have (?:been )?(?:happened|reached|got(?:ten)? here|gotten to)|happen\w*|occur\w*|be here|(?:reach|get|come|arrive|end up)(?: to| at| in)? {_THIS_PLACE}|get this far|fall through)"  # fmt: skip
_NOT = r"(?:should|must|can|could|will|would|may)(?: never| not|n['’]t|not)(?: ever| even| really)?"
_OPENING = re.compile(
    r"^(?!\W*\x7b)\W*(?:(?:this|that|it|which|we|the code|internal error|bug|logic error|programming error)\b[\s:,-]*)*"
    r"(?:is |should be |is truly |truly |logically )*"
    r"(?:unreachable(?=\W*$|\s*[:.!;,(\[—–-]|\s+(?:code|branch|path|state|point|statement|line|case|block)\b"
    r"|\s+(?:[a-z-]+\s+){1,4}(?:code|branch|state|case)\W*$)"
    rf"|{_NOT} (?:{_HERE}|be reached)"
    r"|(?:never|not) (?:reached|happens?)\b|notreached\b"
    r"|(?:impossible|(?:not|never) (?:possible|executed))(?=\W*$|\s*[.!]|\s*:(?! the\b))"
    r"|can(?:no|['’])t happen|cannot happen)",
    re.IGNORECASE,
)  # fmt: skip
_ANYWHERE = re.compile(
    rf"\b{_PLACE}\b[^.;\n]{{0,40}}\bunreachable\b"
    r"|\b(?:should be|truly|provably|logically|technically|therefore|so|hence|it['’]s|that['’]s) unreachable\b"
    rf"|\b{_NOT} {_HERE}|\b(?:{_PLACE} {_NOT}|(?:should|must|would) (?:not|never)) be reached\b"
    r"|\bcan['’]t (?:ever )?(?:happen|get here)\b|\bcannot happen\b|\bnot ?reached\b"
    r"|\bnever (?:be )?(?:reached|happens?|executed|gets? here|reach(?:es)? (?:this|here))\b"
    r"|\balways (?:either )?(?:returns?|raises?|exits?)\b"
    r"|\b(?:satisfy|please|appease|for|make|keep|help|pacify) (?:the )?(?:mypy|pyright|type[- ]?checkers?|pylint)\b",
    re.IGNORECASE,
)


def opens_with_claim(text: str) -> bool:
    """True for a message that says first of all that it is unreachable."""
    return _OPENING.search(" ".join(text.split())) is not None


def says_unreachable(text: str) -> bool:
    """True for a message that states it, and not merely hopes that nothing of the kind happens."""
    return re.search(r"\bunreachable\b|\b(?:never|not) ?reached\b", text, re.IGNORECASE) is not None


def holds_claim(text: str) -> bool:
    """True for a text that says somewhere that this point is never reached."""
    plain = " ".join(text.split())
    return _ANYWHERE.search(plain) is not None or _OPENING.search(plain) is not None


def claim_beside(source: Source, first: int, last: int) -> str | None:
    """The comment above or on the lines `first` to `last` that says they are never reached."""
    found = [text for text in _beside(source, first, last) if text]
    joined = " ".join(found)
    if holds_claim(joined) or any(opens_with_claim(text) for text in found):
        return joined
    return None


def _beside(source: Source, first: int, last: int) -> Iterator[str]:
    by_line = source.comments_by_line
    start = first
    while start - 1 in by_line and source.line_text(start - 1).lstrip().startswith("#"):
        start -= 1
    for line in range(start, last + 1):
        if line in by_line:
            yield by_line[line].lstrip("#:! ")
