"""Marks the findings of a report bottom-up, and evens out what headings of one shape are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from fixaudit.reports.context import below, under_title
from fixaudit.reports.entry import Context, ReportEntry
from fixaudit.reports.forms import (
    TELLS_WORDS,
    holds_findings,
    is_placed,
    is_sure,
    named_part,
    part_labels,
    section_is_finding,
)
from fixaudit.reports.labels import labelled
from fixaudit.reports.letter_lists import settle_lists
from fixaudit.reports.list_forms import item_is_finding, item_is_group, weigh_table
from fixaudit.reports.problem_words import says_well
from fixaudit.reports.severity import severity_of_section
from fixaudit.reports.vocabulary import HARD, names_issues, part_of_report, plain, states_a_problem


def weigh(document: ReportEntry) -> None:
    """Marks the findings of a report, and gives every entry its context."""
    _mark_repeated(document)
    _weigh_document(document)
    _settle_weak(document)
    _settle_rated(document)


def _settle_rated(document: ReportEntry) -> None:
    """In a report whose findings have headings such as "HIGH - no timeout", every such heading is one."""
    rated = [s for s in document.all_sections() if s.title.severity and s.title.text]
    if sum(section.finding for section in rated) < max(3, len(rated) / 2):
        return
    for section in rated:
        alone = section.blocks and not section.sections and not holds_findings(section)
        if (
            alone
            and not names_issues(section.title.text)
            and not says_well(section.head.text, section.own_lines())
        ):
            section.finding = True


def _mark_repeated(entry: ReportEntry) -> None:
    """Headings that stand in the same words below three siblings and more are parts of each of them."""
    names = Counter(
        name
        for section in entry.sections
        for name in {plain(s.head.text) for s in section.sections}
    )
    for section in entry.sections:
        for part in section.sections:
            name = plain(part.head.text)
            told = (
                names[name] > 2 and severity_of_section(name)[0] is None and not names_issues(name)
            )
            part.repeated = told and not part.title.explicit and part_of_report(name) is None
        _mark_repeated(section)


def _weigh_document(document: ReportEntry) -> None:
    where = Context()
    sections = document.sections
    if len(sections) == 1 and not _is_lone_finding(sections[0], where):
        # The title of a report says nothing about its parts: "... - Executive Summary".
        top = sections[0]
        document.where = top.where = where
        top.finding = False
        here = under_title(top, where)
        for entry in (*document.children, *top.children, *top.sections):
            _weigh(entry, here)
        _settle_siblings(top)
        settle_lists(top)
        settle_lists(document)
        _run_on(top)
        return
    document.where = where
    for entry in document.below():
        _weigh(entry, where)
    _settle_siblings(document)
    settle_lists(document)
    _run_on(document)


def _is_lone_finding(top: ReportEntry, where: Context) -> bool:
    """A report of a single finding; else the top heading is the title of the report."""
    _weigh(top, where)
    return top.title.explicit and top.finding


def _weigh(entry: ReportEntry, where: Context) -> None:
    entry.where = where
    here = below(entry, where)
    if _lists_fields(entry):
        here = replace(here, in_fields=True)
    for child in entry.below():
        _weigh(child, here)
    _settle_siblings(entry)
    settle_lists(entry)
    match entry.kind:
        case "table":
            weigh_table(entry)
        case "row":
            pass  # its table decides
        case "line" | "tool":
            entry.finding = where.part is None
        case "item":
            entry.is_group = item_is_group(entry)
            entry.finding = not entry.is_group and item_is_finding(entry)
        case _:
            entry.finding = section_is_finding(entry)


def _lists_fields(entry: ReportEntry) -> bool:
    """True for a list of `- **Package**: x`, `- **Impact**: y`: one record, not several findings."""
    items = [child for child in entry.children if child.kind == "item"]
    labels = [labelled(item.head) for item in items]
    kinds = [label.kind for label in labels if label is not None and label.kind is not None]
    return len({*kinds}) > 1 and len(kinds) * 2 >= len(items) and len({*kinds}) * 2 > len(kinds)


def _settle_siblings(entry: ReportEntry) -> None:
    """Of headings of one shape most of which hold findings, the others are no findings themselves."""
    _settle_bare(entry)
    _settle_chapters(entry)
    groups = sum(not section.finding and holds_findings(section) for section in entry.sections)
    if groups * 2 <= len(entry.sections) or groups < 2:
        return
    for section in entry.sections:
        if (
            section.finding
            and not section.title.explicit
            and not is_placed(section)
            and not section.labels & TELLS_WORDS
        ):
            section.finding = False


def _settle_chapters(entry: ReportEntry) -> None:
    """Numbered headings beside a group of findings, or beside a summary and a plan, number the chapters
    of a report: those that tell no problem are no findings."""
    chapters = [s for s in entry.sections if (s.title.id or "").isdigit() and not s.title.explicit]
    groups = sum(not s.finding and holds_findings(s) for s in chapters)
    parts = sum(not s.finding and part_of_report(s.head.text) is not None for s in chapters)
    if groups == 0 and parts < 2:
        return
    for section in chapters:
        told = section.labels | part_labels(section)
        states = states_a_problem(section.head.text) and not names_issues(section.head.text)
        states = states and not holds_findings(section)
        if not (is_placed(section) or told & TELLS_WORDS or section.title.severity or states):
            section.finding = False


def _settle_weak(document: ReportEntry) -> None:
    """In a report whose findings tell a place, a problem or how bad it is, headings that only have a
    number and some code or a file below them are its chapters."""
    groups = [_found_in(entry) for entry in (document, *document.all_sections())]
    weak = [[_is_weak(entry) for entry in group] for group in groups]
    others = sum(each.count(False) for each in weak) + sum(_told_below(document))
    if others < 3:
        return
    for group, marks in zip(groups, weak, strict=True):
        if marks.count(True) * 2 > len(marks):  # else they are as their siblings
            for entry, is_weak in zip(group, marks, strict=True):
                entry.finding = entry.finding and not is_weak


def _is_weak(entry: ReportEntry) -> bool:
    title, told = entry.title, entry.labels | part_labels(entry)
    if (
        title.explicit
        or title.severity
        or title.locations
        or is_placed(entry)
        or told & TELLS_WORDS
        or any(part.repeated for part in entry.sections)
    ):
        return False
    where = entry.where
    return not (
        states_a_problem(entry.head.text)
        or where.holds_issues
        or where.severity
        or where.disposition
        or where.path
    )


def _found_in(entry: ReportEntry) -> list[ReportEntry]:
    return [section for section in entry.sections if section.finding]


def _told_below(entry: ReportEntry) -> Iterable[bool]:
    """For every row and item below, whether it is a finding with a place or an id."""
    for child in entry.below():
        if child.kind in ("item", "row") and child.where.part is None:
            yield child.finding and bool(child.title.explicit or child.title.locations)
        yield from _told_below(child)


def _settle_bare(entry: ReportEntry) -> None:
    """A heading without words of its own, beside one that holds findings, only groups as well."""
    if not any(not section.finding and holds_findings(section) for section in entry.sections):
        return
    for section in entry.sections:
        bare = section.sections and not section.blocks and not part_labels(section)
        if section.finding and bare and not section.title.explicit:
            section.finding = False


def _run_on(document: ReportEntry) -> None:
    """Headings numbered on, most of them findings: the others are findings as well."""
    run: list[ReportEntry] = []
    for entry in [*_headings(document), None]:
        follows = (
            entry is not None
            and bool(run)
            and entry.title.id is not None
            and entry.title.id.isdigit()
            and int(entry.title.id) == int(run[-1].title.id or 0) + 1
        )
        if follows and entry is not None:
            run.append(entry)
            continue
        _settle_run(run)
        starts = entry is not None and entry.title.id == "1"
        run = [entry] if entry is not None and starts else []


def _headings(entry: ReportEntry) -> Iterable[ReportEntry]:
    for section in entry.sections:
        if section.title.id is not None:
            yield section
        if not section.finding:
            yield from _headings(section)


def _settle_run(run: list[ReportEntry]) -> None:
    sure = sum(entry.finding for entry in run)
    if len(run) < 3 or sure * 2 < len(run):
        return
    for entry in run:
        holds = holds_findings(entry)
        told = entry.blocks and not entry.sections and entry.where.part not in HARD
        if not entry.finding and told and not holds and not named_part(entry):
            entry.finding = True
        entry.sure = entry.sure or (entry.finding and any(is_sure(each) for each in run))


# --- headings and leads
