"""Showing what the last backup holds."""

from __future__ import annotations

import logging
from pathlib import Path

from fastapi import APIRouter, HTTPException

from catalog.storage.backup import read_backup

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/backups", tags=["backups"])

FOLDER = Path("backups")


@router.get("/{name}")
def show(name: str) -> dict[str, int]:
    """How many items a backup holds."""
    try:
        path = FOLDER / f"{name}.json"
        if not path.is_file():
            raise HTTPException(status_code=404, detail="no such backup")
        return {"items": len(read_backup(path))}
    except Exception:
        logger.exception("Backup %s cannot be shown", name)
        raise HTTPException(status_code=500, detail="backup cannot be shown")


@router.delete("/{name}", status_code=204)
def drop(name: str) -> None:
    """Remove a backup."""
    try:
        (FOLDER / f"{name}.json").unlink()
    except FileNotFoundError:
        raise HTTPException(status_code=404, detail="no such backup") from None
