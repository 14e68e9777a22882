"""XML that tools print (JUnit, Checkstyle, PMD and others alike) as rows of findings, through expat.

An element with a message is a finding; what it does not say itself, its parents say: the file, the line, the rule.
Where its text holds lines of a tool, they say it, and each is a finding of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from fixaudit.errors import ReportError
from fixaudit.reports.data_rows import key_of
from fixaudit.reports.model import NotTaken
from fixaudit.reports.tool_lines import ToolLine, read_tool_text
from fixaudit.reports.tool_words import CODE, rule_forms, rules_in, tool_severity

_MESSAGES = ("message", "msg", "description", "title", "shortdescription")
_FINDINGS = ("failure", "error", "violation", "issue", "warning", "problem", "bug")
"""Elements whose mere text is a message."""
_FILE = re.compile(r".*[/\\][^/\\]+\.[A-Za-z]\w{0,5}|[\w.-]+\.(?:pyi?|ipynb|toml|cfg|ini|ya?ml)")
_RULES = ("rule", "ruleid", "check", "source", "code", "id", "type", "name")
_TEST_ID = re.compile(rf"\bTest ID:\s*({CODE})")


@dataclass(slots=True)
class _Element:
    """An element that is not closed yet: its attributes, and what its children hold."""

    tag: str
    said: dict[str, str]
    line: int


def xml_rows(name: str, text: str) -> tuple[list[tuple[int, dict[str, Any]]], list[NotTaken]]:
    """Rows as `tabular` reads them, with the lines of their elements, and messages that name no file.

    Raises `ReportError` naming the line where the XML is broken or declares a document type.
    """
    rows: list[tuple[int, dict[str, Any]]] = []
    left: list[NotTaken] = []
    stack: list[_Element] = []
    for event, node, line in _events(name, text):
        if event == "start":
            said = {key_of(key): value for key, value in node.items()}
            stack.append(_Element(node.tag.rpartition("}")[2].lower(), said, line))
            continue
        element, words = stack.pop(), "".join(node.itertext()).strip()
        node.clear()
        if _is_finding(element, words):
            found = list(_found(element, words, stack))
            rows.extend((element.line + row.pop("below", 0), row) for row in found if row["path"])
            if not any(row["path"] for row in found):
                left.append(NotTaken(element.line, str(found[0]["title"])[:160], "names no file"))
        elif stack:
            inner = {element.tag: words} if words else element.said  # <message>…</message>
            stack[-1].said = {**inner, **stack[-1].said}
    return rows, left


def _events(name: str, text: str) -> Iterator[tuple[str, Element, int]]:
    """Elements as they begin and end, with the line; fed line by line, because that is how it is known."""
    prolog = re.match(r"(?:\s*<[?!](?!DOCTYPE)[^>]*>)*\s*<!DOCTYPE", text)
    if prolog:
        raise ReportError(
            f"{name}:{prolog.group().count(chr(10)) + 1}: XML with a document type is not read; "
            "export the report without it, or as SARIF or JSON"
        )
    parser: Any = XMLPullParser(("start", "end"))
    try:
        for number, line in enumerate(StringIO(text), 1):
            parser.feed(line)
            for event, node in parser.read_events():
                yield event, node, number
        parser.close()
    except ParseError as error:
        why = str(error).partition(":")[0]
        raise ReportError(
            f"{name}:{error.position[0]}: not valid XML: {why}; export the report again"
        ) from error


def _is_finding(element: _Element, words: str) -> bool:
    if any(element.said.get(key) for key in _MESSAGES[:2]):
        return True
    return element.tag in _FINDINGS and bool(words or element.said.get("description"))


def _found(element: _Element, words: str, stack: list[_Element]) -> Iterator[dict[str, Any]]:
    said = element.said
    message = next((said[key] for key in _MESSAGES if said.get(key)), words)
    around = [element, *reversed(stack)]
    records = read_tool_text(list(enumerate(words.split("\n"), 1))).records
    row = {
        "title": message,
        "path": _path(around),
        "line": _first(around, "line", "beginline", "linenumber", "startline"),
        "endline": _first(around[:1], "endline"),
        "severity": _severity(said),
        "rule": _rule(around, words),
        "cwe": ", ".join(rule for rule in rules_in(words) if rule.startswith("CWE-")),
    }
    if not records or (row["path"] and row["line"] and not records[0].sure):
        yield row
    elif len(records) == 1:
        yield row | {key: value for key, value in _of(records[0]).items() if value}
    else:
        yield from ({**_of(record), "below": record.line - 1} for record in records)


def _of(record: ToolLine) -> dict[str, Any]:
    place = record.place
    assert place is not None
    return {
        "title": record.words,
        "path": place.written,
        "line": place.ranges[0][0] if place.ranges else None,
        "severity": record.severity,
        "rule": record.rules[0] if record.rules else None,
    }


def _first(around: list[_Element], *keys: str) -> str | None:
    return next((each.said[key] for each in around for key in keys if each.said.get(key)), None)


def _path(around: list[_Element]) -> str | None:
    """The nearest attribute that is a file: `file`, `path`, or a name that looks like one."""
    for each in around:
        for key in ("file", "filename", "path", "sourcepath", "classname", "name"):
            value = each.said.get(key)
            if value and (key not in ("classname", "name") or _FILE.fullmatch(value)):
                return value
    return None


def _severity(said: dict[str, str]) -> str | None:
    kind = said.get("type", "").rpartition(" ")[2]  # "pylint Error"
    return said.get("severity") or (kind if tool_severity(kind) else None) or said.get("priority")


def _rule(around: list[_Element], words: str) -> str | None:
    named = _TEST_ID.search(words)
    if named:
        return named[1]
    for each in around[:2]:
        for key in _RULES:
            value = each.said.get(key, "")
            spoken = tool_severity(value) or _FILE.fullmatch(value)
            if value and not spoken and re.fullmatch(r"[\w.:-]*[A-Za-z][\w.:-]*", value):
                return rule_forms(value)[-1]
    return None
