"""Fingerprints of content."""

from __future__ import annotations

from hashlib import blake2b


def digest(content: bytes) -> str:
    """A short fingerprint of some bytes."""
    return blake2b(content, digest_size=16).hexdigest()
