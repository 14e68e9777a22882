"""What the message of a commit says of a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fixaudit.reports.model import ReportFinding

_REPAIR = re.compile(
    r"\b(?:audit|review|finding|fix(?:e[sd])?|secur|harden|resolv|address|vulnerab|prevent|"
    r"sicherheit|beh[eo]b|korrig|corrig|correc|auditor|segur|sécur|исправ|безопас|уязв)"
    r"|修复|安全|审查|修正|[🐛🚑🔒🩹]",
    re.IGNORECASE,
)
"""With the signs that commits of repairs bear: a bug, an ambulance, a lock, a plaster."""
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_WORD = re.compile(r"[^\W\d_]{4,}")
_SIGNS = re.compile(r"[\u3400-\u9fff]{2,}")
"""Words of a script that sets no blanks between them: compared by pairs of signs."""
_OF_ALL = (
    "with from that this when into code file files using use used does missing error errors issue issues "
    "bug problem have been more than should could would without multiple add added"
)
COMMON = frozenset(_OF_ALL.split())
"""Words of so many titles that they tell none from another."""


def repairs(message: str) -> bool:
    """True for the words of a commit that tell of a repair, in the common languages."""
    return _REPAIR.search(message) is not None


def has_own_id(finding: ReportFinding) -> bool:
    """True for an id that a message hardly holds by chance: letters and digits, not a line's."""
    key = finding.id
    return bool(re.search(r"[A-Za-z]", key) and re.search(r"\d", key)) and key != f"L{finding.line}"


def gives_id(message: str, finding: ReportFinding) -> bool:
    """True for a message that holds the finding's own id."""
    return has_own_id(finding) and bool(
        re.search(rf"(?<![\w.-]){re.escape(finding.id)}(?![\w-]|\.\d)", message, re.IGNORECASE)
    )


def names_it(message: str, finding: ReportFinding) -> bool:
    """True for a message that holds a finding's id, or tells of a repair with two words of its
    title in one line."""
    if gives_id(message, finding):
        return True
    return repairs(message) and any(_titled(line, finding) for line in message.splitlines())


def says_id(message: str, finding: ReportFinding) -> bool:
    """True for a message that holds the finding's own id, or its number beside two words of its title."""
    number = rf"(?:#\s?{re.escape(finding.id)}(?![\w.-])|^\W*{re.escape(finding.id)}[.)]\s)"
    return gives_id(message, finding) or any(
        re.search(number, line) and _titled(line, finding) for line in message.splitlines()
    )


def _titled(line: str, finding: ReportFinding) -> bool:
    return common(line, finding.title) >= 2


def common(line: str, text: str, without: Iterable[str] = ()) -> int:
    """How many words of a text a line has."""
    said, told = line.lower(), text.lower()
    for name in without:
        said, told = said.replace(name.lower(), " "), told.replace(name.lower(), " ")
    return sum(word in said for word in words_of(told))


def words_of(text: str) -> set[str]:
    """The words of a text: of four letters, or two signs of a script without blanks."""
    words = {w for w in _WORD.findall(text.lower()) if not _SIGNS.search(w)} - COMMON
    runs = _SIGNS.findall(text)
    return words | {run[i : i + 2] for run in runs for i in range(0, len(run) - 1, 2)}


def names_code(message: str, lines: Iterable[str]) -> bool:
    """True for a message that tells of a repair and holds a name that such lines of code have, and
    that no sentence has by chance."""
    names = {name for line in lines for name in _IDENTIFIER.findall(line)}
    telling = [name for name in names if "_" in name.strip("_") and len(name) >= 8]
    return repairs(message) and any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message) for name in telling
    )
