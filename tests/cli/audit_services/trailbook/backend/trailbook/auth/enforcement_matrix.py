"""The permissions that a route asks for."""

from __future__ import annotations

ENFORCEMENT: dict[tuple[str, str], tuple[str, ...]] = {
    ("GET", "/saved"): ("read:content",),
    ("POST", "/saved"): ("write:content",),
    ("DELETE", "/saved/{trail_id}"): ("write:content",),
    ("POST", "/progress"): ("write:content",),
}


def required(method: str, path: str) -> tuple[str, ...]:
    return ENFORCEMENT.get((method, path), ())
