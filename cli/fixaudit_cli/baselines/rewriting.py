"""The files of a baseline written anew from a comparison."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixaudit.baseline.baseline_format import NAME, BaselineError
from fixaudit.baseline.entries import BaselineEntry
from fixaudit.baseline.matching import recorded
from fixaudit.files.atomic_write import write_atomically
from fixaudit.pipeline.run_findings import CodemodsThatRan
from fixaudit.workspace.packages import packages
from fixaudit_cli.baselines.against import judged
from fixaudit_cli.output.formats.text import counted

if TYPE_CHECKING:
    from pathlib import Path

    from fixaudit.model.outcome import LocatedFinding
    from fixaudit_cli.baselines.standing import Against
    from fixaudit_cli.run import Run

_ATTRIBUTES = f"{NAME} merge=union\n"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What was done: lines for people, and the files that changed, relative to the tree."""

    lines: tuple[str, ...]
    files: tuple[str, ...]


def rewrite_baseline(
    found: Against, run: Run, action: str, *, accept: bool, is_partial: bool
) -> Rewritten:
    """Write the baseline that `write`, `update` or `prune` makes of a comparison.

    Args:
        accept: with `update`, whether new findings and those of new codemods are taken in.
        is_partial: whether the command line chose codemods: entries of others stay then.

    Raises BaselineError: a file cannot be written.
    """
    comparison, root = found.comparison, run.worker.root
    takes_all = action == "write" or accept
    kept = list(comparison.kept)
    if action == "write" and not is_partial:
        covers = judged(run, ()).covers
        kept = [entry for entry in kept if not covers(entry.path)]
    follows = action != "prune"
    entries = [recorded(m.site) if follows else m.entry for m in comparison.known]
    added = [*comparison.new, *comparison.apart] if takes_all else []
    entries += [*kept, *map(recorded, added)]
    speaks_anew = takes_all or not found.baseline.files
    codemods = CodemodsThatRan(run.worker).in_folder if speaks_anew else _none
    files = found.baseline.rewritten(entries, codemods, _home(run))
    found.baseline.put(files)
    attributes = _declare_union(root) if entries else None
    lines = _lines(found, action, entries, added)
    names = [os.path.join(folder, NAME) for folder in sorted(files)]
    return Rewritten(tuple(lines), (*names, *([attributes] if attributes else [])))


def _none(folder: str) -> frozenset[str]:
    """The baseline goes on to speak of the codemods that it did."""
    return frozenset()


def _home(run: Run) -> Callable[[str], str]:
    """The folder of the package that a file belongs to; of one in none, the tree's own."""
    root = run.worker.root
    found = packages(root, config=run.worker.resolver.for_path(root))

    def home(path: str) -> str:
        package = found.of(path)
        return "" if package is None else package.folder

    return home


def _declare_union(root: Path) -> str | None:
    """Have git join the lines of two branches; the name of the file that says so, if it is new there.

    Raises BaselineError.
    """
    path = root / ".gitattributes"
    text = b""
    with suppress(FileNotFoundError):
        text = path.read_bytes()
    if NAME.encode() in text or not (root / ".git").exists():
        return None
    between = b"" if not text or text.endswith(b"\n") else b"\n"
    try:
        write_atomically(path, text + between + _ATTRIBUTES.encode())
    except OSError as error:
        raise BaselineError(f"{path}: cannot be written: {error.strerror or error}") from error
    return path.name


def _lines(
    found: Against, action: str, entries: list[BaselineEntry], added: list[LocatedFinding]
) -> Iterator[str]:
    comparison = found.comparison
    total = sum(entry.count for entry in entries)
    codemods = Counter(entry.codemod for entry in entries)
    if action == "write" and not found.baseline.files:
        yield f"{counted(total, 'finding')} of {counted(len(codemods), 'codemod')} accepted; commit the files {NAME} and .gitattributes"
        return
    resolved = sum(entry.count for entry in comparison.resolved)
    moved = sum(match.moved for match in comparison.known) if action != "prune" else 0
    told = [f"{len(added)} accepted"] if added else []
    told += [f"{resolved} resolved"] if resolved else []
    told += [f"{moved} moved"] if moved else []
    told += [f"{found.baseline.repeated} said twice"] if found.baseline.repeated else []
    yield f"{', '.join(told) or 'nothing changed'}: {counted(total, 'finding')} in the baseline"
    if comparison.new and not added:
        yield f"{len(comparison.new)} new, not taken in: --accept does"
