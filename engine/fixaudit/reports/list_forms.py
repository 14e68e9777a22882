"""Which list items and table rows are findings, by their form."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace

from fixaudit.reports.context import path_of
from fixaudit.reports.disposition import disposition_of_title, disposition_of_value
from fixaudit.reports.entry import ReportEntry, box_of, opens_bold
from fixaudit.reports.field_names import Label
from fixaudit.reports.labels import labelled
from fixaudit.reports.locations import locations_in
from fixaudit.reports.model import Location
from fixaudit.reports.problem_words import ends_well
from fixaudit.reports.severity import severity_of_section
from fixaudit.reports.titles import only_places
from fixaudit.reports.vocabulary import HARD, names_issues, states_a_problem

TELLING: frozenset[Label] = frozenset({"location", "lines", "problem", "code", "recommendation"})


PLACES: frozenset[Label] = frozenset({"location", "lines"})


def item_is_group(item: ReportEntry) -> bool:
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


def item_is_finding(item: ReportEntry) -> bool:
    where, title = item.where, item.title
    text = item.head.text
    if where.part is not None or not item.head.pieces or where.in_fields or _is_figure(item):
        return False
    if is_praised(item):
        return False
    label = labelled(item.head)
    fields = item.labels | ({label.kind} if label is not None and label.kind else set())
    places = [place for line in (item.head, *item.lines()) for place in locations_in(line)]
    told = bool(fields & (TELLING | {"severity"}))
    bare = bool(places) and not (title.ranges or told or item.rest.text)
    if bare and only_places(text, places):
        return False  # a list of places
    lettered = title.explicit and not (title.id or "0")[0].isdigit()
    if lettered and (told or "status" in fields):
        return True
    if places or (where.path is not None and title.ranges):
        return _is_placed_finding(item, places, told)
    if where.path is not None and where.holds_issues and not label:
        return not _GOES_ON.match(text)
    if _is_named(item):
        if any(True for _ in item.fences()):
            rated = title.severity or "severity" in fields or where.severity or where.holds_issues
            return bool(rated) or states_a_problem(title.text)
        if where.holds_issues:
            return told or opens_bold(item.head)
    listed = item.number is None and box_of(item.head) is None
    return where.holds_issues and where.plain_list and listed


def is_praised(item: ReportEntry) -> bool:
    """True for a tick or "Good." that says that all is well; with an id or "RESOLVED" it is a state."""
    text, where = item.head.text, item.where
    if item.title.explicit or where.disposition or disposition_of_title(text)[0]:
        return False
    last = deque((item.head, *item.lines()), 1)[0]
    return ends_well(last.text) or ("✅" in text and not re.search("❌|⚠", text))


def _is_named(item: ReportEntry) -> bool:
    return opens_bold(item.head) or item.number is not None or item.title.explicit


def _is_placed_finding(item: ReportEntry, places: list[Location], told: bool) -> bool:
    where, title = item.where, item.title
    if title.ranges or any(place.ranges for place in places):
        return True
    if title.severity or where.severity or where.holds_issues or where.path is not None:
        return True
    return _is_named(item) and (told or any(True for _ in item.fences()))


_COUNTED = re.compile(
    r"\.\w{1,4}\W{1,6}\d+\s*(?:issues?|findings?|problems?|errors?|bugs?|warnings?|Fehler|Probleme|problemas?|erreurs?|ошиб\w+|件|个|개)\W*\Z",
    re.I,
)
"""A file with how many findings it has."""
_GOES_ON = re.compile(r"\W*(?:these|this|they|it|those|that|given|likely|but|however|so)\b", re.I)
"""A remark about the item before it."""
_FIGURE = re.compile(
    r"\W*(?:~?\d[\d,.]*[+%]?\s+(?:[^\W\d_]+\s+){0,2}?|[^\W\d_]+\W+\d+\s+)(?:issues|findings|problems|files|bugs|vulnerab\w+|errors|warnings|false positives?|items|probl[èe]mes|problemas|Probleme|проблем\w*|个)",
    re.I,
)


def _is_figure(item: ReportEntry) -> bool:
    """ "**27 issues** found": a count, not one of them."""
    if any(place.ranges for place in item.title.locations):
        return False
    if locations_in(item.head):
        return _COUNTED.search(item.head.text) is not None
    return _FIGURE.match(item.head.text) is not None


# --- table rows


def weigh_table(table: ReportEntry) -> None:
    """A table of findings has a column for the problem, and one for its place or severity."""
    kinds = table.labels
    told = {"title", "problem", "recommendation", "rule", "category"} & kinds
    rated = (
        "severity" in kinds and bool({"title", "problem"} & kinds) and bool({"id", "title"} & kinds)
    )
    mended = bool({"recommendation", "id"} & kinds and {"title", "problem"} & kinds)
    judged = {"status", "location"} <= kinds and not told
    neutral = told in ({"problem"}, {"category"}) and not kinds & {
        "severity",
        "weak-severity",
        "lines",
        "id",
    }
    neutral = (
        neutral and not names_issues(table.title.text) and not states_a_problem(table.title.text)
    )
    scores = sum(any(map(_SCORE.fullmatch, row.rest.text.split(" | "))) for row in table.children)
    if scores * 2 > len(table.children) and not kinds & (PLACES | {"id"}):
        return  # "Aspect | Score"
    for row in table.children:
        if "id" in kinds and row.where.part == "praise" and row.where.disposition == "fixed":
            row.where = replace(row.where, part=None)  # "✅ Fixed in v2"
        if row.where.part in HARD or _TOTAL.match(row.rest.text):
            continue
        if judged:
            row.finding = "❌" in row.rest.text and row.where.part is None
        elif neutral and not (row.where.holds_issues or row.where.severity):
            continue  # "File | Description" lists what there is
        elif (
            (told and PLACES & kinds)
            or rated
            or (
                mended
                and bool(row.where.holds_issues or row.where.severity or row.where.disposition)
            )
        ):
            counts = _NUMBER.fullmatch(row.head.text) is not None  # `| High | 3 |`
            row.finding = bool(told & row.cells.keys()) and not counts and not _is_good(row)


_SCORE = re.compile(r"\W*\d+(?:[.,]\d+)?\s*(?:/\s*\d+|%)\W*")
_NUMBER = re.compile(r"\W*\d[\d.,]*\W*")
_TOTAL = re.compile(r"\W*(?:total|gesamt|summe|всего|итого|合计|总计|合計)", re.I)


def _is_good(row: ReportEntry) -> bool:
    text = row.rest.text
    status = row.cells.get("status")
    if status is not None and disposition_of_value(status.text) in ("fixed", "deferred"):
        return False
    return ("✅" in text or "✓" in text) and not re.search("❌|⚠|🔴|🟠|🟡", text)
