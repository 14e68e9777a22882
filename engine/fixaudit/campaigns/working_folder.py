"""Where campaigns keep work trees, clones and environments on this machine, and who uses which of them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from itertools import count
from pathlib import Path

from fixaudit.campaigns.errors import CampaignError
from fixaudit.files.process_lock import ProcessLock
from fixaudit.files.user_folders import CACHE_VARIABLE, cache_folder, make_private


def working_folder(*names: str) -> Path:
    """A folder for work trees and what belongs to them, the user's alone; it can be removed any time.

    `names` are those of a folder inside. Raises CampaignError where the user has no folder for caches,
    FolderError where others may write to it.
    """
    cache = cache_folder()
    if cache is None:
        raise CampaignError(f"there is no home for work trees; {CACHE_VARIABLE} names a folder")
    folder = os.path.join(cache, "campaigns")
    make_private(folder)
    for name in names:
        folder = os.path.join(folder, name)
        make_private(folder)
    return Path(os.path.realpath(folder))


def folder_name(place: str) -> str:
    """The name of the folder of a repository, by its path or URL: 16 hexadecimal digits."""
    return blake2b(place.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


@contextmanager
def slot(folder: Path, besides: Collection[str] = ()) -> Iterator[str]:
    """The first of `slot-1`, `slot-2`, … that no process holds, besides some: what is kept for one is of use again.

    `folder` holds their locks. Raises CampaignError where it cannot be written to.
    """
    for number in count(1):
        name = f"slot-{number}"
        if name in besides:
            continue
        lock = ProcessLock(folder / f"{name}.lock")
        try:
            free = lock.acquire()
        except OSError as error:
            raise CampaignError(f"cannot lock {folder}: {error.strerror}") from error
        if free:
            try:
                yield name
            finally:
                lock.release()
            return
