"""Deciding which requests take part in an experiment."""

from __future__ import annotations

import hashlib

BUCKETS = 100


def bucket(experiment: str, visitor: str) -> int:
    """A number in 0..99 that stays the same for one visitor during one experiment."""
    digest = hashlib.md5(f"{experiment}/{visitor}".encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:4], "big") % BUCKETS


def takes_part(experiment: str, visitor: str, percent: int) -> bool:
    """Whether this visitor is among the first ``percent`` buckets."""
    return bucket(experiment, visitor) < percent
