"""What the message of a commit says of a finding."""

from __future__ import annotations

import re

from fixaudit.reports.model import ReportFinding

_REPAIR = re.compile(
    r"\b(?:audit|review|finding|fix(?:e[sd])?|secur|harden|resolv|address|vulnerab|prevent|"
    r"sicherheit|beh[eo]b|korrig|corrig|correc|auditor|segur|sécur|исправ|безопас|уязв)"
    r"|修复|安全|审查|修正",
    re.IGNORECASE,
)
_COMMON = frozenset(
    "with from that this when into code file files using use used does missing error errors issue "
    "issues bug problem have been more than should could would without multiple add added".split()
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
    words = set(re.findall(r"[^\W\d]{4,}", finding.title.lower())) - _COMMON
    lines = message.lower().splitlines()
    return repairs(message) and any(sum(word in line for word in words) >= 2 for line in lines)
