"""Settings of the worker, read from `INVOICES_*` variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Everything that differs between the office and production."""

    database: str = "invoices.db"
    archive_folder: str = "archive"
    journal: str = "journal.json"
    queue_url: str | None = None
    rates_url: str = "https://rates.partner.example/latest"
    store_url: str = "https://objects.partner.example/invoices"
    currency: str = "EUR"
    batch_size: int = 25
    workers: int = 4
    max_attempts: int = 3
    pause_seconds: float = 0.5
    local_sandbox: bool = False


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings with what the environment says in place of the defaults."""
    defaults = Settings()
    return Settings(
        database=environ.get("INVOICES_DATABASE", defaults.database),
        archive_folder=environ.get("INVOICES_ARCHIVE", defaults.archive_folder),
        journal=environ.get("INVOICES_JOURNAL", defaults.journal),
        queue_url=environ.get("INVOICES_QUEUE_URL"),
        rates_url=environ.get("INVOICES_RATES_URL", defaults.rates_url),
        store_url=environ.get("INVOICES_STORE_URL", defaults.store_url),
        currency=environ.get("INVOICES_CURRENCY", defaults.currency),
        batch_size=int(environ.get("INVOICES_BATCH_SIZE", defaults.batch_size)),
        workers=int(environ.get("INVOICES_WORKERS", defaults.workers)),
        local_sandbox=environ.get("INVOICES_SANDBOX") == "1",
    )
