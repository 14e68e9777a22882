"""The line about a folder of an earlier version in the tree, which is never opened."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from fixaudit_cli.output.terminal import note

IN_TREE = ".fixaudit"
"""The folder in which earlier versions kept runs, decisions and outcomes."""


def mention_ignored(root: Path) -> None:
    """Say that an in-tree `.fixaudit` is not opened, and how its runs are taken over."""
    folder = root / IN_TREE
    if os.path.lexists(folder):
        note(
            f"{folder} is ignored: what a tree brings along is not trusted; if it is your own,"
            f" `fixaudit runs import {shlex.quote(str(folder))}` takes it over, then delete it"
        )
