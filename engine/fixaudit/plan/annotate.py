"""The report given back, byte for byte, with one status line under each finding."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fixaudit.errors import ReportError
from fixaudit.reports.model import ReportFinding
from fixaudit.text.visible import encoded, visible

MARK = b"> **fixaudit:** "
_OURS = re.compile(rb"[ \t]*> \*\*fixaudit:\*\* ")
_HEADING = re.compile(rb" {0,3}#{1,6}(?:[ \t]|$)")
_ITEM = re.compile(rb"([ \t]*)(?:[-*+]|\d{1,9}[.)])([ \t]+)")
_RULE = re.compile(rb" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}\s*$")
_NEWLINE = re.compile(rb"(?:\r\n|\n|\r)\Z")
_ROW = re.compile(rb"[ \t]*\|")


def bare(data: bytes) -> bytes:
    """A report without the status lines an earlier run put into it."""
    if MARK not in data:
        return data
    lines = data.splitlines(keepends=True)
    kept = [line for line in lines if not _OURS.match(line)]
    if lines and _OURS.match(lines[-1]) and not lines[-1].endswith((b"\n", b"\r")) and kept:
        # The line stood at the very end of a file without a last newline: that newline was ours.
        kept[-1] = _NEWLINE.sub(b"", kept[-1])
    return b"".join(kept)


def annotate(data: bytes, findings: Sequence[ReportFinding], says: Mapping[str, str]) -> bytes:
    """The report `data` with a line for every finding that `says` has a sentence for, by its id.

    `data` must be what the findings were read from: without status lines (`bare`).

    Raises:
        ReportError: the text is UTF-16, of which lines cannot be told by bytes.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReportError("a UTF-16 report cannot be annotated; save it as UTF-8")
    lines = data.splitlines(keepends=True)
    after: dict[int, list[bytes]] = {}
    for finding in findings:
        if finding.id in says:
            at, indent = _place(lines, finding)
            text = visible(" ".join(says[finding.id].split())).replace("<", "&lt;")
            after.setdefault(at, []).append(indent + MARK + _encoded(text, data))
    return _woven(lines, after, _newline(data))


def _newline(data: bytes) -> bytes:
    match = re.search(rb"\r\n|\n|\r", data)
    return match[0] if match else b"\n"


def _encoded(text: str, data: bytes) -> bytes:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return encoded(text, "ascii")
    return encoded(text)


def _woven(lines: Sequence[bytes], after: Mapping[int, Sequence[bytes]], newline: bytes) -> bytes:
    result: list[bytes] = []
    for number, line in enumerate(lines, 1):
        added = after.get(number, ())
        if added and not line.endswith((b"\n", b"\r")):
            # Nothing may change behind the last line either: no newline there stays none.
            result.append(line + newline + newline.join(added))
            continue
        result.append(line)
        result += [entry + newline for entry in added]
    return b"".join(result)


def _place(lines: Sequence[bytes], finding: ReportFinding) -> tuple[int, bytes]:
    """The line to put the status behind, and its indentation.

    Right under a heading that a blank line follows; else behind the passage, where Markdown can
    take it for nothing but a quotation of its own. A table's rows are not parted.
    """
    first = min(max(finding.line, 1), len(lines))
    if _HEADING.match(lines[first - 1]) and (first == len(lines) or not lines[first].strip()):
        return first, b""
    last = min(max(finding.end_line, first), len(lines))
    while last > first and (not lines[last - 1].strip() or _RULE.match(lines[last - 1])):
        last -= 1
    if _ROW.match(lines[last - 1]) or (first == last and b"|" in lines[first - 1]):
        while last < len(lines) and b"|" in lines[last] and not _HEADING.match(lines[last]):
            last += 1
        return last, b""
    item = _ITEM.match(lines[first - 1])
    return last, b" " * len(item[0].expandtabs(4)) if item else b""
