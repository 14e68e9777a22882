"""Remove a folder that a program has filled, whatever modes it left behind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def remove_tree(path: Path) -> None:
    """Remove what is at `path`: a folder with all in it, a file or a link; nothing is no error.

    Links are removed, not followed. Raises OSError where something cannot be removed.
    """
    if path.is_symlink() or path.is_file():
        path.unlink()
        return
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        if path.exists():  # something else removes it, too
            shutil.rmtree(path)
    except PermissionError:
        _make_writable(path)
        shutil.rmtree(path)


def _make_writable(top: Path) -> None:
    os.chmod(top, 0o700)
    for folder, names, _ in os.walk(top):
        for name in names:
            inner = os.path.join(folder, name)
            if not os.path.islink(inner):
                os.chmod(inner, 0o700)
