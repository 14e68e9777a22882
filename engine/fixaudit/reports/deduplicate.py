"""Repeats of a finding become its mentions; what is left becomes findings or is refused."""

from __future__ import annotations

import re

from fixaudit.reports.collect import Candidate
from fixaudit.reports.disposition import CLOSED
from fixaudit.reports.locations import merged, same_file
from fixaudit.reports.model import (
    Disposition,
    Exclusion,
    Location,
    Mention,
    NotTaken,
    ReportFinding,
    Severity,
)
from fixaudit.reports.problem_words import is_wish
from fixaudit.reports.repeat_index import Known, RepeatIndex
from fixaudit.reports.repeats import (
    lone_of_file,
    matches,
    places_of,
    referred,
    retold_of_file,
    same,
)
from fixaudit.reports.title_words import full_title, words_of
from fixaudit.reports.vocabulary import WHY, states_a_problem

_NEW = re.compile(r"(?:create|write|set ?up|update|install|configure|deploy|run)\b", re.I)
_COLON = re.compile(r"\A\s*[:：]\s*")
"""What is left of `**Title**: problem` when the title is taken off."""


def settle(candidates: list[Candidate]) -> tuple[list[ReportFinding], list[NotTaken]]:
    """Findings in the order of the report, and the candidates that are none, with the reason."""
    index = RepeatIndex()
    refused: list[NotTaken] = []
    ordered = sorted(candidates, key=_order)
    for candidate in ordered:
        if is_wish(candidate.title.id or "") and not any(at.ranges for at in places_of(candidate)):
            why = WHY["enhancement"]
            refused.append(NotTaken(candidate.line, candidate.text[:160], why, candidate.end))
            continue
        rank = _order(candidate)[0]
        if rank < 2:
            _place(candidate, same(candidate, index), index)
            continue
        repeated = matches(candidate, index)
        if rank == 2 and not repeated:
            repeated = lone_of_file(candidate, index)
        if rank == 3:
            repeated = retold_of_file(candidate, index)
        if repeated:
            for match in repeated:
                match.mentions.append(candidate)
        elif rank < 4 or _stands_alone(candidate, not index.firm):
            _place(candidate, same(candidate, index), index)
        elif (
            candidate.has_place
            or candidate.has_code
            or candidate.title.explicit
            or (candidate.where.part == "checklist" and candidate.checked is False)
        ):
            why = WHY[candidate.where.part or "summary"]
            refused.append(NotTaken(candidate.line, candidate.text[:160], why, candidate.end))
    known = sorted(index.all, key=lambda k: k.main.line)
    _name(known)
    return [_finished(k) for k in known], refused


def _lists_file(candidate: Candidate) -> bool:
    """An item that opens with a file without lines: it may tell again what other lists say of it."""
    places = candidate.title.locations
    front = candidate.text.lstrip("`*[(-– ")
    opens = bool(places) and front.startswith(places[0].written) and not places[0].ranges
    return opens and candidate.among > 0 and not candidate.row


def _order(candidate: Candidate) -> tuple[int, int, int]:
    """Sections first, then what stands in lists; summaries and indexes of files repeat those; then
    advice, steps and check lists, which may repeat any of them."""
    part = candidate.where.part
    order = {"recommendation": 0, "summary": 1, "roadmap": 2, "checklist": 3}
    rank = 4
    if part is None:
        rank = 0 if candidate.whole_section else 3 if _lists_file(candidate) else 1
    elif part == "summary" and candidate.row and candidate.by_form:
        rank = 2
    return rank, order.get(part or "", 4), candidate.line


def _stands_alone(candidate: Candidate, alone: bool) -> bool:
    part = candidate.where.part
    if not candidate.by_form:
        return False
    if candidate.sure:
        return True
    lines = any(place.ranges for place in places_of(candidate))
    lettered = candidate.title.explicit and not (candidate.title.id or "0")[0].isdigit()
    firm = candidate.title.severity or (part == "summary" and candidate.has_place)
    if lettered and firm and not candidate.row:
        return True  # its number is told nowhere else
    languages = {snippet.language.lower() for snippet in candidate.body.snippets}
    in_python = bool(languages & {"python", "py"})
    if part == "recommendation" and not candidate.whole_section:
        return lines or in_python or (alone and candidate.has_place)
    if part == "roadmap" and in_python and not candidate.whole_section:
        # A step that shows how asks for a change of its own, but where it makes something new.
        return _NEW.match(candidate.title.text.strip("*` ")) is None
    if part in ("roadmap", "checklist"):
        return lines or (alone and candidate.has_place and candidate.title.explicit)
    if part == "summary":
        return lines or (candidate.whole_section and (candidate.has_place or candidate.has_code))
    if part == "recommendation":  # a proposal; the problem it answers is told elsewhere, if at all
        told = candidate.body.labels & {"problem", "location", "lines"}
        states = states_a_problem(candidate.title.text)
        return bool(
            alone or lines or told or states or candidate.title.explicit or candidate.is_record
        )
    return candidate.has_place or candidate.has_code or candidate.is_record


def _place(candidate: Candidate, match: Known | None, index: RepeatIndex) -> None:
    if match is not None:
        match.mentions.append(candidate)
        return
    body = candidate.body
    text = " ".join([*body.problem, *body.advice, *(s.code for s in body.snippets)])
    ident = (candidate.title.id if candidate.title.explicit else body.ident) or candidate.title.id
    ident = ident or body.ident or ""
    words = words_of(full_title(candidate))
    index.add(Known(candidate, ident, words, words_of(text), places_of(candidate)))


def _name(known: list[Known]) -> None:
    """Ids are unique: where two passages carry one number, the later goes by its line."""
    seen: set[str] = set()
    for each in sorted(known, key=lambda k: (k.main.where.part is not None, k.main.line)):
        if not each.ident or each.ident in seen:
            each.ident = f"L{each.main.line}"
            while each.ident in seen:
                each.ident += "b"
        seen.add(each.ident)


def _finished(known: Known) -> ReportFinding:
    main = known.main
    body = main.body
    severity, text = _severity(known)
    boxes = [main.checked, *(c.checked for c in known.mentions if _is_own_box(c, known))]
    mentions = sorted(known.mentions, key=lambda c: c.line)
    return ReportFinding(
        id=known.ident,
        title=full_title(main),
        line=main.line,
        end_line=main.end,
        severity=severity,
        severity_text=text,
        category=body.category or main.where.category or _subject(main),
        locations=_gathered(known),
        snippets=tuple(s for c in (main, *mentions) for s in c.body.snippets),
        problem="\n".join(filter(None, (_COLON.sub("", line) for line in body.problem))),
        recommendation=_advice(known),
        rules=tuple(dict.fromkeys(body.rules)),
        symbols=tuple(dict.fromkeys(body.symbols)),
        mentions=tuple(
            Mention(c.line, c.where.section, c.text[:160], c.checked, c.end) for c in mentions
        ),
        checked=True if True in boxes else False if False in boxes else None,
        by_tool=main.by_tool,
        disposition=_disposition(known),
    )


def _subject(main: Candidate) -> str:
    """What the section of a roadmap is about, for its steps: "Phase 4: Redis Optimization"."""
    return main.where.section if main.where.part == "roadmap" else ""


def _is_own_box(mention: Candidate, known: Known) -> bool:
    """True for a box that opens with the finding's number or tells it by its title, not for a step."""
    if mention.where.part == "recommendation":
        return False
    front = re.match(r"\W*(?:\[.\]\s*)?\W*(?:[^\W\d_]+\s+)?#?" + r"[A-Z]*-?\d", mention.text)
    words = words_of(full_title(mention))
    shared = len(words & known.words)
    alike = shared * 2 > len(words | known.words) or (shared > 1 and bool(referred(mention.text)))
    return alike or (front is not None and not mention.text.lstrip("✅☑✔ ")[:1].islower())


def _disposition(known: Known) -> Disposition:
    """The main passage's own; a plan that has it for later does not defer it."""
    told = [c.disposition for c in known.mentions if c.disposition != "deferred"]
    return next(filter(None, [known.main.disposition, *told]), "open")


def closed(findings: list[ReportFinding]) -> list[Exclusion]:
    """What nobody is to act on, as exclusions; a file that an open finding names is not left out whole."""
    wanted = [at for f in findings if f.disposition not in CLOSED for at in f.locations]
    return [
        Exclusion(
            f.title,
            f.line,
            f.category,
            tuple(
                at for at in f.locations if at.ranges or not any(same_file(at, w) for w in wanted)
            ),
            f.symbols,
            f.disposition,
            f.end_line,
        )
        for f in findings
        if f.disposition in CLOSED
    ]


def _advice(known: Known) -> str:
    texts = [*known.main.body.advice]
    for mention in known.mentions if not texts else []:
        texts.extend(mention.body.advice)
    return "\n".join(filter(None, texts))


def _gathered(known: Known) -> tuple[Location, ...]:
    """The main passage's places; a repeat adds lines to them, and its own where there are none."""
    places = list(known.places)
    for mention in known.mentions:
        for place in places_of(mention):
            old = next((p for p in places if same_file(p, place)), None)
            if not known.main.has_place or (old is not None and not old.ranges and place.ranges):
                places.append(place)
    return merged(places)


def _severity(known: Known) -> tuple[Severity | None, str]:
    """The nearest statement wins: own label, heading, section, a repeat's, a mark, a priority."""
    main = known.main
    proposed = main.where.severity_text.lower() == "suggestion"  # a kind, not a level
    own = [
        (main.body.severity, main.body.severity_text),
        (main.title.severity, main.title.severity_text),
        (None if proposed else main.where.severity, main.where.severity_text),
        *(
            (c.body.severity or c.title.severity, c.body.severity_text or c.title.severity_text)
            for c in known.mentions
        ),
        (main.body.weak_severity, main.body.weak_text),
        *((c.where.severity, c.where.severity_text) for c in known.mentions),
        (main.title.mark, ""),
    ]
    return next(((severity, text) for severity, text in own if severity), (None, ""))
