"""The bucket that holds the photos."""

from __future__ import annotations

from typing import Protocol


class Storage(Protocol):
    def upload_url(self, key: str) -> str: ...

    def size_of(self, key: str) -> int | None: ...


class MemoryStorage:
    """For development: what is uploaded is known at once."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}

    def upload_url(self, key: str) -> str:
        return f"https://storage.invalid/{key}"

    def size_of(self, key: str) -> int | None:
        return self.sizes.get(key)


storage: Storage = MemoryStorage()


def get_storage() -> Storage:
    return storage
