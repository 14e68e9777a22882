"""Draw the sites of the oracle, by chance with a seed: `python tests/oracle/oracle_draw.py FOLDER > sites.jsonl`.

FOLDER holds the trees as `oracle_trees.py` unpacks them. A site is drawn from
the plain searches of `oracle_searches.py`, never from findings: at most 25 a codemod, 80 a tree. One line
of JSON each: tree, path, line and end_line (1-based), symbol, codemod and the site's tokens, cut to 160 characters.
"""

from __future__ import annotations

import ast
import json
import random
import sys
import warnings
from collections import Counter
from pathlib import Path

from oracle_searches import SEARCHES, Tree, headers
from oracle_trees import trees

SEED = 14
MOST_A_CODEMOD = 25
MOST_A_TREE = 80
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


def main(folder: str) -> None:
    """Print the drawn sites."""
    warnings.simplefilter("ignore", SyntaxWarning)
    by_tree = {tree.name: sites_of(tree.name, Path(folder) / tree.folder) for tree in trees()}
    for site in drawn(by_tree, SEED):
        print(json.dumps(site, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
