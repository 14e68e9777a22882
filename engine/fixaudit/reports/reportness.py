"""Whether a document reports problems at all: a README or a changelog has headings and lists as well.

A document that says so in its title, its name or its opening words is a report; so is one many of whose
entries cite lines or give severities. Of any other only the entries with such evidence are read.
"""

from __future__ import annotations

import re
from dataclasses import replace

from fixaudit.reports.collect import Candidate, Sink
from fixaudit.reports.entry import ReportEntry
from fixaudit.reports.locations import locations_in, merged
from fixaudit.reports.problem_words import (
    is_other_document,
    is_project_file,
    is_report,
    names_problems,
)
from fixaudit.reports.vocabulary import names_issues

_REVIEWED = re.compile(
    r"\W*(?:files?|modules?|scripts?|source|sources|code|target|scope|datei(?:en)?|archivos?|arquivos?|fichiers?|pliki?|файлы?)"
    r"(?: (?:reviewed|audited|analy[sz]ed|examined|checked|under review))?\s*[:：]",
    re.I,
)


def place_loose_lines(document: ReportEntry, sink: Sink) -> None:
    """Gives lines without a file the one Python file that the head of the report says was reviewed."""
    tops = [document, *document.sections[:1]]
    lines = [line for top in tops for line in top.own_lines()]
    heads = [top.head for top in tops if top.head.pieces]
    said = [*heads, *(line for line in lines if _REVIEWED.match(line.text))]
    files = merged(place for line in said for place in locations_in(line))
    files = tuple(place for place in files if (place.path or "").endswith((".py", ".pyi", ".pyx")))
    if len(files) != 1:
        return
    for each in sink.candidates:
        loose = [place for place in each.body.passing if not place.path and place.ranges]
        ranges = each.title.ranges or tuple(r for place in loose for r in place.ranges)
        if ranges and not any(p.path for p in (*each.title.locations, *each.body.locations())):
            each.body.passing = [place for place in each.body.passing if place not in loose]
            each.body.cited.append(replace(files[0], ranges=ranges))


WHY_NO_REPORT = "nothing here says that it is a problem, and the document is no report"


def leave_out_other_documents(document: ReportEntry, name: str, sink: Sink) -> None:
    """Refuses the candidates without evidence of a document that does not say that it is a report."""
    other = is_of_another_kind(document, name)
    if sink.by_evidence and not other:
        return
    if not other and is_report(title_words(document, name) + " " + opening_words(document)):
        return
    evident = [each for each in sink.candidates if _is_evident(each, other)]
    if len(evident) * 3 >= len(sink.candidates) and not other:
        return
    kept = {id(each) for each in evident}
    for each in sink.candidates:
        if id(each) not in kept:
            sink.refuse(each.line, each.end, each.text, WHY_NO_REPORT)
    sink.candidates = evident


def is_of_another_kind(document: ReportEntry, name: str) -> bool:
    """True for a README, a changelog, a guide: by the title, else by the name of the file."""
    title = next((s.head.text for s in document.sections[:1]), "")
    if names_problems(title):
        return False
    return is_other_document(title or stem_of(name)) or is_project_file(stem_of(name))


def title_words(document: ReportEntry, name: str) -> str:
    """The title of a document; that of its file where it has none."""
    title = next((s.head.text for s in document.sections[:1]), "")
    return f"{title} {stem_of(name)}".strip()


def stem_of(name: str) -> str:
    """The words of a file's name, without folders and suffix."""
    return re.sub(r"[_-]+", " ", name.replace("\\", "/").rpartition("/")[2].partition(".")[0])


def opening_words(document: ReportEntry) -> str:
    """The words of the first paragraphs, in front of and right below the title."""
    lines = [line.text for line in document.own_lines()]
    lines += [line.text for top in document.sections[:1] for line in top.own_lines()]
    return " ".join(lines[:8])


def _is_evident(candidate: Candidate, other: bool) -> bool:
    """`other`: the document is of another kind, and the section above counts for nothing."""
    title, body, where = candidate.title, candidate.body, candidate.where
    ranges = title.ranges or any(place.ranges for place in body.locations())
    rated = title.severity or body.severity or body.weak_severity or where.severity
    if other:
        return bool(ranges and (rated or body.labels))
    if (
        where.plain_list
        or names_issues(where.section)
        or names_problems(where.section)
        or candidate.by_tool
    ):
        return True
    lettered = title.explicit and title.id is not None and not title.id[0].isdigit()
    told = body.rules or body.labels & {"problem", "location"} or candidate.is_record
    return bool(rated or lettered or ranges or told)
