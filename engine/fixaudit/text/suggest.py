"""The nearest known word, for messages about one that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?`, or nothing where no known name is near."""
    from difflib import get_close_matches

    by_lower = {entry.lower(): entry for entry in known}
    near = get_close_matches(name.lower().replace("_", "-"), by_lower, 1, 0.6)
    return f'; did you mean "{by_lower[near[0]]}"?' if near else ""
