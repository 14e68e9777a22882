"""A cited place while it is looked for, and which files of the tree its path may mean."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.codebase import Tree
from fixaudit.plan.model import Anchor, Status
from fixaudit.reports.model import LineRange, Location, Snippet


@dataclass(slots=True)
class Wanted:
    """One cited place of one finding.

    `finding` is its number in the report. `sure_names` are definitions the place lies in, `names`
    those the report only speaks of. `path` is the file once it is known. `strong` says that the
    place was recognised by what stands there, not by a line number; `shift` is by how many lines it
    moved, where that is certain. `region` are the sites in the quoted code or named function;
    `loose` says that the cited line means some of them only,
    `tentative` that it hit one of several, maybe by chance.
    """

    finding: int
    location: Location | None
    cited: LineRange | None
    codemods: tuple[str, ...]
    sure_names: tuple[str, ...]
    names: tuple[str, ...]
    quotes: tuple[Snippet, ...]
    text: str
    path: str | None = None
    anchor: Anchor | None = None
    strong: bool = False
    shift: int | None = None
    region: tuple[LocatedFinding, ...] = ()
    loose: bool = False
    tentative: bool = False

    def settle(self, status: Status, why: str, **details: Any) -> None:
        """Ends the search; `details` are further fields of the anchor."""
        self.anchor = Anchor(self.location, self.cited, status, why, **details)

    @property
    def lines(self) -> range:
        """The cited lines, at most fifty of them."""
        low, high = self.cited or (1, 0)
        return range(low, min(high, low + 49) + 1)


def unverified(entry: Wanted, path: str, lines: int) -> None:
    """Settles a place of a known file of so many lines where nothing tells whether it is the same."""
    if entry.cited is None:
        entry.settle(Status.UNVERIFIED, "the file is there", path=path)
    elif entry.cited[0] > lines:
        entry.settle(Status.NOT_FOUND, f"the file ends at line {lines}", path=path)
    else:
        low, high = entry.cited
        why = "the lines exist; nothing quoted tells whether they are the same"
        entry.settle(Status.UNVERIFIED, why, path=path, line=low, end_line=min(high, lines))


def overlap(one: LineRange, other: LineRange) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def extent(sites: Sequence[LocatedFinding], otherwise: LineRange) -> LineRange:
    """The lines from the first site to the end of the last."""
    if not sites:
        return otherwise
    return min(s.line for s in sites), max(s.end_line for s in sites)


def moved(by: int) -> str:
    """How far, in words."""
    if by == 0:
        return "at the cited line"
    lines = "1 line" if abs(by) == 1 else f"{abs(by)} lines"
    return f"{lines} further {'down' if by > 0 else 'up'}"


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


def resolve(path: str, tree: Tree, files: Collection[str] | None = None) -> Resolved:
    """The files of the tree, or of `files`, that a cited file may be.

    A path from the root, or from a folder that was named, counts first; then a unique file whose
    path ends in the cited one, or the cited one in it (reports hold paths of other machines).
    """
    files = tree.files if files is None else files
    for base in ("", *tree.bases):
        if base + path in files:
            return Resolved((base + path,))
    wanted = path.split("/")
    full: dict[str, int] = {}
    near: list[str] = []
    for known in files:
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


def settle_left_out(entry: Wanted, path: str, tree: Tree) -> bool:
    """Settles a place in a file that is there and was not looked into; False where it is none.

    What is known of it is its name only, so its code is not looked for in other files.
    """
    known = resolve(path, tree, tree.left_out).sure
    reasons = sorted({tree.left_out[name] for name in known})
    if not known and (there := tree.other(path)) is not None:
        outside = tree.bases and not there.startswith(tree.bases)
        known = (there,)
        reasons = [
            (
                "outside of the paths that were given"
                if outside
                else "ignored by git, or in a folder that is passed over"
            )
        ]
    if not known:
        return False
    why = "; ".join(reasons)
    entry.settle(Status.NOT_FOUND, f"not looked into: {why}", left_out=why, candidates=known)
    return True
