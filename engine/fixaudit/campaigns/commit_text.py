"""The message of a batch's commit: what and why, its places, and last the trailers.

Reasons, paths and titles come from files of others. Each of their paragraphs and lines is one that
we began, so that none of them is read as a trailer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fixaudit.campaigns.batch import Batch, Site
from fixaudit.campaigns.report import BatchReport, Dropped
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.trailers import trailers_of
from fixaudit.text.clipped import clipped
from fixaudit.text.message_lines import counted, shortened, wrapped

_MOST_PLACES = 20
_LONGEST = 400


def commit_message(
    settings: CampaignSettings, batch: Batch, report: BatchReport, *, what: str = "", why: str = ""
) -> str:
    """The message of the commit that holds what the report kept.

    `what` is one line and `why` some paragraphs for where the campaign's file says nothing: the
    words of its codemods. The subject has at most 72 characters.
    """
    whole = f"{title(settings, batch, report, what)}"
    subject = shortened(_one(whole))
    parts = [] if subject == _one(whole) else [wrapped(_text(whole))]
    parts += [wrapped(_text(part)) for part in paragraphs(settings.why or why)]
    files = counted(len(report.files), "file")
    parts.append(wrapped(f"Rewrites {counted(len(report.kept), 'site')} in {files}:"))
    parts.append(_listed([_place(site) for site in report.kept]))
    if report.dropped:
        parts += ["Taken out, as a check turned red with it:", _listed(_dropped(report.dropped))]
    body = "\n\n".join(part for part in parts if part)
    trailers = trailers_of(settings.name, batch.verdict, report).text
    return f"{subject}\n\n{body}\n\n{trailers}"


def title(settings: CampaignSettings, batch: Batch, report: BatchReport, what: str = "") -> str:
    """One line: the campaign, what it does, and which batch this is."""
    codemods = dict.fromkeys(site.codemod for site in report.kept)
    said = settings.title or what or f"apply {', '.join(codemods) or ', '.join(settings.select)}"
    return _one(f"{settings.name}: {said.strip().rstrip('.')} ({batch.name})")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text; lines within one are joined."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _one(text: str) -> str:
    return wrapped(_text(text)).replace("\n", " ")


def _text(text: str) -> str:
    # Broken lines of a paragraph could begin with the words of a trailer; so could all of it.
    return text.replace("Fixaudit-", "fixaudit-")


def _place(site: Site) -> str:
    return f"{clipped(site.path, 200)}:{site.line}: {clipped(site.reason, _LONGEST)}"


def _dropped(rows: Iterable[Dropped]) -> list[str]:
    return [
        f"{clipped(row.site.path, 200)}:{row.site.line}: {row.place.name or row.place.folder or 'root'}"
        for row in rows
    ]


def _listed(lines: Sequence[str]) -> str:
    shown = [wrapped(_text(f"- {line}"), "  ") for line in lines[:_MOST_PLACES]]
    if len(lines) > _MOST_PLACES:
        shown.append(f"- and {len(lines) - _MOST_PLACES} more")
    return "\n".join(shown)
