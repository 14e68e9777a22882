"""What imports inside functions save at the start: for `tests/house/lazy_imports.toml`.

For each such import of a module of the house: the time it takes after all that its file imports at
the top, by `python -X importtime`, the least of seven. Prints TOML, slowest first.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from house_files import Checkout, read_checkout

_ROW = re.compile(r"import time:\s+\d+ \|\s+(\d+) \| (\s*)(\S+)")


def lazy_imports(house: Checkout, root: str) -> set[tuple[str, str]]:
    """Pairs of a module and one of the house that it imports inside a function."""
    return {
        (file.name, entry.home)
        for file in house.of(root)
        for entry in file.imports
        if entry.late and entry.home in house.files
    }


def saved(importer: str, target: str) -> float:
    """Milliseconds; 0 where the importer has loaded the target already."""
    script = f"import {importer}\nimport gc; gc.disable()\nimport {target}"
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", script],
        capture_output=True,
        text=True,
        check=True,
    )
    own = [row for row in map(_ROW.match, run.stderr.splitlines()) if row and row[3] == target]
    at_top = [row for row in own if not row[2]]
    return int(at_top[-1][1]) / 1000 if at_top else 0.0


def main() -> None:
    house = read_checkout(Path(__file__).resolve().parents[1])
    for root in ("fixaudit", "fixaudit_cli"):
        best: dict[str, float] = {}
        for importer, target in sorted(lazy_imports(house, root)):
            time = min(saved(importer, target) for _ in range(7))
            best[target] = max(best.get(target, 0.0), time)
        print(f"[{root}]")
        for target, time in sorted(best.items(), key=lambda item: -item[1]):
            print(f'"{target}" = {time:.1f}')


if __name__ == "__main__":
    main()
