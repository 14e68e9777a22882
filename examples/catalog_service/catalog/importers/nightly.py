"""The nightly run over a folder of feeds: `python -m catalog.importers.nightly FOLDER`."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from catalog.importers.feed import FeedImporter
from catalog.importers.history import ImportHistory
from catalog.importers.options import Settings
from catalog.storage.repository import ItemRepository

INTERVAL = timedelta(hours=20)


def is_due(last: datetime, interval: timedelta = INTERVAL) -> bool:
    """Whether enough time has passed since the last run, which the scheduler keeps without a zone."""
    return datetime.utcnow() - last > interval


def note(folder: Path, text: str) -> None:
    """Append a line to the folder's journal, which begins with a heading."""
    journal = folder / "nightly.log"
    if os.path.exists(journal):
        with open(journal, "a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    else:
        journal.write_text(f"Nightly imports\n{text}\n", encoding="utf-8")


def run(folder: Path, repository: ItemRepository) -> int:
    """Import every feed of the folder; the number of feeds with rejected lines."""
    history = ImportHistory(
        str(folder / "history.json"),
        limit=100,
        backup=True,
    )
    history.load()
    bad = 0
    importer = FeedImporter(repository, folder / "feeds.json", Settings(source=folder.name))
    for feed in sorted(folder.glob("*.jsonl")):
        rejected = 0
        result = importer.run(feed)
        rejected += result.rejected
        history.record(feed.name, result.imported, rejected)
        bad += rejected > 0
        rejected = 0
    history.save()
    note(folder, f"{len(history)} runs, {bad} with rejected lines")
    return bad


if __name__ == "__main__":
    place = Path(sys.argv[1])
    items = ItemRepository(place / "catalog.jsonl")
    items.load()
    raise SystemExit(1 if run(place, items) else 0)
