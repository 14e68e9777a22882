"""Delete archived notes that are older than so many days, after a question."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from notes.config import load
from notes.db import open_engine
from notes.tables import notes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--yes", action="store_true")
    options = parser.parse_args()
    limit = datetime.utcnow() - timedelta(days=options.days)
    old = (notes.c.archived.is_(True)) & (notes.c.created_at < limit)
    with open_engine(load()).begin() as connection:
        count = connection.execute(select(func.count()).select_from(notes).where(old)).scalar_one()
        print(f"{count} archived notes are older than {options.days} days")
        if options.yes or input("Delete them? [y/N] ").lower() == "y":
            connection.execute(delete(notes).where(old))
            print("Deleted.")


if __name__ == "__main__":
    main()
