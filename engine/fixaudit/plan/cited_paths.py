"""Which files of the tree a cited path may mean."""

from __future__ import annotations

from dataclasses import dataclass

from fixaudit.plan.codebase import Tree

PYTHON = (".py", ".pyw", ".pyi")


@dataclass(frozen=True, slots=True)
class Resolved:
    """`sure` are files the path names; several: none of them for certain. `near` have only the last
    name in common with it, and need more to be believed."""

    sure: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


def is_python(path: str) -> bool:
    """True for a file or folder fixaudit can look into: by its suffix, or without any."""
    name = path.rstrip("/").rpartition("/")[2]
    return path.endswith("/") or name.endswith(PYTHON) or "." not in name.strip(".")


def resolve(path: str, tree: Tree) -> Resolved:
    """The files of the tree that a cited file may be.

    A path from the root, or from a folder that was named, counts first; then a unique file whose
    path ends in the cited one, or the cited one in it (reports hold paths of other machines).
    """
    for base in ("", *tree.bases):
        if base + path in tree.files:
            return Resolved((base + path,))
    wanted = path.split("/")
    full: dict[str, int] = {}
    near: list[str] = []
    for known in tree.files:
        parts = known.split("/")
        same = [one == two for one, two in zip(reversed(wanted), reversed(parts), strict=False)]
        common = [*same, False].index(False)
        if common == len(wanted) or (common == _length(known, tree) and common > 1):
            full[known] = common
        elif common:
            near.append(known)
    best = max(full.values(), default=0)
    return Resolved(tuple(name for name, common in full.items() if common == best), tuple(near))


def _length(path: str, tree: Tree) -> int:
    """How many parts a path has, counted from the folder that was named."""
    base = max((base for base in tree.bases if path.startswith(base)), key=len, default="")
    return path[len(base) :].count("/") + 1


def below(folder: str, tree: Tree) -> tuple[str, ...]:
    """The files in a cited folder, where the tree has exactly one of that name."""
    for base in ("", *tree.bases):
        inside = tuple(path for path in tree.files if path.startswith(base + folder))
        if inside:
            return inside
    tops = {path[: path.index(f"/{folder}") + 1] for path in tree.files if f"/{folder}" in path}
    if len(tops) != 1:
        return ()
    top = tops.pop()
    return tuple(path for path in tree.files if path.startswith(top + folder))
