"""Score what `plan` says of real histories: `score_real_fixes.py FOLDER [LABELS] [STATE] [REPOSITORY]`.

LABELS is `real_fixes.json` beside this script, or another file of its form. STATE is a folder for
fixaudit's cache, which makes a second run quick. FOLDER holds clones with their whole history, each named `owner+name`. The findings were judged by
reading code and history before `plan` was asked; a report's text is taken from the commit that
holds it, and put at its path for as long as it is planned. Prints what is said of each finding,
then how many of the truly fixed ones are said to be (with the commit that was judged to be the
fix), and how many of the others are said to be gone.
Exits 1 where one is said to be gone that is not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

JUDGED = Path(__file__).with_name("real_fixes.json")
_BELOW = 2


def git(tree: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(tree), *arguments], check=True, capture_output=True
    ).stdout


@contextmanager
def put(tree: Path, name: str, text: bytes) -> Iterator[Path]:
    """The report at its path; what stands there comes back afterwards."""
    path = tree / name
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    try:
        yield path
    finally:
        path.unlink() if before is None else path.write_bytes(before)


def planned(tree: Path, report: Path, state: str) -> list[dict[str, Any]]:
    options = ["--isolated", "--output-format", "json"]
    command = [sys.executable, "-m", "fixaudit_cli", "plan", str(report), str(tree), *options]
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": state,
        "FIXAUDIT_STATE_DIR": state,
        "FIXAUDIT_CACHE_DIR": state,
    }
    run = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False)
    if not run.stdout:
        raise SystemExit(f"{report}: {run.stderr.decode(errors='replace')}")
    findings: list[dict[str, Any]] = json.loads(run.stdout)["findings"]
    return findings


def named(judged: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The finding that was judged: at its line, or read from a line right below its heading."""
    same = [e for e in found if 0 <= e["line"] - judged["line"] <= _BELOW]
    return min(same, key=lambda entry: entry["line"], default=None)


def main(folder: Path, labels: Path, state: str, only: str = "") -> int:
    right = commit_right = fixed = wrong = others = told = 0
    for entry in json.loads(labels.read_text("utf-8")):
        if only not in entry["repository"]:
            continue
        tree = folder / entry["repository"].replace("/", "+")
        if git(tree, "rev-parse", "HEAD").decode().strip() != entry["head"]:
            raise SystemExit(f"{tree}: not at {entry['head']}, where it was judged")
        text = git(tree, "show", f"{entry['commit']}:{entry['report']}")
        with put(tree, entry["report"], text) as report:
            found = planned(tree, report, state)
        for judged in entry["findings"]:
            said = named(judged, found)
            flaw = "not read" if said is None else said["flaw"]
            words = "" if said is None else said["says"]
            gone = flaw == "not here"
            by = judged.get("by", "")
            if judged["fixed"]:
                fixed += 1
                right += gone
                commit_right += gone and by[:7] in words
                told += not gone and by[:7] in words
            else:
                others += 1
                wrong += gone
            mark = "ok" if gone == judged["fixed"] else "FALSE" if gone else "missed"
            who = by[:7] or "-"
            print(f"{mark:6} {entry['repository']} {judged['id']} [{who}] {flaw}: {words}")
    print(f"fixed: {right} of {fixed} are said to be, {commit_right} with the commit judged")
    print(f"of the rest, {told} have the commit told, to be looked at")
    print(f"not fixed: {wrong} of {others} are said to be gone")
    return 1 if wrong else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        labels, state, only = (*sys.argv[2:], *("", "", "")[len(sys.argv) - 2 :])
        sys.exit(main(Path(sys.argv[1]), Path(labels or JUDGED), state or empty, only))
