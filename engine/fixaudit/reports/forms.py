"""Which entries are findings, told bottom-up by their form.

An entry with a place, an id, a rule or fields of its own can be a finding; where entries below it bear such
evidence themselves, they are the findings and it is only their context. Words break ties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from fixaudit.reports.context import below, only_plain_list, path_of, under_title
from fixaudit.reports.entry import Context, Entry, box_of, opens_bold
from fixaudit.reports.labels import labelled
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Listing, Paragraph
from fixaudit.reports.severity import severity_of_section
from fixaudit.reports.titles import only_places
from fixaudit.reports.vocabulary import (
    HARD,
    MILD,
    Label,
    Part,
    label_kind,
    names_issues,
    part_of_report,
    plain,
    states_a_problem,
)

_TELLING: frozenset[Label] = frozenset({"location", "lines", "problem", "code", "recommendation"})
_PLACES: frozenset[Label] = frozenset({"location", "lines"})
_WORDS: frozenset[Label] = frozenset({"problem", "recommendation"})


def weigh(document: Entry) -> None:
    """Marks the findings of a report, and gives every entry its context."""
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
        _run_on(top)
        return
    document.where = where
    for entry in document.below():
        _weigh(entry, where)
    _settle_siblings(document)
    _run_on(document)


def _is_lone_finding(top: Entry, where: Context) -> bool:
    """A report of a single finding; else the top heading is the title of the report."""
    _weigh(top, where)
    return top.title.explicit and top.finding


def _weigh(entry: Entry, where: Context) -> None:
    entry.where = where
    here = below(entry, where)
    if _lists_fields(entry):
        here = replace(here, in_fields=True)
    for child in entry.below():
        _weigh(child, here)
    _settle_siblings(entry)
    match entry.kind:
        case "table":
            _weigh_table(entry)
        case "row":
            pass  # its table decides
        case "line" | "tool":
            entry.finding = where.part is None
        case "item":
            entry.is_group = _item_is_group(entry)
            entry.finding = not entry.is_group and _item_is_finding(entry)
        case _:
            entry.finding = _section_is_finding(entry)


def _lists_fields(entry: Entry) -> bool:
    """True for a list of `- **Package**: x`, `- **Impact**: y`: one record, not several findings."""
    items = [child for child in entry.children if child.kind == "item"]
    labels = [labelled(item.head) for item in items]
    kinds = [label.kind for label in labels if label is not None and label.kind is not None]
    return len({*kinds}) > 1 and len(kinds) * 2 >= len(items) and len({*kinds}) * 2 > len(kinds)


def _settle_siblings(entry: Entry) -> None:
    """Of headings of one shape most of which hold findings, the others are no findings themselves."""
    _settle_bare(entry)
    groups = sum(not section.finding and holds_findings(section) for section in entry.sections)
    if groups * 2 <= len(entry.sections) or groups < 2:
        return
    for section in entry.sections:
        if (
            section.finding
            and not section.title.explicit
            and not _is_placed(section)
            and not section.labels & _WORDS
        ):
            section.finding = False


def _settle_bare(entry: Entry) -> None:
    """A heading without words of its own, beside one that holds findings, only groups as well."""
    if not any(not section.finding and holds_findings(section) for section in entry.sections):
        return
    for section in entry.sections:
        bare = section.sections and not section.blocks and not _part_labels(section)
        if section.finding and bare and not section.title.explicit:
            section.finding = False


def _run_on(document: Entry) -> None:
    """Headings numbered on, most of them findings: the others are findings as well."""
    run: list[Entry] = []
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


def stands_apart(entry: Entry) -> bool:
    """True for a finding below another one: it has a number, and a place or words for the problem."""
    told = entry.labels & (_PLACES | _WORDS)
    return entry.finding and entry.title.explicit and entry.title.id is not None and bool(told)


def is_sure(entry: Entry) -> bool:
    """True for a finding by its own form, whatever the heading above is called: it has a place and a
    number or words for the problem, or an id with fields."""
    if not entry.finding or not entry.is_section or entry.where.part in HARD - MILD:
        return False
    title, labels = entry.title, entry.labels | _part_labels(entry)
    if _PLACES & labels and (title.id or _WORDS & labels or title.explicit):
        return True
    lettered = title.explicit and title.id is not None and not title.id[0].isdigit()
    return lettered and bool(labels & (_TELLING | {"severity"}))


def _headings(entry: Entry) -> Iterable[Entry]:
    for section in entry.sections:
        if section.title.id is not None:
            yield section
        if not section.finding:
            yield from _headings(section)


def _settle_run(run: list[Entry]) -> None:
    sure = sum(entry.finding for entry in run)
    if len(run) < 3 or sure * 2 < len(run):
        return
    for entry in run:
        holds = holds_findings(entry)
        told = entry.blocks and not entry.sections and entry.where.part not in HARD
        if not entry.finding and told and not holds and not _named_part(entry):
            entry.finding = True
        entry.sure = entry.sure or (entry.finding and any(is_sure(each) for each in run))


# --- headings and leads


def _section_is_finding(entry: Entry) -> bool:
    title, words, where = entry.title, entry.head.text, entry.where
    parts = _part_labels(entry)
    labels = entry.labels | parts
    placed = bool(_PLACES & labels)
    if _is_field(entry) and not title.explicit and not (title.id and placed):
        return False
    if _named_part(entry) and not (title.explicit and (placed or title.id)):
        if not (placed and (title.id or _WORDS & labels)):
            return False
    if _is_group(entry, placed):
        return False
    if entry.kind == "caption":
        return False
    told = placed or bool(_TELLING & parts) or "severity" in labels
    if title.explicit:
        return told or bool(entry.blocks)
    if title.id is not None:
        return told or bool(title.locations) or has_evidence(entry) or states_a_problem(words)
    if placed or (title.locations and path_of(entry) is None):
        return True
    if where.path is not None and title.ranges and labels & (_WORDS | {"rule", "title"}):
        return True
    if title.locations and any(p.ranges for p in title.locations) and _TELLING & labels:
        return True
    if path_of(entry) and (any(entry.fences()) or labels & _WORDS):
        return bool(where.holds_issues or where.severity)
    if "severity" in labels or title.severity:
        return bool((_TELLING & labels) or any(entry.fences()))
    if _TELLING & parts and "recommendation" in labels:
        return True
    if states_a_problem(words) and not names_issues(words) and _cites_lines(entry):
        return True
    under = bool(where.severity or where.holds_issues) and not names_issues(words)
    return under and (bool(_WORDS & labels) or has_evidence(entry))


def _is_field(entry: Entry) -> bool:
    """ "### Location": a part of the finding above."""
    return label_kind(entry.head.text) is not None


def _part_labels(entry: Entry) -> frozenset[Label]:
    kinds = (label_kind(section.head.text) for section in entry.sections)
    return frozenset(kind for kind in kinds if kind is not None)


def _named_part(entry: Entry) -> Part | None:
    return None if _speaks_of_one(entry) else part_of_report(entry.head.text)


def _speaks_of_one(entry: Entry) -> bool:
    """ "4.1 Testing Strategy Issue - CRITICAL" is no testing strategy."""
    if any(piece.struck for piece in entry.head.pieces):
        return entry.title.id is not None
    single = re.search(
        r"\b(?:issue|bug|problem|vulnerability|flaw|error)\b", entry.title.text, re.I
    )
    return entry.title.id is not None and bool(entry.title.severity or single)


def _is_group(entry: Entry, placed: bool) -> bool:
    title = entry.title
    if not placed and _holds(entry):
        return True
    if title.id is None and not title.explicit and _opens_numbered(entry):
        return True
    leads = sum(
        child.kind == "lead"
        and bool(
            child.title.id or child.title.severity or child.title.explicit or child.title.locations
        )
        for child in entry.children
    )
    rated = [
        c for c in entry.children if c.kind == "caption" and "severity" in c.labels | _label_of(c)
    ]
    if rated and not placed and any(map(holds_findings, rated)):
        return True
    if (leads > 1 and not placed) or (
        leads == 1 and not placed and not title.explicit and title.id is None
    ):
        return True
    if path_of(entry) and not title.explicit and _own_evidence_below(entry):
        return True
    plural = names_issues(entry.head.text) and not placed
    if plural and not title.explicit and _lists_strong(entry, first=title.id is not None):
        return True
    if plural and only_plain_list(entry):
        return True
    empty = not re.search(r"\w", title.text) and not title.locations and not title.explicit
    return empty or _only_severity(entry)


def _label_of(entry: Entry) -> frozenset[Label]:
    label = labelled(entry.head)
    return frozenset({label.kind} if label is not None and label.kind is not None else ())


def _own_evidence_below(entry: Entry) -> bool:
    """Below a path: whether the entries there tell lines, problems or titles of their own."""
    if any(child.finding for child in entry.below()):
        told = entry.labels & (_WORDS | {"severity", "lines"})
        return not told
    return False


def _holds(entry: Entry) -> bool:
    """True where findings with a number or a place of their own stand below."""
    bare = not entry.blocks and bool(entry.sections)
    for child in entry.below():
        if child.kind == "line":
            continue
        if child.kind == "item":
            if (
                child.is_group
                and any(item.finding for item in child.children)
                and not entry.labels & _PLACES
            ):
                return True
            continue
        if child.kind == "table":
            if any(row.finding for row in child.children) and entry.title.id is None:
                return True
            continue
        part = _is_field(child) and not child.title.id
        if child.finding and (child.title.id or _is_placed(child) or child.title.locations or bare):
            return True
        if (
            not child.finding
            and path_of(child)
            and any(item.finding and item.title.ranges for item in child.children)
        ):
            return True
        if not child.finding and (_holds(child) or (not part and _lists_issues(child))):
            return True
    return False


def _lists_issues(entry: Entry) -> bool:
    return names_issues(entry.head.text) and _lists_strong(entry, entry.title.id is not None)


def _only_severity(entry: Entry) -> bool:
    words = plain(entry.head.text)
    return (
        severity_of_section(words)[0] is not None
        and len(words.split()) < 3
        and not (entry.labels - {"severity"})
    )


def _is_placed(entry: Entry) -> bool:
    return bool(entry.labels & (_PLACES | {"severity"})) or any(
        label_kind(section.head.text) == "location" for section in entry.sections
    )


def has_evidence(entry: Entry) -> bool:
    return any(entry.fences()) or any(map(locations_in, entry.lines()))


def _cites_lines(entry: Entry) -> bool:
    """True where a paragraph right below the heading names a file with lines."""
    words = (line for block in entry.blocks if isinstance(block, Paragraph) for line in block.lines)
    return any(place.ranges for line in words for place in locations_in(line))


def _opens_numbered(entry: Entry) -> bool:
    """True where the first thing is a numbered list of bold titles, each with parts of its own."""
    if not entry.blocks or not isinstance(entry.blocks[0], Listing):
        return False
    items = [child for child in entry.children if child.kind == "item"][
        : len(entry.blocks[0].items)
    ]
    told = [item for item in items if item.number and opens_bold(item.head) and item.blocks]
    return len(told) * 2 > len(items)


def _lists_strong(entry: Entry, first: bool) -> bool:
    """True where the blocks hold a list of bold or placed items, or a table.

    `first`: the list must be the first thing there; after code or words it lists details.
    """
    if first and not (entry.blocks and isinstance(entry.blocks[0], Listing)):
        return False
    if any(child.kind == "table" for child in entry.children) and not first:
        return True
    items = [child for child in entry.children if child.kind == "item" and child.head.pieces]
    bold = sum(opens_bold(item.head) for item in items)
    placed = sum(any(map(locations_in, [item.head, *item.lines()])) for item in items)
    return max(bold, 0 if first else placed) * 2 >= len(items) > 0


# --- list items


def holds_findings(entry: Entry) -> bool:
    """True where an entry below is a finding."""
    return any(child.finding or holds_findings(child) for child in entry.below())


def _item_is_group(item: Entry) -> bool:
    """True for `- **High**` or `- app.py:` above a list of findings."""
    inner = [child for child in item.children if child.kind == "item"]
    if not inner:
        return False
    words = item.head.text
    if path_of(item) and not any(place.ranges for place in item.title.locations):
        return True
    if (
        names_issues(words)
        and re.fullmatch(r"\W*[^.:：]{2,30}[:：]\W*", words)
        and opens_bold(item.head)
    ):
        return True
    severity, word = severity_of_section(words)
    bare = re.sub(r"\(.*?\)|[\W\d]", "", words)
    places = [locations_in(line) for child in inner for line in (child.head, *child.lines())]
    return severity is not None and any(places) and len(bare) < len(word) + 16


def _item_is_finding(item: Entry) -> bool:
    where, title = item.where, item.title
    text = item.head.text
    if where.part is not None or not item.head.pieces or where.in_fields or _is_figure(item):
        return False
    if "✅" in text and not re.search("❌|⚠", text) and not where.disposition:
        return False
    label = labelled(item.head)
    fields = item.labels | ({label.kind} if label is not None and label.kind else set())
    places = [place for line in (item.head, *item.lines()) for place in locations_in(line)]
    code = any(True for _ in item.fences())
    named = opens_bold(item.head) or item.number is not None or title.explicit
    rated = bool(title.severity or "severity" in fields or where.severity)
    told = bool(fields & (_TELLING | {"severity"}))
    if places and not title.ranges and not item.rest.text and only_places(text, places):
        return False  # a list of places
    if places or (where.path is not None and title.ranges):
        lines = bool(title.ranges) or any(place.ranges for place in places)
        return (
            lines
            or rated
            or where.holds_issues
            or (named and (told or code))
            or where.path is not None
        )
    if where.path is not None and where.holds_issues and not label:
        return True
    if code and named:
        return where.holds_issues or rated or states_a_problem(title.text)
    if where.holds_issues and named:
        return told or opens_bold(item.head)
    return (
        where.holds_issues
        and item.number is None
        and where.plain_list
        and box_of(item.head) is None
    )


_FIGURE = re.compile(
    r"\W*(?:~?\d[\d,.]*[+%]?\s+(?:[^\W\d_]+\s+){0,2}?|[^\W\d_]+\W+\d+\s+)(?:issues|findings|problems|files|bugs|vulnerab\w+|errors|warnings|false positives?|items|probl[èe]mes|problemas|Probleme|проблем\w*|个)",
    re.I,
)


def _is_figure(item: Entry) -> bool:
    """ "**27 issues** found": a count, not one of them."""
    return _FIGURE.match(item.head.text) is not None and not locations_in(item.head)


# --- table rows


def _weigh_table(table: Entry) -> None:
    """A table of findings has a column for the problem, and one for its place or severity."""
    kinds = table.labels
    told = {"title", "problem", "recommendation", "rule", "category"} & kinds
    rated = (
        "severity" in kinds and bool({"title", "problem"} & kinds) and bool({"id", "title"} & kinds)
    )
    judged = {"status", "location"} <= kinds and not told
    for row in table.children:
        if row.where.part in HARD or _TOTAL.match(row.rest.text):
            continue
        if judged:
            row.finding = "❌" in row.rest.text and row.where.part is None
        elif (told and _PLACES & kinds) or rated:
            row.finding = bool(told & row.cells.keys()) and not _is_good(row)


_TOTAL = re.compile(r"\W*(?:total|gesamt|summe|всего|итого|合计|总计|合計)", re.I)


def _is_good(row: Entry) -> bool:
    text = row.rest.text
    return ("✅" in text or "✓" in text) and not re.search("❌|⚠|🔴|🟠|🟡", text)
