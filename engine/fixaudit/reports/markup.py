"""Reports in plain text, reStructuredText or wiki markup, rewritten as Markdown line by line.

Every line keeps its number, so that the reader has one tree and findings cite the lines of the report as
it is. A full parser of reStructuredText would name most lines only roughly, stop at the roles and directives
of a project's own, and leave a second tree to read.
"""

from __future__ import annotations

import re
from typing import Literal

from fixaudit.reports.letters import without_envelope
from fixaudit.reports.markdown_parser import parse
from fixaudit.reports.markdown_repair import mended
from fixaudit.reports.markdown_tree import Section
from fixaudit.reports.plain_text import plain_to_markdown
from fixaudit.reports.quoted_comments import with_placed_comments
from fixaudit.reports.restructured import restructured_to_markdown
from fixaudit.reports.tool_report import put_back, without_tool_output
from fixaudit.reports.wiki import wiki_to_markdown

Markup = Literal["markdown", "restructured", "wiki", "plain"]


def section_of(name: str, text: str) -> Section:
    """The document as a section of level 0, output of tools set apart. Raises `ReportError` as `parse`."""
    rest, pasted = without_tool_output(mended(text))
    section = parse(name, as_markdown(name, rest))
    put_back(section, pasted)
    return section


def as_markdown(name: str, text: str) -> str:
    """`text` as Markdown with as many lines; Markdown itself comes back as it is."""
    match markup_of(name, text):
        case "restructured":
            return restructured_to_markdown(text)
        case "wiki":
            return wiki_to_markdown(text)
        case "plain":
            return plain_to_markdown(without_envelope(text))
        case _:
            return with_placed_comments(text)


def markup_of(name: str, text: str) -> Markup:
    """The markup a text is written in: by its marks, and by its suffix where these leave it open."""
    suffix = name.lower().rpartition(".")[2] if "." in name.rpartition("/")[2] else ""
    marks = _MARKDOWN.findall(text)
    if suffix in ("rst", "rest"):
        return "restructured"
    if suffix in ("wiki", "mediawiki", "adoc", "asciidoc", "textile", "org") or (
        len(_WIKI.findall(text)) > len(marks)
    ):
        return "wiki"
    if len(_RESTRUCTURED.findall(text)) > len(marks):
        return "restructured"
    few = len(_SURE.findall(text)) == 0 and len(marks) * 40 < text.count("\n") + 40
    return "plain" if few and suffix not in ("md", "markdown") else "markdown"


_SURE = re.compile(r"^#{1,6} +\S.*$|^\s*```|^\s*\|(?:\s*:?-+:?\s*\|)+\s*$", re.M)


_MARKDOWN = re.compile(
    r"^#{1,6} +\S.*$|^\s*```|\*\*[^*\s][^*\n]*\*\*|\[[^\]\n]+\]\([^)\n]+\)|^\s*[-*] \[[ xX]\] "
    r"|^\s*\|.*\|\s*$|^ {0,3}<(?:details|summary|h[1-6]|p|div|b)\b",
    re.M,
)
_WIKI = re.compile(
    r"^(={2,5}) *[^=\n].*?\1\s*$|^h[1-6]\. +\S|^\s*\{(?:code|noformat|panel|quote)\b[^}\n]*\}|\{\{[^{}\n]+\}\}|'''[^'\n]+'''"
    r"|^\s*\|\|.*\|\|\s*$|^\{\||^#\+(?:TITLE|BEGIN_SRC)|</?(?:code|pre|nowiki|syntaxhighlight)\b|^\{\{\{\s*$"
    r"|^\[source,\w+\]$",
    re.M | re.I,
)
_RESTRUCTURED = re.compile(
    r"^\s*\.\. [\w:-]+::|:[\w:]+:`[^`\n]+`|^\.\. _[^:\n]+:|`[^`\n]+ <[^>\n]+>`_|^[^\n]*\S::\n\n\s+\S|^\S[^\n]*\n([~^\"'#*+.])\1{3,}\s*$"
    r"|^\s*:(?!(?:\d|//))[\w ]{2,30}: +\S|^\+[-=+]{6,}\+\s*$|^={3,}( +={3,})+\s*$",
    re.M,
)
