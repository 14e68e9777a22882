"""Repeats of a finding become its mentions; what is left becomes findings or is refused."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache

from fixaudit.audit.locations import merged, same_file
from fixaudit.audit.model import Location, Mention, NotTaken, ReportFinding, Severity
from fixaudit.audit.sink import Candidate
from fixaudit.audit.words import WHY

_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "to",
        "for",
        "and",
        "or",
        "with",
        "without",
        "by",
        "from",
        "via",
        "is",
        "are",
        "be",
        "at",
        "as",
        "it",
        "its",
        "this",
        "that",
        "use",
        "using",
        "fix",
        "add",
        "remove",
        "implement",
        "replace",
        "update",
        "missing",
        "issue",
        "issues",
        "problem",
        "bug",
        "risk",
        "potential",
        "possible",
        "some",
        "all",
        "code",
        "new",
        "proper",
        "set",
        "make",
        "ensure",
        "increase",
        "support",
        "create",
        "configure",
        "improve",
        "instead",
        "first",
        "high",
        "low",
        "medium",
        "critical",
        "pattern",
    ]
)
_NEAR = 40
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


@dataclass(slots=True)
class _Known:
    """A finding in the making: the candidate it started from, and its repeats."""

    main: Candidate
    ident: str
    words: frozenset[str]
    body_words: frozenset[str]
    places: tuple[Location, ...]
    mentions: list[Candidate] = field(default_factory=list)


class _Index:
    """The findings in the making, found by number, by title, and by the words they use."""

    def __init__(self) -> None:
        self.all: list[_Known] = []
        self.by_ident: dict[str, list[_Known]] = {}
        self.by_title: dict[frozenset[str], list[_Known]] = {}
        self.by_word: dict[str, list[_Known]] = {}

    def add(self, known: _Known) -> None:
        self.all.append(known)
        self.by_ident.setdefault(known.ident.lower(), []).append(known)
        self.by_title.setdefault(known.words, []).append(known)
        for word in known.words | known.body_words:
            self.by_word.setdefault(word, []).append(known)

    def near(self, words: frozenset[str]) -> list[_Known]:
        """Those sharing a word, the rarest words first, `_NEAR` at most."""
        found: dict[int, _Known] = {}
        for word in sorted(words, key=lambda w: (len(self.by_word.get(w, ())), w)):
            for known in self.by_word.get(word, [])[:_NEAR]:
                found[id(known)] = known
            if len(found) >= _NEAR:
                break
        return list(found.values())

    def spread(self, word: str) -> int:
        return len(self.by_word.get(word, ()))


def settle(candidates: list[Candidate]) -> tuple[list[ReportFinding], list[NotTaken]]:
    """Findings in the order of the report, and the candidates that are none, with the reason."""
    index = _Index()
    refused: list[NotTaken] = []
    firm = [c for c in candidates if c.where.part is None]
    soft = [c for c in candidates if c.where.part is not None]
    for candidate in sorted(firm, key=lambda c: not c.whole_section):
        _place(candidate, _same(candidate, index), index)
    # Whole sections and quick wins first: a check list may repeat them as well.
    for candidate in sorted(soft, key=_softness):
        matches = _matches(candidate, index)
        if matches:
            for match in matches:
                match.mentions.append(candidate)
        elif _stands_alone(candidate):
            _place(candidate, None, index)
        elif candidate.has_place or candidate.has_code:
            part = candidate.where.part
            assert part is not None
            refused.append(NotTaken(candidate.line, candidate.text[:160], WHY[part]))
    known = sorted(index.all, key=lambda k: k.main.line)
    _name(known)
    return [_finished(k) for k in known], refused


def _softness(candidate: Candidate) -> tuple[int, int]:
    order = {"recommendation": 0, "summary": 1, "roadmap": 2, "checklist": 3}
    return (order.get(candidate.where.part or "", 4), candidate.line)


def _stands_alone(candidate: Candidate) -> bool:
    part = candidate.where.part
    lines = any(place.ranges for place in _places(candidate))
    if part in ("roadmap", "checklist"):
        return lines
    if part == "summary":
        return lines or (candidate.whole_section and (candidate.has_place or candidate.has_code))
    return candidate.has_place or candidate.has_code


def _place(candidate: Candidate, match: _Known | None, index: _Index) -> None:
    if match is not None:
        match.mentions.append(candidate)
        return
    body = candidate.body
    text = " ".join([*body.problem, *body.advice, *(s.code for s in body.snippets)])
    ident = (candidate.title.id if candidate.title.explicit else body.ident) or candidate.title.id
    ident = ident or body.ident or ""
    words = _words(_title(candidate))
    index.add(_Known(candidate, ident, words, _words(text), _places(candidate)))


def _title(candidate: Candidate) -> str:
    return candidate.title.text or candidate.body.title or candidate.text


def _words(text: str) -> frozenset[str]:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    found = re.findall(r"[a-z0-9+]+", text.lower().replace("n+1", "nplusone"))
    return frozenset(_stem(word) for word in found if word not in _STOP and len(word) > 1)


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    for end in ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "y", "e", "ion"):
        if word.endswith(end) and len(word) - len(end) >= 4:
            return word[: -len(end)]
    return word


def _places(candidate: Candidate) -> tuple[Location, ...]:
    return merged([*candidate.title.locations, *candidate.body.locations()])


def _same(candidate: Candidate, index: _Index) -> _Known | None:
    """The finding a firm candidate repeats: its number with alike words, or its very words, and
    the same place where both name one."""
    words = _words(_title(candidate))
    places = _places(candidate)
    if candidate.title.explicit and candidate.title.id:
        for other in index.by_ident.get(candidate.title.id.lower(), ()):
            if _overlap(words, other.words) >= 0.5:
                return other
    for other in index.by_title.get(words, [])[:_NEAR] if words else ():
        if places and other.places:
            if _meet(places, other.places):
                return other
        elif len(words) > 1 and not (candidate.whole_section and other.main.whole_section):
            return other
    return None


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


def _matches(candidate: Candidate, index: _Index) -> list[_Known]:
    """The findings a summary line, step or box speaks of: by number, else by words."""
    by_number = _referred(candidate, index)
    if by_number:
        return by_number
    words = _words(_title(candidate))
    weight = {word: 1 / math.sqrt(1 + index.spread(word)) for word in words}
    places = _places(candidate)
    scored = [(_score(weight, places, k), -n, k) for n, k in enumerate(index.near(words))]
    scored = [each for each in scored if each[0] > 0]
    return [max(scored)[2]] if scored else []


def _referred(candidate: Candidate, index: _Index) -> list[_Known]:
    def named(ident: str) -> list[_Known]:
        return [k for k in index.by_ident.get(ident.lower(), ()) if k.main.where.part is None][:1]

    lone = (
        named(candidate.title.id or "") if candidate.title.explicit and candidate.title.id else []
    )
    if lone:
        return lone if _overlap(_words(_title(candidate)), lone[0].words) > 0 else []
    found: list[_Known] = []
    for shape in _REFERENCES:
        for match in shape.finditer(candidate.text):
            found.extend(k for name in _listed(match.group(), index) for k in named(name))
    return list({id(k): k for k in found}.values())


def _listed(text: str, index: _Index) -> list[str]:
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


def _score(weight: dict[str, float], places: tuple[Location, ...], other: _Known) -> float:
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


def _name(known: list[_Known]) -> None:
    """Ids are unique: where two passages carry one number, the later goes by its line."""
    seen: set[str] = set()
    for each in sorted(known, key=lambda k: (k.main.where.part is not None, k.main.line)):
        if not each.ident or each.ident in seen:
            each.ident = f"L{each.main.line}"
        seen.add(each.ident)


def _finished(known: _Known) -> ReportFinding:
    main = known.main
    body = main.body
    severity, text = _severity(known)
    boxes = [c.checked for c in (main, *known.mentions) if c.checked is not None]
    mentions = sorted(known.mentions, key=lambda c: c.line)
    return ReportFinding(
        id=known.ident,
        title=_title(main),
        line=main.line,
        end_line=main.end,
        severity=severity,
        severity_text=text,
        category=body.category or main.where.category,
        locations=_gathered(known),
        snippets=tuple(s for c in (main, *mentions) for s in c.body.snippets),
        problem="\n".join(filter(None, body.problem)),
        recommendation=_advice(known),
        rules=tuple(dict.fromkeys(body.rules)),
        symbols=tuple(dict.fromkeys(body.symbols)),
        mentions=tuple(Mention(c.line, c.where.section, c.text[:160], c.checked) for c in mentions),
        checked=any(boxes) if boxes else None,
    )


def _advice(known: _Known) -> str:
    texts = [*known.main.body.advice]
    for mention in known.mentions if not texts else []:
        texts.extend(mention.body.advice)
    return "\n".join(filter(None, texts))


def _gathered(known: _Known) -> tuple[Location, ...]:
    """The main passage's places; a repeat adds lines to them, and its own where there are none."""
    places = list(known.places)
    for mention in known.mentions:
        for place in _places(mention):
            old = next((p for p in places if same_file(p, place)), None)
            if not known.main.has_place or (old is not None and not old.ranges and place.ranges):
                places.append(place)
    return merged(places)


def _severity(known: _Known) -> tuple[Severity | None, str]:
    """The nearest statement wins: own label, heading, section, a repeat's, a mark, a priority."""
    main = known.main
    own = [
        (main.body.severity, main.body.severity_text),
        (main.title.severity, main.title.severity_text),
        (main.where.severity, main.where.severity_text),
        *(
            (c.body.severity or c.title.severity, c.body.severity_text or c.title.severity_text)
            for c in known.mentions
        ),
        *((c.where.severity, c.where.severity_text) for c in known.mentions),
        (main.body.weak_severity, main.body.weak_text),
        (main.title.mark, ""),
    ]
    return next(((severity, text) for severity, text in own if severity), (None, ""))
