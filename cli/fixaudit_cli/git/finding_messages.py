"""The message of the commit that answers a finding of a report: what it changed, and what it left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fixaudit.config.commit_template import filled
from fixaudit.plan.named_finding import NamedFinding
from fixaudit.text.message_lines import cleaned, shortened, wrapped

_MOST = 20
"""Places that a message lists before it only counts them."""
_LEFT = {
    "fix": "not applied",
    "unsafe": "only with --unsafe",
    "review": "for review",
    "leave": "left alone",
    "suppressed": "suppressed",
}


@dataclass(frozen=True, slots=True)
class Change:
    """An edit that was made: where, by which codemod, why; `cited` says that the finding names it."""

    codemod: str
    path: str
    line: int
    reason: str
    cited: bool = True


def finding_message(
    finding: NamedFinding,
    changes: Sequence[Change],
    standing: Iterable[str] = (),
    others: Sequence[NamedFinding] = (),
    template: str | None = None,
) -> str:
    """The message. `standing` are fingerprints of all edits of the run that are in the tree, `others`
    findings that these changes answer too; without a `template` the subject has at most 72 characters.
    """
    done = frozenset(standing)
    places = list(_changed(changes))
    left = [
        f"{site.path}:{site.line} ({_LEFT.get(site.verdict, site.verdict)}): {site.reason}"
        for site in finding.sites
        if site.fingerprint not in done
    ]
    codemods = ", ".join(dict.fromkeys(change.codemod for change in changes))
    rating = f" ({finding.severity})" if finding.severity else ""
    whole = cleaned(f"{finding.id}{rating}: {finding.title}")
    subject = shortened(whole)
    parts = [] if subject == whole else [wrapped(whole)]
    parts.append(wrapped(f"Finding {finding.id} of {finding.report}, answered by {codemods}:"))
    parts.append(_listed(places))
    if left:
        parts += ["Left as it is:", _listed(left)]
    if others:
        parts.append(wrapped(f"Answers too: {', '.join(entry.short for entry in others)}"))
    body = "\n\n".join(parts)
    if template is None:
        return f"{subject}\n\n{body}\n"
    values = {
        "id": cleaned(finding.id),
        "severity": finding.severity or "unrated",
        "title": cleaned(finding.title),
        "report": cleaned(finding.report),
        "codemods": codemods,
        "places": _listed(places),
        "left": _listed(left),
        "body": body,
    }
    return filled(template, values)


def _changed(changes: Sequence[Change]) -> Iterator[str]:
    for change in sorted(changes, key=lambda entry: (not entry.cited, entry.path, entry.line)):
        more = "" if change.cited else " (not cited, but the same)"
        yield f"{change.path}:{change.line}{more}: {change.reason}"


def _listed(lines: Sequence[str]) -> str:
    shown = [wrapped(f"- {line}", "  ") for line in lines[:_MOST]]
    if len(lines) > _MOST:
        shown.append(f"- and {len(lines) - _MOST} more")
    return "\n".join(shown)
