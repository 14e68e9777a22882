"""Reading, writing and describing items."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from catalog.cache import Cache
from catalog.cache.keys import search_key
from catalog.core import Settings
from catalog.enrichment import Describer
from catalog.models import Description, Item, ItemIn, SortOrder
from catalog.storage import ItemRepository
from catalog.storage.repository import decades
from catalog.utils.sampling import takes_part

from .deps import get_app_settings, get_cache, get_describer, get_repository
from .etags import conditional

router = APIRouter(prefix="/items", tags=["items"])

Repository = Annotated[ItemRepository, Depends(get_repository)]


@router.post("", status_code=201)
async def submit(item: ItemIn, repository: Repository) -> Item:
    """Add a film, or replace the one with the same source and external id."""
    return repository.save(item)


@router.get("")
async def search(
    repository: Repository,
    cache: Annotated[Cache, Depends(get_cache)],
    settings: Annotated[Settings, Depends(get_app_settings)],
    query: str = "",
    order: SortOrder = SortOrder.TITLE,
    limit: Annotated[int | None, Query(ge=1, le=100)] = None,
) -> list[Item]:
    """Films whose title or tags contain ``query``."""
    size = limit or getattr(settings, "search_page_size", 20)
    key = search_key(query, order.value, size)
    known = await cache.get(key)
    if known is not None:
        return [Item.model_validate(entry) for entry in json.loads(known)]
    found = repository.search(query, order, size)
    await cache.set(key, json.dumps([item.model_dump(mode="json") for item in found]))
    return found


@router.get("/decades")
async def count_decades(repository: Repository) -> dict[int, int]:
    """How many films there are per decade."""
    return decades(list(repository))


@router.get("/{item_id}")
async def read(item_id: str, request: Request, repository: Repository) -> Response:
    """One film, with an ETag."""
    item = repository.get(item_id)
    if item is None:
        raise HTTPException(status_code=404, detail="No such item")
    return conditional(request, item.model_dump_json().encode())


@router.get("/{item_id}/label")
async def label(item_id: str, repository: Repository, visitor: str = "") -> dict[str, str]:
    """A short text for the shelf; some visitors get the one with the year."""
    item = repository.get(item_id)
    title = getattr(item, "title", "Unknown film")
    if item and item.year and takes_part("label-with-year", visitor, percent=50):
        title = f"{title} ({item.year})"
    return {"label": title}


@router.post("/describe")
async def describe(
    ids: list[str],
    repository: Repository,
    describer: Annotated[Describer, Depends(get_describer)],
) -> list[Description]:
    """Descriptions of the given films, in the order of ``ids``."""
    items = [item for item in map(repository.get, ids) if item is not None]
    if len(items) != len(ids):
        raise HTTPException(status_code=404, detail=f"{len(ids) - len(items)} unknown items")
    return await describer.describe_all(items)
