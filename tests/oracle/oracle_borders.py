"""Whether answers depend on the folder: `python tests/oracle/oracle_borders.py FOLDER`.

Each tree of the oracle is checked from its root and from the folder of its package; every site of the
package must get the same verdicts for the same reasons. Prints a line a tree and what differs; exits 1
where anything does, or where a package gave nothing to compare.
"""

from __future__ import annotations

import sys
from pathlib import Path

from oracle_score import verdicts_of
from oracle_trees import trees

PACKAGES = {
    "fschat": "fastchat",
    "ethyca-fides": "src/fides",
    "lnbits": "lnbits",
    "jesse": "jesse",
    "mindsdb": "mindsdb",
    "red-discordbot": "redbot",
}


def compared(tree: Path, package: str) -> tuple[int, list[str]]:
    """How many lines of a package get verdicts, and those that get others from its own folder."""
    whole, alone = verdicts_of(tree), verdicts_of(tree / package)
    whole = {key: found for key, found in whole.items() if key[1].startswith(f"{package}/")}
    keys = sorted(whole.keys() | alone.keys())
    return len(keys), [
        f"{path}:{line} {codemod}: {whole.get(key)} from the root, {alone.get(key)} from {package}"
        for key in keys
        if whole.get(key) != alone.get(key)
        for codemod, path, line in [key]
    ]


def main(folder: str) -> int:
    """Print the differences of all trees."""
    differing = empty = 0
    for tree in trees():
        lines, found = compared(Path(folder) / tree.folder, PACKAGES[tree.name])
        print(
            f"{tree.name}: {lines} lines with a verdict, {len(found)} depend on the folder",
            flush=True,
        )
        print("\n".join(found), end="\n" if found else "")
        differing += len(found)
        empty += not lines
    print(f"{differing} lines whose verdict depends on the folder")
    return 1 if differing or empty else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
