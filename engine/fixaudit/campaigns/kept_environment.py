"""What `[worktree] setup` has made, kept for the next work tree at the same place.

An environment holds absolute paths, so each slot has its own. It is moved, never copied: a run that is
killed in between loses it, and makes it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from fixaudit.campaigns.settings import WorktreeSettings
from fixaudit.campaigns.setup_run import SetupError
from fixaudit.files.remove_tree import remove_tree
from fixaudit.workspace.globs import matcher

_MOST = 2
_PART = ".part"
_PYTHON = ".python-version"


class KeptEnvironment:
    """The place in `kept` of what `setup` makes in one work tree; its hash is of the lock files.

    Raises SetupError where `[worktree] keep` names what is not inside of the work tree.
    """

    def __init__(self, worktree: Path, settings: WorktreeSettings, kept: Path, slot: str) -> None:
        for name in settings.keep:
            parts = Path(name).parts
            if not parts or os.path.isabs(name) or ".." in parts or ".git" in parts:
                raise SetupError(f"[worktree] keep: `{name}` is not a path inside of the tree")
        self._worktree = worktree
        self._names = settings.keep
        self._kept = kept
        self._slot = slot
        self._place = kept / environment_hash(worktree, settings) / slot

    def take(self) -> bool:
        """Move it into the work tree; False where there is none, and `setup` must run."""
        part = self._place.with_name(f"{self._slot}{_PART}")
        try:
            remove_tree(part)  # of a run that was killed
            self._place.rename(part)
        except OSError:
            return False
        try:
            for at, name in enumerate(self._names):
                if os.path.lexists(part / str(at)):
                    target = self._worktree / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    (part / str(at)).rename(target)
        except OSError:
            for name in self._names:
                with suppress(OSError):
                    remove_tree(self._worktree / name)
            return False
        finally:
            with suppress(OSError):
                remove_tree(part)
        return True

    def release(self) -> None:
        """Move it out of the work tree again. Where that fails it is made again next time."""
        part = self._place.with_name(f"{self._slot}{_PART}")
        with suppress(OSError):
            part.parent.mkdir(parents=True, exist_ok=True)
            remove_tree(part)
            part.mkdir()
            for at, name in enumerate(self._names):
                if os.path.lexists(self._worktree / name):
                    (self._worktree / name).rename(part / str(at))
            remove_tree(self._place)
            part.rename(self._place)
            self._drop_old()

    def _drop_old(self) -> None:
        """Let go of this slot's environments but for the last few."""
        places = [path for path in self._kept.glob(f"*/{self._slot}") if path != self._place]
        for path in sorted(places, key=lambda each: each.stat().st_mtime)[: 1 - _MOST]:
            remove_tree(path)


def environment_hash(worktree: Path, settings: WorktreeSettings) -> str:
    """32 hexadecimal digits of all that decides what `setup` makes: commands, lock files, the place."""
    state = blake2b(digest_size=16)
    words = (os.path.realpath(worktree), *settings.keep, *(_PYTHON, ""))
    for word in (*words, *(word for command in settings.setup for word in ("", *command))):
        state.update(os.fsencode(word) + b"\0")
    for path in _lock_files(worktree, (*settings.lock_files, _PYTHON), settings.keep):
        content = (worktree / path).read_bytes()
        state.update(b"%s\0%d\0" % (os.fsencode(path), len(content)) + content)
    return state.hexdigest()


def _lock_files(worktree: Path, globs: tuple[str, ...], keep: tuple[str, ...]) -> Iterator[str]:
    """The files that match, relative to the top, without those of environments."""
    named = matcher(globs)
    for folder, folders, names in os.walk(worktree):
        below = os.path.relpath(folder, worktree).replace(os.sep, "/")
        prefix = "" if below == "." else f"{below}/"
        folders[:] = sorted(
            name
            for name in folders
            if name not in (".git", "node_modules", "__pycache__")
            and f"{prefix}{name}" not in keep
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        for name in sorted(names):
            path = f"{prefix}{name}"
            if named(path) and os.path.isfile(os.path.join(folder, name)):
                yield path
