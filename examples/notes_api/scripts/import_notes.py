"""Import notes of one user from a folder of text files; the first line is the title."""

from __future__ import annotations

import argparse
from datetime import datetime, timezone
from pathlib import Path

from sqlalchemy import insert, select

from notes.config import load
from notes.db import open_engine
from notes.tables import notes, users


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("user")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    with open_engine(load()).begin() as connection:
        user_id = connection.execute(
            select(users.c.id).where(users.c.name == options.user)
        ).scalar_one_or_none()
        if user_id is None:
            print(f"No user {options.user}")
            return 1
        for path in sorted(options.folder.glob("*.txt")):
            title, _, body = path.read_text(encoding="utf-8").partition("\n")
            now = datetime.now(timezone.utc).replace(tzinfo=None)
            connection.execute(
                insert(notes).values(user_id=user_id, title=title, body=body, created_at=now)
            )
            print(f"{path.name}: {title}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
