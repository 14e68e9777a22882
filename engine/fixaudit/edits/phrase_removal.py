"""Takes a value out of a message so that what stays still reads as a sentence.

`Health check failed: …` loses its colon, `… failed (…)` its brackets, `…. Error: …` its label,
`… due to …` its preposition. Where the value carries the grammar (`Got … instead`) there is no cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HOLE = "\ue000"
"""Stands in the text for the value to take out."""
OTHER = "\ufffc"
"""Stands in the text for any other value, whatever it may say."""

_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">", "'": "'", '"': '"', "`": "`"}
_BRACKETS = "([{<"
_NOUN = (
    r"(?:error|err|exception|exc|ex|reason|cause|failure|message|msg|details?|info|problem|issue"
    r"|stack ?trace|traceback)"
)
_FAULT = r"(?:errors?|exceptions?|failures?|problem|issue|fault)"
_FAILURE = re.compile(
    r"\b(?:fail\w*|errors?|errored|exceptions?|unable|crash\w*|abort\w*|could ?n[o']t|could not"
    r"|can ?not|can't|did not|didn't|unexpected\w*|problem|invalid|not able|died|unhandled|lost|broken"
    r"|не удалось|ошибк\w*|fehler\w*|fehlgeschlagen|erreurs?|échec)\b"
    r"|失败|失敗|错误|錯誤|出错|异常|異常|无法|エラー",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?P<lead>(?<=[.!?])\s+|\s*(?P<mark>[,;:|]|\n|\s(?:[-–—]|--)(?=\s))\s*|(?P<open>[(\[])\s*)"
    r"(?:(?:the|an?|with|original|underlying|caught|raised|actual|full|inner|root|unexpected|detailed|exact|last|internal)\s+)*"
    rf"{_NOUN}(?:[ _-]?{_NOUN})*(?:\s+(?:is|was|were|text|string|occurred))?$",
    re.IGNORECASE,
)
_KEY = re.compile(rf"(?:\s*[,;|]\s*|\s+){_NOUN}(?:[ _-]{_NOUN})*$|\s+e$", re.IGNORECASE)
# `… hook %s error: %s`: a label behind another value.
_LABEL_BEHIND_VALUE = re.compile(rf"{OTHER}[)\]'\"`]*(?P<label>\s+{_NOUN}(?:[ _-]{_NOUN})*)$", re.IGNORECASE)  # fmt: skip
_MIDDLE_LABEL = re.compile(r"[a-z] (?:Error|ERROR|Exception|Reason|Cause|Details?|Message)$")
_PREPOSITION = re.compile(
    r"\s+(?P<word>with|due to|because of|caused by|for)\s+"
    r"(?:(?:the|an?|this|following|unexpected|unknown|internal)\s+)*"
    rf"(?P<noun>{_NOUN}(?:[ _-]{_NOUN})*)$",
    re.IGNORECASE,
)
_BARE_PREPOSITION = re.compile(r"\s+(?:due to|because of|because|caused by)$", re.IGNORECASE)
_FAILED_WITH = re.compile(r"(?<=\w)(?<=fail|iled|shed|rted|ored|died)\s+with$", re.IGNORECASE)
_ENDS_IN_FAULT = re.compile(rf"\b(?:{_FAULT}|failed|crashed|exc)$", re.IGNORECASE)
_ENDS_IN_VALUE = re.compile(OTHER + r"[)\]'\"`]*$")
_DANGLING = re.compile(
    r"\b(?:to|with|of|by|for|from|the|an?|and|or|is|was|are|were|be|in|on|at|as|that|this|these|because"
    r"|due|than|if|when|while|but|not|into|via|about|saying|says?|said|see|reads?|following|follows|below"
    r"|why|what|like|namely|instead|returned|returns"
    r"|got|gets?|raises?|threw|throws|gave|reports?|reported)$",
    re.IGNORECASE,
)
_OTHER_LABEL = re.compile(
    r"[,;.]\s+(?:\w+\s)?(?:reply|response|result|results|output|answer|received|text|args)$",
    re.IGNORECASE,
)
_POINTS_AT = re.compile(
    r"\b(?:following|below|this error|this exception)\b[^.;\n]*$", re.IGNORECASE
)
_HAPPENED = re.compile(
    rf"{_FAULT} (?:was |were |has been |is )?(?:caught|raised|thrown|received|returned|reported)$",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"(?P<stem>.*?)(?P<mark>\s*(?:=>|->|--|::|[:,;|=~：，；])|\s+[-–—])?(?P<gap>\s*)$", re.DOTALL
)
_RULER = r"(?:-{2,}|={2,}|\*{2,}|_{3,}|~{2,}|#{2,})"
_LAST_RULER = re.compile(rf"\s*{_RULER}\s*$")
# `=== Import failed ===`: its two rulers belong together.
_HEADING = re.compile(rf"(?:^|\n)[ \t]*({_RULER})[^\n]*\w[^\n]*\1[ \t]*$")
_STUMP = re.compile(rf"(?:\s*(?:[,;:|：，；]|[=-]>|{_RULER})|\s+[-–—])\s*$")
_END = re.compile(r"[.!?…,;。！？，；\s]*$")
_BOUNDARY = re.compile(
    r"[.,;:!?…](?=\s|$)|[。，；：！？]|\.\.\.|[)\]}'\"]|\s*\n|\s*[|;]|\s+(?:[-–—|(\[]|=>|->|--)",
    re.DOTALL,
)
_APPOSITION = re.compile(
    r"\s+(?:while|when|during|in|on|at|for|from|occurred|happened|was|has|raised|caught|trying|after"
    r"|before|processing)\b"
)
_OPENING = re.compile(r"\s*[:|;,.!](?:\s+|$)|\s+(?:[-–—]|--|=>|->)\s+|\s*\n\s*")
# `保存失败！{e}`, `edit failed!{e}`: the sentence is over, with no blank behind it.
_CLOSES_BY_ITSELF = ("!", "！", "。", "？", "…")
_WRITTEN_WITHOUT_BLANKS = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*(?:\(\))?")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_WORDS = frozenset(
    {"error", "errors", "exception", "err", "exc", "ex", "the", "an", "critical", "warning"}
)


@dataclass(frozen=True, slots=True)
class Cut:
    """The half-open range of characters to take out, the value among them."""

    start: int
    end: int


def phrase_to_remove(text: str) -> Cut | str:
    """What to take out of `text` with its one `HOLE`, or one line that says why nothing can go."""
    hole = text.index(HOLE)
    start, end, bracketed = _grown(text, hole, hole + 1)
    if not text[:start].strip():
        opening = _OPENING.match(text, end)
        if opening is None and not _END.match(text, end):
            return "the sentence begins with the exception"
        return _checked(text, Cut(start, opening.end() if opening else end))
    stem = _whole_stem(text[:start], text[end:], bracketed)
    if stem is None:
        return "the sentence would not read on without the exception"
    return _closed(text, stem, end)


def _grown(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """The range with the quotes and brackets that hold nothing else; were there brackets?"""
    bracketed = False
    while start > 0 and end < len(text) and _PAIRS.get(text[start - 1]) == text[end]:
        bracketed = bracketed or text[start - 1] in _BRACKETS
        start, end = start - 1, end + 1
    return start, end, bracketed


# ------------------------------------------------------------------------- before the value


def _whole_stem(left: str, right: str, bracketed: bool) -> str | None:
    """What stays of the text before the value, without a separator or ruler at its end."""
    line, gap = left.rstrip(), left[len(left.rstrip()) :]
    if "\n" in gap and _HEADING.search(line):
        return line
    if "\n" in gap and (ruler := _LAST_RULER.search(line)) and "\n" in ruler[0]:
        left = f"{line[: ruler.start()]}{gap}"
    stem = _stem(left, right, bracketed)
    while stem is not None and (stump := _STUMP.search(stem)) and not _HEADING.search(stem):
        stem = stem[: stump.start()]
    return stem


def _stem(left: str, right: str, bracketed: bool) -> str | None:
    """What stays of the text before the value: without separator, label and preposition."""
    found = _MARK.match(left)
    assert found is not None
    stem, mark, gap = found["stem"].rstrip(), (found["mark"] or "").strip(), found["gap"]
    if mark == "=":
        key = _KEY.search(stem)
        return stem[: key.start()].rstrip() if key and key.start() else None
    shorter = _without_label(stem, right)
    if shorter is None or shorter != stem:
        return shorter
    if bracketed or mark:
        return stem if _ends_well(stem) else None
    if "\n" in gap or (gap and stem[-1:] in ".!?…"):
        return stem
    if not gap:
        return stem if stem[-1:] in _CLOSES_BY_ITSELF else None
    return stem if _takes_a_bare_value(stem, right) else None


def _takes_a_bare_value(stem: str, right: str) -> bool:
    if _ENDS_IN_VALUE.search(stem):
        return True
    if not _ENDS_IN_FAULT.search(stem) or _POINTS_AT.search(stem):
        return False
    return bool(_END.match(right) or _BOUNDARY.match(right) or _APPOSITION.match(right))


def _without_label(stem: str, right: str) -> str | None:
    """The stem without `Error`, `with error`, `due to` at its end; None where it cannot read."""
    bare = _BARE_PREPOSITION.search(stem) or _FAILED_WITH.search(stem)
    if bare:
        return stem[: bare.start()]
    preposition = _PREPOSITION.search(stem)
    if preposition:
        if _FAILURE.search(stem, 0, preposition.start()):
            return stem[: preposition.start()]
        named = re.fullmatch(_FAULT, preposition["noun"], re.IGNORECASE)
        return stem if named and not _POINTS_AT.search(stem) else None
    label = _LABEL.search(stem)
    if label:
        return _before_label(stem, label, right)
    behind = _LABEL_BEHIND_VALUE.search(stem)
    if behind and _FAILURE.search(stem, 0, behind.start()):
        return stem[: behind.start("label")]
    if _MIDDLE_LABEL.search(stem) and _FAILURE.search(stem[:-6]):
        return None
    return stem


def _before_label(stem: str, label: re.Match[str], right: str) -> str:
    before = stem[: label.start()]
    if not _WORD.search(before) and OTHER not in before:
        return stem
    if label["open"]:
        return before + label["open"]
    # `worker: error: …` says nothing of a failure but by its label.
    weak = (label["mark"] or "").strip() in {":", "-", "--", "–", "—"}
    return stem if weak and not _FAILURE.search(before) else before


def _ends_well(stem: str) -> bool:
    if _HAPPENED.search(stem):
        return True
    return not any(found.search(stem) for found in (_DANGLING, _OTHER_LABEL, _POINTS_AT))


# ------------------------------------------------------------------------- after the value


def _closed(text: str, stem: str, end: int) -> Cut | str:
    """Joins the stem to the text after the value."""
    start = len(stem)
    while start and end < len(text) and _PAIRS.get(text[start - 1]) == text[end] and text[start - 1] in _BRACKETS:  # fmt: skip
        start, end = start - 1, end + 1
        start = len(text[:start].rstrip())
    if text[start - 1 : start] in ("(", "["):
        after = re.compile(r"\s*[,;|]\s*").match(text, end)
        return _checked(text, Cut(start, after.end())) if after else "the brackets hold more"
    right = text[end:]
    if not _END.match(right) and not _BOUNDARY.match(right):
        fault = _ENDS_IN_FAULT.search(text[:start])
        if not fault or not _APPOSITION.match(right) or text[start:end].strip(HOLE + " '\"`"):
            return "the sentence goes on after the exception"
    if text[start - 1 : start] in (".", "!", "?", "…", ":", ",", ";"):
        if right[:1] in (",", ";", ":"):
            return "the sentence goes on after the exception"
        if right[:1] in (".", "!", "?") and right[:3] != "...":
            end += 1
    return _checked(text, Cut(start, end))


def _checked(text: str, found: Cut) -> Cut | str:
    rest = text[: found.start] + text[found.end :]
    words = {word.lower() for word in _WORD.findall(rest)}
    if not words:
        return "the message has no text of its own" if OTHER not in rest else "only values would be left of the message"  # fmt: skip
    is_stump = len(words) == 1 or _IDENTIFIER.fullmatch(rest.strip()) is not None
    is_stump = is_stump and not _FAILURE.search(rest)
    is_stump = is_stump and len(_WRITTEN_WITHOUT_BLANKS.findall(rest)) < 4
    if OTHER not in rest and (is_stump or words <= _NO_WORDS):
        return f"only {rest.strip()!r} would be left of the message"
    return found
