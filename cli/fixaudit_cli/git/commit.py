"""Commits of the files fixaudit wrote and of nothing else, whatever other git processes do.

The commit is built in an index of its own, which is made of HEAD and of the files at hand. Hooks
run on it. The branch moves only if it still is where the commit began, and the user's index follows
under git's own lock: either both hold the commit, or both are as they were. What the user had
staged stays staged and uncommitted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fixaudit.files.git_hooks import hooked_message, run_hook
from fixaudit.files.git_objects import (
    IndexEntry,
    entries,
    made_commit,
    object_id,
    set_entries,
    stored,
    written_tree,
)
from fixaudit.files.git_repository import GitError, Repository
from fixaudit.files.plain_file import read_regular
from fixaudit_cli.git.index_lock import follow, index_copy, index_locked
from fixaudit_cli.git.move_branch import move_branch
from fixaudit_cli.git.own_locks import SecondNames, branch_locks, second_names, told_locks

BLAME_IGNORE = ".git-blame-ignore-revs"
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase or am",
}
_MOVED = "the branch moved meanwhile: nothing more was committed"


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a commit begins: the branch, if HEAD is on one; the commit, if there is one; its tree."""

    branch: bytes
    head: str | None
    tree: str


def commit_contents(
    repository: Repository,
    contents: Mapping[Path, bytes],
    message: str,
    token: str,
    held: Mapping[Path, str] | None = None,
) -> str | None:
    """Commit these bytes for these files, whatever the work tree holds; return the full commit id.

    For several commits out of one rewritten tree: each takes its share of the edits. `token` is the
    ledger's, by which locks that a kill leaves are known. `held` are the ids of the contents that
    HEAD must hold for these files, or nothing is committed. None where HEAD holds these bytes
    already. Runs the hooks; where one refuses, nothing is committed.
    Raises GitError: nothing was committed, be it that another process was faster. Also in the
    middle of a merge or rebase, which a commit would conclude.
    """
    names = dict(zip(repository.names(contents), contents, strict=True))
    refuse_halfway(repository)
    start = _start(repository)
    with _own_index(repository, start.head) as environment:
        index = entries(repository, environment)
        for name, path in names.items():
            wanted = (held or {}).get(path)
            if wanted is not None and (name not in index or index[name].blob != wanted):
                raise GitError(f"{path} was committed by somebody else meanwhile")
        _fill(
            repository, {name: contents[path] for name, path in names.items()}, index, environment
        )
        if written_tree(repository, environment) == start.tree:
            return None
        run_hook(repository, "pre-commit", environment=environment)
        tree = written_tree(repository, environment)
        if tree == start.tree:
            return None
        text = hooked_message(repository, message, environment)
    new = made_commit(repository, tree, start.head, text)
    _publish(repository, start, new, text, token)
    with suppress(GitError):  # it is told, not asked
        run_hook(repository, "post-commit", environment={})
    return new


def append_blame_ignore_revs(repository: Repository, commits: Mapping[str, str]) -> Path:
    """Add `{commit id: comment}` to `.git-blame-ignore-revs`; ids it lists already are left out.

    Returns the file, which is not committed. Raises GitError where it cannot be written.
    """
    path = repository.top / BLAME_IGNORE
    if path.is_symlink():
        raise GitError(f"{path} is a symbolic link, which is not written through")
    try:
        text = read_regular(path).decode() if path.exists() else ""
        known = {line.split("#", 1)[0].strip() for line in text.splitlines()}
        new = [f"# {comment}\n{sha}\n" for sha, comment in commits.items() if sha not in known]
        if new:
            gap = "" if not text or text.endswith("\n") else "\n"
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(gap + "".join(new))
    except (OSError, UnicodeError) as error:
        raise GitError(f"cannot write {path}: {error}") from error
    return path


def refuse_halfway(repository: Repository) -> None:
    """Raise GitError in the middle of a merge, rebase or the like."""
    for name, what in _UNDER_WAY.items():
        if repository.git_path(name).exists():
            raise GitError(f"{what} is under way; finish it before committing")


def committed_blobs(repository: Repository, commit: str, paths: Iterable[Path]) -> dict[Path, str]:
    """The ids of the contents a commit holds for these files."""
    files = [path for path in paths if "\n" not in str(path)]
    lines = [os.fsencode(commit) + b":" + name + b"\n" for name in repository.names(files)]
    asked = ("cat-file", "--batch-check=%(objectname)")
    found = repository.run(*asked, stdin=b"".join(lines)).decode(errors="replace").splitlines()
    return {path: blob for path, blob in zip(files, found, strict=True) if " " not in blob}


def _start(repository: Repository) -> _Start:
    branch = repository.attempt("symbolic-ref", "--quiet", "HEAD").stdout
    found = repository.attempt("rev-parse", "--verify", "--quiet", "HEAD")
    if found.returncode:
        return _Start(
            branch, None, object_id(repository.run("hash-object", "-t", "tree", "--stdin"))
        )
    head = object_id(found.stdout)
    return _Start(branch, head, object_id(repository.run("rev-parse", f"{head}^{{tree}}")))


@contextmanager
def _own_index(repository: Repository, head: str | None) -> Iterator[Mapping[str, str]]:
    """An index that holds HEAD: a copy of the user's, whose file times spare reading every file."""
    with index_copy(repository, repository.git_path("index")) as (_, environment):
        asked = ("--empty",) if head is None else ("--reset", head)
        repository.run("read-tree", *asked, environment=environment)
        yield environment


def _fill(
    repository: Repository,
    contents: Mapping[bytes, bytes],
    index: Mapping[bytes, IndexEntry],
    environment: Mapping[str, str],
) -> None:
    lines = []
    for name, content in contents.items():
        held = index.get(name)
        blob = stored(repository, name, content, held).encode()
        lines.append(b"%s %s\t%s\0" % (held.mode if held else b"100644", blob, name))
    set_entries(repository, lines, environment)


def _publish(repository: Repository, start: _Start, new: str, text: bytes, token: str) -> None:
    """Move the branch and the index to the commit, both or none. Raises GitError."""
    try:
        with second_names(repository, token, new) as names, index_locked(repository, names) as lock:
            with index_copy(repository, lock.index) as (own, environment):
                follow(repository, start.head or start.tree, new, environment)
                lock.write(own)
            if _start(repository) != start:
                raise GitError(_MOVED)
            _move(repository, start, new, text, names)
            lock.replace()
    except FileExistsError as error:
        told = list(told_locks(repository, token))
        raise GitError("; ".join(told) or f"git's locks were held meanwhile: {error}") from error
    except OSError as error:
        raise GitError(f"cannot write the index: {error.strerror or error}") from error


def _move(repository: Repository, start: _Start, new: str, text: bytes, names: SecondNames) -> None:
    subject = os.fsdecode(text.partition(b"\n")[0])
    log = f"commit{'' if start.head else ' (initial)'}: {subject}"
    locks = branch_locks(repository)
    said = move_branch(
        *(repository, start.head or "0" * len(new), new, log), lambda: names.note(locks)
    )
    if said is None:
        return
    if _start(repository) != start:
        raise GitError(_MOVED)
    if any(map(os.path.lexists, locks)):
        raise FileExistsError(said)
    raise GitError(f"git update-ref failed: {said}")
