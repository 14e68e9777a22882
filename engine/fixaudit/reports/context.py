"""What the entries above an entry say about it: place, severity, category, disposition; the nearest wins."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile

from fixaudit.reports.disposition import (
    disposition_of_all,
    disposition_of_report,
    disposition_of_section,
)
from fixaudit.reports.entry import Context, ReportEntry
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Listing, Paragraph, Rule, lines_of
from fixaudit.reports.model import Disposition, Location
from fixaudit.reports.severity import severity_of_section
from fixaudit.reports.titles import only_places
from fixaudit.reports.vocabulary import names_issues, part_of_report, plain


def below(entry: ReportEntry, where: Context) -> Context:
    """What holds inside `entry` where it is no finding itself."""
    if entry.kind in ("table", "row", "line", "tool"):
        return where
    words = entry.head.text
    if entry.kind == "document":
        return where
    severity, text = severity_of_section(words)
    disposition = disposition_of_section(words) or said_of_all(entry)
    if severity and not re.search(r"[^\W\d_]", text) and (where.severity or disposition == "fixed"):
        severity = None  # a coloured mark is weaker than words
    path = path_of(entry)
    titled = entry.is_section or re.search(r"[:：]\W*\Z", words)
    part = part_of_report(words) if titled else None
    plural = names_issues(words)
    inherits = where.holds_issues and not part
    section = plain(words) if entry.is_section else where.section
    return Context(
        part=part or where.part,
        severity=severity or where.severity,
        severity_text=text if severity else where.severity_text,
        section=section,
        category=where.category if severity or path else _category(words) or where.category,
        name=where.name if severity or path else plain(words),
        holds_issues=plural or inherits or path is not None,
        path=path or where.path,
        near=_near(entry) or where.near,
        about=where.about,
        number=entry.title.id if entry.title.id and not entry.title.explicit else None,
        disposition=disposition or where.disposition,
        plain_list=plural and only_plain_list(entry),
    )


def said_of_all(entry: ReportEntry) -> Disposition | None:
    """What the words between a heading and the first entry below it say of all entries."""
    if not entry.is_section:
        return None
    said = (
        disposition_of_all(line.text)
        for block in takewhile(lambda block: isinstance(block, Paragraph), entry.blocks)
        for line in lines_of([block])
    )
    return next(filter(None, said), None)


def under_title(entry: ReportEntry, where: Context) -> Context:
    """What the title and summary of a report say of its parts: the one file that it is about, and
    that all is fixed."""
    opening = [s for s in entry.sections if part_of_report(s.head.text) == "summary"][:1]
    title = disposition_of_report(entry.head.text)
    said = [each for each in (title, *map(said_of_all, [entry, *opening])) if each]
    return replace(
        where,
        path=path_of(entry) or _one_file(entry),
        about=_near(entry),
        disposition=next(iter(said), None),
    )


def _near(entry: ReportEntry) -> Location | None:
    """The one file that the words of a heading name."""
    places = locations_in(entry.head) if entry.is_section else ()
    return replace(places[0], ranges=()) if len(places) == 1 and places[0].path else None


def _one_file(entry: ReportEntry) -> Location | None:
    places = locations_in(entry.head)
    return (
        places[0]
        if len(places) == 1 and places[0].path and re.search(r":\s*\S+\Z", entry.head.text)
        else None
    )


def path_of(entry: ReportEntry) -> Location | None:
    """The file an entry is about where it says nothing else."""
    places = entry.title.locations
    if not places or places[0].path is None:
        return None
    words = _REMARK.sub("", entry.head.text)  # "**a.py** - all 7 fixed:"
    return places[0] if only_places(words, places) else None


_REMARK = re.compile(r"(?<=\.\w\w)\W*\s[-–—]\s[^:]{1,40}[:：]\W*\Z")


def _category(words: str) -> str:
    named = re.sub(
        r"\b(?:issues?|findings?|vulnerabilities|problems|considerations|analysis)\b",
        "",
        words,
        flags=re.I,
    )
    return plain(named) if names_issues(words) else ""


def only_plain_list(entry: ReportEntry) -> bool:
    """True for a list right below a heading, and nothing else there that tells one thing."""
    shapes = [block for block in entry.blocks if not isinstance(block, Paragraph | Rule)]
    if entry.sections or len(shapes) != 1 or not isinstance(shapes[0], Listing):
        return False
    told = entry.labels & {"severity", "problem", "recommendation", "location"}
    return entry.blocks[0] is shapes[0] and not told
