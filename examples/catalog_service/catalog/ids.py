"""Stable identifiers for catalogue items."""

from __future__ import annotations

import hashlib


def item_id(source: str, external_id: str) -> str:
    """The id under which an item is stored: 32 hex characters, the same on every import."""
    identity = f"{source.strip().lower()}:{external_id.strip()}"
    return hashlib.md5(identity.encode()).hexdigest()


def short_id(full_id: str) -> str:
    """The first eight characters, for log lines and file names."""
    return full_id[:8]
