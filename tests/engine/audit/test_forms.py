"""Invented reports of other forms, each with its list; and that no place or code gets lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from audit_scores import HERE, score

from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_parser import parse
from fixaudit.reports.markdown_tree import Block, Item, Listing, Section, fences_of, lines_of
from fixaudit.reports.model import Report
from fixaudit.reports.mojibake import repair
from fixaudit.reports.reader import read_report

FORMS = sorted((HERE / "forms").glob("*.md"))
ALL = [*FORMS, *sorted((HERE / "reports").glob("*.md"))]


@pytest.mark.parametrize("path", FORMS, ids=lambda p: p.stem)
def test_form_is_read_right(path: Path) -> None:
    findings, places = score(read_report(path), path.with_suffix(".json"))
    assert findings.expected > 1
    assert findings.wrong == []
    assert places.wrong == []


def test_there_are_more_than_ten_forms() -> None:
    assert len(FORMS) >= 10


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_nothing_with_a_place_or_code_is_lost(path: Path) -> None:
    """Every heading and list item with a place or a code block is inside a finding, a mention, an
    exclusion, or listed as not taken."""
    report = read_report(path)
    document = parse(path.name, repair(path.read_text(encoding="utf-8")))
    lost = [line for line in _telling(document) if not _accounted(report, line)]
    assert lost == []


def _telling(section: Section) -> Iterator[int]:
    if section.level and _tells([b for b in section.blocks if not isinstance(b, Listing)]):
        yield from _firsts([b for b in section.blocks if not isinstance(b, Listing)], section.line)
    for block in section.blocks:
        if isinstance(block, Listing):
            yield from (item.line for item in block.items if _tells(item.blocks))
    for child in section.children:
        yield from _telling(child)


def _firsts(blocks: list[Block], heading: int) -> Iterator[int]:
    for fence in fences_of(blocks):
        yield max(heading, fence.line)


def _tells(blocks: list[Block] | tuple[Block, ...]) -> bool:
    return any(True for _ in fences_of(blocks)) or any(map(locations_in, lines_of(blocks)))


def _accounted(report: Report, line: int) -> bool:
    spans = [(f.line, f.end_line) for f in report.findings]
    points = [m.line for f in report.findings for m in f.mentions]
    points += [e.line for e in report.exclusions] + [n.line for n in report.not_taken]
    if any(first - 1 <= line <= last for first, last in spans):
        return True
    # A code block stands below the heading or item that is listed; nothing else comes between.
    return any(line - 40 < point <= line + 6 for point in points)


def test_items_are_bounded() -> None:
    document = parse("x", "- a\n- b\n  more\n\ntext\n")
    items: list[Item] = [i for b in document.blocks if isinstance(b, Listing) for i in b.items]
    assert [(item.line, item.end) for item in items] == [(1, 1), (2, 3)]
