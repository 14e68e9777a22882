"""What the words of a finding speak for: "the switch in `rehearse` (line 59) may stay as it is".

Such a clause names places that are to be left alone; they are no places of the finding. Only the clause's
own places count: of "`a.py:12` must go, `a.py:40` may stay" line 40 is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixaudit.reports.keep_words import words_for
from fixaudit.reports.kept_prose import APART, BUT, Prose
from fixaudit.reports.locations import lines_in, locations_in
from fixaudit.reports.markdown_tree import Line
from fixaudit.reports.model import Exclusion, Location

_ASKS = re.compile(words_for("asks"), re.I)
_APPROVES = re.compile(words_for("approves"), re.I)
_NEEDS = re.compile(words_for("needs"), re.I)
_ASIDE = re.compile(rf"[(（]\s*{words_for('aside')}", re.I)
_SAYS = re.compile(words_for("says"), re.I)
_DEFINITE = re.compile(rf"\W*(?:{words_for('definite')})", re.I)
_REFUSES = re.compile(words_for("refuses"), re.I)
_OPENS_REFUSING = re.compile(
    rf"\W*(?:(?:{words_for('joins')}|,)\s*)?(?:only |even )?(?:{words_for('refuses')}|no |until |when )",
    re.I,
)
_REST = re.compile(words_for("rest"), re.I)
_LINKING = re.compile(rf"(?:[^\w\ue000-\ue002]|{words_for('linking')}|{words_for('joins')})*", re.I)
_PRONOUN = re.compile(
    r"\W*(?:it|they|this|these|those|both|that|leave (?:it|them|this|these)|(?:please )?(?:do not|don'?t) \w+ (?:it|them|these)"
    r"|es|sie|dies\w*|beide|das|ils?|elles?|cela|ell[oa]s|est[oae]s?|el[ea]s|iss?to|isso|ess[eai]|quest[oaie]|он[аио]?|это|эт[аи]|它们?|这些?|これ(?:ら)?|それ(?:ら)?)(?!\w)",
    re.I,
)
_WITHIN = re.compile(
    r"(?<!\w)(?:in|of|at|inside|within|by|von|bei|dans|de|en|em|di|nel|в|на)\s+\ue000", re.I
)
_PREDICATE = re.compile(words_for("predicate"), re.I)
_BREAK = re.compile(
    rf"[;；:：—]|\s[–-]\s|(?P<weak>[,，、]|(?<=[\s\ue000)])(?:{words_for('joins')}))", re.I
)
_NOUN_OF_WORK = re.compile(
    r"\b(?:fix|fixes|change|changes|refactor\w*|migration|correction|patch|action|work|review|improvement|update|clean-?up|follow-?up|rewrite"
    r"|Änderung\w*|Korrektur\w*|correction|modification|cambio|corrección|mudança|correção|modifica|correzione)\b[^\ue000]*(?:\ue000|\Z)",
    re.I,
)


@dataclass(slots=True)
class _Clause:
    """A stretch of a sentence. `loose`: set apart from the one before by a comma or a conjunction only."""

    start: int
    end: int
    loose: bool = True


def split_kept(
    lines: Sequence[Line], file: Location | None = None
) -> tuple[list[Line], list[Exclusion], Location | None]:
    """The lines of a passage without the clauses that speak for places, what those keep, and the file
    that was named last; `file` is the one named before."""
    prose = Prose(lines)
    cut: list[tuple[int, int]] = []
    kept: list[Exclusion] = []
    before: tuple[int, int] | None = None
    for sentence in prose.sentences():
        for found in _kept_clauses(prose, sentence, before):
            places = tuple(prose.places(found, file))
            if places:
                first, last = found[0][0], prose.goes_on(found[-1][1], sentence[1])
                cut.extend([*found[:-1], (found[-1][0], last)])
                line, end_line = prose.span(first, last)
                words = prose.words(first, last)
                kept.append(Exclusion(words, line, "", places, end_line=end_line))
        file = prose.last_file(sentence, file)
        before = sentence
    return (prose.without(cut) if cut else list(lines)), kept, file


def _clauses(masked: str, start: int, end: int) -> list[_Clause]:
    """The clauses of a sentence; what stands in brackets is none of them."""
    depth, made = 0, [_Clause(start, end, loose=False)]
    depths = []
    for char in masked[start:end]:
        depth += char in "(（["
        depths.append(depth)
        depth -= char in ")）]" and depth > 0
    for found in _BREAK.finditer(masked, start, end):
        if depths[found.start() - start] == 0:
            cut = found.start() if found["weak"] and found["weak"].strip(",，、") else found.end()
            if masked[made[-1].start : cut].strip(" ,;:") or found["weak"] is None:
                made[-1].end = cut
                made.append(_Clause(cut, end, loose=found["weak"] is not None))
    return made


def _kept_clauses(
    prose: Prose, sentence: tuple[int, int], before: tuple[int, int] | None
) -> Iterator[list[tuple[int, int]]]:
    """The stretches of a sentence that speak for places, with those they go on about."""
    start, end = sentence
    if prose.masked[start:end].rstrip('"”’) ').endswith(("?", "？")):
        return
    done = start
    clauses = _clauses(prose.masked, start, end)
    for at, clause in enumerate(clauses):
        found = _speaks_for(prose.masked, clause, end)
        if found is None or clause.start < done:
            continue
        stretch = _about(prose, clauses, at, found)
        if stretch is not None and stretch[0] >= done:
            done = stretch[1]
            yield [stretch]
        elif (
            at == 0
            and before is not None
            and found.re is _ASKS
            and _PRONOUN.match(prose.masked[start:end])
        ):
            if len(list(prose.places([before], None))) == 1:  # else it is not clear which is meant
                done = clause.end
                yield [before, (clause.start, clause.end)]


def _about(
    prose: Prose, clauses: list[_Clause], at: int, found: re.Match[str]
) -> tuple[int, int] | None:
    """From the place that the words of a clause speak for to the end of the words."""
    masked, clause = prose.masked, clauses[at]
    inner = _bracket(masked, clause, found.start() + (found.re is _ASIDE))
    if inner is not None or _in_brackets(masked, clause, found.start()):
        return inner if inner is not None and _has_path(prose, inner) else None
    if _names(masked, clause):
        stretch = (_opening(masked, clauses, at), clause.end)
        within = _WITHIN.search(masked, *stretch) is not None
        sure = found.re is _ASKS or within or _has_path(prose, stretch)
        return stretch if sure else None
    if _LINKING.fullmatch(masked, clause.start, found.start()):
        for back in range(at - 1, -1, -1):
            if _names(masked, clauses[back]):
                first = _opening(masked, clauses, back)
                sure = found.re is _ASKS or _has_path(prose, (first, clauses[back].end))
                return (first, clause.end) if sure else None
    return None


def _names(masked: str, clause: _Clause) -> bool:
    return "\ue000" in masked[clause.start : clause.end]


def _opening(masked: str, clauses: list[_Clause], at: int) -> int:
    """Where a clause begins with the places in front that it tells of as well."""
    while at > 0 and clauses[at].loose and _leads_on(masked, clauses[at - 1]):
        at -= 1
    return clauses[at].start


def _has_path(prose: Prose, stretch: tuple[int, int]) -> bool:
    """A name alone, as in "we call `f`, which is right", is no place."""
    line = prose.line(*stretch)
    return bool(locations_in(line) or lines_in(line.text))


def _speaks_for(masked: str, clause: _Clause, end: int) -> re.Match[str] | None:
    """The words of a clause that speak for what it names, None where nothing does or something takes
    them back."""
    for shape in (_ASKS, _ASIDE, _APPROVES, _NEEDS):
        for found in shape.finditer(masked, clause.start, end):
            if found.start() >= clause.end:
                break
            front = masked[clause.start : found.start()]
            last = front.rfind("\ue000") + 1
            near = " ".join(front[last:].split()[-7:])
            if _REFUSES.search(near) or _OPENS_REFUSING.match(front) or _quoted(front):
                continue
            if shape is not _ASKS:
                if _SAYS.search(front):
                    continue
                behind = masked[found.end() : end]
                but = BUT.match(behind.lstrip(" ,;–—-"))
                if (but and "\ue000" not in behind[but.end() :]) or _REST.search(near):
                    continue
                if shape is _APPROVES and _other_subject(front[last:]):
                    continue
            elif _REST.search(near):
                continue
            if shape is _NEEDS and (
                not _DEFINITE.match(front) or _NOUN_OF_WORK.search(front) or "\ue000" not in front
            ):
                continue
            return found
    return None


def _other_subject(front: str) -> bool:
    """True where words between the place and the approval lead to something else: "`a.py:4` assumes
    that the header is right"."""
    return len(front.split()) > 8 or bool(
        re.search(
            r"\b(?:assumes?|accepts?|returns?|raises?|checks?|verif\w+|ensures?|so that|wh(?:ere|ose|at|ether)|how)\b",
            front,
            re.I,
        )
    )


def _quoted(front: str) -> bool:
    return front.count('"') % 2 == 1 or front.count("“") > front.count("”")


def _leads_on(masked: str, clause: _Clause) -> bool:
    """True for a clause that only names a place, for the next one to tell of: "in `a.py`, ..."."""
    words = masked[clause.start : clause.end]
    if "\ue000" not in words:
        return False
    front, _, rest = words.partition("\ue000")
    behind = rest.rpartition("\ue000")[2] if "\ue000" in rest else rest
    plain = re.sub(r"[(（\[][^)）\]]*[)）\]]", " ", behind)
    return (
        not re.search(r"[^\W\ue000-\ue002]", plain)
        and not _PREDICATE.search(front)
        and not APART.search(words)
    )


def _in_brackets(masked: str, clause: _Clause, at: int) -> bool:
    front = masked[clause.start : at]
    return front.count("(") + front.count("（") > front.count(")") + front.count("）")


def _bracket(masked: str, clause: _Clause, at: int) -> tuple[int, int] | None:
    """Where the words stand in brackets behind a place: that place and the brackets."""
    opened = max(masked.rfind("(", clause.start, at), masked.rfind("（", clause.start, at))
    closed = max(masked.rfind(")", clause.start, at), masked.rfind("）", clause.start, at))
    if opened < 0 or closed > opened:
        return None
    ends = [
        i for i in (masked.find(")", at, clause.end), masked.find("）", at, clause.end)) if i >= 0
    ]
    if not ends:
        return None
    if "\ue000" in masked[opened : min(ends)]:
        return opened, min(ends) + 1
    last = masked.rfind("\ue000", clause.start, opened)
    if last < 0 or not _LINKING.fullmatch(masked, opened + 1, at):
        return None  # "`a.py:3` (`e` is still needed)" speaks for something else
    first = last
    while first > clause.start and masked[first - 1] == "\ue000":
        first -= 1
    return first, min(ends) + 1
