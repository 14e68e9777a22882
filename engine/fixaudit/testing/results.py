"""What a run of a codemod gave, whether it went well, and our own diffs applied to compare with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit.model.outcome import Changed, Failed, Held, LocatedFinding, Outcome
from fixaudit.text.line_diff import split_lines
from fixaudit.text.unified_diff import unified


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one file: a line, and the two texts where it is about a text."""

    message: str
    expected: bytes | None = None
    got: bytes | None = None


def text_after(outcome: Outcome, before: bytes) -> bytes:
    return outcome.after if isinstance(outcome, Changed) else before


def sites_of(outcome: Outcome) -> tuple[LocatedFinding, ...]:
    return () if isinstance(outcome, Failed) else outcome.sites


def said(site: LocatedFinding) -> str:
    """Why a site is what it is: the codemod's reason and the comment that suppresses it."""
    return " / ".join(text for text in (site.finding.reason, site.suppressed) if text)


def sound(outcome: Outcome) -> Iterator[Trouble]:
    """Whether a run went well: no crash, every edit of the codemod's can be made, every reason a line."""
    if isinstance(outcome, Failed):
        yield Trouble(f"{outcome.problem.kind}: {outcome.problem.message}")
        return
    for problem in outcome.problems:
        yield Trouble(f"line {problem.line}: {problem.message}")
    for site in outcome.sites:
        if site.held not in (None, Held.WAITS):
            yield Trouble(f"line {site.line}: {site.finding.reason}")
        for name, text in (("reason", site.finding.reason), ("guidance", site.finding.guidance)):
            if text is not None and (not text.strip() or (name == "reason" and "\n" in text)):
                yield Trouble(f"line {site.line}: the {name} must be a line of text: {text!r}")


_VISIBLE = str.maketrans({"\r": "\\r", "\f": "\\f", "\ufeff": "\\ufeff"})


def patched(path: str, before: bytes, after: bytes) -> bytes | None:
    """`before` with the diff to `after` applied line by line; None where the diff does not fit."""
    old = split_lines(before)
    result: list[bytes] = []
    at = 0
    for hunk in unified(path, before, after).hunks:
        start = hunk.old_start - (1 if hunk.old_count else 0)
        result += old[at:start]
        at = start
        for line in hunk.lines:
            content = line[1:].removesuffix(b"\n\\ No newline at end of file\n")
            if line[:1] == b"+":
                result.append(content)
                continue
            if at >= len(old) or old[at] != content:
                return None
            at += 1
            if line[:1] == b" ":
                result.append(content)
    return b"".join([*result, *old[at:]])
