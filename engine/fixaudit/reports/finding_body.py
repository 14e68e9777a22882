"""The body of one finding: walks its blocks in order and keeps what labels and code say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from fixaudit.reports.cited_places import (
    loose_place,
    places_told,
    remark_beside,
    says_again,
    with_further_lines,
    with_lines,
)
from fixaudit.reports.disposition import (
    disposition_of_action,
    disposition_of_line,
    disposition_of_value,
    told_elsewhere,
)
from fixaudit.reports.entry import ReportEntry
from fixaudit.reports.field_names import Label
from fixaudit.reports.labels import Labelled, fields_in, labelled, of_table, stamp_on
from fixaudit.reports.locations import lines_in, locations_in, merged, ranges_in, symbols_in
from fixaudit.reports.markdown_tree import Block, Fence, Item, Line, Listing, Paragraph, Table
from fixaudit.reports.model import Disposition, Exclusion, LineRange, Location, Severity, Snippet
from fixaudit.reports.quoted_code import snippets_of
from fixaudit.reports.severity import is_severity, level_inside, severity_in
from fixaudit.reports.tool_words import rules_in
from fixaudit.reports.vocabulary import announces_places, label_kind

_PROSE = frozenset({None, "problem", "code"})
"""Modes in which a file named in passing is a place of the finding; advice names other files."""


_CHANGE = ("recommendation", "context")


_BETWEEN = re.compile(r"\W*(?:vs\.?|versus|and|or|becomes|instead of)\W*", re.I)
"""What stands between two pieces of quoted code, and says nothing by itself."""


@dataclass(slots=True)
class Body:
    """What was found; `cited` are places from labels, titles and lists of files. `rated` where the
    section above gives a severity: a risk told after the advice then is that of the change."""

    severity: Severity | None = None
    severity_text: str = ""
    weak_severity: Severity | None = None
    weak_text: str = ""
    ident: str | None = None
    title: str | None = None
    told: str | None = None
    category: str = ""
    cited: list[Location] = field(default_factory=list)
    passing: list[Location] = field(default_factory=list)
    snippets: list[Snippet] = field(default_factory=list)
    problem: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    symbols: dict[str, None] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    labels: set[Label] = field(default_factory=set)
    advised: list[Location] = field(default_factory=list)
    again: set[LineRange] = field(default_factory=set)
    kept: list[Exclusion] = field(default_factory=list)
    disposition: Disposition | None = None
    mode: Label | None = None
    files_follow: bool = False
    depth: int = 0
    rated: bool = False

    def locations(self) -> tuple[Location, ...]:
        """The cited places; places named in passing add to them only with lines of their own."""
        quoted = [
            s.location
            for s in self.snippets
            if s.location and (s.role != "recommended" or s.location.ranges)
        ]
        return places_told(merged(self.cited), self.passing, quoted, "location" in self.labels)

    def add_section(self, section: ReportEntry) -> None:
        """A part such as `### Location`, or a passage with a heading of its own."""
        self.mode = label_kind(section.head.text)
        self.files_follow = self.mode in ("location", "lines")
        self.note(section.head)
        self.add_blocks(section.blocks)
        for child in section.sections:
            self.add_section(child)

    def add_blocks(self, blocks: tuple[Block, ...] | list[Block]) -> None:
        for block in blocks:
            match block:
                case Paragraph(lines):
                    for line in lines:
                        self.add_line(line)
                case Listing(items):
                    self._items(items)
                case Table():
                    self._table(block)
                case Fence():
                    self.snippets.extend(snippets_of(block, self.mode))
                case _:
                    pass

    def _items(self, items: tuple[Item, ...]) -> None:
        self.depth += 1
        for item in items:
            mode = self.mode
            before = len(self.labels)
            self.add_blocks(item.blocks)
            last = item.blocks[-1] if item.blocks else None
            open_label = isinstance(last, Paragraph) and last.lines[-1].text.endswith(":")
            if not (open_label and len(self.labels) > before):
                self.mode = mode
        self.depth -= 1
        if self.depth == 0 and self.mode != "location":
            self.files_follow = False

    def _table(self, table: Table) -> None:
        properties = of_table(table)
        for label in properties:
            self.take(label)
        names = [label_kind(cell.text) for cell in table.header]
        if self.files_follow or {"location", "lines"} <= set(names):
            for row in table.rows:
                self._cite_row(row, names)
            self.files_follow = False
        elif not properties:
            for row in table.rows:
                for cell in row:
                    self._passing(cell)

    def _cite_row(self, row: tuple[Line, ...], names: list[Label | None]) -> None:
        for kind in ("location", "lines", None):
            for cell, name in zip(row, names, strict=False):
                if name == kind == "lines":
                    self._lines(cell)
                elif name == kind and name in ("location", None):
                    self.cited.extend(locations_in(cell))

    def add_line(self, line: Line) -> None:
        """One line: labels with their values, a listed file, or words."""
        fields = fields_in(line)
        if len(fields) > 1:
            for each in fields:
                self.add_line(each)
            return
        label = labelled(line)
        if label is not None and label.kind is not None:
            self.take(label)
            return
        elsewhere = told_elsewhere(line.text)
        if elsewhere is not None:  # "Moved to resolved, see DONE.md"
            self.disposition = self.disposition or elsewhere
            self.problem.append(line.text)
            return
        if self.disposition is None and not (self.depth and (self.problem or self.advice)):
            self.disposition = disposition_of_line(line.text)
        self.disposition = self.disposition or stamp_on(line)
        if self.depth == 0 and label is not None:
            self.mode, self.files_follow = None, False
        elif self.depth == 0 and self.files_follow and not locations_in(line):
            self.files_follow = self.mode == "location"
        if self.files_follow:
            self._cite(line)
        else:
            self._words(line)

    def take(self, label: Labelled) -> None:
        kind, rest = label.kind, label.rest
        aside = re.search(r"\(([^()]+)\)", label.label)  # "Suggested approach (deferred)"
        if aside and kind in ("recommendation", "status"):
            self.disposition = self.disposition or disposition_of_value(aside[1])
        self.files_follow = False
        if kind in ("severity", "weak-severity"):
            self._rate(label)
            return
        if kind is not None:
            self.labels.add(kind)
        match kind:
            case "location":
                self.files_follow = not locations_in(rest) and not rest.text
                self._cite(rest)
            case "lines":
                self._lines(rest)
            case "category" | "rule":
                self.category = self.category or (rest.text if kind == "category" else "")
                self.rules.extend(rules_in(rest.text))
            case "id":
                self.ident = self.ident or rest.text.strip(" #[]") or None
            case "title":
                self.title, self.mode = self.title or rest.text, "problem"
                self._words(rest)
            case "symbol":
                self._name(rest)
            case "status":
                self._state(rest)
            case _:
                self._speak(kind, rest)

    def _speak(self, kind: Label | None, rest: Line) -> None:
        """What a field tells in words."""
        self.mode = kind
        if kind == "problem":
            self.told = self.told or rest.text or None
        if kind == "recommendation":
            self.disposition = self.disposition or disposition_of_action(rest.text)
        elif kind == "context" and disposition_of_value(rest.text) == "false-positive":
            self.disposition = "false-positive"
        self._words(rest)

    def _state(self, rest: Line) -> None:
        """A verdict, or what is wrong: "State: `views.py` defines it twice"."""
        said = disposition_of_value(rest.text)
        self.disposition = self.disposition or said
        if not rest.text:
            self.mode = "status"
        elif said is None:
            self.mode = "problem"
            self._words(rest)

    def _rate(self, label: Labelled) -> None:
        severity = severity_in(label.rest.text, label.label)
        words = re.sub(r"^\W+", "", label.rest.text).strip()
        if severity is None:  # "Risk: database compromise" tells what happens, not how bad it is
            self.mode = "problem"
            self._words(label.rest)
        elif self.rated and self.mode in _CHANGE and re.match("risk", label.label, re.I):
            self.weak_severity, self.weak_text = self.weak_severity or severity, words
        elif label.kind == "severity" and is_severity(label.label, words):
            self.labels.add("severity")
            if self.severity is None:
                self.severity, self.severity_text = severity, words
        else:
            short = len(words) < 40 or label.label.lower() == "priority"
            if self.weak_severity is None and short:
                self.weak_severity, self.weak_text = severity, words
            if label.label.lower() != "priority":
                self.problem.append(label.rest.text)

    def _cite(self, line: Line) -> None:
        found = list(locations_in(line))
        names = tuple(symbols_in(line))
        if found:
            remark = remark_beside(line, found)
            found = [replace(f, symbols=f.symbols + names, remark=remark) for f in found]
            if not found[-1].ranges and len(found) == 1:
                found[0] = replace(found[0], ranges=lines_in(line.text))
        elif (re.fullmatch(r"\W*[\d\s,–-]+\W*", line.text) and self.cited) or lines_in(line.text):
            self._lines(line)
        elif names:
            found = [
                Location(n, None, (), (n,), remark_beside(line, []), line.number) for n in names
            ]
        self.cited.extend(found)
        self.note(line)

    def _lines(self, rest: Line) -> None:
        inside = locations_in(rest)
        if inside:
            self.cited.extend(inside)
            return
        ranges = lines_in(rest.text) or ranges_in(rest.text)
        if ranges and not any(place.path for place in self.cited):
            self.passing.append(Location("", None, ranges, (), "", rest.number))
        self.cited = with_lines(self.cited, ranges)

    def _name(self, rest: Line) -> None:
        names = tuple(symbols_in(rest)) or tuple(
            re.findall(r"[A-Za-z_][\w.]*(?=\()|^\w+$", rest.text)
        )
        self.symbols.update(dict.fromkeys(names))
        self._passing(rest)

    def _words(self, line: Line) -> None:
        if _BETWEEN.fullmatch(line.text):  # two quotations
            return
        if self.mode == "status":  # on the line below its label
            self.mode = None
            self._state(line)
        elif self.mode == "recommendation":
            self.advice.append(line.text)
            self.advised.extend(locations_in(line))
        elif self.mode != "context":
            self.problem.append(line.text)
            self._passing(line)
        if announces_places(line.text):
            self.files_follow = True
        self.rules.extend(rules_in(line.text))
        if self.weak_severity is None:
            self.weak_text, self.weak_severity = level_inside(line.text)

    def _passing(self, line: Line) -> None:
        if self.mode not in _PROSE:
            return
        self.note(line)
        found = with_further_lines(line, locations_in(line))
        self.passing.extend(found)
        loose = lines_in(line.text)
        self.again |= {*loose} if says_again(line.text) else set()
        lined = any(place.ranges for place in self.cited)
        if loose and not found and (self.again & {*loose} or not lined):
            self.passing.append(loose_place(loose, self.passing or self.cited, line.number))

    def note(self, line: Line) -> None:
        self.symbols.update(dict.fromkeys(symbols_in(line)))
        self.rules.extend(rules_in(line.text))
