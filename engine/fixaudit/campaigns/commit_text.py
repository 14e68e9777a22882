"""The message of a batch's commit: what and why, its places, and last the trailers.

Reasons, paths and titles come from files of others. Each of their paragraphs and lines is one that
we began, so that none of them is read as a trailer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fixaudit.campaigns.batch import Batch, Site
from fixaudit.campaigns.report import BatchReport, Dropped
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.trailers import trailers_of
from fixaudit.text.clipped import clipped
from fixaudit.text.message_lines import cleaned, counted, shortened, wrapped

_CALLING = re.compile(r"(^|[\s(\[])([@#!])(?=\w)")
_SKIPPING = re.compile(r"\[(?=(?:skip|no|ci|actions)[ -]\w+\])", re.IGNORECASE)
_MOST_PLACES = 20
_LONGEST = 400


def commit_message(settings: CampaignSettings, batch: Batch, report: BatchReport) -> str:
    """The message of the commit that holds what the report kept; its subject has at most 72 characters."""
    whole = _text(title(settings, batch, report))
    subject = shortened(whole)
    parts = [] if subject == whole else [wrapped(whole)]
    parts += [wrapped(_text(part)) for part in paragraphs(why(settings, report))]
    files = counted(len(report.files), "file")
    parts.append(wrapped(f"Rewrites {counted(len(report.kept), 'site')} in {files}:"))
    parts.append(_listed([_place(site) for site in report.kept]))
    if report.dropped:
        parts += ["Taken out:", _listed(_dropped(report.dropped))]
    body = "\n\n".join(part for part in parts if part)
    trailers = trailers_of(settings.name, batch.verdict, report).text
    return f"{subject}\n\n{body}\n\n{trailers}"


def title(settings: CampaignSettings, batch: Batch, report: BatchReport) -> str:
    """One line: the campaign, what it does, and which batch this is."""
    codemods = dict.fromkeys(site.codemod for site in report.kept)
    told = "; ".join(summary for summary, _ in _words(settings, report) if summary)
    named = f"apply {', '.join(codemods) or ', '.join(settings.select)}"
    said = settings.title or told or named
    return cleaned(f"{settings.name}: {said.strip().rstrip('.')} ({batch.name})")


def why(settings: CampaignSettings, report: BatchReport) -> str:
    """Why the edits of a batch are made: the campaign's own words, else those of its codemods."""
    return settings.why or "\n\n".join(told for _, told in _words(settings, report) if told)


def _words(settings: CampaignSettings, report: BatchReport) -> list[tuple[str, str]]:
    """Summary and why of each codemod that the batch applies."""
    applied = {site.codemod for site in report.kept}
    return [(summary, told) for name, summary, told in settings.words if name in applied]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text; lines within one are joined."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _text(text: str) -> str:
    # Hosts read a message, too: names in it are told, issues are closed, checks are skipped.
    text = _CALLING.sub(r"\1\2 ", text)
    text = _SKIPPING.sub("(", text)
    # Broken lines of a paragraph could begin with the words of a trailer; so could all of it.
    return text.replace("Fixaudit-", "fixaudit-")


def _place(site: Site) -> str:
    return f"{clipped(site.path, 200)}:{site.line}: {clipped(site.reason, _LONGEST)}"


def _dropped(rows: Iterable[Dropped]) -> list[str]:
    return [
        f"{clipped(row.site.path, 200)}:{row.site.line}: turns {row.place.name or row.place.folder or '(root)'} red"
        for row in rows
    ]


def _listed(lines: Sequence[str]) -> str:
    shown = [wrapped(_text(f"- {line}"), "  ") for line in lines[:_MOST_PLACES]]
    if len(lines) > _MOST_PLACES:
        shown.append(f"- and {len(lines) - _MOST_PLACES} more")
    return "\n".join(shown)
