"""Which files a branch touched, those that it deleted too."""

from __future__ import annotations

from pathlib import Path

from fixaudit_cli.git.repository import Repository, every_change_seen, fork_point, untracked

_DIFF = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules")


def touched(repository: Repository, revision: str) -> frozenset[Path]:
    """Files that differ from where this branch left `revision`, deleted and untracked ones too.

    A file that was moved is told at both places. Raises GitError where there is no such revision.
    """
    with every_change_seen(repository) as environment:
        against = fork_point(repository, revision)
        asked = (*_DIFF, "--no-renames", "--name-only", "-z", against, "--")
        names = repository.run(*asked, environment=environment)
    found = frozenset(repository.absolute(name) for name in names.split(b"\0") if name)
    return found | untracked(repository)
