"""What the message of a commit says of a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fixaudit.reports.model import ReportFinding

_REPAIR = re.compile(
    r"\b(?:audit|review|finding|fix(?:e[sd])?|secur|harden|resolv|address|vulnerab|prevent|"
    r"sicherheit|beh[eo]b|korrig|corrig|correc|auditor|segur|sécur|исправ|безопас|уязв)"
    r"|修复|安全|审查|修正",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_COMMON = frozenset(
    [
        "with",
        "from",
        "that",
        "this",
        "when",
        "into",
        "code",
        "file",
        "files",
        "using",
        "use",
        "used",
        "does",
        "missing",
        "error",
        "errors",
        "issue",
        "issues",
        "bug",
        "problem",
        "have",
        "been",
        "more",
        "than",
        "should",
        "could",
        "would",
        "without",
        "multiple",
        "add",
        "added",
    ]
)


def repairs(message: str) -> bool:
    """True for the words of a commit that tell of a repair, in the common languages."""
    return _REPAIR.search(message) is not None


def has_own_id(finding: ReportFinding) -> bool:
    """True for an id that a message hardly holds by chance: letters and digits, not a line's."""
    key = finding.id
    return bool(re.search(r"[A-Za-z]", key) and re.search(r"\d", key)) and not re.fullmatch(
        r"L\d+", key
    )


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
    words = set(re.findall(r"[^\W\d]{4,}", finding.title.lower())) - _COMMON
    return sum(word in line.lower() for word in words) >= 2


def names_code(message: str, lines: Iterable[str]) -> bool:
    """True for a message that tells of a repair and holds a name that such lines of code have, and
    that no sentence has by chance."""
    names = {name for line in lines for name in _IDENTIFIER.findall(line)}
    telling = [name for name in names if "_" in name.strip("_") and len(name) >= 8]
    return repairs(message) and any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message) for name in telling
    )
