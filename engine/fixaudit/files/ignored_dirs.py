"""Folders that hold no code of the project: environments, caches, build output, dependencies."""

from __future__ import annotations

import os

NEVER = frozenset(
    {
        ".bzr", ".cache", ".direnv", ".eggs", ".fixaudit", ".git", ".hg", ".hypothesis", ".idea",
        ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d", ".pyenv", ".pyre", ".pytest_cache",
        ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__", "__pypackages__",
        "node_modules", "site-packages",
    }
)  # fmt: skip
# Output of tools in one project, a package of its own in another (`pip/_internal/operations/build`).
UNLESS_PACKAGE = frozenset({"_build", "build", "dist", "venv"})


# Never a package, so nobody expects to find code in them: passed over without a word.
_SILENT = ("__pycache__", "__pypackages__")
_OWN = ".fixaudit"


def is_never(folder: str, name: str) -> bool:
    """True for a folder (absolute path and its last part) that a run does not look into."""
    return _is_never_by_name(folder, name) or is_environment(folder)


def is_environment(folder: str) -> bool:
    """True for a virtual environment: its code is not the project's, wherever it stands."""
    return os.path.exists(os.path.join(folder, "pyvenv.cfg"))


def is_told(name: str) -> bool:
    """True for an ignored name that might be that of a folder with sources."""
    return not name.startswith(".") and name not in _SILENT


def _is_never_by_name(folder: str, name: str) -> bool:
    if name in NEVER or name.endswith(".egg-info"):
        return True
    return name in UNLESS_PACKAGE and not os.path.exists(os.path.join(folder, "__init__.py"))


class Allowed:
    """Answers for files below one folder, each folder on the way being judged once.

    The folder itself was named, so its own name and those above it are not judged.
    """

    def __init__(self, folder: str) -> None:
        # The topmost folders on the way that bar all files, and those git does not track.
        self._known: dict[str, tuple[str | None, str | None]] = {
            folder.rstrip(os.sep): (None, None)
        }

    def barred(self, path: str, tracked: bool) -> str | None:
        """The topmost folder for which a file is passed over, if it is.

        What git tracks is a source whatever its folder is called, but in an environment.
        """
        folder = path[: path.rfind(os.sep)]
        always, untracked = self._known.get(folder) or self._folder(folder)
        return always if tracked else always or untracked

    def _folder(self, folder: str) -> tuple[str | None, str | None]:
        chain = [folder]
        while (answer := self._known.get(chain[-1])) is None:
            chain.append(chain[-1][: chain[-1].rfind(os.sep)])
        always, untracked = answer
        for entry in reversed(chain[:-1]):
            name = entry[entry.rfind(os.sep) + 1 :]
            if always is None and (name == _OWN or is_environment(entry)):
                always = entry
            if untracked is None and _is_never_by_name(entry, name):
                untracked = entry
            self._known[entry] = always, untracked
        return always, untracked
