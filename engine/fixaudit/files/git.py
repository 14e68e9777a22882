"""Reading from git, and the files below one folder: from git where there is a repository.

`read_git` is the only function that starts git, apart from `write_git` of the command line.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fixaudit.files.directory_walk import walk
from fixaudit.files.ignored_dirs import Allowed
from fixaudit.files.listing import SUFFIXES, Listing

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def list_folder(folder: str, top: str) -> Listing:
    """The Python files below `folder` but those that git ignores and those of tools and environments.

    `top` is the project's folder, from which `.gitignore` files are read where there is no git.
    """
    listing = Listing()
    repository = repository_of(folder)
    if repository is None or not _from_git(folder, listing):
        walk(folder, _rules_start(folder, repository or top), listing)
    return listing


def repository_of(folder: str) -> str | None:
    """The nearest folder upward that holds `.git`, by looking only."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _rules_start(folder: str, top: str) -> str:
    inside = folder == top or folder.startswith(os.path.join(top, ""))
    return top if inside else folder


def _from_git(folder: str, listing: Listing) -> bool:
    """Fill `listing` by `git ls-files`; false where git gave no answer or ignores the folder."""
    allowed = Allowed(folder)
    pending = [folder]
    while pending:
        at = pending.pop()
        entries = _ls_files(at, listing)
        if at == folder and (entries is None or (not entries and _git_ignores(folder))):
            return False
        prefix = os.path.join(at, "")
        for path, nested in (entries or {}).items():
            path = prefix + path
            if nested:
                if allowed.file(os.path.join(path, "")):
                    pending.append(path)
            elif path.endswith(SUFFIXES) and allowed.file(path):
                listing.paths.append(path)
    return True


def _ls_files(folder: str, listing: Listing) -> dict[str, bool] | None:
    """Relative paths below `folder`, and whether each is a repository of its own; None: no answer."""
    run = _ask(folder, "ls-files", "-z", "--stage", "--cached", "--others", "--exclude-standard")
    if run is None or run.returncode != 0:
        return None
    for line in os.fsdecode(run.stderr).splitlines():
        if line.startswith("warning: could not open directory '"):
            name, _, reason = line.partition("'")[2].rpartition("': ")
            listing.unreadable.append((os.path.join(folder, name.rstrip("/")), reason))
    entries: dict[str, bool] = {}
    for record in os.fsdecode(run.stdout).split("\0")[:-1]:
        # Tracked: "mode object stage<TAB>path"; untracked: the path alone, "/" behind a repository.
        head, tab, path = record.partition("\t")
        if tab and _is_stage(head):
            entries[path] = head.startswith("160000 ")
        else:
            entries[record.rstrip("/")] = record.endswith("/")
    return entries


def _is_stage(head: str) -> bool:
    """True for `100644 <object id> 0`, which no untracked file is named by accident."""
    return head[:6].isdigit() and head[6:7] == " " and head[-2:-1] == " " and len(head) >= 49


def _git_ignores(folder: str) -> bool:
    run = _ask(folder, "check-ignore", "--quiet", ".")
    return run is not None and run.returncode == 0


def _ask(folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes] | None:
    """How git ended; None where it cannot be started."""
    try:
        # Listing must not start a program that a repository's own configuration names.
        return read_git(folder, "-c", "core.fsmonitor=false", *arguments)
    except OSError:
        return None


def read_git(
    folder: str | Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a git command that changes nothing in `folder`, with an empty standard input.

    `environment` is the whole environment; by default that of this process without the names by
    which a hook speaks of its own repository. The exit code is the caller's to judge. Raises
    OSError where git cannot be started.
    """
    import subprocess

    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=_clean_environment() if environment is None else environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def safe_directories() -> list[str]:
    """The entries of `safe.directory` in the git settings of the user and the machine, in order."""
    # Without a repository git reads the settings of the user and the machine alone.
    environment = {**os.environ, "GIT_DIR": os.devnull}
    try:
        asked = ("config", "--null", "--get-all", "safe.directory")
        done = read_git(os.path.abspath(os.sep), *asked, environment=environment)
    except OSError:
        return []
    found: list[str] = []
    for entry in os.fsdecode(done.stdout).split("\0")[:-1]:
        found = [*found, os.path.expanduser(entry)] if entry else []  # an empty one starts anew
    return found


def _clean_environment() -> dict[str, str]:
    # A hook's GIT_DIR and GIT_INDEX_FILE speak of the hook's repository, not of this folder's.
    environment = {name: value for name, value in os.environ.items() if name not in _LOCAL_NAMES}
    return environment | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


_LOCAL_NAMES = frozenset(
    {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_PREFIX",
        "GIT_OBJECT_DIRECTORY",
        "GIT_COMMON_DIR",
    }
)
