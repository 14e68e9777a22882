"""What one running application consists of."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.cache import Cache
from catalog.core import Settings
from catalog.enrichment import CompletionClient, Describer
from catalog.enrichment.client import Transport
from catalog.jobs import Jobs
from catalog.models import Item
from catalog.storage import ItemRepository


@dataclass
class AppState:
    """The parts the routes work with; built once per application."""

    settings: Settings
    repository: ItemRepository
    cache: Cache
    describer: Describer
    jobs: Jobs
    admin_token: str | None = None


def build_state(
    settings: Settings,
    cache: Cache,
    transport: Transport,
    repository: ItemRepository | None = None,
    admin_token: str | None = None,
) -> AppState:
    """Wire the parts together; nothing here opens a connection."""
    repository = ItemRepository() if repository is None else repository
    describer = Describer(CompletionClient(transport, settings), cache, settings)

    async def reindex_one(item: Item) -> None:
        await describer.describe(item)

    return AppState(settings, repository, cache, describer, Jobs(reindex_one), admin_token)
