"""`python -m fixaudit_cli` and the console script `fixaudit`."""

from __future__ import annotations


def main() -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
