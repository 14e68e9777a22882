"""The files below one folder: from git where there is a repository, else by a walk."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import TYPE_CHECKING

from fixaudit.files.directory_walk import walk
from fixaudit.files.git import run_git
from fixaudit.files.ignored_dirs import Allowed
from fixaudit.files.listing import SUFFIXES, Listing
from fixaudit.files.repositories import git_folder, repository_of

if TYPE_CHECKING:
    import subprocess


def list_folder(folder: str, top: str, names: Collection[str] = ()) -> Listing:
    """The Python files below `folder` but those that git ignores and those of tools and environments.

    What git tracks is listed whatever its folder is called. `top` is the project's folder, from
    which `.gitignore` files are read where there is no git. `names` are names of other files that
    are listed too.
    """
    listing = Listing()
    owner = repository_of(os.path.realpath(folder))
    pending: list[tuple[str, str | None]] = [(folder, owner)]
    while pending:
        at, of = pending.pop()
        inner = None if of is None else _from_git(at, of, folder, listing, names)
        if inner is None:
            inner = walk(at, _rules_start(at, of or top), listing, names)
        if of is not None:  # a folder outside of any repository may hold several on equal terms
            listing.inner += inner
        pending += ((path, os.path.realpath(path)) for path in inner)
    return listing


def _rules_start(folder: str, top: str) -> str:
    inside = folder == top or folder.startswith(os.path.join(top, ""))
    return top if inside else folder


def _from_git(
    at: str, top: str, folder: str, listing: Listing, names: Collection[str]
) -> list[str] | None:
    """Add what `git ls-files` lists below `at`; the tops of repositories inside of that one.

    `folder` is the one that was named, `top` the repository's. None where git gave no answer, or
    ignores what was named.
    """
    entries = _ls_files(at, top, listing)
    if entries is None or (not entries and at == folder and _git_ignores(at, top)):
        return None
    allowed, inner = Allowed(at), []
    for path, (tracked, nested) in entries.items():
        is_source = path.endswith(SUFFIXES)
        if not (nested or is_source or path[path.rfind(os.sep) + 1 :] in names):
            continue
        passed_over = allowed.barred(os.path.join(path, "") if nested else path, tracked)
        if passed_over is not None:
            listing.skipped.add(passed_over)
        elif not nested:
            (listing.paths if is_source else listing.named).append(path)
        elif git_folder(path) is not None:
            inner.append(path)
    return inner


def _ls_files(at: str, top: str, listing: Listing) -> dict[str, tuple[bool, bool]] | None:
    """Paths below `at`: whether tracked, whether a repository of its own; None: no answer.

    git is started at the top: further down it would take a bare repository that was committed as
    files for the one that is meant.
    """
    below = os.path.relpath(os.path.realpath(at), top)
    prefix = "" if below == os.curdir else f"{below.replace(os.sep, '/')}/"
    asked = ("ls-files", "-z", "--stage", "--cached", "--others", "--exclude-standard", "--")
    run = _ask(top, *asked, *([f":(literal){prefix}"] if prefix else []))
    if run is None or run.returncode != 0:
        return None
    for line in os.fsdecode(run.stderr).splitlines():
        if line.startswith("warning: could not open directory '"):
            name, _, reason = line.partition("'")[2].rpartition("': ")
            listing.unreadable.append((os.path.join(at, name[len(prefix) :].rstrip("/")), reason))
    entries: dict[str, tuple[bool, bool]] = {}
    for record in os.fsdecode(run.stdout).split("\0")[:-1]:
        # Tracked: "mode object stage<TAB>path"; untracked: the path alone, "/" behind a repository.
        head, tab, path = record.partition("\t")
        tracked = bool(tab) and _is_stage(head)
        name = path if tracked else record.rstrip("/")
        if len(name) > len(prefix):
            nested = head.startswith("160000 ") if tracked else record.endswith("/")
            entries[os.path.join(at, name[len(prefix) :])] = tracked, nested
    return entries


def _is_stage(head: str) -> bool:
    """True for `100644 <object id> 0`, which no untracked file is named by accident."""
    return head[:6].isdigit() and head[6:7] == " " and head[-2:-1] == " " and len(head) >= 49


def _git_ignores(at: str, top: str) -> bool:
    run = _ask(top, "check-ignore", "--quiet", "--", os.path.realpath(at))
    return run is not None and run.returncode == 0


def _ask(top: str, *arguments: str) -> subprocess.CompletedProcess[bytes] | None:
    """How git ended; None where it cannot be started."""
    try:
        return run_git(top, *arguments)
    except OSError:
        return None
