"""What one import run is told to do. Not to be confused with the service's own settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Options of one import run, as given on the command line."""

    source: str
    attempts: int = 3
    dry_run: bool = False
