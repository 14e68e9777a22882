#!/usr/bin/env python3
"""List the items of a journal, as a table, as JSON or as a spreadsheet index."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from catalog.models import Item, SortOrder  # noqa: E402
from catalog.storage.repository import ItemRepository, write_index  # noqa: E402

WIDTH = 72


def print_table(items: list[Item]) -> None:
    print("=" * WIDTH)
    for item in items:
        print(f"{item.id[:8]}  {item.year or '----'}  {item.title}")
    print("=" * WIDTH)
    print()


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--query", default="")
    parser.add_argument("--order", choices=[order.value for order in SortOrder], default="title")
    parser.add_argument("--format", choices=["table", "json", "index"], default="table")
    args = parser.parse_args(argv)

    repository = ItemRepository(args.journal)
    if not repository.load():
        print(f"error: no items in {args.journal}", file=sys.stderr)
        return 1
    items = repository.search(args.query, SortOrder(args.order), limit=len(repository))

    if args.format == "json":
        print(json.dumps([item.model_dump(mode="json") for item in items], indent=2))
    elif args.format == "index":
        write_index(items, sys.stdout)
    else:
        print_table(items)
        print(f"{len(items)} items")
    return 0


if __name__ == "__main__":
    sys.exit(main())
