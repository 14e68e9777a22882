"""What git refuses."""

from __future__ import annotations

import shlex

from fixaudit.errors import FixauditError


class GitError(FixauditError):
    """git cannot be started, or failed; the message holds its output."""


class OwnershipError(GitError):
    """git does not read a repository, because it belongs to another user."""

    def __init__(self, top: str) -> None:
        remedy = f"git config --global --add safe.directory {shlex.quote(top)}"
        super().__init__(
            f"git does not read {top}, which belongs to another user; `{remedy}` lets it"
        )
