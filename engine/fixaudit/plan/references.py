"""What a finding refers to: others of its report ("as 1.2", "by fixing #5"), and rules of scanners."""

from __future__ import annotations

import re

from fixaudit.reports.model import ReportFinding

REFERS = "it refers to"
"""Before the finding that a reason to pair is taken from."""
_REFERENCE = re.compile(
    r"\b(?:same as|as in|as for|as with|like|as|see|siehe|wie|cf\.?|by fixing|fixed by)\s+(?:in\s+|issue\s+|finding\s+|#)*"
    r"([A-Z]{1,5}-?\d+|\d+(?:\.\d+)+|(?<=#)\d+)(?!\w)",
    re.IGNORECASE,
)


def references(finding: ReportFinding) -> tuple[str, ...]:
    """The ids of findings this one points to: "As 1.2", "as in 2.1", "see SEC-4"."""
    text = f"{finding.title}\n{finding.problem}\n{finding.recommendation}"
    return tuple(dict.fromkeys(match[1] for match in _REFERENCE.finditer(text)))


def rule_names(finding: ReportFinding) -> frozenset[str]:
    """Rule ids of a finding in upper case; `CWE-0327` counts as `CWE-327`."""
    return frozenset(re.sub(r"^CWE-0+", "CWE-", rule.upper()) for rule in finding.rules)
