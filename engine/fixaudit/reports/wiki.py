"""Wiki markup (MediaWiki, Jira and Textile, Trac, AsciiDoc, Org) as Markdown with the same lines."""

from __future__ import annotations

import re

_EQUALS = re.compile(r"(={1,6})\s*(?P<words>[^=\s].*?)\s*=*\s*\Z")
_NUMBERED = re.compile(r"h([1-6])\.\s+(?P<words>.+)")
_STARRED = re.compile(r"(\*+)\s+(?P<words>\S.*)")
_LIST = re.compile(r"(?P<indent>\s*)(?P<marks>[*#]+|-)\s+(?P<words>\S.*)")
_OPENS = re.compile(
    r"\s*(?:\{(?:code|noformat)(?::(?P<jira>[\w#+]+))?[^}]*\}|<(?:pre|nowiki)>|<syntaxhighlight(?:[^>]*?lang=\"?(?P<wiki>\w+))?[^>]*>"
    r"|\{\{\{(?:#!(?P<trac>\w+))?|#\+BEGIN_SRC\s*(?P<org>\w*))\s*(?P<rest>.*)\Z",
    re.I,
)
_CLOSES = re.compile(
    r"(?P<before>.*?)(?:\{(?:code|noformat)\}|</(?:pre|nowiki|syntaxhighlight)>|\}\}\}|#\+END_SRC)\s*\Z",
    re.I,
)
_SOURCE = re.compile(r"\[source,\s*(\w+)")
_NOISE = re.compile(
    r"\{/?(?:color|panel|quote|info|warning|tip|note|anchor|toc)\b[^}]*\}|<br\s*/?>|__\w+__\Z|\[\[Category:[^\]]*\]\]",
    re.I,
)


def wiki_to_markdown(text: str) -> str:
    """`text` as Markdown, with as many lines."""
    lines = text.split("\n")
    org = re.search(r"^#\+|^\*{1,3} (?:TODO|DONE|FIXME)\b", text, re.M | re.I) is not None
    bold = re.search(r"^h[1-6]\. |^\{code|\{\{", text, re.M) is not None
    made: list[str] = []
    fence: str | None = None
    source = ""
    table = False
    for line in lines:
        if fence is not None:
            closed = line.strip() == fence if fence else _CLOSES.match(line)
            if closed:
                before = "" if isinstance(closed, bool) else closed["before"]
                made.append("```" if not before.strip() else before)
                fence = None
            else:
                made.append(line)
            continue
        opened = _OPENS.match(line)
        if line.strip() in ("----", "....") and source:
            made.append("```" + source)
            fence, source = line.strip(), ""
        elif opened and not _CLOSES.match(opened["rest"]) and not opened["rest"].strip():
            language = next((lang for lang in opened.groups()[:4] if lang), "")
            made.append("```" + language)
            fence = ""
        elif announced := _SOURCE.match(line):
            source = announced[1]
            made.append("")
        elif table or line.startswith(("{|", "|===")) or re.match(r"\s*\|\|.*\|\|\s*\Z", line):
            table = _table(line, made, table)
        elif re.match(r"\s*\|.*\|\s*\Z", line) and made and made[-1].startswith("|"):
            made.append(_inline(line.strip(), bold))
        else:
            made.append(_line(line, org, bold))
    return "\n".join(made)


def _line(line: str, org: bool, bold: bool) -> str:
    heading = (
        _EQUALS.match(line) or _NUMBERED.match(line) or (_STARRED.match(line) if org else None)
    )
    if heading:
        level = int(heading[1]) if heading[1].isdigit() else len(heading[1])
        words = re.sub(r"\A(?:TODO|DONE)\s+", "", heading["words"]) if org else heading["words"]
        return "#" * min(level, 6) + " " + _inline(words, bold)
    if line.startswith("#+"):
        return "# " + line.partition(":")[2].strip() if line.lower().startswith("#+title") else ""
    item = _LIST.match(line)
    if item and not re.fullmatch(r"\W*", item["words"]):
        depth = len(item["marks"]) - 1 + len(item["indent"].expandtabs(4)) // 2
        mark = "1.  " if item["marks"][-1] == "#" else "-   "
        return "    " * depth + mark + _inline(item["words"], bold)
    return _inline(re.sub(r"\A(?:bq\.|[:;]+)\s*", "", line), bold)


def _inline(line: str, bold: bool) -> str:
    line = _NOISE.sub("", line)
    line = re.sub(r"\{\{\{?([^{}]+)\}?\}\}", r"`\1`", line)
    line = re.sub(r"</?(?:code|tt|kbd)>", "`", line)
    line = re.sub(r"'''([^']+)'''", r"**\1**", line)
    line = re.sub(r"''([^']+)''", r"\1", line)
    line = re.sub(r"\[\[(?:[^|\]]*\|)?([^\]]+)\]\]", r"\1", line)
    line = re.sub(r"\[(https?://[^\s\]|]+)[ |]([^\]]+)\]", r"[\2](\1)", line)
    line = re.sub(r"\[([^\]|\n]+)\|(https?://[^\]|]+)[^\]]*\]", r"[\1](\2)", line)
    if bold:
        line = re.sub(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])", r"**\1**", line)
        line = re.sub(r"(?<![\w@])@([^@\s][^@\n]*)@(?!\w)", r"`\1`", line)
    return line


def _table(line: str, made: list[str], inside: bool) -> bool:
    """One line of a table; a header moves up a line where that is blank, for the line below it."""
    bare = line.strip()
    if bare.startswith("||"):
        cells = [cell.strip() for cell in bare.strip("|").split("||")]
        _header(made, cells)
        return False
    if bare.startswith(("{|", "|===")):
        made.append("")
        return not inside or bare.startswith("{|")
    if bare.startswith("|}"):
        made.append("")
        return False
    if bare.startswith("!"):
        cells = [cell.strip() for cell in re.split(r"!!|\|\|", bare[1:])]
        if made and made[-1].startswith("|---"):  # one heading a line
            heads = made[-2].strip("| ").split(" | ")
            made[-2] = "| " + " | ".join([*heads, *cells]) + " |"
            made[-1] = "|" + "---|" * (len(heads) + len(cells))
            made.append("| |")
            return True
        _header(made, cells)
        return True
    if bare.startswith(("|-", "|+")) or not bare:
        headed = any(row.startswith("|---") for row in made[-40:])
        made.append("| |" if headed and made[-1].startswith("|") else "")
        return True
    cells = [_inline(cell.strip(), False) for cell in re.split(r"\|\|", bare.lstrip("|"))]
    last = next((at for at in range(len(made) - 1, -1, -1) if made[at] != "| |"), 0)
    if len(cells) == 1 and last and made[last].startswith("| ") and len(made) - last == 1:
        made[last] = made[last].rstrip("| ") + " | " + cells[0] + " |"
        made.append("| |")
        return True
    made.append("| " + " | ".join(cells) + " |")
    return True


def _header(made: list[str], cells: list[str]) -> None:
    row = "| " + " | ".join(cells) + " |"
    rule = "|" + "---|" * len(cells)
    if made and not made[-1].strip():
        made[-1] = row
        made.append(rule)
    else:
        made.append(row)
