"""reStructuredText as Markdown with the same lines: titles, lists, fields, tables, literal blocks, roles."""

from __future__ import annotations

import re

from fixaudit.reports.drawn_tables import drawn_tables
from fixaudit.reports.list_layout import laid_out
from fixaudit.reports.plain_text import headed

_ROLE = re.compile(r"(?<![\w`]):[\w:+.-]+:`(?P<words>[^`]+)`")
_NAMED = re.compile(r"\A(?P<name>.*?)\s*<(?P<target>[^<>]+)>\Z")
_LINK = re.compile(r"`(?P<words>[^`<>]+?)\s*<(?P<url>[^<>`]+)>`__?")
_REFERENCE = re.compile(r"`(?P<words>[^`]+)`__?(?!\w)")
_DIRECTIVE = re.compile(r"(?P<indent>\s*)\.\. (?:\|[^|]+\| )?(?P<kind>[\w:-]+)::\s*(?P<rest>.*)\Z")
_CODE = frozenset(
    {"code", "code-block", "sourcecode", "parsed-literal", "literalinclude", "highlight"}
)
_SAID = frozenset({
    "note", "warning", "attention", "caution", "danger", "error", "hint", "important", "tip", "admonition",
    "todo", "topic", "rubric", "deprecated", "versionadded", "versionchanged", "seealso", "sidebar",
})  # fmt: skip
"""Directives whose content is read as words."""
_FIELD = re.compile(r"(?P<indent>\s*):(?P<name>[A-Za-z][\w /-]{0,40}):(?:\s+(?P<value>.*))?\Z")


def restructured_to_markdown(text: str) -> str:
    """`text` as Markdown, with as many lines."""
    lines = [line.expandtabs(8).rstrip() for line in text.split("\n")]
    lines = _with_fences(lines)
    lines = drawn_tables(lines)
    lines = headed(lines)
    code = False
    for at, line in enumerate(lines):
        if line.strip().startswith("```"):
            code = not code
        elif not code:
            lines[at] = _inline(line)
    return "\n".join(laid_out(lines, sets_terms=True))


def _with_fences(lines: list[str]) -> list[str]:
    """Directives and literal blocks: code is fenced, remarks stay as words, the rest is left out."""
    made = list(lines)
    at = 0
    while at < len(lines):
        line = lines[at]
        indent = len(line) - len(line.lstrip())
        directive = _DIRECTIVE.match(line)
        comment = re.match(r"\s*\.\.(?:\s|\Z)", line) is not None
        following = lines[at + 1] if at + 1 < len(lines) else ""
        literal = line.endswith("::") and not comment and not following.strip()
        if not (comment or literal):
            at += 1
            continue
        first, end = _block(lines, at, indent)
        kind = directive["kind"].rpartition(":")[2] if directive else ""
        if literal or kind in _CODE:
            _fence(lines, made, (at, first, end), directive)
            at = max(end, at + 1)
        elif kind in _SAID:
            _remark(made, at, end, " " * indent + (directive["rest"] if directive else ""))
            at += 1
        elif kind in ("list-table", "table", "csv-table"):
            made[at] = ""
            at += 1
        else:
            made[at:end] = [""] * (end - at)
            at = max(end, at + 1)
    return made


def _fence(
    lines: list[str], made: list[str], span: tuple[int, int, int], directive: re.Match[str] | None
) -> None:
    """Fences the block of `span`: the line that announces it, its first line, the line after its last."""
    at, first, end = span
    lead = " " * (len(lines[at]) - len(lines[at].lstrip()))
    language = (directive["rest"].split() or [""])[0] if directive else ""
    if directive is None:
        made[at] = lines[at][:-1] if lines[at].strip() != "::" else ""
    elif first == end:
        made[at] = ""
    if first < end:
        opening = at if directive else first - 1
        made[opening:first] = [lead + "```" + language, *[""] * (first - opening - 1)]
        if end < len(lines) and not lines[end].strip():
            made[end] = lead + "```"


def _remark(made: list[str], at: int, end: int, words: str) -> None:
    """The content of a remark as plain words; its options are left out."""
    made[at] = words
    options = True
    for inner in range(at + 1, end):
        options = options and _FIELD.match(made[inner]) is not None
        line = "" if options else made[inner]
        made[inner] = line[3:] if line[:3].isspace() else line


def _block(lines: list[str], at: int, indent: int) -> tuple[int, int]:
    """Where the indented block below line `at` begins and ends; equal where there is none."""
    first = at + 1
    while first < len(lines) and (not lines[first].strip() or (
        _FIELD.match(lines[first]) and lines[first - 1].strip()
    )):  # fmt: skip
        first += 1
    end = first
    last = first
    while end < len(lines):
        bare = lines[end].strip()
        if bare and len(lines[end]) - len(lines[end].lstrip()) <= indent:
            break
        end += 1
        last = end if bare else last
    return first, last


def _inline(line: str) -> str:
    field = _FIELD.match(line)
    if field and field["name"].lower() not in ("orphan", "tocdepth"):
        line = f"{field['indent']}**{field['name']}:** {field['value'] or ''}".rstrip() + "  "
    line = _ROLE.sub(_role, line)
    line = _LINK.sub(lambda m: f"[{m['words']}]({m['url']})", line)
    line = _REFERENCE.sub(lambda m: m["words"], line)
    line = re.sub(r"(?<![\w`\\])(\w[\w.-]*)_(?=[\s,.;:)]|\Z)(?<!__)", r"\1", line)
    return re.sub(r"\|(\w[\w ]*)\|(?!.*\|)", r"\1", line) if not line.startswith("|") else line


def _role(found: re.Match[str]) -> str:
    words = found["words"].lstrip("~!")
    named = _NAMED.match(words)
    kind = found.group().split(":")[1:-1][-1] if ":" in found.group() else ""
    if named:
        return f"[{named['name']}]({named['target']})" if "/" in named["target"] else named["name"]
    return words if kind in ("ref", "doc", "issue", "pr", "term", "pep") else f"`{words}`"
