"""Locks that all workers share. Needs the extra ``redis``."""

from __future__ import annotations

from redis.asyncio import Redis


def lock_client(url: str) -> Redis:
    """A client of its own: locks must not wait for the connections of the cache."""
    return Redis.from_url(url, health_check_interval=15, max_connections=4)


def leader_client(url: str) -> Redis:
    """The client of the worker that runs the nightly jobs."""
    return Redis.from_url(url, socket_timeout=5.0)
