"""What reviewers read where the campaign's file says nothing: the words of a batch's codemods."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fixaudit.authoring.codemod import Codemod
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.config.request import Request
from fixaudit.pipeline.runner import Worker


def with_words(settings: CampaignSettings, root: Path) -> CampaignSettings:
    """The settings with the words of the campaign's codemods. Raises ConfigError, CodemodError."""
    if settings.title and settings.why:
        return settings
    request = Request(paths=(root,), root=root, select=settings.select, ignore=settings.ignore)
    worker = Worker(request)
    entries = worker.chosen(worker.resolver.for_path(root))
    codemods = [entry.load() for entry in entries if entry.folder is None]
    words = ((each.name, each.summary().rstrip("."), _why(each)) for each in codemods)
    return replace(settings, words=tuple(words))


def _why(codemod: type[Codemod]) -> str:
    """The second paragraph of a codemod's documentation: the first one is its summary."""
    parts = [part for part in codemod.documentation().split("\n\n") if part.strip()]
    return parts[1] if len(parts) > 1 else ""
