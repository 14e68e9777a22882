"""Names of batches: from an owner, a package, a codemod or a folder, with a number; safe in a branch."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_MOST = 40
_UNSAFE = re.compile(r"[^a-z0-9]+")
_NUMBERED = re.compile(r"(.+)-([0-9]+)")
_MOST_OWNERS = 2


def slug(text: str, otherwise: str) -> str:
    """`text` in small letters, digits and single hyphens, 40 at most; `otherwise` where none is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _UNSAFE.sub("-", plain).strip("-")[:_MOST].rstrip("-") or otherwise


def owner_words(owners: Iterable[str]) -> str:
    """Owners as the beginning of a name: teams without their organisation, addresses without their host."""
    names = list(dict.fromkeys(_owner(owner) for owner in owners))
    shown = names[:_MOST_OWNERS]
    more = len(names) - len(shown)
    return " ".join([*shown, *([f"and {more} more"] if more else [])]) or "unowned"


def _owner(owner: str) -> str:
    name = owner.removeprefix("@@").removeprefix("@")
    return name.rpartition("/")[2] or name if "@" not in name else name.partition("@")[0]


class Numbers:
    """Gives each name once: the number behind it is higher than that of any known name."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._last: dict[str, int] = {}
        for name in taken:
            found = _NUMBERED.fullmatch(name)
            if found is not None:
                self._last[found[1]] = max(int(found[2]), self._last.get(found[1], 0))

    def next(self, beginning: str) -> str:
        """`payments-01`, then `payments-02`, …"""
        number = self._last[beginning] = self._last.get(beginning, 0) + 1
        return f"{beginning}-{number:02d}"
