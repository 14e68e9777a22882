"""Writing through git: commits of the files fixaudit wrote and of nothing else.

The commit is built in an index of its own: a copy of the user's (its file times spare git reading
the whole tree), brought back to HEAD and given only the files at hand. Hooks run. What the user
had staged elsewhere stays staged and uncommitted.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from fixaudit_cli.git.repository import GitError, Repository, output_of

BLAME_IGNORE = ".git-blame-ignore-revs"
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase or am",
}


def commit_contents(
    repository: Repository, contents: Mapping[Path, bytes], message: str
) -> str | None:
    """Commit these bytes for these files, whatever the work tree holds; return the full commit id.

    For several commits out of one rewritten tree: each takes its share of the edits. None where
    HEAD holds these bytes already. Runs the hooks; where one refuses, nothing is committed.
    Afterwards the user's index holds the commit's version of every file in it, and everything else
    as it was staged.
    Raises GitError; also in the middle of a merge or rebase, which a commit would conclude.
    """
    files = dict(zip(repository.names(contents), contents.values(), strict=True))

    def fill(environment: Mapping[str, str]) -> None:
        modes = _modes(repository, environment)
        entries = []
        for name, content in files.items():
            path = f"--path={os.fsdecode(name)}"
            blob = write_git(repository, "hash-object", "-w", "--stdin", path, stdin=content)
            entries.append(b"%s %s\t%s\0" % (modes.get(name, b"100644"), blob.strip(), name))
        _set_entries(repository, entries, environment)

    return _commit(repository, fill, message)


def append_blame_ignore_revs(repository: Repository, commits: Mapping[str, str]) -> Path:
    """Add `{commit id: comment}` to `.git-blame-ignore-revs`; ids it lists already are left out.

    Returns the file, which is not committed. Raises GitError where it cannot be written.
    """
    path = repository.top / BLAME_IGNORE
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        known = {line.split("#", 1)[0].strip() for line in text.splitlines()}
        new = [f"# {comment}\n{sha}\n" for sha, comment in commits.items() if sha not in known]
        if new:
            gap = "" if not text or text.endswith("\n") else "\n"
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(gap + "".join(new))
    except (OSError, UnicodeError) as error:
        raise GitError(f"cannot write {path}: {error}") from error
    return path


def _commit(
    repository: Repository, fill: Callable[[Mapping[str, str]], None], message: str
) -> str | None:
    _refuse_halfway(repository)
    old = _head(repository)
    with _own_index(repository, old) as environment:
        fill(environment)
        tree = write_git(repository, "write-tree", environment=environment)
        if old is not None and tree == repository.read("rev-parse", f"{old}^{{tree}}"):
            return None
        write_git(
            *(repository, "commit", "--quiet", "--cleanup=whitespace", "--file=-"),
            stdin=message.encode(),
            environment=environment,
        )
    new = _head(repository)
    assert new is not None
    if old is not None and _head(repository, f"{new}^") != old:
        raise GitError(f"the branch moved while committing; look at commit {new} before you push")
    _follow(repository, old, new)
    return new


def write_git(
    repository: Repository,
    *arguments: str,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run a git command in the work tree and return its output.

    Hooks see the environment of this process, with `environment` added. Raises GitError where git
    cannot be started or fails.
    """
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=repository.top,
            input=stdin,
            capture_output=True,
            env={**os.environ, **(environment or {})},
            check=False,
        )
    except OSError as error:
        raise GitError(f"git cannot be started: {error.strerror}") from error
    return output_of(arguments, done)


def _refuse_halfway(repository: Repository) -> None:
    for name, what in _UNDER_WAY.items():
        path = os.fsdecode(repository.read("rev-parse", "--git-path", name).rstrip(b"\r\n"))
        if (repository.top / path).exists():
            raise GitError(f"{what} is under way; finish it before committing")


def _head(repository: Repository, revision: str = "HEAD") -> str | None:
    found = repository.try_read("rev-parse", "--verify", "--quiet", revision)
    return found.stdout.decode().strip() if found.returncode == 0 else None


@contextmanager
def _own_index(repository: Repository, head: str | None) -> Iterator[Mapping[str, str]]:
    path = os.fsdecode(repository.read("rev-parse", "--git-path", "index").rstrip(b"\r\n"))
    with tempfile.TemporaryDirectory(prefix="fixaudit-") as folder:
        own = Path(folder) / "index"
        environment = {"GIT_INDEX_FILE": str(own)}
        if head is None:
            write_git(repository, "read-tree", "--empty", environment=environment)
        else:
            if (repository.top / path).exists():
                shutil.copy2(repository.top / path, own)
            write_git(repository, "read-tree", "--reset", head, environment=environment)
        yield environment


def _modes(repository: Repository, environment: Mapping[str, str]) -> dict[bytes, bytes]:
    listed = repository.read("ls-files", "--stage", "-z", environment=environment)
    entries = (entry.partition(b"\t") for entry in listed.split(b"\0") if entry)
    return {name: head.split()[0] for head, _, name in entries}


def _follow(repository: Repository, old: str | None, new: str) -> None:
    """Give the user's index the commit's version of every file the commit changed."""
    against = old or repository.read("hash-object", "-t", "tree", "--stdin").decode().strip()
    raw = repository.read(
        "diff-tree", "-r", "--raw", "--no-abbrev", "--no-renames", "-z", against, new
    )
    fields = raw.split(b"\0")
    entries = []
    for head, name in zip(fields[:-1:2], fields[1::2], strict=True):
        _, mode, _, blob, _ = head.split(b" ")
        entries.append(b"%s %s\t%s\0" % (mode, blob, name))
    try:
        _set_entries(repository, entries, {})
    except GitError as error:
        raise GitError(
            f"committed as {new}, but the index is stale; run `git reset`: {error}"
        ) from error
    # Their times, or every one of them would be read again by the next `git status`.
    with suppress(GitError):
        write_git(repository, "update-index", "-q", "--refresh")


def _set_entries(
    repository: Repository, entries: list[bytes], environment: Mapping[str, str]
) -> None:
    for wait in (0.1, 0.4, 1.5, None):
        try:
            write_git(
                *(repository, "update-index", "-z", "--index-info"),
                stdin=b"".join(entries),
                environment=environment,
            )
            return
        except GitError as error:
            if wait is None or "index.lock" not in str(error):
                raise
        time.sleep(wait)  # an editor's git looks at the index every now and then
