"""What will happen to a finding, in one word and in one sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.model import Anchor, Flaw, Pair, Status, Weight, all_gone
from fixaudit.plan.outcome_words import LEFT_OUT, OFFERED, TOLD, WORDS, acting
from fixaudit.reports.disposition import CLOSED
from fixaudit.reports.model import Disposition

_FLAWS = {
    Flaw.HERE: "the flaw is here",
    Flaw.NOT_HERE: WORDS["fixed"],
    Flaw.NOT_CHECKED: "not checked",
}
_SHOWN = 4
"""Places a sentence names before it only counts them."""


def verdict_of(
    pairs: Sequence[Pair],
    anchors: Sequence[Anchor],
    here: Sequence[LocatedFinding],
    elsewhere: int,
    disposition: Disposition = "open",
) -> str:
    """One word, see `Planned.verdict`. `disposition` is what the report says is to become of it."""
    words = {"suppressed" if site.suppressed else site.finding.verdict.value for site in here}
    if words:
        return words.pop() if len(words) == 1 else "mixed"
    if all_gone(anchors) and all(entry.flaw is not Flaw.HERE for entry in anchors):
        return "fixed"
    if disposition in CLOSED and all(entry.flaw is not Flaw.HERE for entry in anchors):
        return f"{TOLD}{disposition}"
    acts = any(pair.acts for pair in pairs)
    cited = [entry for entry in anchors if entry.location is not None]
    if cited and all(entry.status is Status.NOT_FOUND for entry in cited):
        return "not-found"
    if acts and any(entry.status is Status.AMBIGUOUS for entry in anchors):
        return "ambiguous"
    if acts and not cited:
        return "elsewhere" if elsewhere else "not-found"
    some = any(entry.flaw is Flaw.NOT_HERE and not entry.context for entry in anchors)
    if some and all(entry.flaw is not Flaw.HERE for entry in anchors):
        return "partly fixed"
    return "manual"


def sentence(
    verdict: str,
    pairs: Sequence[Pair],
    anchors: Sequence[Anchor],
    here: Sequence[LocatedFinding],
    unsafe: bool,
    elsewhere: Sequence[LocatedFinding] = (),
    *,
    offered: bool = False,
) -> str:
    """What will happen, and where and why, for a person who has the report open.

    `elsewhere` are the like sites that no finding cites, `offered` says that a codemod may answer it.
    """
    names = ", ".join(f"`{pair.codemod}`" for pair in pairs if pair.acts)
    parts: list[str] = []
    parts += _acts(here, unsafe)
    parts += _open_places(anchors, bool(here), names)
    parts += _unanswered_title(pairs, here)
    like = [] if verdict == "not-found" else _acts(elsewhere, unsafe)
    if verdict == "manual" and not acting(elsewhere, True):
        parts.insert(0, OFFERED if offered else WORDS[verdict])
    elif verdict == "elsewhere":
        parts.append("no place is cited")
    elif verdict == "not-found":
        if not parts:
            why = list(dict.fromkeys(entry.why for entry in anchors))
            more = f" (and {len(why) - 2} more places)" if len(why) > 2 else ""
            told = "; ".join(why[:2]) + more
            out = any(entry.left_out for entry in anchors)
            parts.append(told if out else f"{WORDS['not-found']}: {told}")
        if names:
            parts.append(f"{names} would answer it")
    if like:
        parts.append(f"where no finding cites it: {'; '.join(like)}")
    return "; ".join(parts)


def _unanswered_title(pairs: Sequence[Pair], here: Sequence[LocatedFinding]) -> list[str]:
    """What the title speaks of, where nothing but sites of other codemods is told, and left alone."""
    titled = [pair.codemod for pair in pairs if pair.weight == Weight.TITLE]
    seen = {site.finding.codemod for site in here}
    if not here or any(site.finding.verdict is not Verdict.LEAVE for site in here):
        return []
    told = silence(titled, seen) if titled and seen.isdisjoint(titled) else ""
    return [f"{told}, of which its title speaks"] if told else []


def as_configured(names: Sequence[str]) -> str:
    """What is said of a finding that codemods answer once they have the options that it says itself."""
    found = ", ".join(f"`{name}`" for name in names)
    return f"{WORDS['review']}: {found} does it with the options that the report says, once they are set"


def strange_sentence(codemods: Sequence[str]) -> str:
    """What is said of a finding without a place in a report that cites nothing of the tree."""
    names = ", ".join(f"`{name}`" for name in codemods)
    return f"no place is cited, and nothing that the report cites is in this tree; {names} would answer it"


def silence(names: Sequence[str], seen: Collection[str]) -> str:
    """What codemods do not find at a place; those that have a site there are `seen`."""
    if not names:
        return "no codemod looks for this"
    quiet = [f"`{name}`" for name in names if name not in seen]
    if not quiet:
        found = ", ".join(f"`{name}`" for name in names)
        verb = "finds" if len(names) == 1 else "find"
        return f"what {found} {verb} there may be something else"
    return f"{', '.join(quiet)} {'finds' if len(quiet) == 1 else 'find'} nothing there"


def guidance(here: Sequence[LocatedFinding]) -> tuple[str, ...]:
    """What the codemods advise about sites, each advice once with its places."""
    advised: dict[str, list[LocatedFinding]] = {}
    for site in here:
        if site.finding.guidance and site.finding.verdict is not Verdict.LEAVE:
            advised.setdefault(" ".join(site.finding.guidance.split()), []).append(site)
    return tuple(f"{places(sites)}: {advice}" for advice, sites in advised.items())


def _acts(here: Sequence[LocatedFinding], unsafe: bool) -> list[str]:
    parts = []
    for verdict in Verdict:
        sites = [s for s in here if s.finding.verdict is verdict and not s.suppressed]
        if sites:
            parts.append(_about(verdict, sites, unsafe))
    hidden = [site for site in here if site.suppressed]
    if hidden:
        parts.append(f"{WORDS['suppressed']} at {places(hidden)}: {hidden[0].suppressed}")
    return parts


def _about(verdict: Verdict, sites: Sequence[LocatedFinding], unsafe: bool) -> str:
    name = ", ".join(dict.fromkeys(f"`{site.finding.codemod}`" for site in sites))
    where, why = places(sites), _reasons(sites)
    match verdict:
        case Verdict.FIX:
            return f"to be fixed by {name} at {where}"
        case Verdict.UNSAFE if unsafe:
            return f"to be fixed by {name} at {where} ({why})"
        case Verdict.UNSAFE:
            return f"to be fixed by {name} with --unsafe only, at {where}: {why}"
        case Verdict.REVIEW:
            return f"{WORDS['review']} at {where}: {why}"
        case Verdict.LEAVE:
            return f"{WORDS['leave']} at {where}, the code speaks against it: {why}"


def _reasons(sites: Sequence[LocatedFinding]) -> str:
    reasons = list(dict.fromkeys(site.finding.reason for site in sites))
    more = f" (and {len(reasons) - 2} more reasons)" if len(reasons) > 3 else ""
    shown = reasons[:2] if more else reasons
    return "; ".join(shown) + more


def places(sites: Sequence[LocatedFinding]) -> str:
    """`a.py:3,9, b.py:4 and 4 more files`."""
    by_path: dict[str, list[int]] = {}
    for site in sites:
        by_path.setdefault(site.path, []).append(site.line)
    return listed(
        [f"{path}:{','.join(map(str, dict.fromkeys(lines)))}" for path, lines in by_path.items()],
        " files",
    )


def listed(texts: Sequence[str], noun: str = "") -> str:
    """`a, b, c, d and 3 more`."""
    texts = list(dict.fromkeys(texts))
    if len(texts) <= _SHOWN + 1:
        return ", ".join(texts)
    return ", ".join(texts[:_SHOWN]) + f" and {len(texts) - _SHOWN} more{noun}"


def _open_places(anchors: Sequence[Anchor], more: bool, names: str) -> list[str]:
    """Cited places at which nothing will happen, by what is known of the flaw there."""
    parts = []
    bare = [entry for entry in anchors if not entry.sites and entry.flaw_why]
    for flaw, words in _FLAWS.items():
        by_why: dict[str, list[str]] = {}
        for entry in bare:
            if entry.flaw is flaw:
                by_why.setdefault(entry.flaw_why, []).append(_place(entry))
        for why, where in list(by_why.items())[:_SHOWN]:
            at = f" at {listed(where)}" if any(where) else ""
            parts.append(f"{words}{at}: {why}")
        if len(by_why) > _SHOWN:
            parts.append(f"{words} at {len(by_why) - _SHOWN} places more")
    unclear = [entry for entry in anchors if entry.status is Status.AMBIGUOUS]
    if unclear:
        candidates = listed([name for entry in unclear for name in entry.candidates])
        parts.append(
            f"{WORDS['ambiguous']}: {_cited(unclear[0])} may be {candidates}; {unclear[0].why}"
        )
    out: dict[str, list[str]] = {}
    for entry in anchors if more or parts or not names else ():
        if entry.left_out:
            out.setdefault(entry.left_out, []).append(_cited(entry))
    parts += [f"{LEFT_OUT} at {listed(where)}: {why}" for why, where in out.items()]
    gone = [e for e in anchors if e.status is Status.NOT_FOUND and e.location and not e.flaw_why]
    gone = [entry for entry in gone if not entry.left_out]
    if gone and (more or parts or not names):
        parts.append(
            f"{WORDS['not-found']}: {listed([_cited(entry) for entry in gone])}; {gone[0].why}"
        )
    return parts


def _place(entry: Anchor) -> str:
    path = entry.path or (entry.location.written if entry.location else "")
    line = entry.line or (entry.cited[0] if entry.cited else None)
    return f"{path}:{line}" if line and path else path


def _cited(entry: Anchor) -> str:
    written = entry.location.written if entry.location else "the quoted code"
    return f"{written}:{entry.cited[0]}" if entry.cited else written
