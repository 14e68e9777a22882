"""Backups: all items as one JSON file, written by night and read when a region is set up."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from catalog.models import Item

logger = logging.getLogger(__name__)


class BackupError(Exception):
    """A backup that cannot be read."""


def read_backup(path: Path) -> list[Item]:
    """The items of a backup.

    Raises:
        BackupError: the file is no backup.
        OSError: the file cannot be read.
    """
    try:
        entries = json.loads(path.read_text("utf-8"))
    except json.JSONDecodeError as e:
        raise BackupError(f"{path.name}, line {e.lineno}: {e.msg}")
    except OSError as e:
        logger.warning("Backup %s cannot be read: %s", path.name, e.strerror)
        raise e
    try:
        return [Item.model_validate(entry) for entry in entries]
    except TypeError:
        # The text of the first error speaks of Python, not of the file.
        raise BackupError(f"{path.name} holds no list of items") from None


def write_backup(path: Path, items: Iterable[Item]) -> bool:
    """Write all items; False where that failed, the old backup being kept."""
    draft = path.with_suffix(".new")
    try:
        draft.write_text(json.dumps([item.model_dump(mode="json") for item in items]), "utf-8")
        draft.replace(path)
    except OSError:
        logger.exception("Backup %s was not written", path.name, exc_info=True)
        return False
    except Exception as e:
        logger.error(f"Backup {path.name} failed: {e}")
        return False
    return True


def drop_backup(path: Path) -> None:
    """Remove a backup that may be gone already."""
    try:
        path.unlink()
    except FileNotFoundError as e:
        logger.error("Backup was gone already: %s", e.filename)
