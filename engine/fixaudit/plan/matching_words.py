"""Words of a finding: which of a codemod's keyword groups and triggers it uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from fixaudit.authoring.codemod import Codemod
from fixaudit.reports.model import ReportFinding

_REFERENCE = re.compile(
    r"\b(?:same as|as in|as for|as with|like|as|see|siehe|wie|cf\.?)\s+(?:in\s+|issue\s+|finding\s+|#)*"
    r"([A-Z]{1,5}-?\d+|\d+(?:\.\d+)+)(?!\w)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    start = r"(?<!\w)" if word[:1].isalnum() or word[:1] == "_" else ""
    end = r"(?:s|es|ed|ing)?(?!\w)" if word[-1:].isalnum() or word[-1:] == "_" else ""
    return re.compile(start + re.escape(word) + end)


def holds(text: str, word: str) -> bool:
    """True where lower-case `text` holds the word or phrase itself, in singular or plural."""
    return _pattern(word).search(text) is not None


def groups_in(
    text: str, codemod: Codemod, symbols: Sequence[str] = ()
) -> Iterable[tuple[str, ...]]:
    """The keyword groups of a codemod all of whose words the text holds.

    A word in backticks has to be set as code: to be one of the finding's `symbols`.
    """
    lowered = " ".join(text.lower().split())
    code = {symbol.lower() for symbol in symbols}
    for group in codemod.pairing.keywords:
        if all(
            word.strip("`").lower() in code if word[:1] == "`" else holds(lowered, word.lower())
            for word in group
        ):
            yield group


def triggers_in(text: str, codemod: Codemod) -> Iterable[str]:
    """The telling triggers of a codemod that the text spells out."""
    for trigger in codemod.triggers:
        word = trigger.decode("utf-8", "replace").strip()
        if len(word) >= 5 and _pattern(word.lower()).search(text.lower()):
            yield word


def references(finding: ReportFinding) -> tuple[str, ...]:
    """The ids of findings this one points to: "As 1.2", "as in 2.1", "see SEC-4"."""
    text = f"{finding.title}\n{finding.problem}\n{finding.recommendation}"
    return tuple(dict.fromkeys(match[1] for match in _REFERENCE.finditer(text)))


def rule_names(finding: ReportFinding) -> frozenset[str]:
    """Rule ids of a finding in upper case; `CWE-0327` counts as `CWE-327`."""
    return frozenset(re.sub(r"^CWE-0+", "CWE-", rule.upper()) for rule in finding.rules)
