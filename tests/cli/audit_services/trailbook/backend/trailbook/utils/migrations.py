"""Brings the tables to the newest revision."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path

logger = logging.getLogger(__name__)

BACKEND = Path(__file__).resolve().parents[2]


class MigrationError(RuntimeError):
    """Alembic did not finish."""


def _alembic() -> list[str]:
    executable = shutil.which("alembic")
    if executable is not None:
        return [executable]
    return [sys.executable, "-m", "alembic"]


def run_migrations() -> None:
    """`alembic upgrade head`.

    Raises:
        MigrationError: with the end of what Alembic wrote.
    """
    logger.info("Migrations are run")
    result = subprocess.run(
        [*_alembic(), "upgrade", "head"],
        cwd=BACKEND,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if result.returncode != 0:
        logger.error("Alembic ended with %s", result.returncode)
        raise MigrationError(result.stderr[-2000:])
    logger.info("Migrations are done")
