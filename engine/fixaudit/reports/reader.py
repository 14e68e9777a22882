"""Reads an audit report of any form: bytes to text, the form told by its content, then its reader."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from fixaudit.errors import ReportError
from fixaudit.reports.data_text import looks_like_yaml, parse_json, parse_yaml
from fixaudit.reports.markdown import read_markdown
from fixaudit.reports.markdown_parser import LIMIT
from fixaudit.reports.model import Format, Report
from fixaudit.reports.sarif import read_sarif
from fixaudit.reports.tabular import read_csv, read_json, read_rows
from fixaudit.reports.tool_report import read_tool_report
from fixaudit.reports.xml_rows import xml_rows


def read_report(path: Path) -> Report:
    """Reads the report at `path`; no other file is ever opened.

    Raises `ReportError` where it cannot be read: missing, too large, binary, empty, broken.
    """
    try:
        with path.open("rb") as file:
            data = file.read(DATA_LIMIT + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ReportError(f"{path}: cannot read the report: {why}; check the path") from error
    return read_report_bytes(str(path), data)


def read_report_bytes(name: str, data: bytes) -> Report:
    """Reads a report from memory; `name` stands in messages and helps to tell the form."""
    if len(data) > DATA_LIMIT:
        raise ReportError(f"{name}: larger than {DATA_LIMIT >> 20} MB; split the report")
    text, warnings = text_of(name, data)
    form, value = sniff(name, text)
    match form:
        case "sarif":
            report = read_sarif(name, value)
        case "json":
            report = read_json(name, value, text)
        case "xml":
            rows, left = xml_rows(name, text)
            report = replace(read_rows(name, "xml", rows), not_taken=tuple(left))
        case "csv":
            report = read_csv(name, text)
        case _:
            report = _prose(name, text, form, len(data))
    if not report.findings:
        warnings.append("no finding was recognised in this report; see docs/audit-formats.md")
    return replace(report, warnings=(*warnings, *report.warnings))


def _prose(name: str, text: str, form: Format, size: int) -> Report:
    tools = read_tool_report(name, text) if form == "markdown" and _opens_so(name, text) else None
    if tools is not None:
        return tools
    if size > LIMIT:
        line = text.count("\n", 0, LIMIT) + 1
        raise ReportError(
            f"{name}:{line}: {size / 1e6:.0f} MB of Markdown, more than the {LIMIT >> 20} MB a report may have; "
            "split it, or give the tool's SARIF or JSON instead"
        )
    return read_markdown(name, text, form)


def _opens_so(name: str, text: str) -> bool:
    """Whether a report too large for Markdown may be the output of a tool: so it would begin."""
    if len(text) <= LIMIT:
        return True
    return read_tool_report(name, "\n".join(text.split("\n", 40)[:40])) is not None


DATA_LIMIT = 64 * 1024 * 1024
"""Bytes of SARIF, JSON, CSV, XML or a tool's lines read at most."""

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "an Office document or archive"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"{\\rtf", "an RTF document"),
)
_IS_JSON = re.compile(r"\s*(?:\{|\[\s*\{\s*\")")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_XML = re.compile(r"\s*<(?:\?xml\b|(?:testsuites?|checkstyle|pmd)[\s>])")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|div|table)\b",
    re.I | re.S,
)


def text_of(name: str, data: bytes) -> tuple[str, list[str]]:
    """The text without a byte order mark, and warnings. Raises `ReportError` for binary data."""
    if data.startswith(b"%PDF"):
        stem = name.removesuffix(".pdf")
        raise ReportError(
            f"{name}:1: this is a PDF; make it text first: pdftotext -layout {stem}.pdf {stem}.md"
        )
    kind = next((kind for magic, kind in _OTHERS if data.startswith(magic)), None)
    if kind:
        raise ReportError(
            f"{name}:1: this is {kind}; save the report as Markdown, HTML, SARIF, JSON or CSV"
        )
    warnings: list[str] = []
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decoded(name, data, "utf-16")
    else:
        nul = data.find(b"\0")
        if nul >= 0:
            line = data.count(b"\n", 0, nul) + 1
            raise ReportError(
                f"{name}:{line}: a NUL byte: this is no text; give the report as Markdown, SARIF, JSON or CSV"
            )
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            text = data.decode("cp1252", errors="replace")
            warnings.append(f"line {line} is not UTF-8; the report was read as Windows-1252")
    odd = re.search(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]", text)
    if odd and len(re.findall(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\ufffd]", text)) * 200 > len(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise ReportError(
            f"{name}:{line}: control characters: this is no text; give the report as Markdown, SARIF, JSON or CSV"
        )
    text = _ANSI.sub("", text) if "\x1b" in text else text
    if not text.strip():
        raise ReportError(f"{name}:1: the report is empty; nothing can be planned from it")
    return text, warnings


def _decoded(name: str, data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise ReportError(
            f"{name}:1: not readable as {codec}: {error.reason}; save it as UTF-8"
        ) from error


def sniff(name: str, text: str) -> tuple[Format, Any]:
    """The form of the report and, for SARIF and JSON, its parsed value.

    The content decides; the suffix only says whether broken JSON is an error or just Markdown.
    """
    if _HTML.match(text[:4000]):
        return "html", None
    if _XML.match(text) or (name.lower().endswith(".xml") and text.lstrip().startswith("<")):
        return "xml", None
    suffix = name.lower().rpartition(".")[2]
    said = suffix in ("json", "sarif")
    if said or text.lstrip()[:1] in ("{", "["):
        value = parse_json(name, text, must=said or _IS_JSON.match(text) is not None)
        if value is not None:
            runs = isinstance(value, dict) and (
                "runs" in value or "sarif" in str(value.get("$schema", ""))
            )
            return ("sarif" if runs or suffix == "sarif" else "json"), value
    if suffix in ("yaml", "yml") or looks_like_yaml(text):
        value = parse_yaml(name, text)
        if value is not None:
            return "json", value
    if suffix in ("csv", "tsv") or _looks_tabular(text):
        return "csv", None
    return "markdown", None


def _looks_tabular(text: str) -> bool:
    """A first line of plain column names, at least a place and a title among them."""
    first = text.lstrip("\n").split("\n", 1)[0].strip().lower()
    names = [cell.strip(' "') for cell in re.split(r"[,;\t]", first)]
    return (
        len(names) > 2
        and all(re.fullmatch(r"[a-z][\w ()/-]{0,30}", cell) for cell in names)
        and bool({"file", "path", "filename", "location"} & set(names))
    )
