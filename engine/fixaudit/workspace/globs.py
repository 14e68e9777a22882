"""Globs of folders as uv and this tool's `packages` read them: `*` stays within a name, `**` does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

_PARTS = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[!?[^\]/]+\]|.", re.DOTALL)


def matcher(globs: Sequence[str]) -> Callable[[str], bool]:
    """Whether any of the globs names a folder, given relative to where they start; "" is that folder."""
    patterns = [_pattern(glob) for glob in globs]

    def is_named(folder: str) -> bool:
        if not folder:  # no name, so that only `.` and `**` mean it
            return any(pattern.pattern in ("", ".*") for pattern in patterns)
        return any(pattern.fullmatch(folder) for pattern in patterns)

    return is_named


@lru_cache(maxsize=256)
def _pattern(glob: str) -> re.Pattern[str]:
    parts = [part for part in glob.strip().split("/") if part not in ("", ".")]
    return re.compile("".join(map(_translated, _PARTS.findall("/".join(parts)))), re.DOTALL)


def _translated(part: str) -> str:
    match part:
        case "**/":
            return "(?:[^/]+/)*"
        case "/**":
            return "(?:/.*)?"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
    if part.startswith("[") and len(part) > 2:
        inner = part[1:-1].replace("\\", r"\\")
        return f"[{'^' + inner[1:] if inner.startswith('!') else inner}]"
    return re.escape(part)
