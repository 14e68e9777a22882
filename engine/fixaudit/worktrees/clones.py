"""Bare clones that a worker keeps of the repositories it takes commits from."""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

from fixaudit.files.git_repository import GitError, Repository
from fixaudit.files.process_lock import ProcessLock
from fixaudit.files.remove_tree import remove_tree
from fixaudit.files.user_folders import make_private

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_WEB = ("http", "https", "ftp", "ftps")
_ALL_BRANCHES = "+refs/heads/*:refs/heads/*"


class Clones:
    """One bare clone a repository, in `folder`. Raises FolderError where that is not the user's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(os.path.realpath(folder))
        make_private(os.fspath(self._folder))

    def at(self, url: str, commit: str) -> Repository:
        """The clone of `url`, which has `commit` (a full id): fetched where it is not there yet.

        Other processes wait for one that fetches. git asks for no password; its credential helpers and
        ssh count as they are set up for this user.

        Raises:
            GitError: the URL holds credentials, cannot be reached, or has no such commit.
        """
        if not _COMMIT.fullmatch(commit):
            raise GitError(f"not the full id of a commit: {commit!r}")
        refuse_credentials(url)
        name = blake2b(url.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
        clone = Repository(self._folder / f"{name}.git", bare=True)
        if _has(clone, commit):
            return clone
        lock = ProcessLock(self._folder / f"{name}.lock")
        try:
            lock.acquire(wait=True)
            if not _has(clone, commit):
                _make(clone)
                _fetch(clone, url, commit)
        except OSError as error:
            raise GitError(f"cannot keep a clone in {self._folder}: {error.strerror}") from error
        finally:
            lock.release()
        return clone


def refuse_credentials(url: str) -> None:
    """Raise GitError for a URL with a password or a token in it, or one that git reads as an option."""
    if not url or url.startswith("-"):
        raise GitError(f"not the URL of a repository: {url!r}")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise GitError(f"not the URL of a repository: {error}") from error
    if not parts.netloc:
        return
    name = parts.username if parts.scheme.lower() in _WEB else None
    if parts.password is not None or name is not None or parts.query:
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        raise GitError(
            f"the URL of {shown} holds credentials; give it without them, and let git's credential"
            " helper know them"
        )


def _has(clone: Repository, commit: str) -> bool:
    if not clone.top.is_dir():
        return False
    asked = ("rev-parse", "--verify", "--quiet", f"refs/fixaudit/{commit}^{{commit}}")
    return clone.attempt(*asked).stdout.strip() == commit.encode()


def _make(clone: Repository) -> None:
    """Make the clone, empty, unless it is there and git can read it. Raises OSError."""
    if clone.top.is_dir() and clone.attempt("rev-parse", "--git-dir").returncode == 0:
        return
    remove_tree(clone.top)
    part = clone.top.with_suffix(".part")
    remove_tree(part)
    asked = ("init", "--quiet", "--bare", "--template=", "--", os.fspath(part))
    done = Repository(clone.top.parent).attempt(*asked)
    if done.returncode:
        raise GitError(f"cannot make a clone: {_last(done.stderr)}")
    part.rename(clone.top)


def _fetch(clone: Repository, url: str, commit: str) -> None:
    """Fetch the commit alone where the host gives it, else all branches."""
    kept = f"refs/fixaudit/{commit}"
    asked = ("fetch", "--quiet", "--no-write-fetch-head", "--no-recurse-submodules", "--", url)
    done = clone.attempt(*asked, f"{commit}:{kept}", transports=True)
    if done.returncode == 0 and _has(clone, commit):
        return
    done = clone.attempt(*asked, _ALL_BRANCHES, transports=True)
    if done.returncode:
        raise GitError(f"cannot fetch {url}: {_last(done.stderr)}")
    if clone.attempt("cat-file", "-e", f"{commit}^{{commit}}").returncode:
        raise GitError(f"{url} has no commit {commit}; push it first")
    # Named, so that it stays when its branch moves.
    clone.run("update-ref", kept, commit)


def _last(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:"))]
    # ssh says why before git says that it failed.
    return "; ".join(dict.fromkeys((*lines[:1], *told[:1]))) or "git said nothing"
