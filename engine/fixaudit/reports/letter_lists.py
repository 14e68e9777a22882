"""Numbered lists of findings as people write them to each other: a file, a function, what is wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby

from fixaudit.reports.entry import ReportEntry, box_of
from fixaudit.reports.labels import labelled
from fixaudit.reports.list_forms import is_praised
from fixaudit.reports.locations import locations_in, symbols_in
from fixaudit.reports.model import Location
from fixaudit.reports.problem_words import needs_nothing
from fixaudit.reports.vocabulary import states_a_problem

_SAME = re.compile(
    r"\W*(?:(?:in |and |also )*(?:the )?same (?:file|module|place)|(?:in )?(?:die|der)?(?:selben?|gleichen?) Datei"
    r"|(?:dans )?le même (?:fichier|module)|(?:en )?el mismo (?:archivo|fichero)|(?:no )?mesmo (?:arquivo|ficheiro)|(?:nello )?stesso file"
    r"|(?:в )?(?:тот же|том же) файле?|同一?(?:个)?文件|同じファイル|같은 파일)",
    re.I,
)


def settle_lists(entry: ReportEntry) -> None:
    """Of a numbered list some of whose items are findings by their lines and nearly all of which name a
    file, the items that name a file and tell something of it are findings as well. "Same file" is that
    of the item before."""
    items = (child for child in entry.children if child.kind == "item")
    for _, run in groupby(items, key=lambda item: item.among):
        alike = list(run)
        settle = _settle if all(item.number for item in alike) else _settle_told
        settle(alike)


def _settle_told(items: list[ReportEntry]) -> None:
    """Of a list at least half of whose items are findings, those that state a problem are as well."""
    found = sum(item.finding for item in items)
    if found < 2 or found * 2 < len(items):
        return
    for item in items:
        words = " ".join(line.text for line in (item.head, *item.lines()))
        open_ = item.where.part is None and not (item.is_group or item.where.in_fields)
        if open_ and labelled(item.head) is None and states_a_problem(words):
            item.finding = item.finding or not (is_praised(item) or needs_nothing(words))


def _settle(items: list[ReportEntry]) -> None:
    files = _files(items)
    told = [item for item in items if item.where.part is None and not item.where.in_fields]
    found = sum(item.finding and not item.is_group for item in items)
    if (
        len(told) < len(items)
        or found < 2
        or sum(f is not None for f in files) * 4 < len(items) * 3
    ):
        return
    for item, file in zip(items, files, strict=True):
        if item.finding or item.is_group or file is None or not _tells(item):
            continue
        item.finding = True
        if not locations_in(item.head) and item.where.path is None:
            item.where = replace(item.where, path=file)


def _files(items: list[ReportEntry]) -> list[Location | None]:
    """The file each item names, or goes on about."""
    files: list[Location | None] = []
    for item in items:
        named = [at for line in (item.head, *item.lines()) for at in locations_in(line)]
        before = files[-1] if files and _SAME.match(item.head.text) else None
        files.append(replace(named[0], ranges=(), symbols=()) if named else before)
    return files


def _tells(item: ReportEntry) -> bool:
    """True for words beside the place, where nothing is ticked."""
    text = item.head.text
    for place in locations_in(item.head):
        text = text.replace(place.written, " ")
    for name in symbols_in(item.head):
        text = text.replace(name, " ")
    return (
        len(re.findall(r"[^\W\d_]{2,}", text)) > 3
        and box_of(item.head) is None
        and "✅" not in text
    )
