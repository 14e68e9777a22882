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


def is_never(folder: str, name: str) -> bool:
    """True for a folder (absolute path and its last part) that a run does not look into."""
    if name in NEVER or name.endswith(".egg-info"):
        return True
    if name in UNLESS_PACKAGE and not os.path.exists(os.path.join(folder, "__init__.py")):
        return True
    return os.path.exists(os.path.join(folder, "pyvenv.cfg"))


class Allowed:
    """Answers for files below one folder, each folder on the way being judged once.

    The folder itself was named, so its own name and those above it are not judged.
    """

    def __init__(self, folder: str) -> None:
        self._known = {folder.rstrip(os.sep): True}

    def file(self, path: str) -> bool:
        folder = path[: path.rfind(os.sep)]
        known = self._known.get(folder)
        return self._folder(folder) if known is None else known

    def _folder(self, folder: str) -> bool:
        chain = [folder]
        while (answer := self._known.get(chain[-1])) is None:
            chain.append(chain[-1][: chain[-1].rfind(os.sep)])
        for entry in reversed(chain[:-1]):
            answer = answer and not is_never(entry, entry[entry.rfind(os.sep) + 1 :])
            self._known[entry] = answer
        return answer
