"""Draw the sites of the oracle, by chance with a seed: `python tests/oracle/oracle_draw.py FOLDER > sites.jsonl`.

`--only CODEMOD` draws more sites of one codemod, from what is no test, script or example by its path:
`--only print-to-logger --seed 2 --most 60 --most-a-tree 15` drew those of `sites_prints.jsonl`.

FOLDER holds the trees as `oracle_trees.py` unpacks them. A site is drawn from
the plain searches of `oracle_searches.py`, never from findings: at most 25 a codemod, 80 a tree. One line
of JSON each: tree, path, line and end_line (1-based), symbol, codemod and the site's tokens, cut to 160 characters.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import warnings
from collections import Counter
from pathlib import Path

from oracle_searches import SEARCHES, Tree, headers
from oracle_trees import trees

SEED = 14
MOST_A_CODEMOD = 25
MOST_A_TREE = 80
_BESIDE = re.compile(r"(^|/)(tests?|testing|scripts?|bin|tools|examples?|docs|migrations|alembic)/")
_BESIDE_NAMES = re.compile(r"(^|/)(test_[^/]*|[^/]*_test|conftest|setup|versioneer|__main__)\.py$")
_MOST_CHARACTERS = 160


def _end_line(node: ast.AST) -> int:
    """The last line that a finding about a site may start in: that of a call, else its first."""
    line = getattr(node, "lineno", 0)
    return (getattr(node, "end_lineno", None) or line) if isinstance(node, ast.Call) else line


def sites_of(name: str, folder: Path) -> list[dict[str, object]]:
    """Every site of every search in one tree, in the order of paths and lines."""
    modules: dict[str, ast.Module] = {}
    for path in sorted(folder.rglob("*.py")):
        try:
            modules[path.relative_to(folder).as_posix()] = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
    coroutines, functions = headers(modules)
    found: list[dict[str, object]] = []
    for relative, module in modules.items():
        tree = Tree(module, coroutines, functions)
        for node in ast.walk(module):
            for codemod, matches in SEARCHES.items():
                if matches(node, tree):
                    text = " ".join(ast.unparse(node).split())
                    found.append(
                        {
                            "tree": name,
                            "path": relative,
                            "line": getattr(node, "lineno", 0),
                            "end_line": _end_line(node),
                            "symbol": tree.symbol(node),
                            "codemod": codemod,
                            "tokens": text[:_MOST_CHARACTERS],
                        }
                    )
    return found


def drawn_of_one(
    by_tree: dict[str, list[dict[str, object]]],
    seed: int,
    codemod: str,
    most: int,
    most_a_tree: int,
) -> list[dict[str, object]]:
    """Sites of one codemod in what is no test, script or example by its path, turn by turn of each tree."""
    chance = random.Random(seed)
    piles = {
        tree: [site for site in by_tree[tree] if site["codemod"] == codemod and _is_inside(site)]
        for tree in sorted(by_tree)
    }
    for pile in piles.values():
        chance.shuffle(pile)
    turns = [
        (turn, tree, site)
        for tree, pile in piles.items()
        for turn, site in enumerate(pile[:most_a_tree])
    ]
    chosen = [site for _, _, site in sorted(turns, key=lambda entry: entry[:2])[:most]]
    return sorted(chosen, key=lambda site: (site["tree"], site["path"], site["line"]))


def _is_inside(site: dict[str, object]) -> bool:
    path = str(site["path"])
    return _BESIDE.search(path) is None and _BESIDE_NAMES.search(path) is None


def drawn(by_tree: dict[str, list[dict[str, object]]], seed: int) -> list[dict[str, object]]:
    """The sites of the oracle: turn by turn one of each codemod and tree, until all is full."""
    chance = random.Random(seed)
    piles: dict[tuple[str, str], list[dict[str, object]]] = {}
    for tree in sorted(by_tree):
        for site in by_tree[tree]:
            piles.setdefault((str(site["codemod"]), tree), []).append(site)
    for pile in piles.values():
        chance.shuffle(pile)
    turns = sorted(piles)
    chosen: list[dict[str, object]] = []
    codemods: Counter[str] = Counter()
    by_name: Counter[str] = Counter()
    while any(piles.values()):
        for codemod, tree in turns:
            pile = piles[codemod, tree]
            if not pile:
                continue
            site = pile.pop()
            if codemods[codemod] < MOST_A_CODEMOD and by_name[tree] < MOST_A_TREE:
                codemods[codemod] += 1
                by_name[tree] += 1
                chosen.append(site)
    return sorted(
        chosen, key=lambda site: (site["tree"], site["path"], site["line"], site["codemod"])
    )


def main() -> None:
    """Print the drawn sites."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=sorted(SEARCHES))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--most", type=int, default=60)
    parser.add_argument("--most-a-tree", type=int, default=15)
    asked = parser.parse_args()
    warnings.simplefilter("ignore", SyntaxWarning)
    by_tree = {tree.name: sites_of(tree.name, asked.folder / tree.folder) for tree in trees()}
    if asked.only is None:
        sites = drawn(by_tree, asked.seed)
    else:
        sites = drawn_of_one(by_tree, asked.seed, asked.only, asked.most, asked.most_a_tree)
    for site in sites:
        print(json.dumps(site, ensure_ascii=False))


if __name__ == "__main__":
    main()
