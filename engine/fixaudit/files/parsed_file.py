"""What a file of settings says, parsed once for all the files of a project that ask."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")


def parsed_once(parse: Callable[[str], T]) -> Callable[[str], T | None]:
    """`parse` for the paths of files, called again where size or time have changed since.

    Gives None for a path where no regular file is. What `parse` raises is raised, and not kept.
    """

    @lru_cache(maxsize=512)
    def kept(path: str, modified: int, size: int) -> T:
        return parse(path)

    def read(path: str) -> T | None:
        try:
            found = os.stat(path)
        except OSError:
            return None
        return kept(path, found.st_mtime_ns, found.st_size) if stat.S_ISREG(found.st_mode) else None

    return read
