"""Which entries are findings, told bottom-up by their form.

An entry with a place, an id, a rule or fields of its own can be a finding; where entries below it bear such
evidence themselves, they are the findings and it is only their context. Words break ties.
"""

from __future__ import annotations

import re

from fixaudit.reports.context import only_plain_list, path_of
from fixaudit.reports.entry import ReportEntry, box_of, opens_bold
from fixaudit.reports.field_names import Label
from fixaudit.reports.labels import labelled
from fixaudit.reports.list_forms import PLACES, TELLING
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Listing
from fixaudit.reports.problem_words import says_well
from fixaudit.reports.severity import severity_of_section
from fixaudit.reports.vocabulary import (
    HARD,
    MILD,
    Part,
    label_kind,
    names_issues,
    part_of_report,
    plain,
    states_a_problem,
)

TELLS_WORDS: frozenset[Label] = frozenset({"problem", "recommendation"})


_RECORD: frozenset[Label] = frozenset(
    {"weak-severity", "status", "problem", "recommendation", "code"}
)
"""Fields of which two and more make a numbered heading a finding."""


def stands_apart(entry: ReportEntry) -> bool:
    """True for a finding below another one: it has a number, and a place or words for the problem."""
    told = entry.labels & (PLACES | TELLS_WORDS)
    return entry.finding and entry.title.explicit and entry.title.id is not None and bool(told)


def is_sure(entry: ReportEntry) -> bool:
    """True for a finding by its own form, whatever the heading above is called: it has a place and a
    number or words for the problem, or an id with fields."""
    where = entry.where
    mended = where.part == "praise" and where.disposition == "fixed"  # "✅ Completed - bugs"
    if not entry.finding or not entry.is_section or (where.part in HARD - MILD and not mended):
        return False
    title, labels = entry.title, entry.labels | part_labels(entry)
    if PLACES & labels and (title.id or TELLS_WORDS & labels or title.explicit):
        return True
    lettered = title.explicit and title.id is not None and not title.id[0].isdigit()
    return lettered and bool(labels & (TELLING | {"severity"}))


def section_is_finding(entry: ReportEntry) -> bool:
    title, words, where = entry.title, entry.head.text, entry.where
    parts = part_labels(entry)
    labels = entry.labels | parts
    placed = bool(PLACES & labels)
    if _is_field(entry) and not title.explicit and not (title.id and placed):
        return False
    if named_part(entry) and not _outweighs_name(entry, labels):
        return False
    if entry.repeated or entry.kind == "caption" or _is_group(entry, placed):
        return False
    told = placed or bool(TELLING & parts) or "severity" in labels
    told = told or len(labels & _RECORD) > 1 or any(part.repeated for part in entry.sections)
    told = told or bool(where.path and title.ranges and title.severity)
    if title.explicit:
        return told or bool(entry.blocks or title.locations)
    if title.id is not None:
        told = told or bool(title.locations or (where.holds_issues and entry.blocks))
        return told or has_evidence(entry) or states_a_problem(words)
    if placed or (title.locations and path_of(entry) is None):
        return True
    if where.path is not None and title.ranges and labels & (TELLS_WORDS | {"rule", "title"}):
        return True
    if title.locations and any(p.ranges for p in title.locations) and TELLING & labels:
        return True
    if path_of(entry) and (any(entry.fences()) or labels & TELLS_WORDS):
        return bool(where.holds_issues or where.severity)
    if title.severity and title.text and where.path is not None and entry.blocks:
        return not says_well(words, entry.own_lines())  # "HIGH - no timeout" below a file
    if "severity" in labels or title.severity:
        return bool((TELLING & labels) or any(entry.fences()))
    if TELLING & parts and "recommendation" in labels:
        return True
    under = bool(where.severity or where.holds_issues) and not names_issues(words)
    return under and (bool(TELLS_WORDS & labels) or has_evidence(entry))


def _outweighs_name(entry: ReportEntry, labels: frozenset[Label]) -> bool:
    """True where a heading called as a part of a report tells more than its name."""
    title, placed = entry.title, bool(PLACES & labels)
    if title.explicit and (placed or title.id):
        return True
    told = bool(title.id) or bool(TELLS_WORDS & labels)
    return (placed and told) or bool(title.id and len(labels & _RECORD) > 1)


def _is_field(entry: ReportEntry) -> bool:
    """ "### Location": a part of the finding above."""
    return label_kind(entry.head.text) is not None


def part_labels(entry: ReportEntry) -> frozenset[Label]:
    kinds = (label_kind(section.head.text) for section in entry.sections)
    return frozenset(kind for kind in kinds if kind is not None)


def named_part(entry: ReportEntry) -> Part | None:
    return None if _speaks_of_one(entry) else part_of_report(entry.head.text)


def _speaks_of_one(entry: ReportEntry) -> bool:
    """ "4.1 Testing Strategy Issue - CRITICAL" is no testing strategy."""
    if any(piece.struck for piece in entry.head.pieces):
        return entry.title.id is not None
    single = re.search(
        r"\b(?:issue|bug|problem|vulnerability|flaw|error)\b", entry.title.text, re.I
    )
    return entry.title.id is not None and bool(entry.title.severity or single)


def _is_group(entry: ReportEntry, placed: bool) -> bool:
    title = entry.title
    if not placed and _holds(entry):
        return True
    tasks = [c for c in entry.children if c.kind == "item" and box_of(c.head) and c.title.explicit]
    if len(tasks) > 1 and not placed:
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
    if path_of(entry) and any(s.title.severity and s.title.text for s in entry.sections):
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


def _label_of(entry: ReportEntry) -> frozenset[Label]:
    label = labelled(entry.head)
    return frozenset({label.kind} if label is not None and label.kind is not None else ())


def _own_evidence_below(entry: ReportEntry) -> bool:
    """Below a path: whether the entries there tell lines, problems or titles of their own."""
    if any(child.finding for child in entry.below()):
        told = entry.labels & (TELLS_WORDS | {"severity", "lines"})
        return not told
    return False


def _holds(entry: ReportEntry) -> bool:
    """True where findings with a number or a place of their own stand below."""
    bare = not entry.blocks and bool(entry.sections)
    for child in entry.below():
        if child.kind == "line":
            continue
        if child.kind == "item":
            if (
                child.is_group
                and any(item.finding for item in child.children)
                and not entry.labels & PLACES
            ):
                return True
            continue
        if child.kind == "table":
            rows = [row for row in child.children if row.finding]
            own = "id" in child.labels and not entry.title.explicit
            if rows and (entry.title.id is None or own):
                return True
            continue
        part = child.repeated or (_is_field(child) and not child.title.id)
        if child.finding and (child.title.id or is_placed(child) or child.title.locations or bare):
            return True
        if (
            not child.finding
            and path_of(child)
            and any(item.finding and item.title.ranges for item in child.children)
        ):
            return True
        if (
            not child.finding
            and not child.repeated
            and (_holds(child) or (not part and _lists_issues(child)))
        ):
            return True
    return False


def _lists_issues(entry: ReportEntry) -> bool:
    return names_issues(entry.head.text) and _lists_strong(entry, entry.title.id is not None)


def _only_severity(entry: ReportEntry) -> bool:
    words = plain(entry.head.text)
    return (
        severity_of_section(words)[0] is not None
        and len(words.split()) < 3
        and not (entry.labels - {"severity"})
    )


def is_placed(entry: ReportEntry) -> bool:
    return bool(entry.labels & (PLACES | {"severity"})) or any(
        label_kind(section.head.text) == "location" for section in entry.sections
    )


def has_evidence(entry: ReportEntry) -> bool:
    return any(entry.fences()) or any(map(locations_in, entry.lines()))


def _lists_strong(entry: ReportEntry, first: bool) -> bool:
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


def holds_findings(entry: ReportEntry) -> bool:
    """True where an entry below is a finding."""
    return any(child.finding or holds_findings(child) for child in entry.below())
