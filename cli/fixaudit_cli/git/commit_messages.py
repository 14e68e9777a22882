"""The message of a commit: what was done, why, how often, and which audit findings it answers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

_SUBJECT = 72
_BODY = 72


@dataclass(frozen=True, slots=True)
class CommitStory:
    """What a commit's message tells.

    `scope` is a codemod's name, a finding's id or a package; `what` is one line in the imperative;
    `why` a paragraph; `sites` and `files` are counts; `findings` the audit's own ids, or other names
    that `label` says what they are; `left` says in one line what was not done, if anything.
    """

    scope: str
    what: str
    why: str
    sites: int
    files: int
    findings: tuple[str, ...] = ()
    left: str = ""
    label: str = "Audit findings"


def commit_message(story: CommitStory) -> str:
    """The message, with a subject of at most 72 characters and a body wrapped at 72."""
    what = " ".join(story.what.split()).rstrip(".")
    count = f"{_counted(story.sites, 'site')} in {_counted(story.files, 'file')}"
    subject = f"{story.scope}: {what}"
    parts = [_shortened(subject)]
    if parts[0] != subject:
        parts.append(_wrapped(what + "."))
    parts += [_wrapped(paragraph) for paragraph in story.why.split("\n\n") if paragraph.strip()]
    parts.append(_wrapped(f"Rewrites {count}."))
    if story.left:
        parts.append(_wrapped(story.left))
    if story.findings:
        parts.append(_wrapped(f"{story.label}: {', '.join(_ordered(story.findings))}", "  "))
    return "\n\n".join(parts) + "\n"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _shortened(subject: str) -> str:
    if len(subject) <= _SUBJECT:
        return subject
    cut = subject[: _SUBJECT - 1]
    # On a word, unless the first one is the whole line.
    return (cut.rsplit(" ", 1)[0] if " " in cut.partition(": ")[2] else cut).rstrip(" ,;:") + "…"


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        " ".join(text.split()),
        _BODY,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _ordered(findings: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(findings))
