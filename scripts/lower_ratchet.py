"""Lowers what `tests/house/ratchet.toml` records to what is there now; it never raises a value.

Where there is no such file, what is there now is written as the first.
"""

from __future__ import annotations

from pathlib import Path

from house_files import read_checkout
from house_measures import RATCHET, growth, lowered, measured, read_ratchet, write_ratchet


def main() -> int:
    now = measured(read_checkout(Path(__file__).resolve().parents[1]))
    recorded = read_ratchet() if RATCHET.exists() else now
    after = lowered(recorded, now)
    write_ratchet(after)
    fallen = sum(
        after[name].get(key) != value
        for name, values in recorded.items()
        if name in after
        for key, value in values.items()
    )
    print(f"{fallen} values lowered")
    grown = growth(after, now)
    print("".join(f"grown: {line}\n" for line in grown), end="")
    return 1 if grown else 0


if __name__ == "__main__":
    raise SystemExit(main())
