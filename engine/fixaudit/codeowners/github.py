"""Owner files as GitHub reads them. Source: GitHub's documentation, "About code owners".

A line is a pattern and its owners: `@user`, `@organisation/team` or an e-mail address. The last
line that matches a path decides, alone; one without owners says that nobody owns it. Paths are
told apart by case. What follows a `#` that begins a word is a comment.

GitHub passes over a line that it cannot read, and shows that only to who opens the file there.
Here such a line is an error: its author meant somebody to own something.
"""

from __future__ import annotations

import re
from itertools import takewhile

from fixaudit.codeowners.owner_lines import OwnerLines, if_of_path, quoted, split_rule
from fixaudit.codeowners.path_pattern import github_pattern
from fixaudit.codeowners.rules import OwnerRule, RuleIndex

MOST_BYTES = 3_000_000
"""GitHub loads none of a larger file: "must be under 3 MB in size"."""
_OWNER = re.compile(r"@[A-Za-z0-9][\w-]*(?:/[\w.-]+)?|[^@\s]+@[^@\s]+", re.ASCII)
_HEADING = re.compile(r"\^?\[[^\]]+\](?:\[\d*\])?(?:\s.*)?")


def github_rules(lines: OwnerLines) -> RuleIndex:
    """The rules of a file.

    Raises:
        ConfigError: a line that GitHub passes over; with file, line and what to write.
    """
    return RuleIndex(_rule(lines, number, line) for number, line in lines)


def has_heading(lines: OwnerLines) -> bool:
    """True where a line is the heading of a section, which GitHub does not have."""
    return any(_HEADING.fullmatch(line) for _, line in lines)


def _rule(lines: OwnerLines, number: int, line: str) -> OwnerRule:
    if _HEADING.fullmatch(line):
        raise lines.refused(
            number,
            f"{quoted(line)} is a section, which GitHub does not have;"
            ' for a file of GitLab\'s set `owners-dialect = "gitlab"`',
        )
    text, words = split_rule(line)
    owners = tuple(takewhile(lambda word: not word.startswith("#"), words))
    for owner in owners:
        if not _OWNER.fullmatch(owner):
            raise lines.refused(
                number,
                f"{quoted(owner)} is no owner (`@user`, `@organisation/team` or an e-mail address),"
                f" so GitHub passes over the line{if_of_path(owner)}",
            )
    if not owners and _OWNER.fullmatch(text):
        lines.note(
            number,
            f"{quoted(text)} is read as a path that nobody owns; for all files: {quoted(f'* {text}')}",
        )
    return OwnerRule(number, lines.pattern(number, text, github_pattern), owners)
