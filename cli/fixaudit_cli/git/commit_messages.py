"""The message of a commit: the change, its reason, its sites, and the audit findings it fixes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from fixaudit.text.visible import visible

_SUBJECT = 72
_BODY = 72


@dataclass(frozen=True, slots=True)
class CommitSummary:
    """The contents of a commit's message.

    `scope` is a codemod's name, a finding's id or a package; `what` is one line in the imperative;
    `why` a paragraph; `sites` and `files` are counts; `findings` the audit's own ids, or other names
    under the heading `label`; `left` is one line about what was not done, if anything.
    """

    scope: str
    what: str
    why: str
    sites: int
    files: int
    findings: tuple[str, ...] = ()
    left: str = ""
    label: str = "Audit findings"


def commit_message(summary: CommitSummary) -> str:
    """The message, with a subject of at most 72 characters and a body wrapped at 72."""
    what = cleaned(summary.what).rstrip(".")
    count = f"{_counted(summary.sites, 'site')} in {_counted(summary.files, 'file')}"
    subject = f"{cleaned(summary.scope)}: {what}"
    parts = [shortened(subject)]
    if parts[0] != subject:
        parts.append(wrapped(what + "."))
    parts += [wrapped(paragraph) for paragraph in summary.why.split("\n\n") if paragraph.strip()]
    parts.append(wrapped(f"Rewrites {count}."))
    if summary.left:
        parts.append(wrapped(summary.left))
    if summary.findings:
        parts.append(wrapped(f"{summary.label}: {', '.join(_ordered(summary.findings))}", "  "))
    return "\n\n".join(parts) + "\n"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shortened(subject: str) -> str:
    """A subject of at most 72 characters, cut at a word where there is one."""
    if len(subject) <= _SUBJECT:
        return subject
    cut = subject[: _SUBJECT - 1]
    # On a word, unless the first one is the whole line.
    return (cut.rsplit(" ", 1)[0] if " " in cut.partition(": ")[2] else cut).rstrip(" ,;:") + "…"


def wrapped(text: str, indent: str = "") -> str:
    """A paragraph wrapped at 72 characters; `indent` stands before all lines but the first."""
    return textwrap.fill(
        cleaned(text),
        _BODY,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def cleaned(text: str) -> str:
    """One line without control characters: ids come from reports, names from files."""
    return visible(" ".join(text.split()))


def _ordered(findings: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(findings))
