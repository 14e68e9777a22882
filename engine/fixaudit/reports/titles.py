"""Headings and list-item leads taken apart: number, severity, title, place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fixaudit.reports.disposition import disposition_of_line, disposition_of_title, tag_of
from fixaudit.reports.locations import LINE_WORD, lines_in, locations_in, merged, ranges_in
from fixaudit.reports.markdown_tree import Line, Piece
from fixaudit.reports.model import LineRange, Location, Severity
from fixaudit.reports.severity import (
    RANKED_ID,
    SAID_AT_END,
    SAID_BY_MARK,
    SAID_IN_BRACKETS,
    WORD,
    normalised,
    severity_mark,
)

_KIND = (
    r"(?:code |security |audit )?(?:issue|finding|bug|problem|vulnerability|vuln|risk|item|defect|observation|smell"
    r"|concern|error|weakness|d[ée]bito|d[íi]vida|deuda|dette|violation|hotspot|bottleneck|flaw|gap|warning|recommendation|instance|comment|case|entry|debt"
    r"|problem|befund|fehler|schwachstelle|probl[èe]me|constat|anomalie|problema|hallazgo|achado|vulnerabilidade?|vulnerabilit[àa]|проблема|ошибка|находка|уязвимость|问题|缺陷|漏洞|問題|指摘|課題|문제|sorun|bulgu)"
)
_CODE_ID = r"(?!A\d\d:20\d\d|CWE|CVE|OWASP|UTF|SHA|MD\d|HTTP|ISO|RFC|PEP|TLS)[A-Z][A-Z0-9]{0,9}(?:-[A-Z0-9]{1,9}){0,3}-?\d{1,5}(?:\.\d{1,2})*[a-z]?"
_NUMBER = r"\d{1,3}(?:\.\d{1,3})*[a-z]?"
_IDS = (
    re.compile(rf"{_KIND}\s*(?:no\.?|number)?\s*[#-]?\s*(?P<id>{_CODE_ID}|[A-Z]?-?{_NUMBER})\b(?:\s?[-–—]\s?#?{_NUMBER}\b)?\s*[\]):.–—-]*\s*", re.I),
    re.compile(rf"\[(?P<id>{_CODE_ID})\]\s*[:.–—-]*\s*"),
    re.compile(rf"(?P<id>{_CODE_ID})(?=\s*[:.)\]|–—]|\s+[-(/]|\s*$)\s*[:.)|–—/-]*\s*"),
    re.compile(rf"#(?P<id>{_NUMBER})\b\s*[:.)–—-]*\s*"),
    re.compile(rf"\[(?P<id>{_NUMBER})\]\s*[:.)–—-]*\s*"),
    re.compile(r"(?P<id>\d{1,3}(?:\.\d{1,3})*[a-z]?)(?:[.):]+\s+|\s*[–—-]\s+|(?<=\.\d)\s+|(?<=\.\d\d)\s+)(?=\S|$)"),
)  # fmt: skip
_TASK = re.compile(rf"\[[ xX]\]\s*(?P<id>{_CODE_ID})\s+(?:\[[A-Z]{{1,4}}\d*\]\s*)*")
"""`- [x] T012 [P] [US1] Move ...`: an entry of a list of tasks, with its tags."""
_SEV_TAG = re.compile(
    rf"(?:[\[(【（](?:[A-Z]{{1,2}}-)?(?:sev(?:erity)?\s*[:-]?\s*)?(?P<tag>{WORD})(?:[ -](?:risk|severity|priority))?[\])】）]"
    rf"|(?P<word>{WORD})(?:\s?/\s?(?:{WORD}))?(?:[ -](?:risk|severity|priority))?(?:\s\([a-z ]{{2,20}}\)(?=\s*(?:[:–—]|-\s)))?(?=\s*(?:[#:|–—]|-\s|\d))|(?P<ranked>[PS]\d)(?=\.\s)"
    rf"|(?P<kinded>{WORD})(?=[ -]{_KIND}\s*[#\d]))\s*[:.|–—-]*\s*",
    re.I,
)
_SEVERITY_WORD = re.compile(rf"\b(?:{WORD})\b", re.I)
_FIRST_MARK = 0xE000
"""Places are replaced by single characters of the private area while a title is cut."""
_MARK = "[\ue000-\ue0c7]"
_GLUED = "[^\\s\ue000-\ue0c7]*"
_IN_BRACKETS = re.compile(
    rf"\s*[(\[]\s*(?:(?P<word>in|at|see) |(?P<lines>{LINE_WORD}\s*[\d,\s–-]+(?:in|of|von|de|du|dans|en|em|di|в|из)?\s*)?){_MARK}(?P<more>[^()\[\]]*)[)\]]\s*:?\s*",
    re.I,
)
_AT_END = re.compile(
    rf"\s+(?:[-–—|:@]+|(?P<word>in|at))\s+{_MARK}\S*(?:,\s*[\d-]+)*(?:\s*[/,&+]\s*{_MARK}\S*)*(?:,?\s+{LINE_WORD}\s*\d[\d,\s–-]*)?\s*[:.]?\Z"
)
_IN_FRONT = re.compile(
    rf"(?P<front>.{{0,24}}?){_MARK}(?::[\d,\s-]+)?{_GLUED}(?:\s*(?:[+,&]|and|und|et|y|e|и)\s*{_MARK}{_GLUED})*\s*[-–—:|]+\s+(?P<rest>\S.*)"
)
_ID_OF_PLACE = re.compile(rf"\A(\W*{_CODE_ID})\s+(?={_MARK})")  # "F-01 `a.py:9` - ..."
_EFFORT = re.compile(
    r"\s*\((?:\D{0,12}\d[^()]*\b(?:minutes?|mins?|hours?|hrs?|h|days?|weeks?)\b[^()]*|[^()]*\b(?:effort|esfuerzo|esforço|aufwand|sforzo|трудо\w+|impact)\s*[:=][^()]*)\)\s*\Z",
    re.I,
)
RULE_NAME = re.compile(r"\s*\([a-z]+(?:-[a-z]+)+\)\s*\Z")  # a linter's name for its rule
_STARS = re.compile(r"\s*[-–—:]*\s*(?:[⭐★☆🌑🌕🌟]\ufe0f?\s*)+(?:\(.*\))?\s*\Z")
_AT_LINE = re.compile(
    rf"\W*(?:issue|finding|problem|bug)?\s*(?:(?:at|on|in)\s+)?{LINE_WORD}\s*[\d,\s–-]+", re.I
)
_LIST = r"\d{1,7}(?:\s*(?:-|–|,|/|and|&)\s*\d{1,7})*"
_FRONT_LINES = re.compile(rf"(?:L|{LINE_WORD})\s*({_LIST})(?!\w)\s*[:.)–—-]*\s*", re.I)
_ID_AND_LINES = re.compile(rf"{_CODE_ID}\s*[/,(]?\s*{LINE_WORD}\W*{_LIST}\W*")
_LEADING_LINES = re.compile(rf"(?:L(?=\d+\s?-)|{LINE_WORD})\s*({_LIST})\s*[:.)–—-]+\s+(?=\S)", re.I)
_LINES_IN_BRACKETS = re.compile(rf"\s*\((?:at |on )?(?:L|{LINE_WORD})\s*{_LIST}\)", re.I)
_RULE_TAG = re.compile(r"\[(?:CWE-\d+|[A-Z]{1,4}\d{3,4})\]\s*[:–—-]*\s*")


@dataclass(frozen=True, slots=True)
class Title:
    """A heading or lead taken apart. `explicit`: it calls itself an issue or carries an id."""

    text: str
    id: str | None = None
    explicit: bool = False
    severity: Severity | None = None
    severity_text: str = ""
    locations: tuple[Location, ...] = ()
    mark: Severity | None = None
    ranges: tuple[LineRange, ...] = ()


def title_of(line: Line, heading: bool = False) -> Title:
    """The parts of a heading line; a trailing place and severity are cut from its text."""
    locations = _outside_brackets(line, merged(locations_in(line)))
    text = _cut_places(line, locations, heading)
    verdict = disposition_of_title(text)[1]
    if verdict and text.endswith(verdict) and not only_places(text[: -len(verdict)], locations):
        text = text[: -len(verdict)].rstrip(" -–—:([~✅☑✔")
    text = text[tagged.end() :] if (tagged := tag_of(text)) else text
    marked = SAID_BY_MARK.search(text)
    if marked and marked.start() > 0:
        text = text[: marked.start()]
    task = _TASK.match(text)
    text = _unmarked(text[task.end() :] if task else text)
    text, ranges = _cut_heading_lines(text) if heading else _cut_lines(text)
    text, ident, explicit, word = _cut_front(text)
    if task and ident is None:
        ident, explicit = task["id"], True
    if not heading and (not ranges or _FRONT_LINES.match(text)):
        text, ranges = _cut_lines(text)
    said = SAID_IN_BRACKETS.search(text)
    if said and not word:
        word, text = said["word"], text[: said.start()] + text[said.end() :]
    word = word or (marked["word"] if marked else "")
    tail = SAID_AT_END.search(text := _EFFORT.sub("", text))
    while tail and tail.start() > 0:
        word = word or tail.group().strip(" -–—:|,()[]")
        text, tail = text[: tail.start()], SAID_AT_END.search(text[: tail.start()])
    if ident is not None and not word and (ranked := RANKED_ID.match(ident)):
        word = ranked["word"]
    if ident is not None and not word and normalised(text.strip(" :–—-|()[]")):
        word, text = text, ""  # "Issue 1 - CRITICAL"
    if heading and not ranges and _AT_LINE.fullmatch(text):
        ranges = lines_in(text)
    text = _STARS.sub("", RULE_NAME.sub("", text))
    text, mark = text.strip(" :–—-|"), severity_mark(line.text)
    severity = next((s for s in map(normalised, re.findall(r"\w+", word)) if s), None)
    return Title(text, ident, explicit, severity, word, locations, mark, ranges)


def _outside_brackets(line: Line, places: tuple[Location, ...]) -> tuple[Location, ...]:
    """Where a title opens with a file, others in brackets only explain: "`a.py` - same as (`b.py`)"."""
    if len(places) < 2 or re.search(r"[^\W\d_]{2}", line.text.partition(places[0].written)[0]):
        return places
    bare = re.sub(r"\([^()]*\)", "", line.text)
    return tuple(place for place in places if place.written in bare) or places


def _cut_lines(text: str) -> tuple[str, tuple[LineRange, ...]]:
    """Lines without a path, `L12-18: ...` or `... (lines 4, 9)`, off the text."""
    front = _FRONT_LINES.match(text)
    if front and front.end() < len(text):
        text = text[front.end() :]
        tag = _SEV_TAG.match(text)
        return (text if tag else _unmarked(text)), ranges_in(front.group(1))
    ranges = lines_in(text)
    return _LINES_IN_BRACKETS.sub("", text), ranges


def _cut_heading_lines(text: str) -> tuple[str, tuple[LineRange, ...]]:
    """Lines in brackets off the end of a heading, or in front of its words: "Line 12-18: ..."."""
    if front := _LEADING_LINES.match(text):
        return text[front.end() :], ranges_in(front.group(1))
    found = _LINES_IN_BRACKETS.search(text)
    if found and found.start() > 0 and not text[found.end() :].strip(" :"):
        return text[: found.start()], lines_in(found.group())
    return text, ()


def only_places(text: str, places: Iterable[Location]) -> bool:
    """True for a heading or title that names files and says nothing else."""
    for place in places:
        module = re.sub(r"[\\/]", ".", (place.path or "").rpartition(".")[0])
        text = text.replace(place.written, "")
        if "." in module:  # "Module shop.web (shop/web.py)"
            text = text.replace(module, "")
    text = _FILE_WORDS.sub("", text)
    return not re.search(r"[^\W\d_]{3}|[\u3040-\u9fff]", text)


_FILE_WORDS = re.compile(
    rf"\(.*\)|\b(?:file|module|specific|for|from|within|issues?|review|findings?|datei|fichier|archivo|arquivo)\b|{LINE_WORD}|файл|文件|ファイル|파일",
    re.I,
)


def _cut_front(text: str) -> tuple[str, str | None, bool, str]:
    """Number, severity and their punctuation off the front, in whatever order they stand."""
    ident, explicit, word = None, False, ""
    for _ in range(6):
        before = text
        tag = _SEV_TAG.match(text) if not word else None
        if tag:
            word = next(group for group in tag.groups() if group)
            numbered = re.match(r"#?\d{1,3}\s*[:.)–—-]", text[tag.end() :])  # "HIGH 2: ..."
            explicit = explicit or tag.group("word") is None or numbered is not None
            text = text[tag.end() :]
        for rank, shape in enumerate(_IDS):
            found = shape.match(text) if ident is None else None
            if found and (found.end() < len(text) or rank == 0):
                whole = re.match(
                    r"[A-Z]{2,}-[A-Z]?\d{1,5}[a-z]?(?![\w.])", found.group()
                )  # "BUG-7"
                ident = whole.group() if whole else found.group("id")
                explicit = explicit or rank < len(_IDS) - 1
                text = text[found.end() :]
                break
        text = _RULE_TAG.sub("", text, count=1) if _RULE_TAG.match(text) else text
        text = _unmarked(text)
        if text == before:
            break
    return text, ident, explicit, word


def _unmarked(text: str) -> str:
    """Emoji, bullets and box marks off both ends."""
    text = re.sub(r"^(?:\[[ xX]\]\s*)?[^\w`\"'(\[【（#<$@_./*]+", "", text)
    return re.sub(r"[^\w`\"')\]>?!.*%+_}…=]+$", "", text)


def _cut_places(line: Line, locations: tuple[Location, ...], heading: bool) -> str:
    """The line's text without a place in brackets or after a dash; a place alone stays."""
    if not locations:
        return line.text
    links = [piece.text for piece in line.pieces if piece.href]
    names = sorted({*links, *(place.written for place in locations)}, key=len, reverse=True)
    text = line.text
    for at, name in enumerate(names[:200]):
        text = text.replace(name, chr(_FIRST_MARK + at))
    exact = not heading or any(place.ranges for place in locations)
    text = _without_marks(text, exact)
    for at, name in enumerate(names[:200]):
        text = text.replace(chr(_FIRST_MARK + at), name)
    return text


def _without_marks(text: str, exact: bool) -> str:
    """`exact`: a place with lines, or of a list item; a mere file in a heading belongs to its words."""
    text = _ID_OF_PLACE.sub(r"\1: ", text)
    bracket = _IN_BRACKETS.search(text)
    told = bracket is not None and len(re.findall(r"[^\W\d_]{3,}", bracket["more"])) > 1
    if bracket and not told and bracket.start() > 0 and (exact or not bracket["word"]):
        rest = text[bracket.end() :]
        return text[: bracket.start()] + ("" if rest[:1] in tuple(",;.:") else " ") + rest
    tail = _AT_END.search(text)
    if tail and (exact or not tail["word"]):
        return text[: tail.start()]
    front = _IN_FRONT.match(text) if exact else None
    verdict = front and re.match(
        r"[A-Z]{3,}\s*(?:\(|\Z)", front["rest"]
    )  # "`a.py` - DELETE (unused)"
    if (
        front
        and not verdict
        and not re.search(
            r"[^\W\d_]{3}", _SEVERITY_WORD.sub("", _IDS[0].sub("", front.group("front")))
        )
    ):
        return front.group("front") + front.group("rest")
    return text


def lead_of(line: Line) -> tuple[Line, Line]:
    """A list item's first line as (title, rest): the bold words in front, or the whole line.

    Marks, check boxes and numbers in front belong to the title; so does a place right after it.
    """
    pieces = list(line.pieces)
    at = next((i for i, p in enumerate(pieces) if p.strong), None)
    front = "".join(p.text for p in pieces[:at]) if at is not None else ""
    if at is None or re.search(r"[^\W\d_]{2}", _SEVERITY_WORD.sub("", front)):
        return line, Line((), line.number)
    end = at
    while end < len(pieces) and pieces[end].strong:
        end += 1
    rest = pieces[end:]
    if rest and re.match(r"\s*[(\[]", rest[0].text):
        inside, rest = _bracket(rest)
        pieces = [*pieces[:end], *inside]
        end = len(pieces)
    lead = Line(tuple(pieces[:end]), line.number)
    said, whole = title_of(lead), lead.text.strip()
    ident = re.fullmatch(_CODE_ID, said.text) is not None and bool(rest)  # `**TD-1**: ...`
    at_line = _ID_AND_LINES.fullmatch(whole) or disposition_of_line(whole.rstrip(":： ") + ": ")
    says = re.search(r"[^\W\d_]{2}", said.text) and normalised(said.text) is None
    bare = ident or at_line or not says
    if bare or any(said.text.startswith(place.written) for place in said.locations):
        return line, Line((), line.number)  # `**High** - ...`, `**a.py:3** - ...`
    if _FRONT_LINES.fullmatch(said.text + " "):
        return line, Line((), line.number)
    return lead, Line(tuple(rest), line.number)


def _bracket(rest: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """What follows a lead, split after the bracket it opens with."""
    for count, piece in enumerate(rest):
        close = -1 if piece.code else max(piece.text.find(")"), piece.text.find("]"))
        if close >= 0:
            inside = replace(piece, text=piece.text[: close + 1])
            after = replace(piece, text=piece.text[close + 1 :])
            return [*rest[:count], inside], [p for p in (after, *rest[count + 1 :]) if p.text]
    return [], rest
