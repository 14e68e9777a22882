"""Contents, trees and commits of git, made by plumbing in an index that is not the user's."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from fixaudit.files.git_repository import Repository

Sign = Literal["inherit", "always", "never"]


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A file in the index; `blob` is the id of its content, `mark` hides changes from git."""

    mode: bytes
    blob: str
    mark: str | None


def entries(
    repository: Repository, environment: Mapping[str, str] | None = None
) -> dict[bytes, IndexEntry]:
    """The index, by name; files in conflict are in it under an empty id."""
    listed = repository.run("ls-files", "--stage", "-v", "-z", environment=environment)
    found: dict[bytes, IndexEntry] = {}
    for record in listed.split(b"\0")[:-1]:
        head, _, name = record.partition(b"\t")
        tag, mode, blob, stage = head.split(b" ")
        found[name] = IndexEntry(mode, blob.decode() if stage == b"0" else "", _mark(tag.decode()))
    return found


def entries_of(
    repository: Repository,
    commit: str,
    names: Iterable[bytes],
    environment: Mapping[str, str] | None = None,
) -> dict[bytes, IndexEntry]:
    """Those of a commit with these names, as git stores them."""
    asked = ("ls-tree", "-z", "--full-tree", commit, "--", *map(os.fsdecode, names))
    found: dict[bytes, IndexEntry] = {}
    for record in repository.run(*asked, environment=environment).split(b"\0")[:-1]:
        head, _, name = record.partition(b"\t")
        mode, _, blob = head.split(b" ")
        found[name] = IndexEntry(mode, blob.decode(), None)
    return found


def set_entries(
    repository: Repository, lines: Iterable[bytes], environment: Mapping[str, str]
) -> None:
    """Put `mode id TAB name NUL` lines into the index that the environment names."""
    asked = ("update-index", "-z", "--index-info")
    repository.run(*asked, stdin=b"".join(lines), environment=environment)


def stored(
    repository: Repository,
    name: bytes,
    content: bytes,
    held: IndexEntry | None,
    environment: Mapping[str, str] | None = None,
    *,
    write: bool = True,
) -> str:
    """The id of a file's content as git stores it: with its line ends converted, as `git add` does.

    `held` is what git has for the file: where that is stored with line ends that git would convert
    today, they stay. The content is put into the repository, unless `write` is False.
    """
    how = ("--no-filters",)
    if _is_converted(repository, name, content, held, environment):
        how = (f"--path={os.fsdecode(name)}",)
    put = ("-w",) if write else ()
    asked = ("hash-object", *put, "--stdin", *how)
    return object_id(repository.run(*asked, stdin=content, environment=environment))


def written_tree(repository: Repository, environment: Mapping[str, str]) -> str:
    """The id of the tree that the index of the environment holds."""
    return object_id(repository.run("write-tree", environment=environment))


def made_commit(
    repository: Repository, tree: str, parent: str | None, text: bytes, sign: Sign = "inherit"
) -> str:
    """The id of a new commit, which no branch has yet; "inherit" signs as `commit.gpgSign` says."""
    if sign == "inherit":
        asked = repository.attempt("config", "--type=bool", "--get", "commit.gpgSign").stdout
        sign = "always" if asked.strip() == b"true" else "never"
    options = ("-S",) if sign == "always" else ()
    parents = () if parent is None else ("-p", parent)
    # It runs no hook; a program that signs sees the environment that it would see otherwise.
    made = ("commit-tree", *options, *parents, tree)
    return object_id(repository.run(*made, stdin=text, hooks=True))


def object_id(output: bytes) -> str:
    """An id as git printed it."""
    return output.decode().strip()


def _mark(tag: str) -> str | None:
    if tag in "Ss":
        return "skip-worktree"
    return "assume-unchanged" if tag.islower() else None


def _is_converted(
    repository: Repository,
    name: bytes,
    content: bytes,
    held: IndexEntry | None,
    environment: Mapping[str, str] | None,
) -> bool:
    """False for a file that is stored with the line ends git would convert today."""
    if held is None or b"\r\n" not in content:
        return True
    kept = repository.run("cat-file", "blob", held.blob, environment=environment)
    if b"\r\n" not in kept:
        return True
    asked = ("hash-object", "--stdin", f"--path={os.fsdecode(name)}")
    return object_id(repository.run(*asked, stdin=kept, environment=environment)) == held.blob
