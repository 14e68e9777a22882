"""One package needs another one: by what, and where that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fixaudit.workspace.package import Package

Files = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Edge:
    """`how` is "declared" or "import"; the rest as in `Dependent`."""

    how: str
    by: str
    path: str
    line: int | None


def meant(user: Package, candidates: Iterable[Package]) -> list[Package]:
    """Those of several packages of one name that a package may mean by it.

    Outside of test data, templates and examples nothing there is meant; inside, the nearest ones are.
    Members of a uv workspace mean their own.
    """
    visible = [each for each in candidates if user.is_sample or not each.is_sample]
    if user.workspace is not None:
        visible = [each for each in visible if each.workspace == user.workspace] or visible
    if len(visible) < 2 or not user.is_sample:
        return visible
    shared = [_shared(user.folder, each.folder) for each in visible]
    most = max(shared)
    return [each for each, count in zip(visible, shared, strict=True) if count == most]


def _shared(one: str, two: str) -> int:
    """How many folders two paths have in common from the root on."""
    count = 0
    for left, right in zip(one.split("/"), two.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
