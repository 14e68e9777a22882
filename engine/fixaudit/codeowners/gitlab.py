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
from dataclasses import dataclass, field

from fixaudit.codeowners.owner_lines import OwnerLines, quoted, split_rule
from fixaudit.codeowners.path_pattern import gitlab_pattern
from fixaudit.codeowners.rules import OwnerRule, OwnerSection, RuleIndex

_HEADING = re.compile(r"\^?\[(?P<name>[^\]]*)\](?:\[(?P<count>[^\]]*)\])?(?P<owners>\s.*)?")
_NAME = r"[\w.](?:[\w.-]*[\w-])?"
_OWNER = re.compile(
    rf"@{_NAME}(?:/{_NAME})*|@@(?i:developer|maintainer|owner)s?|[^@\s]+@[^@\s]*\w", re.ASCII
)


@dataclass(slots=True)
class _Section:
    name: str
    rules: list[OwnerRule] = field(default_factory=list)
    exclusions: list[OwnerRule] = field(default_factory=list)


def gitlab_sections(lines: OwnerLines) -> tuple[OwnerSection, ...]:
    """The sections in the order of their first headings.

    Raises:
        ConfigError: a heading or a pattern that cannot be read; with file, line and what to write.
    """
    current = _Section("")
    sections = {"": current}
    defaults: tuple[str, ...] = ()
    for number, line in lines:
        if line.startswith(("[", "^[")):
            name, defaults = _heading(lines, number, line)
            current = sections.setdefault(name.casefold(), _Section(name))
        else:
            _add_rule(lines, number, line, current, defaults)
    return tuple(
        OwnerSection(section.name, RuleIndex(section.rules), RuleIndex(section.exclusions))
        for section in sections.values()
    )


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


def _add_rule(
    lines: OwnerLines, number: int, line: str, section: _Section, defaults: tuple[str, ...]
) -> None:
    text, words = split_rule(line)
    if text == "!":
        raise lines.refused(number, "`!` takes out nothing; name a path behind it")
    if text.startswith("!"):
        pattern = lines.pattern(number, text[1:], gitlab_pattern)
        if owners := _owners(lines, number, words):
            lines.note(
                number, f"{quoted(text)} takes paths out of the section; {owners[0]} gets nothing"
            )
        section.exclusions.append(OwnerRule(number, pattern, ()))
        return
    owners = _owners(lines, number, words) if words else defaults
    if words and not owners:
        lines.note(number, "names no owner, so nobody owns it in this section")
    elif not owners and _OWNER.fullmatch(text):
        lines.note(
            number, f"{quoted(text)} is read as a path that nobody owns; for all files: `* {text}`"
        )
    section.rules.append(OwnerRule(number, lines.pattern(number, text, gitlab_pattern), owners))


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
                    f"{quoted(word)} is no owner, so GitLab ignores it; in a path write `\\ ` for a space",
                )
            continue
        if is_comment:
            lines.note(number, f"GitLab has no comments behind a path: {bare} counts as an owner")
        owners.append(bare)
    return tuple(dict.fromkeys(owners))
