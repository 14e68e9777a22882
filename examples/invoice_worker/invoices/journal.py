"""What the worker did, one entry an invoice, in a JSON file that accounting reads."""

from __future__ import annotations

import json
import os
from typing import Any


class Journal:
    """The whole file is read at the start and written after each batch."""

    def __init__(self, path: str):
        self.path = path
        self.entries: list[dict[str, Any]] = []
        self.load()

    def __len__(self):
        return len(self.entries)

    def load(self) -> None:
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                self.entries = json.load(file)
        else:
            self.entries = []

    def note(self, number: str, what: str, **more: Any) -> None:
        self.entries.append({"number": number, "what": what, **more})

    def save(self) -> None:
        """Written beside and moved, so that accounting never reads half a file."""
        beside = f"{self.path}.new"
        with open(beside, "w", encoding="utf-8") as file:
            json.dump(self.entries, file, indent=1)
        os.replace(beside, self.path)
