"""Which sections of a report are findings, which hold findings, which are something else."""

from __future__ import annotations

import re
from dataclasses import replace

from fixaudit.reports.collect import Candidate, Sink, Where, refuse_blocks
from fixaudit.reports.finding_body import Body
from fixaudit.reports.labels import own_labels
from fixaudit.reports.list_items import opens_numbered, read_blocks, strong_items
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Line, Paragraph, Section, fences_of, lines_of
from fixaudit.reports.records import lead_count, split_records
from fixaudit.reports.severity import severity_of_section
from fixaudit.reports.titles import Title, title_of
from fixaudit.reports.vocabulary import (
    HARD,
    label_kind,
    names_issues,
    part_of_report,
    plain,
    states_a_problem,
    states_approval,
)

_MILD = frozenset({"scenario", "metrics", "background", "documentation", "enhancement"})
"""Parts below which a numbered heading with a place or severity still is a finding."""
_TELLING = frozenset({"location", "lines", "problem", "code", "recommendation"})


def walk(document: Section) -> Sink:
    """Every candidate, exclusion and refused passage of a document, in reading order."""
    sink = Sink()
    where = Where()
    children = document.children
    _read_body(document, where, sink)
    if len(children) == 1 and not _is_lone_finding(children[0], where):
        # The title of the report says nothing about its parts: "... - Executive Summary".
        _read_body(children[0], where, sink)
        children = children[0].children
    for child in children:
        _visit(child, where, sink)
    return sink


def _is_lone_finding(section: Section, where: Where) -> bool:
    """A report of a single finding; else the top heading is the title of the report."""
    return title_of(section.title, heading=True).explicit and _is_finding(section, where)


def _visit(section: Section, where: Where, sink: Sink) -> None:
    title = title_of(section.title, heading=True)
    kept = where.part in HARD and not (title.id and where.part in _MILD and _is_placed(section))
    if kept:
        _refuse(section, where, sink)
        return
    if _is_finding(section, where):
        _take(section, title, where, sink)
        return
    here = _below(section, title, where)
    if here.part in HARD:
        _refuse(section, here, sink)
        return
    _read_body(section, here, sink)
    for child in section.children:
        _visit(child, here, sink)


def _read_body(section: Section, where: Where, sink: Sink) -> None:
    split_records(section)
    read_blocks(section.blocks, where, sink)


def _below(section: Section, title: Title, where: Where) -> Where:
    """What holds below a heading that is no finding itself."""
    words = section.title.text
    severity, text = severity_of_section(words)
    if where.severity and not re.search("[a-z]", text, re.I):
        severity = None  # a coloured mark is weaker than the words of a heading above
    file = title.locations[0] if title.locations and _is_path(section, title) else where.path
    return Where(
        part=part_of_report(words) or where.part,
        severity=severity or where.severity,
        severity_text=text if severity else where.severity_text,
        section=plain(words),
        category=where.category if severity or file else _category(words) or where.category,
        holds_issues=names_issues(words) or (where.holds_issues and not part_of_report(words)),
        path=file,
        number=title.id if title.id and not title.explicit else None,
    )


def _category(words: str) -> str:
    named = re.sub(
        r"\b(?:issues?|findings?|vulnerabilities|problems|considerations|analysis)\b",
        "",
        words,
        flags=re.I,
    )
    return plain(named) if names_issues(words) else ""


def _is_path(section: Section, title: Title) -> bool:
    rest = section.title.text.replace(title.locations[0].written, "")
    return not re.search(
        r"[^\W\d_]{4}",
        re.sub(r"\(.*\)|\b(?:file|issues?|lines?|review|findings?)\b", "", rest, flags=re.I),
    )


def _is_finding(section: Section, where: Where) -> bool:
    """Judged by the heading's form and by what stands directly below it."""
    title, words = title_of(section.title, heading=True), section.title.text
    part = None if _speaks_of_one(section) else part_of_report(words)
    labels = {label.kind for label in own_labels(section.blocks)}
    parts = {label_kind(child.title.text) for child in section.children}
    placed = bool({"location", "lines"} & (labels | parts))
    if label_kind(words) and not title.explicit and not (title.id and placed):
        return False
    if part is not None and not (title.explicit and (placed or title.id)):
        return False
    if _holds_findings(section, where, placed):
        return False
    told = placed or bool(_TELLING & parts) or "severity" in labels
    if title.explicit:
        return told or bool(section.blocks)
    if title.id is not None:
        return told or _has_evidence(section) or states_a_problem(words)
    if placed or (title.locations and not _is_path(section, title)):
        return True
    if "severity" in labels or title.severity:
        return bool((_TELLING & (labels | parts)) or fences_of_any(section))
    if bool(_TELLING & parts) and "recommendation" in parts | labels:
        return True
    if states_a_problem(words) and not names_issues(words) and _cites_lines(section):
        return True
    below = bool(where.severity or where.holds_issues) and not names_issues(words)
    return below and (
        bool({"problem", "recommendation"} & (labels | parts)) or _has_evidence(section)
    )


def _speaks_of_one(section: Section) -> bool:
    """ "4.1 Testing Strategy Issue - CRITICAL" is no testing strategy."""
    title = title_of(section.title, heading=True)
    single = re.search(r"\b(?:issue|bug|problem|vulnerability|flaw|error)\b", title.text, re.I)
    return title.id is not None and bool(title.severity or single)


def _holds_findings(section: Section, where: Where, placed: bool) -> bool:
    if not placed and _findings_below(section, where):
        return True
    title = title_of(section.title, heading=True)
    if title.id is None and not title.explicit and opens_numbered(section.blocks):
        return True
    leads = lead_count(section)
    if (leads > 1 and not placed) or (
        leads == 1 and not placed and not title.explicit and title.id is None
    ):
        return True
    if title.locations and _is_path(section, title) and not title.explicit:
        return True
    plural = names_issues(section.title.text) and not placed
    if plural and not title.explicit and strong_items(section.blocks, first=title.id is not None):
        return True
    return bool(re.fullmatch(r"\W*", title.text)) or _only_severity(section)


def _findings_below(section: Section, where: Where) -> bool:
    for child in section.children:
        part = label_kind(child.title.text) and not title_of(child.title, heading=True).id
        found = not part and _is_finding(child, where)
        if found and (title_of(child.title, heading=True).id or _is_placed(child)):
            return True
        if not found and (_findings_below(child, where) or (not part and _lists_issues(child))):
            return True
    return False


def _lists_issues(section: Section) -> bool:
    title = title_of(section.title, heading=True)
    return names_issues(section.title.text) and strong_items(section.blocks, title.id is not None)


def _only_severity(section: Section) -> bool:
    words = plain(section.title.text)
    return (
        severity_of_section(words)[0] is not None
        and len(words.split()) < 3
        and not own_labels(section.blocks)
    )


def _is_placed(section: Section) -> bool:
    kinds = {label.kind for label in own_labels(section.blocks)}
    return bool(kinds & {"location", "severity", "lines"}) or any(
        label_kind(child.title.text) == "location" for child in section.children
    )


def _has_evidence(section: Section) -> bool:
    return fences_of_any(section) or any(locations_in(line) for line in _words_of(section))


def _cites_lines(section: Section) -> bool:
    """True where a paragraph right below the heading names a file with lines."""
    words = lines_of([block for block in section.blocks if isinstance(block, Paragraph)])
    return any(place.ranges for line in words for place in locations_in(line))


def _words_of(section: Section) -> list[Line]:
    return [*lines_of(section.blocks), *(w for child in section.children for w in _words_of(child))]


def fences_of_any(section: Section) -> bool:
    """True where the section or a part of it quotes code."""
    return any(True for _ in fences_of(section.blocks)) or any(map(fences_of_any, section.children))


def _take(section: Section, title: Title, where: Where, sink: Sink) -> None:
    if states_approval(title.text):
        sink.refuse(section, section.title.text, "says that it is good: nothing to change")
        return
    body = Body(mode=None)
    body.cited.extend(title.locations)
    body._note(section.title)
    body.add_blocks(section.blocks)
    for child in section.children:
        body.add_section(child)
    sink.candidates.append(
        Candidate(
            title, section.title.text, section.line, section.end, body, where, whole_section=True
        )
    )


def _refuse(section: Section, where: Where, sink: Sink) -> None:
    """Below a heading that rules findings out: everything with a place or code is accounted for."""
    assert where.part is not None
    refuse_blocks(section, where, sink)
    for child in section.children:
        numbered = title_of(child.title, heading=True).id
        if where.part in _MILD and numbered and _is_placed(child) and _is_finding(child, where):
            _take(child, title_of(child.title, heading=True), replace(where, part=None), sink)
            continue
        own = part_of_report(child.title.text)
        _refuse(
            child,
            replace(
                where, section=plain(child.title.text), part=own if own in HARD else where.part
            ),
            sink,
        )
