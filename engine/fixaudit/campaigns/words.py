"""What reviewers read where the campaign's file says nothing: the words of a batch's codemods."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path

from fixaudit.authoring.codemod import Codemod
from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.config.request import Request
from fixaudit.pipeline.runner import Worker


class Words:
    """Gives the settings of a campaign a title and a why for each batch.

    Codemods are loaded for the first batch that needs them. Raises ConfigError, CodemodError.
    """

    def __init__(self, settings: CampaignSettings, root: Path) -> None:
        self._settings = settings
        self._root = root

    def of(self, batch: Batch) -> CampaignSettings:
        """The settings, with the words of the codemods that the batch has sites of."""
        settings = self._settings
        if settings.title and settings.why:
            return settings
        names = dict.fromkeys(site.codemod for site in batch.sites)
        found = [self._codemods[name] for name in names if name in self._codemods]
        whys = filter(None, map(_why, found))
        return replace(
            settings,
            title=settings.title or "; ".join(each.summary().rstrip(".") for each in found),
            why=settings.why or "\n\n".join(whys),
        )

    @cached_property
    def _codemods(self) -> dict[str, type[Codemod]]:
        settings = self._settings
        request = Request(
            paths=(self._root,), root=self._root, select=settings.select, ignore=settings.ignore
        )
        worker = Worker(request)
        entries = worker.chosen(worker.resolver.for_path(self._root))
        return {entry.name: entry.load() for entry in entries if entry.folder is None}


def _why(codemod: type[Codemod]) -> str:
    """The second paragraph of a codemod's documentation: the first one is its summary."""
    parts = [part for part in codemod.documentation().split("\n\n") if part.strip()]
    return parts[1] if len(parts) > 1 else ""
