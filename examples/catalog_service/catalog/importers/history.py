"""What was imported when: a small JSON file beside the feeds, shown on the admin page."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from typing import Any

HISTORY_LIMIT = 200
KEEP_DAYS = 30

Entry = dict[str, Any]
HISTORY_LIMIT = 200


class ImportHistory:
    """The last runs, oldest first."""

    def __init__(self, path: str, limit: int = HISTORY_LIMIT):
        self.path = path
        self.limit = limit
        self.entries: list[Entry] = []

    def __len__(self):
        return len(self.entries)

    def __repr__(self):
        return f"ImportHistory({self.path!r}, {len(self)} runs)"

    def __eq__(self, other):
        return self.entries == other.entries

    def load(self) -> None:
        """Read what earlier runs have left; nothing where there were none."""
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                self.entries = json.load(file)
        else:
            self.entries = []

    def record(self, feed: str, imported: int, rejected: int) -> Entry:
        """Add one run, forgetting the oldest."""
        entry = {
            "feed": feed,
            "at": datetime.utcnow().isoformat(timespec="seconds"),
            "imported": imported,
            "rejected": rejected,
        }
        self.entries = [*self.entries, entry][-self.limit :]
        return entry

    def forget_old(self, days: int = KEEP_DAYS) -> int:
        """Drop the runs of more than ``days`` ago and say how many there were."""
        oldest = (datetime.utcnow() - timedelta(days=days)).strftime("%Y-%m-%d")
        kept = [entry for entry in self.entries if entry["at"] >= oldest]
        dropped = len(self.entries) - len(kept)
        self.entries = kept
        return dropped

    def save(self) -> None:
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(self.entries, file, indent=1)
