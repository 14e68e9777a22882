"""Which files git takes for renamed since some files were last committed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from fixaudit.files.git_errors import GitError
from fixaudit.files.git_repository import find_repository


def renamed_since(root: Path, files: Iterable[str]) -> dict[str, str]:
    """New paths by old ones since the last commit that touched one of `files`; all relative to `root`.

    Empty where there is no repository, no such commit, or git cannot tell.
    """
    try:
        repository = find_repository(root)
        if repository is None:
            return {}
        names = repository.names(root / each for each in files)
        last = repository.run("log", "-1", "--format=%H", "--", *map(os.fsdecode, names)).strip()
        if not last:
            return {}
        # A file that left others of its name behind is a copy to git, of one that was rewritten.
        told = repository.run(
            *("diff", "--name-status", "--find-renames", "--break-rewrites", "--diff-filter=RC"),
            *("--no-ext-diff", "--no-textconv", "-z", last.decode("ascii"), "--", "*.py"),
        )
    except GitError:
        return {}
    parts = told.split(b"\0")
    top = Path(os.path.realpath(root))
    pairs = zip(parts[1::3], parts[2::3], strict=False)
    return {
        _below(repository.absolute(old), top): _below(repository.absolute(new), top)
        for old, new in pairs
    }


def _below(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()
