"""Reading from git: the repository of a folder, and which of its files and lines changed.

Nothing here stages or commits. Paths go in and come out absolute.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.files.git import run_git
from fixaudit.files.git_errors import GitError as GitError
from fixaudit.files.git_errors import OwnershipError
from fixaudit.files.repositories import misplaced, repository_of

if TYPE_CHECKING:
    import subprocess


_DIFF = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules")
DIFF = (*_DIFF, "--diff-filter=d", "--inter-hunk-context=0")
"""What is there now, and differs."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A git work tree; `top` is its root folder, with symlinks resolved.

    Of a `bare` one `top` is the folder that git keeps it in.
    """

    top: Path
    bare: bool = False

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        hooks: bool = False,
        transports: bool = False,
    ) -> bytes:
        """The output of a git command at the top. Raises GitError where it fails.

        `environment` is added to this process's; with `hooks` the command may run hooks, with
        `transports` reach other repositories.
        """
        done = self.attempt(
            *arguments, stdin=stdin, environment=environment, hooks=hooks, transports=transports
        )
        if done.returncode:
            messages = (done.stderr + done.stdout).decode(errors="replace").strip()
            raise GitError(f"git {arguments[0]} failed: {messages or done.returncode}")
        return done.stdout

    def attempt(
        self,
        *arguments: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        hooks: bool = False,
        transports: bool = False,
        timeout: float | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """As `run`, but the exit code is the caller's to judge. Raises GitError without a git.

        One that takes longer than `timeout` seconds is ended, with the exit code 124.
        """
        if self.bare:  # git finds none by itself: it could be one that was committed as files
            environment = {"GIT_DIR": os.fspath(self.top), **(environment or {})}
        return _started(
            self.top,
            *arguments,
            stdin=stdin,
            environment=environment,
            hooks=hooks,
            transports=transports,
            timeout=timeout,
        )

    def git_path(self, name: str, *, hooks: bool = False) -> Path:
        """Where git keeps a file of this work tree, such as `index`. Raises GitError.

        With `hooks` those of the repository count.
        """
        found = self.run("rev-parse", "--git-path", name, hooks=hooks)
        return self.top / os.fsdecode(found.rstrip(b"\r\n"))

    def absolute(self, name: bytes) -> Path:
        """The path git means by a name relative to `top`."""
        return self.top / os.fsdecode(name)

    def names(self, paths: Iterable[Path]) -> list[bytes]:
        """The paths as git names them. Raises GitError for one outside the work tree."""
        return [self._name(path) for path in paths]

    def _name(self, path: Path) -> bytes:
        # The folder only: a symlink is an entry of its own.
        real = Path(os.path.realpath(path.parent)) / path.name
        try:
            return os.fsencode(real.relative_to(self.top).as_posix())
        except ValueError as error:
            raise GitError(f"{path} is outside the repository {self.top}") from error


def find_repository(folder: Path) -> Repository | None:
    """The repository that owns the files in `folder`; None where there is none, or no git.

    Raises GitError where there is one that git refuses to read (another owner's, damaged), or one
    that has its git folder elsewhere, which does not know of this tree.
    """
    found = repository_of(os.path.realpath(folder))
    if found is None:
        return None
    top = Path(found)
    try:
        done = _started(top, "rev-parse", "--show-toplevel")
    except GitError:
        return None
    if done.returncode == 0:
        _refuse_elsewhere(top, Path(os.path.realpath(os.fsdecode(done.stdout.rstrip(b"\r\n")))))
        return Repository(top)
    if b"not a git repository" in done.stderr or b"must be run in a work tree" in done.stderr:
        return None
    if b"dubious ownership" in done.stderr:
        raise OwnershipError(found)
    said = " ".join(done.stderr.decode(errors="replace").split())
    raise GitError(f"git cannot read the repository: {said}")


def _refuse_elsewhere(top: Path, believed: Path) -> None:
    """Raise GitError where writing through the git folder of `top` would reach another tree's."""
    if believed != top:
        raise GitError(f"the repository of {top} has its work tree elsewhere, at {believed}")
    folder = misplaced(os.fspath(top))
    if folder is None:
        return
    if _started(top, "config", "core.worktree").stdout.strip():
        return  # that is `believed`
    raise GitError(
        f"the repository of {top} lies in {folder}, which does not know of this tree; if both are"
        f" yours: git --git-dir={folder} config core.worktree {top}"
    )


def changed(repository: Repository) -> frozenset[Path]:
    """Files that differ from the last commit, staged or not, and untracked ones."""
    with every_change_seen(repository) as environment:
        differing = _differing(repository, base(repository), environment=environment)
    return differing | untracked(repository)


def staged(repository: Repository) -> frozenset[Path]:
    """Files whose staged content differs from the last commit: in a hook, what is committed."""
    environment = hooks_index(repository)
    return _differing(repository, "--cached", base(repository), environment=environment)


def since(repository: Repository, revision: str, *, deleted: bool = False) -> frozenset[Path]:
    """Files that differ from where this branch left `revision`, and untracked ones.

    With `deleted` those that are gone, too: a file that was moved is told at both places. Raises GitError where there is no such revision.
    """
    with every_change_seen(repository) as environment:
        against = fork_point(repository, revision)
        differing = _differing(repository, against, environment=environment, deleted=deleted)
    return differing | untracked(repository)


def base(repository: Repository) -> str:
    """`HEAD`, or the empty tree before the first commit."""
    if repository.attempt("rev-parse", "--verify", "--quiet", "HEAD").returncode == 0:
        return "HEAD"
    return repository.run("hash-object", "-t", "tree", "--stdin").decode().strip()


def fork_point(repository: Repository, revision: str) -> str:
    """The commit where HEAD's history left `revision`; `revision` itself if they share none.

    Raises GitError where there is no such revision.
    """
    asked = ("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    commit = repository.attempt(*asked)
    if commit.returncode:
        raise GitError(f"git knows no commit `{revision}` in {repository.top}")
    found = repository.attempt("merge-base", commit.stdout.decode().strip(), "HEAD")
    return (found if found.returncode == 0 else commit).stdout.decode().strip()


@contextmanager
def every_change_seen(repository: Repository) -> Iterator[Mapping[str, str]]:
    """The environment of commands that see what `assume-unchanged` and `skip-worktree` hide.

    It names a copy of the index without such marks for the files that are there. A copy, too, where
    none is marked: `git diff` writes the times that it found into the index it reads, under the
    lock that a commit needs.
    """
    index = repository.git_path("index")
    if not index.exists():
        yield {}
        return
    listed = repository.run("ls-files", "-v", "-z").split(b"\0")
    marked = [entry[2:] for entry in listed if entry[:1].islower() or entry[:1] == b"S"]
    names = [name for name in marked if os.path.lexists(repository.absolute(name))]
    with tempfile.TemporaryDirectory(prefix="fixaudit-") as folder:
        own = os.path.join(folder, "index")
        shutil.copy2(index, own)
        environment = {"GIT_INDEX_FILE": own}
        for mark in ("--no-assume-unchanged", "--no-skip-worktree") if names else ():
            repository.run(
                *("update-index", mark, "-z", "--stdin"),
                stdin=b"".join(name + b"\0" for name in names),
                environment=environment,
            )
        yield environment


def hooks_index(repository: Repository) -> Mapping[str, str]:
    """The index of a commit under way, where this process is run by one of this repository's hooks.

    `git commit --all` lets its hooks see an index of its own.
    """
    named = os.environ.get("GIT_INDEX_FILE")
    if not named:
        return {}
    path, usual = os.path.realpath(named), os.path.realpath(repository.git_path("index"))
    return {"GIT_INDEX_FILE": path} if os.path.dirname(path) == os.path.dirname(usual) else {}


def _differing(
    repository: Repository, *against: str, environment: Mapping[str, str], deleted: bool = False
) -> frozenset[Path]:
    asked = (*(_DIFF if deleted else DIFF), "--no-renames", "--name-only", "-z", *against, "--")
    names = repository.run(*asked, environment=environment)
    return frozenset(repository.absolute(name) for name in names.split(b"\0") if name)


def untracked(repository: Repository) -> frozenset[Path]:
    """Files that git neither tracks nor ignores."""
    names = repository.run("ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(repository.absolute(name) for name in names.split(b"\0") if name)


def _started(
    folder: Path,
    *arguments: str,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    hooks: bool = False,
    transports: bool = False,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    import subprocess

    try:
        return run_git(
            folder,
            *arguments,
            stdin=stdin,
            environment=environment,
            hooks=hooks,
            transports=transports,
            timeout=timeout,
        )
    except OSError as error:
        raise GitError(f"git cannot be started: {error.strerror}") from error
    except subprocess.TimeoutExpired:
        said = f"git {arguments[0]} took longer than {timeout:g} seconds".encode()
        return subprocess.CompletedProcess(arguments, 124, b"", said)
