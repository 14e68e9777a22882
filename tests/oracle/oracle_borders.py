"""Whether answers depend on the folder: `python tests/oracle/oracle_borders.py FOLDER`.

Two trees of the oracle are checked from their root and from the folder of their package; every site of
the package must get the same verdicts. Prints what differs; exits 1 where anything does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from oracle_score import verdicts_of
from oracle_trees import trees

_PACKAGES = {"jesse": "jesse", "lnbits": "lnbits"}


def differences(tree: Path, package: str) -> list[str]:
    """The places of a package that get other verdicts from the root than from its own folder."""
    whole, alone = verdicts_of(tree), verdicts_of(tree / package)
    whole = {key: found for key, found in whole.items() if key[1].startswith(f"{package}/")}
    return [
        f"{path}:{line} {codemod}: {whole.get(key)} from the root, {alone.get(key)} from {package}"
        for key in sorted(whole.keys() | alone.keys())
        if whole.get(key) != alone.get(key)
        for codemod, path, line in [key]
    ]


def main(folder: str) -> int:
    """Print the differences of both trees."""
    found = [
        line
        for tree in trees()
        if tree.name in _PACKAGES
        for line in differences(Path(folder) / tree.folder, _PACKAGES[tree.name])
    ]
    for line in found:
        print(line)
    print(f"{len(found)} places whose verdict depends on the folder")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
