"""Which finding a summary line, a quick win, a step or a box repeats: by number, else by words."""

from __future__ import annotations

import math
import re

from fixaudit.reports.collect import Candidate
from fixaudit.reports.locations import merged, same_file
from fixaudit.reports.model import Location
from fixaudit.reports.repeat_index import NEAR, Known, RepeatIndex, base_of
from fixaudit.reports.title_words import full_title, words_of

_KIND = r"(?:issue|finding|bug|problem|vulnerability|critical|high|medium|low|major|minor|item|risk|see)s?"
_ID = r"(?:[A-Z]{0,8}-?)?\d+(?:\.\d+)*"
_MORE = rf"(?:\s*(?:,|&|and|/|to|-|–)\s*#?{_ID})*"


_NAMES = re.compile(
    r"(\bto\s+|(?<=\d)\s?[-–]\s?)?((?:[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-?)?\d+(?:\.\d+)*)"
)


_REFERENCES = (
    re.compile(rf"\b{_KIND}\s*#?\s*{_ID}{_MORE}", re.I),
    re.compile(rf"(?<![\w&])#\d+(?:\.\d+)*\b{_MORE}"),
    re.compile(rf"\A\W*(?:\[[ xX]\]\s*)?\d+\.\d+{_MORE}(?=\s)"),
    re.compile(r"\b[A-Z][A-Z0-9]{0,7}(?:-[A-Z0-9]+)*-?\d+\b"),
)  # fmt: skip


def _same_lines(one: tuple[Location, ...], two: tuple[Location, ...]) -> bool:
    return any(same_file(a, b) and {*a.ranges} & {*b.ranges} for a in one for b in two)


def places_of(candidate: Candidate) -> tuple[Location, ...]:
    return merged([*candidate.title.locations, *candidate.body.locations()])


def same(candidate: Candidate, index: RepeatIndex) -> Known | None:
    """The finding a firm candidate repeats: its number with alike words, its place and line, or its
    very words, and the same place where both name one."""
    words = words_of(full_title(candidate))
    places = places_of(candidate)
    if candidate.title.explicit and candidate.title.id:
        for other in index.by_ident.get(candidate.title.id.lower(), ()):
            if _retells(candidate, other) or (
                _same_lines(places, other.places) and not candidate.whole_section
            ):
                return other
    for other in index.at_lines(places):
        if _numbered_apart(candidate, other):
            continue
        told = words & (other.words | other.body_words)
        elsewhere = not candidate.among or candidate.among != other.main.among
        if (
            elsewhere
            and len(told) * 2 > len(words)
            and not (candidate.whole_section and other.main.whole_section)
        ):
            return other
    for other in index.by_title.get(words, [])[:NEAR] if words else ():
        if _numbered_apart(candidate, other) or _told_otherwise(candidate, other):
            continue
        if places and other.places:
            if _meet(places, other.places) and not _sibling(candidate, other):
                return other
        elif not candidate.whole_section or not other.main.whole_section:
            if len(words) > 1 or (candidate.row and candidate.among != other.main.among):
                return other
    return _indexed(candidate, places, index) or _retold(candidate, words, places, index)


def retold_of_file(candidate: Candidate, index: RepeatIndex) -> list[Known]:
    """The finding of another list about the same file that shares most words, at least one beside its name."""
    places = places_of(candidate)
    words = words_of(full_title(candidate)).difference(*(words_of(at.written) for at in places))
    found = [
        (len(words & known.words), -at, known)
        for at, known in enumerate(
            index.by_base.get(base_of(places[0]), [])[:NEAR] if places else ()
        )
        if known.main.among != candidate.among and _meet(places, known.places)
    ]
    best = max(found, default=None)
    return [best[2]] if best is not None and best[0] > 0 else []


def lone_of_file(candidate: Candidate, index: RepeatIndex) -> list[Known]:
    """The one finding of the file of a row, with a number or the same severity, that no other row of the
    table tells of."""
    places, rated = places_of(candidate), candidate.body.severity or "none"
    numbered = candidate.title.explicit
    found = [
        known
        for known in (index.by_base.get(base_of(places[0]), [])[:NEAR] if places else ())
        if (numbered or rated in (known.main.body.severity, known.main.title.severity))
        and not any(each.among == candidate.among for each in known.mentions)
        and _meet(places, known.places)
    ]
    return found if len(found) == 1 else []


def _indexed(
    candidate: Candidate, places: tuple[Location, ...], index: RepeatIndex
) -> Known | None:
    """The one finding of a file, where a row says little more than the file."""
    if not candidate.row or len(places) != 1 or places[0].ranges:
        return None
    if len(re.findall(r"[^\W\d_]{3,}", candidate.title.text)) > 3:
        return None
    named = [
        k
        for k in index.by_base.get(base_of(places[0]), [])
        if k.main.among != candidate.among and same_file(k.places[0], places[0])
    ]
    return named[0] if len(named) == 1 else None


def _retold(
    candidate: Candidate, words: frozenset[str], places: tuple[Location, ...], index: RepeatIndex
) -> Known | None:
    """The finding of another list whose words hold all of this one's, at the same file."""
    if len(words) < 2 or not places or candidate.whole_section:
        return None
    for other in index.near(words):
        if not other.places or other.main.among == candidate.among != 0:
            continue
        if _numbered_apart(candidate, other):
            continue
        told = len(words & (other.words | other.body_words)) / len(words)
        if told >= 0.75 and len(words & other.words) > 0 and _meet(places, other.places):
            return other
    return None


def matches(candidate: Candidate, index: RepeatIndex) -> list[Known]:
    """The findings a summary line, step or box speaks of: by number, else by words."""
    by_number = _referred(candidate, index)
    if by_number:
        return by_number
    words = words_of(full_title(candidate))
    weight = {word: 1 / math.sqrt(1 + index.spread(word)) for word in words}
    places = places_of(candidate)
    near = (k for k in index.near(words) if not _apart(candidate, places, k))
    scored = [(_score(weight, places, k), -n, k) for n, k in enumerate(near)]
    scored = [each for each in scored if each[0] > 0]
    return [max(scored)[2]] if scored else []


def referred(text: str) -> bool:
    """True where the words name a finding by number."""
    return any(shape.search(text) for shape in _REFERENCES)


def _apart(candidate: Candidate, places: tuple[Location, ...], other: Known) -> bool:
    """True for two entries of one list or table, two records of other titles, and where both name lines,
    but others."""
    if _among_one(candidate, other.main) or _numbered_apart(candidate, other):
        return True
    if candidate.where.part == "roadmap" and _of_another_subject(candidate, other):
        return True
    if candidate.is_record and other.main.is_record:
        return _overlap(words_of(full_title(candidate)), other.words) < 0.6
    lines = any(at.ranges for at in places) and any(at.ranges for at in other.places)
    return lines and not _meet(places, other.places)


def _of_another_subject(candidate: Candidate, other: Known) -> bool:
    """True for a step whose code names its section's subject ("Redis"), which the finding does not."""
    code = " ".join(snippet.code for snippet in candidate.body.snippets).lower()
    known = other.words | other.body_words | words_of(full_title(candidate))
    return any(len(word) > 3 and word in code for word in words_of(candidate.where.section) - known)


def _among_one(one: Candidate, two: Candidate) -> bool:
    """True for rows of one table, and for findings that one list tells one after the other."""
    return one.among == two.among and (one.row or (one.among != 0 and one.by_form and two.by_form))


def _retells(candidate: Candidate, other: Known) -> bool:
    """True for two passages of one number that speak of one thing, in front of a dash at least: numbers
    are given anew in each version."""
    if _overlap(words_of(full_title(candidate)), other.words) >= 0.5:
        return True
    heads = [re.split(r"\s[-–—]\s", full_title(each))[0] for each in (candidate, other.main)]
    one, two = map(words_of, heads)
    return len(one & two) * 3 >= min(len(one), len(two)) * 2 > 0


def _sibling(candidate: Candidate, other: Known) -> bool:
    """True for two passages of one section that tell different things under one title."""
    one, two = candidate, other.main
    if not (one.whole_section and two.whole_section and one.where.section == two.where.section):
        return False
    told = [
        " ".join([*each.body.problem, *(s.code for s in each.body.snippets)]) for each in (one, two)
    ]
    return told[0] != told[1]


def _told_otherwise(candidate: Candidate, other: Known) -> bool:
    """True for one list, and for a few words that head different things: "Error handling" of each script."""
    if _among_one(candidate, other.main):
        return True
    if len(other.words) > 2 or places_of(candidate) or not candidate.by_form:
        return False
    one = words_of(" ".join(candidate.body.problem)) - other.words
    two = other.body_words - other.words
    return len(one) > 3 and len(two) > 3 and _overlap(one, two) < 0.3


def _numbered_apart(candidate: Candidate, other: Known) -> bool:
    """True for T012 and T013: ids of one series are of several findings."""
    ident = candidate.title.id if candidate.title.explicit else None
    one, two = (re.fullmatch(r"([A-Za-z].*?)(\d+)", each or "") for each in (ident, other.ident))
    return bool(one and two and one[1] == two[1] and int(one[2]) != int(two[2]))


def _referred(candidate: Candidate, index: RepeatIndex) -> list[Known]:
    def named(ident: str) -> list[Known]:
        return [k for k in index.by_ident.get(ident.lower(), ()) if k.main.where.part is None][:1]

    lone = (
        named(candidate.title.id or "") if candidate.title.explicit and candidate.title.id else []
    )
    if lone and (
        not words_of(candidate.title.text) or re.match("[A-Z]+.*[0-9]", candidate.title.id or "")
    ):
        return lone
    if (
        candidate.title.explicit
        and not lone
        and re.match("[A-Z]+.*[0-9]", candidate.title.id or "")
    ):
        return []  # a number of its own: those in its words are of others
    if lone:
        return lone if _overlap(words_of(full_title(candidate)), lone[0].words) > 0 else []
    found: list[Known] = []
    for shape in _REFERENCES:
        for match in shape.finditer(candidate.text):
            found.extend(k for name in _listed(match.group(), index) for k in named(name))
    return list({id(k): k for k in found}.values())


def _listed(text: str, index: RepeatIndex) -> list[str]:
    """The ids of "1.1, 2.2" and "2.3 to 2.5"; a range holds the ids between, by their last number."""
    names: list[str] = []
    for joint, name in _NAMES.findall(text):
        first, last = (names[-1] if names else ""), name
        stem, _, low = first.rpartition(".")
        if joint and stem == last.rpartition(".")[0] and low.isdigit():
            high = last.rpartition(".")[2]
            span = range(int(low) + 1, min(int(high), int(low) + 99)) if high.isdigit() else ()
            names.extend(f"{stem}.{n}" if stem else str(n) for n in span)
        names.append(name)
    return [name for name in names if name.lower() in index.by_ident]


def _score(weight: dict[str, float], places: tuple[Location, ...], other: Known) -> float:
    """How well a repeat fits: its title's words, rare ones counting more, in ours and our text."""
    words = weight.keys()
    total = sum(weight.values())
    shared = words & other.words
    titled = sum(weight[word] for word in shared) / total
    told = sum(weight[word] for word in words & (other.words | other.body_words)) / total
    back = len(shared) / max(len(other.words), 1)
    at_place = bool(places) and _meet(places, other.places)
    lines = at_place and any(place.ranges for place in places)
    strong = titled >= 0.5 and (len(shared) > 1 or len(words) == 1 or back >= 0.5)
    if (
        strong
        or (titled >= 0.3 and told >= 0.6 and shared)
        or (lines and shared)
        or (at_place and titled >= 0.3)
    ):
        return titled + told / 2 + back / 4 + at_place / 4
    if told >= 0.85 and len(words) > 2:
        return told / 2
    return 0


def _meet(one: tuple[Location, ...], two: tuple[Location, ...]) -> bool:
    return any(
        same_file(a, b)
        and (
            not a.ranges
            or not b.ranges
            or any(x[0] <= y[1] and y[0] <= x[1] for x in a.ranges for y in b.ranges)
        )
        for a in one
        for b in two
    )


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / max(len(one | two), 1)
