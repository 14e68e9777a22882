"""Whether the message of a commit says of a finding that it is repaired, or that its advice was followed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fixaudit.plan.commit_words import common, gives_id, repairs, says_id, words_of
from fixaudit.plan.past import FileChange
from fixaudit.plan.said_in_code import absent_words
from fixaudit.reports.model import ReportFinding

_MENDS = re.compile(
    r"\b(?:fix(?:e[sd])?|mend|repair|harden|resolv|address|prevent|correct|secure|reject|guard|implement|"
    r"beh[eo]b|korrig|corrig|исправ)|修复|修正|改进|[🐛🚑🔒🩹]",
    re.IGNORECASE,
)
SAYS_SO = "says that it repaired it"
"""How it is told of a change that its message claims a repair."""
_NO_LONGER = re.compile(
    r"\b(?:no longer|not any ?more|nicht mehr|больше не)\s+(\w{4,})", re.IGNORECASE
)
_PARTLY = re.compile(
    r"\b(?:partial(?:ly)?|in part|part of|first (?:step|part)|not yet|todo|wip|prepar\w+|reverts?|reverted|"
    r"teilweise|частично)\b",
    re.IGNORECASE,
)
"""Words by which a message says that a repair is to come, or was taken back."""
_BULLET = re.compile(r"\s*(?:[-*•+]|\d+[.)])\s")
_TITLED = 3
"""Words of a title that a line does not have by chance."""
_ADVISED = 3
"""Words of an advice that a line does not have by chance."""
_FEWEST = 2
"""Words of an advice, and of code for it, below which nothing is told."""
_FIX = re.compile(
    r"\b(?:fix|recommendation|solution|suggestion)\**:\**\s+(\S.*)", re.IGNORECASE | re.DOTALL
)
_NAME = 6
"""Letters of a function's name that no sentence has by chance."""
_STEM = 5
"""Letters by which forms of one word are the same."""


def claims(
    change: FileChange, finding: ReportFinding, symbols: Iterable[str], *, plainly: bool = False
) -> bool:
    """True for a change whose message says of this finding that it is repaired.

    By its own id, or by a line that tells of a repair and has its number and two words of its title,
    one of the functions and two words of the finding's, or three words of its title. What came with
    the report may only list it: there the line, or the first one, must say that it mends. `plainly`
    leaves its id, its number, and a function with three words of its title.
    """
    message = change.by.text
    head = message.strip().partition("\n")[0]
    said = f"{finding.title}\n{finding.problem}\n{finding.recommendation}"
    names = [name for name in symbols if len(name) >= _NAME]
    # What the function is called, any change of it speaks of.
    parts = [*names, *(part for name in names for part in name.split("_") if len(part) > 3)]
    for line in _statements(message):
        mends = _mends(line, finding) or _mends(head, finding)
        if not mends and (change.with_report or not repairs(message)):
            if change.with_report or not gives_id(line, finding):
                continue
        if _PARTLY.search(line) or head.lower().startswith("revert"):
            continue
        named = any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line) for name in names)
        of_title = common(line, finding.title, parts) if named else 0
        some = of_title and common(line, said, parts) >= 2
        if says_id(line, finding) or of_title >= _TITLED:
            return True
        if not plainly and (some or _tells(line, finding.title)):
            return True
    return False


def _mends(line: str, finding: ReportFinding) -> bool:
    """True for a line that tells of a repair, or that what the title tells happens no longer."""
    if _MENDS.search(line):
        return True
    ended = _NO_LONGER.search(line)
    known = ended is not None and ended[1][:_STEM].lower() in finding.title.lower()
    # What lacks something, and no longer does it, lacks it more than before.
    return known and not absent_words(finding.title)


def _statements(message: str) -> list[str]:
    """The lines of a message, each bullet or paragraph in one."""
    found: list[str] = []
    for line in message.splitlines():
        if found and found[-1] and line.strip() and not _BULLET.match(line):
            found[-1] += " " + line.strip()
        else:
            found.append(line.strip())
    return found


def _tells(line: str, title: str) -> bool:
    """True for a line with words of a title that it has not by chance: three that are half of them, or
    more that are a quarter."""
    held, of = common(line, title), len(words_of(title))
    return held >= _TITLED and held * (2 if held == _TITLED else 4) >= of


def does_as_advised(change: FileChange, finding: ReportFinding, put: str) -> bool:
    """True for a change whose message tells of a repair with three quarters of the words of a finding's
    advice in one line, and that put code with two of them; of a short advice with all of its words, by
    the verb that it begins with."""
    advice = advice_of(finding)
    asked = words_of(advice)
    if len(asked) < _FEWEST or common(put, advice) < _FEWEST:
        return False
    verb = f"{advice.split()[0].lower()} "
    head = change.by.text.strip().partition("\n")[0]
    for line in _statements(change.by.text):
        if _PARTLY.search(line) or not (_mends(line, finding) or _mends(head, finding)):
            continue
        held = common(line, advice)
        begins = line.lstrip("-*•+ ").lower().startswith(verb)
        if 4 * held >= 3 * len(asked) and (held >= _ADVISED or (begins and held == len(asked))):
            return True
    return False


def advice_of(finding: ReportFinding) -> str:
    """What a finding advises in words: its own part of the report, or what follows `Fix:` in the problem."""
    if finding.recommendation:
        return finding.recommendation
    found = _FIX.search(finding.problem)
    return found[1] if found else ""
