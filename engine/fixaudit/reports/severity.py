"""Severities in the words of reports, and the five they come down to."""

from __future__ import annotations

import re

from fixaudit.reports.model import Severity

_WORDS: dict[str, Severity] = {
    "critical": "critical",
    "blocker": "critical",
    "severe": "critical",
    "urgent": "critical",
    "p0": "critical",
    "high": "high",
    "major": "high",
    "important": "high",
    "serious": "high",
    "p1": "high",
    "error": "high",
    "medium": "medium",
    "med": "medium",
    "moderate": "medium",
    "warning": "medium",
    "p2": "medium",
    "low": "low",
    "lower": "low",
    "minor": "low",
    "cosmetic": "low",
    "trivial": "low",
    "p3": "low",
    "p4": "low",
    "info": "info",
    "informational": "info",
    "information": "info",
    "note": "info",
    "nit": "info",
    "nitpick": "info",
    "suggestion": "info",
}
_WORDS |= dict.fromkeys(
    (
        "kritisch",
        "critique",
        "crítico",
        "crítica",
        "критический",
        "критические",
        "критично",
        "严重",
    ),
    "critical",
)
_WORDS |= dict.fromkeys(
    (
        "hoch",
        "haut",
        "haute",
        "élevé",
        "élevée",
        "alto",
        "alta",
        "высокий",
        "высокая",
        "высокие",
        "高",
    ),
    "high",
)
_WORDS |= dict.fromkeys(
    (
        "mittel",
        "moyen",
        "moyenne",
        "medio",
        "media",
        "médio",
        "média",
        "средний",
        "средняя",
        "средние",
        "中",
    ),
    "medium",
)
_WORDS |= dict.fromkeys(
    (
        "niedrig",
        "gering",
        "faible",
        "bajo",
        "baja",
        "baixo",
        "baixa",
        "низкий",
        "низкая",
        "низкие",
        "低",
    ),
    "low",
)
_MARKS: dict[str, Severity] = {
    "🔴": "critical",
    "🚨": "critical",
    "🟠": "high",
    "🟡": "medium",
    "🟢": "low",
    "🔵": "info",
    "⚪": "info",
}
WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_FIRST = re.compile(rf"(?<![\w-])({WORD})(?![\w])", re.I)
_SCORE = re.compile(r"(?<![\d.])(10(?:\.0)?|\d\.\d|\d)(?![\d.])")
_NOUN = r"problem\w*|probl[èe]mes?|проблемы?|уязвимости|问题|issues?|findings?|vulnerabilit\w+|bugs?|risks?|priority|severity|problems?|defects?|debt"
_OF_SECTION = re.compile(
    rf"(?<![\w-])({WORD})(?:[ -]+(?!impact|effort)[a-z/&]+)??(?:[ -]+[a-z/&]+)??[ -]+(?:{_NOUN})\b"
    rf"|^\W*({WORD})(?:\s*/\s*\w+)?\W*(?:\([^)]*\))?\W*$"
    rf"|^\W*({WORD})\s*[(:–—-]"
    rf"|\b(?:severity|priority)\s*[:-]?\s*({WORD})\b"
    rf"|\(({WORD})\)",
    re.I,
)


def normalised(word: str) -> Severity | None:
    """The severity one word means, None for any other word."""
    return _WORDS.get(word.lower())


def severity_in(value: str, label: str = "") -> Severity | None:
    """The severity that the value of a severity label states first: a word, a mark or a score.

    Scores count only where label or value speak of CVSS or are nothing but a number.
    """
    found = _FIRST.search(value[:80])
    if found:
        return normalised(found.group(1))
    scored = "cvss" in (label + value).lower() or re.fullmatch(r"[\d./ ]+", value)
    score = _SCORE.search(value) if scored else None
    if score:
        number = float(score.group(1))
        return (
            "critical"
            if number >= 9
            else "high" if number >= 7 else "medium" if number >= 4 else "low"
        )
    return severity_mark(value)


def severity_mark(text: str) -> Severity | None:
    """The severity a coloured mark at either end of `text` stands for."""
    return next((_MARKS[char] for char in text[:6] + text[-12:] if char in _MARKS), None)


def severity_of_section(title: str) -> tuple[Severity | None, str]:
    """The severity a heading gives to what stands below it, with its words.

    "Critical Issues Found", "8.2 High-Risk Issues", "Medium" give one; "High Impact, Low Effort"
    and "Critical Path" do not.
    """
    found = _OF_SECTION.search(title)
    if found:
        word = next(group for group in found.groups() if group)
        return normalised(word), word
    mark = severity_mark(title)
    return mark, title[:1] if mark else ""
