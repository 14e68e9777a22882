"""Prints a table of a checkout's shape: `python scripts/house_numbers.py [CHECKOUT …]`.

Several checkouts stand side by side. A chain is a way down the imports, a circle in it being one
storey; "at start" leaves out imports in functions and under `TYPE_CHECKING`. A folder is one below
its root, or a file that stands in none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from house_files import Checkout, Graph, circles, folder_graph, longest_chain, read_checkout
from house_measures import codemod_lines
from house_syntax import function_lines

ROOTS = {"engine": "fixaudit", "codemods": "fixaudit_codemods", "cli": "fixaudit_cli"}
Row = tuple[str, str]


def within(graph: Graph, root: str) -> Graph:
    """The graph of one root alone."""
    own = {name for name in graph if name.partition(".")[0] == root}
    return {name: targets & own for name, targets in graph.items() if name in own}


def spread(values: list[int]) -> str:
    """Median, 90th percentile and maximum."""
    return f"{median(values):g} / {quantiles(values, n=10)[-1]:.0f} / {max(values)}"


def rows(house: Checkout) -> Iterator[Row]:
    yield from _sizes(house)
    yield from _entanglement(house)
    lines = codemod_lines(house)
    yield "codemods", str(len(lines))
    yield "lines of a codemod with own parts: median / p90 / max", spread(list(lines.values()))
    for name, count in sorted(lines.items(), key=lambda item: (-item[1], item[0])):
        short = name.removesuffix(".codemod").rpartition(".")[2]
        yield f"· {short.replace('_', '-')}", str(count)


def _sizes(house: Checkout) -> Iterator[Row]:
    files = list(house.files.values())
    yield "files", str(len(files))
    yield "lines", f"{sum(file.lines for file in files):,}"
    for label, root in ROOTS.items():
        own = house.of(root)
        flat = [file for file in own if file.name.count(".") == 1 and not file.is_package]
        yield f"{label}: files / lines", f"{len(own)} / {sum(f.lines for f in own):,}"
        yield f"{label}: of them flat in the root", f"{len(flat)} / {sum(f.lines for f in flat):,}"
    functions = [function_lines(node) for file in files for _, node in file.functions()]
    yield "lines of a file: median / p90 / max", spread([file.lines for file in files])
    yield "functions", str(len(functions))
    yield "lines of a function: median / p90 / max", spread(functions)
    imports = [
        len({entry.target for entry in file.imports if entry.target in house.files})
        for file in files
        if not file.is_package
    ]
    yield "house imports of a file: median / p90 / max", spread(imports)


def _entanglement(house: Checkout) -> Iterator[Row]:
    every = house.graph()
    for label, root in {**ROOTS, "house": None}.items():
        graph = every if root is None else within(every, root)
        sizes = [str(len(group)) for group in circles(graph)]
        yield f"{label}: circles of files", ", ".join(sizes) or "none"
        folders = folder_graph(house, graph)
        sizes = [str(len(group)) for group in circles(folders)]
        yield f"{label}: folders", str(len(folders))
        yield f"{label}: circles of folders", ", ".join(sizes) or "none"
        at_start = house.graph(late_and_typing=False)
        at_start = at_start if root is None else within(at_start, root)
        chains = [longest_chain(graph), longest_chain(at_start)]
        yield f"{label}: longest chain of files: all / at start", _lengths(chains)
        chains = [longest_chain(folder_graph(house, each)) for each in (graph, at_start)]
        yield f"{label}: longest chain of folders: all / at start", _lengths(chains)


def _lengths(chains: list[list[str]]) -> str:
    return " / ".join(str(len(chain)) for chain in chains)


def main(arguments: list[str]) -> None:
    checkouts = [Path(argument) for argument in arguments] or [Path(__file__).resolve().parents[1]]
    tables = [dict(rows(read_checkout(checkout))) for checkout in checkouts]
    labels = {label: None for table in tables for label in table}
    print("| | " + " | ".join(checkout.resolve().name for checkout in checkouts) + " |")
    print("|---" + "|---:" * len(checkouts) + "|")
    for label in labels:
        print(f"| {label} | " + " | ".join(table.get(label, "") for table in tables) + " |")


if __name__ == "__main__":
    main(sys.argv[1:])
