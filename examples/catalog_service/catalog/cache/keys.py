"""Names of cache entries. All of them start with the namespace of the deployment."""

from __future__ import annotations

import json
from hashlib import md5, sha256

from ..core import get_settings


def _namespace() -> str:
    settings = get_settings()
    return getattr(settings, "cache_namespace", "catalog")


def search_key(query: str, order: str, limit: int) -> str:
    """The key of one page of search results."""
    raw = json.dumps([query.strip().lower(), order, limit])
    return f"{_namespace()}:search:{md5(raw.encode('utf-8')).hexdigest()}"


def description_key(item_id: str, model: str) -> str:
    """The key of one model's description of one item."""
    return f"{_namespace()}:description:{sha256(f'{model}/{item_id}'.encode()).hexdigest()}"
