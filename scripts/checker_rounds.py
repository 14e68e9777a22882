"""What ruff and mypy say of trees before and after fixaudit, and what of it is new.

    python scripts/checker_rounds.py [--unsafe] [--strict] TREE...

Each tree is copied, ruff (`E9,F`) and mypy look at the copy's files that `fixaudit apply --select all`
changes, before and after it. Lines move, so what is said is compared by file and text, as often as it
is said. mypy follows no import that it does not find and, but with `--strict`, has its defaults: it then
looks into annotated functions only, as in most code bases. Exits 1 where anything is new.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

_EDITS = re.compile(r"^(\d+) edits? in (\d+) files? changed", re.MULTILINE)
_PLACE = re.compile(r":\d+(?::\d+)?: ")
_LINE_IN_TEXT = re.compile(r"\bline \d+")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("trees", nargs="+", type=Path)
    parser.add_argument("--unsafe", action="store_true", help="apply unsafe edits too")
    parser.add_argument("--strict", action="store_true", help="mypy's strict mode")
    options = parser.parse_args(arguments)
    print("| tree | edits | files | new of ruff | new of mypy |")
    print("|---|---:|---:|---:|---:|")
    found = []
    for tree in options.trees:
        with tempfile.TemporaryDirectory() as folder:
            found += _round(tree, Path(folder), unsafe=options.unsafe, strict=options.strict)
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


def _round(tree: Path, folder: Path, *, unsafe: bool, strict: bool) -> list[str]:
    """Prints the row of one tree; gives what is new."""
    before, after = folder / "before", folder / "after"
    for copy in (before, after):
        shutil.copytree(tree, copy, symlinks=True)
    text = _applied(after, folder, unsafe)
    edits = _EDITS.search(text)
    changed = [path for path in _sources(after) if _differs(before, after, path)]
    new_ruff = _new([_ruff(top, changed) for top in (before, after)])
    new_mypy = _new([_mypy(top, changed, folder, strict) for top in (before, after)])
    cells = (edits[1] if edits else 0, len(changed), len(new_ruff), len(new_mypy))
    print(f"| {tree.name} | {' | '.join(map(str, cells))} |", flush=True)
    return [f"{tree.name}: {line}" for line in (*new_ruff, *new_mypy)]


def _applied(tree: Path, folder: Path, unsafe: bool) -> str:
    command = [sys.executable, "-m", "fixaudit_cli", "apply", "--select", "all"]
    kept = {f"FIXAUDIT_{kind}_DIR": str(folder / kind) for kind in ("STATE", "CACHE")}
    run = _run([*command, *(["--unsafe"] if unsafe else []), "."], tree, kept)
    if run.returncode == 2 and "edit" not in run.stderr:
        raise SystemExit(f"{tree}: {run.stderr}")
    return run.stderr


def _sources(tree: Path) -> list[str]:
    return sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*.py"))


def _differs(before: Path, after: Path, path: str) -> bool:
    return (before / path).read_bytes() != (after / path).read_bytes()


def _ruff(tree: Path, files: Sequence[str]) -> Counter[str]:
    chosen = ("--isolated", "--select", "E9,F", "--output-format", "concise", "--no-cache")
    run = _run([sys.executable, "-m", "ruff", "check", *chosen, *files], tree)
    return _said(run.stdout)


def _mypy(tree: Path, files: Sequence[str], folder: Path, strict: bool) -> Counter[str]:
    """One file at a time: one that mypy cannot take (two of one module name) costs its own only."""
    said: Counter[str] = Counter()
    alone = ("--config-file=", "--ignore-missing-imports", "--follow-imports=skip")
    for path in files:
        cache = f"--cache-dir={folder / tree.name}-mypy"
        mode = ["--strict"] if strict else []
        run = _run([sys.executable, "-m", "mypy", *alone, *mode, cache, path], tree)
        said += _said(run.stdout)
    return said


def _said(text: str) -> Counter[str]:
    lines = (line for line in text.splitlines() if _PLACE.search(line) and ": note:" not in line)
    return Counter(_LINE_IN_TEXT.sub("line", _PLACE.sub(": ", line)) for line in lines)


def _new(said: Sequence[Counter[str]]) -> list[str]:
    before, after = said
    return sorted((after - before).elements())


def _run(
    command: Sequence[str], folder: Path, added: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **(added or {})}, capture_output=True, text=True, check=False
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
