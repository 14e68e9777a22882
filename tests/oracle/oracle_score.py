"""Score fixaudit on the oracle: `python tests/oracle/oracle_score.py FOLDER [CODEMOD]`.

FOLDER is where `oracle_trees.py` unpacks the trees; with a CODEMOD only that one is run. Prints one line a codemod (sites judged,
agreements, edits made of those that should be, wrong `fix` edits) and every disagreement.
A site that fixaudit does not look at counts as left alone.
Exits 1 where a `fix` is wrong.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oracle_trees import trees

SITES = Path(__file__).with_name("sites.jsonl")
PRINTS = Path(__file__).with_name("sites_prints.jsonl")
_EDITS = frozenset({"fix", "unsafe"})


@dataclass
class Score:
    """Counts for one codemod."""

    judged: int = 0
    agree: int = 0
    should_edit: int = 0
    edited: int = 0
    wrong_fix: int = 0
    disagreements: list[str] = field(default_factory=list)


def judged_sites() -> list[dict[str, Any]]:
    """The sites of both draws, each once."""
    lines = [line for file in (SITES, PRINTS) for line in file.read_text("utf-8").splitlines()]
    sites = [json.loads(line) for line in lines]
    places = {(s["codemod"], s["tree"], s["path"], s["line"], s["tokens"]): s for s in sites}
    return list(places.values())


def verdicts_of(
    folder: Path, select: str = "all"
) -> dict[tuple[str, str, int], list[tuple[str, str]]]:
    """Verdict and reason of every finding in a tree, by codemod, path and each line of its span."""
    with tempfile.TemporaryDirectory() as state:
        command = [sys.executable, "-m", "fixaudit_cli", "check", "--isolated", "--no-cache"]
        options = ["--select", select, "--output-format", "json", "."]
        run = subprocess.run(
            [*command, *options],
            cwd=folder,
            env={"PATH": "", "HOME": state, "FIXAUDIT_STATE_DIR": state},
            capture_output=True,
            check=False,
        )
    if run.returncode not in (0, 1) and not run.stdout:
        raise SystemExit(f"{folder}: {run.stderr.decode(errors='replace').strip()}")
    found: dict[tuple[str, str, int], list[tuple[str, str]]] = defaultdict(list)
    for finding in json.loads(run.stdout)["findings"]:
        for line in range(finding["line"], finding["end_line"] + 1):
            key = (finding["codemod"], finding["path"], line)
            found[key].append((finding["verdict"], finding["reason"]))
    return found


def scores(folder: Path, select: str = "all") -> dict[str, Score]:
    """The score of each selected codemod over all trees."""
    sites = [site for site in judged_sites() if select in ("all", site["codemod"])]
    result: dict[str, Score] = defaultdict(Score)
    for tree in trees():
        verdicts = verdicts_of(folder / tree.folder, select)
        for site in sites:
            if site["tree"] == tree.name:
                found = [
                    entry
                    for line in range(site["line"], site["end_line"] + 1)
                    for entry in verdicts.get((site["codemod"], site["path"], line), ())
                ]
                _count(result[site["codemod"]], site, found or [("leave", "not looked at")])
    return dict(result)


def _count(score: Score, site: dict[str, object], found: list[tuple[str, str]]) -> None:
    right = {str(site["verdict"]), *(str(entry) for entry in site["accept"])}  # type: ignore[attr-defined]
    # Several sites of one codemod in one line: the one that agrees, if there is one, is meant.
    verdict, reason = next((entry for entry in found if entry[0] in right), found[0])
    score.judged += 1
    score.agree += verdict in right
    score.should_edit += site["verdict"] in _EDITS
    score.edited += site["verdict"] in _EDITS and verdict in _EDITS
    score.wrong_fix += verdict == "fix" and "fix" not in right
    if verdict not in right:
        place = f"{site['tree']}/{site['path']}:{site['line']}"
        score.disagreements.append(
            f"{place} {site['codemod']}: {verdict} ({reason}), right is {site['verdict']}: {site['why']}"
        )


def main(folder: str, select: str = "all") -> int:
    """Print the table and the disagreements."""
    result = scores(Path(folder), select)
    print(f"{'codemod':28} judged agree edited/should wrong-fix")
    for name, score in sorted(result.items()):
        edited = f"{score.edited}/{score.should_edit}"
        print(f"{name:28} {score.judged:6} {score.agree:5} {edited:>13} {score.wrong_fix:9}")
    judged = sum(score.judged for score in result.values())
    agree = sum(score.agree for score in result.values())
    wrong = sum(score.wrong_fix for score in result.values())
    print(f"all: {agree} of {judged} agree ({agree / judged:.1%}), {wrong} wrong fixes")
    for _, score in sorted(result.items()):
        for line in score.disagreements:
            print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
