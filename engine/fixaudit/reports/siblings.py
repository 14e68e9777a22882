"""Reports of plain words: entries of one shape that each state a problem, without places or severities.

Where a document has hardly a finding by evidence of its own, the items of a list, the short sections below one
heading, or the paragraphs of a passage are its findings, if the document says that it lists problems and they
state some. Nothing acts on words alone: such a finding is shown, and paired where its words and a site agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from fixaudit.reports.entry import ReportEntry, box_of, opens_bold
from fixaudit.reports.forms import holds_findings
from fixaudit.reports.labels import labelled
from fixaudit.reports.list_forms import is_praised
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Fence, Paragraph
from fixaudit.reports.problem_words import (
    asks_for_work,
    collects_problems,
    is_other_part,
    is_register,
    names_parts_only,
    needs_nothing,
    says_nothing_found,
    tag_of,
    tells_a_problem,
)
from fixaudit.reports.reportness import is_of_another_kind, opening_words, title_words
from fixaudit.reports.sentences import is_prose, sentence_title
from fixaudit.reports.titles import title_of
from fixaudit.reports.vocabulary import (
    HARD,
    names_issues,
    part_of_report,
    states_approval,
)

_HARDLY_ANY = 3
"""Findings by evidence of their own, up to which a document still is one of plain words."""


def settle_plain_siblings(document: ReportEntry, name: str) -> None:
    """Marks the siblings that are findings by their form, where hardly any entry is one already."""
    found = sum(1 for _ in _findings(document))
    heads = title_words(document, name)
    if is_of_another_kind(document, name):
        return
    said = collects_problems(heads + " " + opening_words(document))
    groups = list(_groups(document, said))
    if any(group[0].kind == "heading" for group in groups):  # their introduction is none of them
        groups = [group for group in groups if group[0].kind != "line" or group[0].sure]
    told = sum(len(group) for group in groups)
    if found > _HARDLY_ANY:
        return
    for group in groups:
        placed = sum(_has_code(entry) for entry in group)
        evident = placed * 2 >= len(group) or any(entry.finding or entry.sure for entry in group)
        lone = len(group) == 1 and group[0].kind == "line" and not group[0].sure
        if found * 4 > told and (lone or not evident):
            continue
        for entry in group:
            _take(entry)


def settle_lettered_items(document: ReportEntry) -> None:
    """Items with ids such as `BUG-4` beside others of that shape that are findings: findings as well."""
    items = [each for each in _items(document) if _lettered(each)]
    found = [each for each in items if each.finding]
    if len(found) < 2 or len(found) * 4 < len(items):
        return
    for item in items:
        told = item.blocks and tells_a_problem(_words(item)) and not needs_nothing(_words(item))
        if not item.finding and told and not item.is_group:
            item.finding = True


def settle_tasks(document: ReportEntry) -> None:
    """Where a third of the bold tasks of a report are findings, all that have steps or a place are."""
    tasks = [each for each in _items(document) if _is_task(each)]
    found = sum(task.finding for task in tasks)
    if found < 2 or found * 3 < len(tasks):
        return
    for task in tasks:
        if not task.finding and not task.is_group and (task.blocks or _has_code(task)):
            task.finding, task.where = True, replace(task.where, part=None)


def settle_captions(document: ReportEntry) -> None:
    """Beside captions whose items all are findings, the items of another one are as well, if of the
    same form: "Specific to a.py:", "In all files:"."""
    for entry in (document, *document.all_sections()):
        captions = [c for c in entry.children if c.kind in ("caption", "lead") and not c.finding]
        lists = [[i for i in c.children if i.kind == "item"] for c in captions]
        told = [items and all(item.finding for item in items) for items in lists]
        if sum(map(bool, told)) < 2 or sum(map(bool, told)) * 2 < len(told):
            continue
        for items, done in zip(lists, told, strict=True):
            alike = (opens_bold(i.head) and _is_open(i) and i.where.part is None for i in items)
            if not done and all(alike):
                for item in items:
                    item.finding = True


def settle_leads(document: ReportEntry) -> None:
    """In a report whose findings are bold leads with a place, those without one are findings as well,
    if of the same form below headings of the same kind."""
    below = [c for s in document.all_sections() for c in s.children if c.where.holds_issues]
    leads = [c for c in below if c.kind == "lead" and c.finding]
    bare = [c for c in below if c.kind == "caption" and c.where.part is None and opens_bold(c.head)]
    if len(leads) < 3 or len(bare) > len(leads):
        return
    for caption in bare:
        told = caption.labels or not holds_findings(caption)
        caption.finding = bool(caption.blocks and told) and _is_open(caption)


def _items(entry: ReportEntry) -> Iterator[ReportEntry]:
    for child in entry.below():
        if child.kind == "item":
            yield child
        else:
            yield from _items(child)


def _lettered(item: ReportEntry) -> bool:
    numbered = re.match(r"[A-Za-z]+-?\d", item.title.id or "") is not None
    return item.title.explicit and numbered and item.where.part is None


def _is_task(item: ReportEntry) -> bool:
    """True for a box and bold words; "Testing" is a heading among those of other kinds of work."""
    bold = box_of(item.head) is not None and opens_bold(item.head)
    return bold and item.where.part in (None, "metrics")


def _findings(entry: ReportEntry) -> Iterator[ReportEntry]:
    """Entries with evidence of their own: findings, and items with an id, which other entries repeat."""
    for child in entry.below():
        if child.finding or (child.kind == "item" and child.title.explicit and child.title.id):
            yield child
        else:
            yield from _findings(child)


def _groups(entry: ReportEntry, said: bool) -> Iterator[list[ReportEntry]]:
    """The groups of siblings below an entry that are findings; `said`: a heading above names problems."""
    if entry.finding:
        return
    words = entry.head.text
    part = part_of_report(words)
    named = names_issues(words) or (collects_problems(words) and not asks_for_work(words))
    if entry.kind == "heading" and not named:
        if part in HARD or part in ("summary", "recommendation") or is_other_part(words):
            return
    here = said or named
    sections = _short_sections(entry, here, named)
    if sections:
        yield sections
        return
    yield from _lists(entry, here, named)
    if any(_is_clear(section) for section in entry.sections):
        yield from _aspects(entry)
        return
    for child in entry.below():
        if child.kind in ("heading", "lead", "caption"):
            yield from _groups(child, here)


def _short_sections(entry: ReportEntry, said: bool, named: bool) -> list[ReportEntry]:
    """Sections that each tell one thing in words of their own."""
    sections = [s for s in entry.sections if not names_parts_only(s.head.text)]
    sections = [s for s in sections if s.blocks and not s.sections and _is_open(s)]
    if any(map(holds_findings, sections)):
        return []
    if any(section.finding for section in sections):
        sections = [s for s in sections if s.finding or (_speaks(s) and tells_a_problem(_words(s)))]
    worded = [s for s in sections if isinstance(s.blocks[0], Paragraph | Fence)]
    lone = named and len([s for s in entry.sections if not names_parts_only(s.head.text)]) == 1
    if (
        not said
        or len(worded) < (1 if lone else 2)
        or (len(worded) * 2 < len(entry.sections) and not lone)
    ):
        return []
    telling = [s for s in worded if tells_a_problem(_words(s))]
    titled = sum(len(s.head.text.split()) > 2 for s in worded)
    return worded if len(telling) * 2 >= len(worded) and titled * 2 > len(worded) else []


def _speaks(section: ReportEntry) -> bool:
    """True for a section with words of its own that is no named part of a report."""
    return isinstance(section.blocks[0], Paragraph) and part_of_report(section.head.text) is None


def _is_clear(section: ReportEntry) -> bool:
    """True for a section that says that nothing was found: "## Security", "No issues."."""
    lines = list(section.lines())
    return len(lines) == 1 and says_nothing_found(lines[0].text)


def _aspects(entry: ReportEntry) -> Iterator[list[ReportEntry]]:
    """What is found under each aspect of a review some aspects of which are clear."""
    for section in entry.sections:
        if (
            not _is_clear(section)
            and not names_parts_only(section.head.text)
            and not section.finding
        ):
            for group in _lists(section, True, False, alone=True):
                group[0].sure = True
                yield group


def _lists(
    entry: ReportEntry, said: bool, named: bool, alone: bool = False
) -> Iterator[list[ReportEntry]]:
    """`alone`: a single paragraph may be a finding right below the title as well."""
    items = [c for c in entry.children if c.kind == "item" and c.head.pieces]
    items = [item for item in items if not (item.is_group and holds_findings(item))]
    for among in dict.fromkeys(item.among for item in items):
        group = [item for item in items if item.among == among and _is_open(item)]
        if _are_findings(group, said, named, is_register(entry.head.text)):
            yield group
    paragraphs = [b for b in entry.blocks if isinstance(b, Paragraph) and _tells_something(b)]
    read = {child.line for child in entry.children}
    paragraphs = [block for block in paragraphs if block.lines[0].number not in read]
    only = all(isinstance(b, Paragraph | Fence) for b in entry.blocks)
    if only and paragraphs and not (items or entry.sections or entry.kind in ("lead", "caption")):
        made = [_paragraph(entry, block) for block in paragraphs]
        telling = [p for p in made if tells_a_problem(_words(p))]
        lone = len(made) == 1 and entry.where.section == "" and not alone
        if said and telling and len(telling) * 2 >= len(made) and not lone:
            entry.children.extend(telling)
            yield telling


def _are_findings(group: list[ReportEntry], said: bool, named: bool, register: bool) -> bool:
    if not group or any(item.where.in_fields for item in group):
        return False
    if any(path in ("location", "lines") for item in group for path in item.labels) and not said:
        return False
    telling = sum(tells_a_problem(_words(item)) for item in group)
    if register and len(group) > 1:
        return True
    if any(tag_of(item.head.text) == "wrong" for item in group):
        return True
    if named:
        return telling * 4 >= len(group)
    coded = sum(_has_code(item) for item in group)
    if said:
        return telling * 2 >= len(group)
    return len(group) > 2 and coded * 2 >= len(group) and telling * 4 >= len(group) * 3


def _is_open(entry: ReportEntry) -> bool:
    """False for praise, for what only says that nothing was found, and for links and fields."""
    text = entry.head.text
    if not re.search(r"[^\W\d_]{2}", re.sub(r"https?://\S+", "", text)):
        return False
    if says_nothing_found(text) or states_approval(text) or is_praised(entry):
        return False
    if tag_of(text) == "wish":
        return False
    label = labelled(entry.head) if entry.kind == "item" else None
    return label is None or label.kind is None


def _tells_something(block: Paragraph) -> bool:
    text = block.text
    if not is_prose(block):
        return False
    first = re.split(r"(?<=[.!?])\s", text)[0]
    return not (says_nothing_found(text) or needs_nothing(first) or states_approval(first))


def _paragraph(entry: ReportEntry, block: Paragraph) -> ReportEntry:
    first, last = block.lines[0], block.lines[-1].number
    return ReportEntry("line", first, last, title_of(first), [block], where=entry.where)


def _has_code(entry: ReportEntry) -> bool:
    return any(
        any(piece.code for piece in line.pieces) or locations_in(line)
        for line in (entry.head, *entry.lines())
    )


def _words(entry: ReportEntry) -> str:
    return " ".join(line.text for line in (entry.head, *entry.lines()))


def _take(entry: ReportEntry) -> None:
    entry.finding, entry.is_group = True, False
    entry.where = replace(entry.where, part=None, plain_list=True)
    if entry.kind == "heading" or entry.rest.text:
        return
    below = entry.goes_on()
    title = sentence_title(entry.head, below[1:] if entry.kind == "line" else below)
    entry.title = replace(title, id=entry.title.id or title.id)
