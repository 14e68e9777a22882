"""Whether a run of fixaudit repaired a place: its own record of what it edited is the proof.

The edit must be of a codemod that the finding is paired with or that its words speak for, touch the
cited lines (followed through what changed the file in between) or the finding's own code, and still
stand in the file as it was written.
"""

from __future__ import annotations

from collections.abc import Collection

from fixaudit.plan.codebase import Tree, touches
from fixaudit.plan.model import shows_flaw
from fixaudit.plan.old_code import OldFiles, bare, followed, plain
from fixaudit.plan.past import FileChange, RunEdit
from fixaudit.plan.place_asked import PlaceAsked
from fixaudit.reports.model import LineRange

WITH = "repaired it there with"
"""Between a run and its codemod, as told."""


def run_that_edited(place: PlaceAsked, symbol: str, tree: Tree, files: OldFiles) -> str | None:
    """The run that edited a place for its finding, as told; None where none is known to have.

    `symbol` is the function that a place without lines is known by, empty where it is not.
    """
    for change in place.changes:
        edits = [edit for edit in change.edits if edit.codemod in place.codemods]
        if not edits or place.path not in tree.files:
            continue
        wanted = _lines(place, symbol, change, files)
        for edit in edits:
            if wanted.isdisjoint(range(edit.line, edit.end_line + 1)):
                continue
            now = _stands(edit, change, place.path, tree, files)
            if now is not None and not _open(place.path, (edit.codemod,), now, tree):
                return f"{change.by.told()} {WITH} `{edit.codemod}`"
    return None


def _lines(place: PlaceAsked, symbol: str, change: FileChange, files: OldFiles) -> set[int]:
    """The lines of a place in the file before a change: the cited ones, else those of its own code, else
    those of the function that the report names."""
    before = files.of(change.before)
    if place.cited is not None and place.seen is not None:
        found = set(followed(place.seen, before, place.cited))
        if found:
            return found
    own = {plain(bare(line)) for line in place.own.lines}
    numbers = [n for n, line in enumerate(before.lines, 1) if plain(bare(line)) in own]
    if own and len(numbers) == len(own):  # each of them once
        return set(numbers)
    if place.cited is None and symbol:
        whole = [e for e in before.definitions if e.name == symbol]
        if len(whole) == 1:
            return set(range(whole[0].line, whole[0].end_line + 1))
    return set()


def _stands(
    edit: RunEdit, change: FileChange, path: str, tree: Tree, files: OldFiles
) -> LineRange | None:
    """Where the lines that an edit wrote are in the tree; None where one of them changed since."""
    if change.after is None:
        return None
    after, now = files.of(change.after), files.of(tree.data(path))
    low, high = edit.new_line, edit.new_end_line
    found = list(followed(after, now, (low, high)))
    return (found[0], found[-1]) if len(found) == high - low + 1 else None


def _open(path: str, names: Collection[str], now: LineRange, tree: Tree) -> bool:
    return any(shows_flaw(s) and touches(s, now) for s in tree.sites_in(path, tuple(names)))
