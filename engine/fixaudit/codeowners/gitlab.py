"""Owner files as GitLab reads them. Sources: GitLab's documentation, "Syntax of CODEOWNERS file"
and "Advanced CODEOWNERS configuration".

Sections are judged apart: `[Name]`, `^[Optional]`, `[Name][2]` for two approvals, each with default
owners behind it if any; what stands before the first heading is a section too. Names that differ
in case only are one section. In each the last line that matches a path decides, and all that own a
path in some section own it. A line without owners has its heading's default owners, else nobody.
`!pattern` takes paths out of a section, wherever in it it stands.

Owners are `@user`, `@group/subgroup`, roles (`@@developer`, `@@maintainer`, `@@owner`, also in the
plural) and e-mail addresses. Of other words GitLab says that they are ignored; comments at the end
of a line it has none, so owners named there count. Both are told as notes. What it says of a
heading that it cannot read, that it becomes a path and what follows belongs to the section before,
nobody can mean: that is an error here.

Where a pattern stands twice in a section, GitLab's program gives the later line's owners the place
of the earlier one. The documentation, as this module, lets the later line win.
"""

from __future__ import annotations

import re

from fixaudit.codeowners.owner_lines import OwnerLines, if_of_path, quoted, split_rule
from fixaudit.codeowners.path_pattern import gitlab_pattern
from fixaudit.codeowners.rules import OwnerRule, RuleIndex

_HEADING = re.compile(r"\^?\[(?P<name>[^\]]*)\](?:\[(?P<count>[^\]]*)\])?(?P<owners>\s.*)?")
_WILDCARD = re.compile(r"[*?\[\\]")
_NAME = r"[\w.](?:[\w.-]*[\w-])?"
_OWNER = re.compile(
    rf"@{_NAME}(?:/{_NAME})*|@@(?i:developer|maintainer|owner)s?|[^@\s]+@[^@\s]*\w", re.ASCII
)


def gitlab_rules(lines: OwnerLines) -> RuleIndex:
    """The rules of a file, sections numbered in the order of their first headings.

    Raises:
        ConfigError: a heading or a pattern that cannot be read; with file, line and what to write.
    """
    section = 0
    defaults: tuple[str, ...] = ()
    sections = {"": section}
    rules = []
    for number, line in lines:
        if line.startswith(("[", "^[")):
            name, defaults = _heading(lines, number, line)
            section = sections.setdefault(name.casefold(), len(sections))
        else:
            rules.append(_rule(lines, number, line, section, defaults))
    return RuleIndex(rules)


def _heading(lines: OwnerLines, number: int, line: str) -> tuple[str, tuple[str, ...]]:
    found = _HEADING.fullmatch(line)
    if found is None:
        raise lines.refused(
            number,
            f"{quoted(line)} is no section: `[Name]`, `[Name][2]` or `^[Name]`, then a space and"
            " its default owners; a path that begins with a bracket begins with `**/`",
        )
    if not found["name"].strip():
        raise lines.refused(number, "a section needs a name: `[Name]`")
    count = found["count"]
    if count is not None and line.startswith("^"):
        lines.note(
            number, f"an optional section needs no approvals; {quoted(f'[{count}]')} does nothing"
        )
    elif count is not None and not (count.isdecimal() and int(count)):
        lines.note(number, f"{quoted(f'[{count}]')} is no number of approvals; GitLab asks for one")
    return found["name"], _owners(lines, number, (found["owners"] or "").split())


def _rule(
    lines: OwnerLines, number: int, line: str, section: int, defaults: tuple[str, ...]
) -> OwnerRule:
    text, words = split_rule(line)
    if text == "!":
        raise lines.refused(number, "`!` takes out nothing; name a path behind it")
    excludes = text.startswith("!")
    pattern = lines.pattern(number, text.removeprefix("!"), gitlab_pattern)
    if not text.endswith("/") and not _WILDCARD.search(text):
        lines.files[number] = text.removeprefix("!")
    owners = _owners(lines, number, words) if words or excludes else defaults
    if excludes:
        if owners:
            lines.note(
                number,
                f"{quoted(text)} takes paths out of the section; {quoted(owners[0])} gets nothing",
            )
        owners = ()
    elif words and not owners:
        lines.note(number, "names no owner, so nobody owns it in this section")
    elif not owners and _OWNER.fullmatch(text):
        lines.note(
            number,
            f"{quoted(text)} is read as a path that nobody owns; for all files: {quoted(f'* {text}')}",
        )
    return OwnerRule(number, pattern, owners, section, excludes)


def _owners(lines: OwnerLines, number: int, words: list[str]) -> tuple[str, ...]:
    """The owners among words; of the others, and of owners in a comment, a note is kept."""
    owners: list[str] = []
    is_comment = False
    for word in words:
        is_comment = is_comment or word.startswith("#")
        bare = word.rstrip(".,:;)") if is_comment else word
        if not _OWNER.fullmatch(bare):
            if not is_comment:
                lines.note(
                    number,
                    f"{quoted(word)} is no owner, so GitLab ignores it{if_of_path(word)}",
                )
            continue
        if is_comment:
            lines.note(
                number, f"GitLab has no comments behind a path: {quoted(bare)} counts as an owner"
            )
        owners.append(bare)
    return tuple(dict.fromkeys(owners))
