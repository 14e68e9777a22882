"""Output of scanners as text: one record a place, however many lines it takes.

A record is opened by a place with what is said about it (`pkg/a.py:14:5: S324 …`, `a.py(14): …`), by words with
the place below (`F401 … ` and ` --> pkg/a.py:1:8`, `>> Issue: …` and `Location: …`), by a line number under
the name of its file, or by an annotation for a build server. Source with its gutter, carets, notes and
indented words belong to the record above.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fixaudit.reports.locations import location_of
from fixaudit.reports.markdown_tree import Fence
from fixaudit.reports.model import Location
from fixaudit.reports.tool_words import CODE, rule_forms, rules_in, words_of

_LONGEST = 4000
"""Characters of a line that are looked at: a longer one is no line of a tool."""
_FILE = r"(?:(?:\.{0,2}/|[A-Za-z]:[\\/])[^:|\"<>()\[\]]{0,300}?|[\w./\\@+~-]{1,300}?)[\w)\]]\.[A-Za-z]\w{0,5}"
_AT = (
    r"(?::(?P<line>\d+)(?:-\d+)?(?P<column>:\d+(?:[-:]\d+)*)?|\((?P<row>\d+)(?P<and>[,:]\s?\d+)?\))"
)
_PLACED = re.compile(rf"\s*(?P<path>{_FILE}){_AT}(?::\s*|\s+-\s+|\s+|\Z)(?P<words>.*)")
_BELOW = re.compile(
    rf"[\s├└│─]*(?:-->|[╭┌]─*[▶\[]?|Location:?|(?:Path|File):|at\s)\s*(?P<path>{_FILE})"
    rf"(?:{_AT}|,? line (?P<said>\d+))?(?:\]|:\d+|,? col\S* \d+)?\s*\Z"
)
_OF_FILE = re.compile(rf"(?:\s*|[\w.]+ \()(?P<path>{_FILE})\)?:?\s*\Z")
_UNDER_FILE = re.compile(
    r"\s*(?:(?P<line>\d+):\d+\s+(?:[-–]\s+)?|L(?:ine)?:?\s?(?P<row>\d+)(?::[\d-]+)?(?:\s+|\Z))(?P<words>.*)"
)
_ISSUE = re.compile(r">> Issue: (?P<words>.*)")
_MARKED = re.compile(r"(?P<indent>\s*)(?P<level>[❯❱]+)\s+(?P<rule>\S+)\s*\Z")
_LEVELS = {"❱": "info", "❯❱": "warning", "❯❯❱": "error"}
_FIELD = re.compile(r"\s+(?P<name>Severity|CWE):\s*(?P<value>\S+)")
_NOTE = re.compile(
    r"\s*(?:::(?P<level>error|warning|notice)\s+(?P<fields>\S.*?)::"
    r"|##vso\[task\.logissue\s+(?P<azure>[^\]]*)\])(?P<words>.*)"
)
_PAIR = re.compile(r"(\w+)=([^,;]*)")
_GUTTER = re.compile(r"\s*(?:(?P<line>\d+)?\s*(?:[┆⋮╎]|(?P<bar>[|│]))|\d+\t)")
_CARETS = re.compile(r"\s*[\^~]+\s*\Z|\s*❰")
_RULE = re.compile(r"\s*[-=*_─]{4,}\s*\Z")
_HELP = re.compile(r"\s*(?:=\s*)?(?:help|note|info|details):\s", re.I)
_CHAPTER = re.compile(rf"{_FILE}:\s+note:\s|\*{{8,}} Module ")
_SURE_RULE = re.compile(r"[A-Z]{1,6}\d{2,5}|[a-z].*")
_LOOSE = re.compile(r"\(\d+% confidence\)|\s==>\s")


@dataclass(slots=True)
class ToolLine:
    """One record of a tool; `severity` in the tool's own word. `sure`: no person writes such a line.
    `wraps`: its words are a paragraph."""

    line: int
    end: int
    words: str
    rules: list[str]
    place: Location | None = None
    severity: str = ""
    sure: bool = False
    wraps: bool = False


@dataclass(slots=True)
class ToolText:
    """The records of some lines, and the numbers of the lines that belong to one, or to none."""

    records: list[ToolLine] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many lines are not blank."""
        return len(self.taken) + len(self.left)

    @property
    def spoken(self) -> bool:
        """True where tools said at least half of the lines, or surely some: the rest is their summary."""
        share = 8 if any(record.sure for record in self.records) else 2
        return bool(self.records) and len(self.taken) * share >= self.lines


def tool_lines(fence: Fence) -> list[ToolLine]:
    """The records of a block of tool output, none for any other block."""
    found = read_tool_text(list(enumerate(fence.code.split("\n"), fence.line + 1)))
    return found.records if found.spoken else []


def read_tool_text(lines: Sequence[tuple[int, str]]) -> ToolText:
    """The records among numbered lines."""
    return _ToolReader([(number, raw[:_LONGEST]) for number, raw in lines]).read()


class _ToolReader:
    """Goes through the lines once. `head` is the line above, where it may be what a place below is about;
    `file` the file that the lines below belong to; `open` the record that a line may go on with."""

    def __init__(self, lines: list[tuple[int, str]]) -> None:
        self.lines = lines
        self.found = ToolText()
        self.head: tuple[int, str] | None = None
        self.file: tuple[int, str] | None = None
        self.open: ToolLine | None = None
        self.beside = False
        self.indent = 0
        self.source = 0

    def read(self) -> ToolText:
        for at, (number, raw) in enumerate(self.lines):
            if not raw.strip():
                self.head, self.beside = None, False
                continue
            if self._record(number, raw) or self._goes_on(at, number, raw):
                self.found.taken.append(number)
                self.head = None
            else:
                self.found.left.append(number)
                self.head, self.open = (number, raw), None
        self.found.records = [each for each in self.found.records if each.place is not None]
        for each in self.found.records:
            each.rules = [form for rule in each.rules for form in rule_forms(rule)]
        return self.found

    def _record(self, number: int, raw: str) -> bool:
        """Whether the line opens a record, or says where the one above is."""
        note = _NOTE.match(raw)
        if note:
            return self._annotation(number, note)
        placed = _PLACED.match(raw)
        if placed:
            return self._placed(number, placed)
        below = _BELOW.match(raw)
        if below:
            return self._below(number, below)
        issue = _ISSUE.match(raw)
        if issue:
            self._add(number, issue["words"], None, sure=True)
            return True
        marked = _MARKED.match(raw) if self.file else None
        if marked:
            self._add(number, "", None, sure=True)
            record, self.indent = self.found.records[-1], len(marked["indent"])
            record.wraps = True
            record.rules, record.severity = [marked["rule"]], _LEVELS.get(marked["level"], "")
            return True
        of_file = _OF_FILE.match(raw)
        inside = self.open and self.open.wraps and len(raw) - len(raw.lstrip()) > self.indent + 4
        if of_file and not inside and not (self.beside and self.open and raw[:1].isspace()):
            self.file, self.open = (number, of_file["path"]), None
            return True
        row = _UNDER_FILE.match(raw) if self.file else None
        if row and self.file:
            place = location_of(self.file[1], row["line"] or row["row"], number)
            self._add(number, row["words"], place, sure=True)
            return True
        return False

    def _add(self, number: int, text: str, place: Location | None, sure: bool) -> None:
        words = words_of(text)
        sure = sure or any(map(_SURE_RULE.fullmatch, words.rules)) or bool(_LOOSE.search(text))
        self.open = ToolLine(
            number, number, words.text, list(words.rules), place, words.severity, sure
        )
        self.found.records.append(self.open)
        self.beside, self.source = True, 0

    def _placed(self, number: int, placed: re.Match[str]) -> bool:
        place = location_of(placed["path"], placed["line"] or placed["row"], number)
        said, last = words_of(placed["words"]), self.open
        if said.severity.lower() == "note" and last and last.place:
            if (last.place.path, last.place.ranges) == (place.path, place.ranges):
                last.end = number
                return True
        text = re.sub(r"(?:at|in) [^:]*:\Z", "", placed["words"])  # "in public function `x`:"
        self._add(number, text, place, sure=bool(placed["column"] or placed["and"]))
        return True

    def _below(self, number: int, below: re.Match[str]) -> bool:
        place = location_of(
            below["path"], below["line"] or below["row"] or below["said"] or "", number
        )
        if self.head is not None:
            first, text = self.head
            self._add(first, text.strip(), place, sure=True)
            self.found.taken.append(self.found.left.pop())
        elif self.open is None:
            return False
        assert self.open is not None
        self.open.place, self.open.end = self.open.place or place, number
        return True

    def _annotation(self, number: int, note: re.Match[str]) -> bool:
        said = {key.lower(): value for key, value in _PAIR.findall(note["fields"] or note["azure"])}
        path = said.get("file") or said.get("sourcepath")
        if not path:
            return False
        place = location_of(path, said.get("line") or said.get("linenumber") or "", number)
        words = note["words"].split("%0A")[0]
        again = _PLACED.match(words)  # ruff says the place once more
        self._add(number, again["words"] if again else words, place, sure=True)
        record, rule = self.found.records[-1], said.get("code") or said.get("title") or ""
        record.severity = note["level"] or said.get("type") or record.severity
        record.rules = list(dict.fromkeys([*record.rules, *re.findall(rf"\b{CODE}\b", rule)]))
        return True

    def _goes_on(self, at: int, number: int, raw: str) -> bool:
        """Whether the line belongs to the record above: a field, source, a caret, more of its words."""
        record = self.open
        if record is None:
            return bool(_CHAPTER.match(raw))
        if _RULE.match(raw) or _CHAPTER.match(raw):
            self.open = None
            return True
        following = self.lines[at + 1][1] if at + 1 < len(self.lines) else ""
        if record.place and _BELOW.match(following) and not _GUTTER.match(raw):
            return False
        gutter = _GUTTER.match(raw)
        if not self.beside and (gutter["bar"] if gutter else re.match(r"\s*[-*+] ", raw)):
            return False
        if gutter and record.wraps:
            self._line_of_source(number, record, gutter)
            return True
        if gutter or _CARETS.match(raw) or _HELP.match(raw):
            record.end = number
            return True
        said = _FIELD.match(raw)
        if said:
            if said["name"] == "Severity":
                record.severity = said["value"]
            else:
                record.rules.extend(rules_in(said["value"]))
        elif raw[:1].isspace():
            self._more_words(record, raw.strip())
        elif not self.beside:
            return False
        elif not _CARETS.match(following):
            words = words_of(f"{record.words} {raw}")
            if record.rules or not words.rules:
                return False
            record.words, record.rules = words.text, list(words.rules)
        record.end = number
        return True

    def _line_of_source(self, number: int, record: ToolLine, source: re.Match[str]) -> None:
        """A record that names only its file is about the source below, once for each stretch of it."""
        line = int(source["line"] or 0)
        if self.file and line > 0 and not record.place:
            record.place = location_of(self.file[1], str(line), number)
        elif self.file and line > self.source + 1 > 1:
            place = location_of(self.file[1], str(line), number)
            record = replace(record, line=number, end=number, place=place)
            self.found.records.append(record)
            self.open = record
        self.source = line or self.source

    def _more_words(self, record: ToolLine, text: str) -> None:
        if record.wraps and not record.words and record.rules[0][-1] in ".-" and " " not in text:
            record.rules[0] += text  # a rule that goes on in the next line
            return
        if record.wraps and self.source:
            return
        if record.wraps:
            record.words = f"{record.words} {text}".strip()
            return
        row = _UNDER_FILE.match(text)
        words = words_of(row["words"] if row and not record.words else text)
        if not record.words:
            record.words, record.severity = words.text, record.severity or words.severity
        record.rules = record.rules or list(words.rules)
        record.sure = record.sure or bool(record.rules)
