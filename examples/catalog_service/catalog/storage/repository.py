"""Items in memory, with an append-only journal on disk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from catalog.ids import item_id, short_id
from catalog.models import Item, ItemIn, SortOrder

logger = logging.getLogger(__name__)


class ItemRepository:
    """All items of the catalogue, by id."""

    def __init__(self, journal: Path | None = None) -> None:
        self._items: dict[str, Item] = {}
        self._journal = journal

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(list(self._items.values()))

    def save(self, submitted: ItemIn) -> Item:
        """Insert or replace one item and return it as stored.

        ``OSError`` when the journal cannot be written; the item is not kept then.
        """
        item = Item(
            id=item_id(submitted.source, submitted.external_id),
            **submitted.model_dump(include=set(ItemIn.model_fields)),
        )
        if self._journal is not None:
            try:
                with self._journal.open("a", encoding="utf-8") as out:
                    out.write(item.model_dump_json() + "\n")
            except OSError as e:
                logger.exception("Could not journal item %s: %s", short_id(item.id), e)
                raise
        self._items[item.id] = item
        return item

    def get(self, item_id: str) -> Item | None:
        return self._items.get(item_id)

    def load(self) -> int:
        """Read the journal back; returns the number of lines that were usable."""
        if self._journal is None or not self._journal.exists():
            return 0
        loaded = 0
        for number, line in enumerate(self._journal.read_text(encoding="utf-8").splitlines(), 1):
            try:
                item = Item.model_validate_json(line)
            except ValueError as e:
                # One bad line is one lost update, not a reason to refuse to start.
                logger.error(f"Skipping journal line {number}: {e}", exc_info=True)
                continue
            self._items[item.id] = item
            loaded += 1
        return loaded

    def search(self, query: str, order: SortOrder, limit: int) -> list[Item]:
        """Items whose title or tags contain ``query``, case-insensitively."""
        needle = query.strip().lower()
        hits = [item for item in self if _matches(item, needle)]
        return sorted(hits, key=_sort_key(order))[:limit]


def _matches(item: Item, needle: str) -> bool:
    return needle in item.title.lower() or any(needle in tag.lower() for tag in item.tags)


def _sort_key(order: SortOrder) -> Callable[[Item], Any]:
    if order is SortOrder.TITLE:
        return lambda item: item.title.lower()
    elif order is SortOrder.YEAR:
        # Items without a year go last.
        return lambda item: (item.year is None, item.year or 0)
    else:
        return lambda item: -item.added_at.timestamp()
    raise RuntimeError("Should never happen: every sort order has a key")


def write_index(items: Iterable[Item], out: TextIO) -> None:
    """One tab-separated line per item, for the people who still open it in a spreadsheet."""
    print("id", "title", "year", sep="\t", file=out)
    for item in items:
        print(item.id, item.title, item.year or "", sep="\t", file=out)


def decades(items: list[Item]) -> dict[int, int]:
    """How many items fall into each decade; items without a year are not counted."""
    counts: dict[int, int] = {}
    for item in items:
        year = getattr(item, "year", None)
        if year is None:
            continue
        counts[year // 10 * 10] = counts.get(year // 10 * 10, 0) + 1
    return counts
