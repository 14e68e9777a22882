"""The message of a commit: the change, its reason, its sites, and the audit findings it fixes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fixaudit.text.message_lines import cleaned, counted, shortened, wrapped


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
    count = f"{counted(summary.sites, 'site')} in {counted(summary.files, 'file')}"
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


def _ordered(findings: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(findings))
