"""A walk that obeys `.gitignore` files, for folders outside of git or without a usable git."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import TYPE_CHECKING

from fixaudit.files.ignored_dirs import is_never
from fixaudit.files.listing import SUFFIXES, Listing
from fixaudit.files.plain_file import read_regular
from fixaudit.files.repositories import git_folder

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

# The rules of a folder and of those above it, nearest first: (path prefix, patterns).
Rules = tuple[tuple[str, "GitIgnoreSpec"], ...]


def walk(folder: str, start: str, listing: Listing, others: Collection[str] = ()) -> list[str]:
    """Add the files below `folder`; `.gitignore` files count from `start` (it or one above) down.

    Links to folders are not entered, as git does not either, so a loop cannot hold the walk. Nor
    are repositories below `folder`: their tops are returned. `others` are names of other files that
    are listed too.
    """
    repositories = []
    pending = [(folder, _rules_above(start, folder))]
    while pending:
        at, rules = pending.pop()
        try:
            with os.scandir(at) as scan:
                entries = list(scan)
        except OSError as error:
            listing.unreadable.append((at, error.strerror or str(error)))
            continue
        names = {entry.name for entry in entries}
        if ".git" in names and at != folder and git_folder(at) is not None:
            repositories.append(at)
            continue
        if ".gitignore" in names:
            rules = _with_rules_of(at, rules)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if is_never(entry.path, entry.name):
                    listing.skipped.add(entry.path)
                elif not _ignored(f"{entry.path}/", rules):
                    pending.append((entry.path, rules))
            elif entry.name.endswith(SUFFIXES):
                if not _ignored(entry.path, rules):
                    listing.paths.append(entry.path)
            elif entry.name in others and not _ignored(entry.path, rules):
                listing.named.append(entry.path)
    return repositories


def _rules_above(start: str, folder: str) -> Rules:
    """The rules of `start` and the folders on the way to `folder`, unless they ignore it."""
    steps = [folder]
    while steps[-1] != start:
        steps.append(os.path.dirname(steps[-1]))
    rules: Rules = ()
    for above, below in zip(steps[:0:-1], steps[-2::-1], strict=True):
        rules = _with_rules_of(above, rules)
        if _ignored(os.path.join(below, ""), rules):
            return ()  # named on purpose all the same
    return rules


def _with_rules_of(folder: str, rules: Rules) -> Rules:
    path = os.path.join(folder, ".gitignore")
    try:
        lines = os.fsdecode(read_regular(path)).splitlines()
    except OSError:
        return rules
    from pathspec import GitIgnoreSpec

    try:
        spec = GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return rules  # git, too, goes on past a pattern it cannot read
    return ((os.path.join(folder, ""), spec), *rules)


def _ignored(path: str, rules: Rules) -> bool:
    for prefix, spec in rules:
        verdict = spec.check_file(path[len(prefix) :].replace(os.sep, "/")).include
        if verdict is not None:
            return verdict
    return False
