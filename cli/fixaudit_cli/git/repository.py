"""Reading from git: which files of a work tree are dirty, which files and lines changed.

Nothing here stages or commits. Paths go in and come out absolute.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.errors import FixauditError
from fixaudit.files.git import read_git, repository_of
from fixaudit.files.ownership import is_own

if TYPE_CHECKING:
    import subprocess

LineRanges = tuple[tuple[int, int], ...]
"""Inclusive, 1-based `(first, last)` line numbers, ascending."""

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_PLAIN = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
_LETTERS = {
    b"a": b"\a",
    b"b": b"\b",
    b"t": b"\t",
    b"n": b"\n",
    b"v": b"\v",
    b"f": b"\f",
    b"r": b"\r",
}
_DIFF = (
    *("-c", "core.quotePath=false", "diff", "--no-ext-diff", "--no-textconv", "--no-color"),
    *("--ignore-submodules", "--diff-filter=d", "--find-renames", "--inter-hunk-context=0"),
)


class GitError(FixauditError):
    """git cannot be started, or failed; the message holds its output."""


class OwnershipError(GitError):
    """git does not read a repository, because it belongs to another user."""

    def __init__(self, top: str) -> None:
        remedy = f"git config --global --add safe.directory {shlex.quote(top)}"
        super().__init__(
            f"git does not read {top}, which belongs to another user; `{remedy}` lets it"
        )


@dataclass(frozen=True, slots=True)
class Repository:
    """A git work tree; `top` is its root folder, with symlinks resolved."""

    top: Path

    def read(self, *arguments: str, environment: Mapping[str, str] | None = None) -> bytes:
        """The output of a git command that changes nothing. Raises GitError where it fails.

        `environment` is added to this process's: where that is a hook's, its index is meant.
        """
        return output_of(arguments, self.try_read(*arguments, environment=environment))

    def try_read(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """As `read`, but the exit code is the caller's to judge. Raises GitError without a git."""
        return _read(self.top, arguments, environment)

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
    """The repository `folder` lies in; None where there is none, or no git.

    Raises GitError where there is one that git refuses to read (another owner's, damaged).
    """
    try:
        done = _read(folder, ("rev-parse", "--show-toplevel"), _PLAIN)
    except GitError:
        return None
    if done.returncode == 0:
        return Repository(Path(os.path.realpath(os.fsdecode(done.stdout.rstrip(b"\r\n")))))
    if b"not a git repository" in done.stderr or b"must be run in a work tree" in done.stderr:
        return None
    if b"dubious ownership" in done.stderr:
        raise OwnershipError(repository_of(os.path.realpath(folder)) or str(folder))
    raise GitError(
        f"git cannot read the repository: {done.stderr.decode(errors='replace').strip()}"
    )


def foreign_note(folder: Path) -> str | None:
    """What is said where git refuses another user's repository and the run goes on without it."""
    top = repository_of(os.path.realpath(folder))
    # git is asked only where it may refuse: mostly the answer is known by looking.
    if top is None or (is_own(top) and is_own(os.path.join(top, ".git"))):
        return None
    try:
        find_repository(Path(top))
    except OwnershipError as error:
        return f"{error}; this run does without, and sees no uncommitted changes"
    except GitError:
        return None
    return None


def dirty(repository: Repository, paths: Iterable[Path]) -> tuple[Path, ...]:
    """Those of `paths` whose content git could not give back: modified, staged or untracked.

    Ignored files and files outside the repository count as clean.
    """
    wanted: dict[bytes, Path] = {}
    for path in paths:
        try:
            wanted[repository.names([path])[0]] = path
        except GitError:
            continue
    if not wanted:
        return ()
    status = repository.read(
        *("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all"),
        "--ignore-submodules",
        environment=_PLAIN,
    )
    names = (entry[3:] for entry in status.split(b"\0") if entry)
    return tuple(sorted(wanted[name] for name in names if name in wanted))


def changed(repository: Repository) -> frozenset[Path]:
    """Files that differ from the last commit, staged or not, and untracked ones."""
    return _differing(repository, base(repository)) | _untracked(repository)


def staged(repository: Repository) -> frozenset[Path]:
    """Files whose staged content differs from the last commit."""
    return _differing(repository, "--cached", base(repository))


def since(repository: Repository, revision: str) -> frozenset[Path]:
    """Files that differ from where this branch left `revision`, and untracked ones.

    Raises GitError where there is no such revision.
    """
    return _differing(repository, fork_point(repository, revision)) | _untracked(repository)


def base(repository: Repository) -> str:
    """`HEAD`, or the empty tree before the first commit."""
    if repository.try_read("rev-parse", "--verify", "--quiet", "HEAD").returncode == 0:
        return "HEAD"
    return repository.read("hash-object", "-t", "tree", "--stdin").decode().strip()


def fork_point(repository: Repository, revision: str) -> str:
    """The commit where HEAD's history left `revision`; `revision` itself if they share none."""
    commit = repository.read("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    found = repository.try_read("merge-base", commit.decode().strip(), "HEAD")
    return (found.stdout if found.returncode == 0 else commit).decode().strip()


def changed_lines(
    repository: Repository, against: str | None = None, *, index: bool = False
) -> dict[Path, LineRanges]:
    """The lines added or rewritten since `against` (HEAD without), by file.

    With `index`, the lines staged. Untracked files count whole, unless `index`. Files of which
    lines were only removed have no ranges. `against` is a commit, such as `fork_point` gives.
    """
    target = ("--cached",) if index else ()
    diff = repository.read(
        *_DIFF,
        "--src-prefix=a/",
        "--dst-prefix=b/",
        "-U0",
        *target,
        against or base(repository),
        "--",
    )
    ranges = {repository.absolute(name): found for name, found in _parse(diff)}
    for path in () if index else _untracked(repository):
        lines = path.read_bytes().count(b"\n") + 1 if path.is_file() else 0
        ranges[path] = ((1, lines),) if lines else ()
    return ranges


def _differing(repository: Repository, *against: str) -> frozenset[Path]:
    names = repository.read(*_DIFF, "--name-only", "-z", *against, "--")
    return frozenset(repository.absolute(name) for name in names.split(b"\0") if name)


def _untracked(repository: Repository) -> frozenset[Path]:
    names = repository.read("ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(repository.absolute(name) for name in names.split(b"\0") if name)


def _parse(diff: bytes) -> Iterator[tuple[bytes, LineRanges]]:
    name: bytes | None = None
    ranges: list[tuple[int, int]] = []
    lines = iter(diff.split(b"\n"))
    for line in lines:
        if line.startswith(b"+++ "):
            if name is not None:
                yield name, tuple(ranges)
            name, ranges = _unquoted(line[4:]).removeprefix(b"b/"), []
        elif hunk := _HUNK.match(line):
            removed, first, added = (int(1 if part is None else part) for part in hunk.groups())
            for _ in range(removed + added):  # a body line may look like a header
                if next(lines, b"").startswith(b"\\"):
                    next(lines, b"")
            if added:
                ranges.append((first, first + added - 1))
    if name is not None:
        yield name, tuple(ranges)


def _unquoted(name: bytes) -> bytes:
    """The file name of a `+++` line: git ends one with spaces by a tab, and quotes odd ones."""
    if not name.startswith(b'"'):
        return name.removesuffix(b"\t")

    def plain(escape: re.Match[bytes]) -> bytes:
        text = escape[1]
        return bytes([int(text, 8)]) if len(text) == 3 else _LETTERS.get(text, text)

    return _ESCAPE.sub(plain, name.rstrip(b"\t")[1:-1])


def _read(
    folder: Path, arguments: tuple[str, ...], environment: Mapping[str, str] | None
) -> subprocess.CompletedProcess[bytes]:
    try:
        return read_git(folder, *arguments, environment={**os.environ, **(environment or {})})
    except OSError as error:
        raise GitError(f"git cannot be started: {error.strerror}") from error


def output_of(arguments: tuple[str, ...], done: subprocess.CompletedProcess[bytes]) -> bytes:
    """The output of a git command. Raises GitError with its messages where it failed."""
    if done.returncode:
        messages = (done.stderr + done.stdout).decode(errors="replace").strip()
        raise GitError(f"git {_verb(arguments)} failed: {messages or done.returncode}")
    return done.stdout


def _verb(arguments: tuple[str, ...]) -> str:
    rest = iter(arguments)
    for word in rest:
        if word == "-c":
            next(rest)
        elif not word.startswith("-"):
            return word
    return ""
