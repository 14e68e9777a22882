"""What imports inside functions save at the start: for `tests/house/lazy_imports.toml`.

For each such import of a module of the house: the processor time it takes after all that its file
imports at the top, the least of five; the most of several files. Prints TOML, slowest first.
(`python -X importtime` shows where it goes, in times of a clock, which a busy machine stretches.)
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from house_files import Checkout, read_checkout


def lazy_imports(house: Checkout, root: str) -> set[tuple[str, str]]:
    """Pairs of a module and one of the house that it imports inside a function."""
    return {
        (file.name, entry.home)
        for file in house.of(root)
        for entry in file.imports
        if entry.late and entry.home in house.files
    }


def saved(importer: str, target: str) -> float:
    """Milliseconds of processor time."""
    script = (
        f"import gc, time, {importer}\ngc.disable()\nstart = time.process_time()\n"
        f"import {target}\nprint(1000 * (time.process_time() - start))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    return float(run.stdout)


def main() -> None:
    house = read_checkout(Path(__file__).resolve().parents[1])
    for root in ("fixaudit", "fixaudit_cli"):
        best: dict[str, float] = {}
        for importer, target in sorted(lazy_imports(house, root)):
            time = min(saved(importer, target) for _ in range(5))
            best[target] = max(best.get(target, 0.0), time)
        print(f"[{root}]")
        for target, time in sorted(best.items(), key=lambda item: -item[1]):
            print(f'"{target}" = {time:.1f}')


if __name__ == "__main__":
    main()
