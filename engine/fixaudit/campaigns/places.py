"""In which packages the commands of a batch are run."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.report import CheckPlace
from fixaudit.campaigns.settings import VerifySettings
from fixaudit.workspace.packages import Packages

_ROOT_NAME = "."  # as a package of the root without a name is called


def check_places(
    packages: Packages,
    batch: Batch,
    settings: VerifySettings,
    affected: Sequence[str] | None = None,
) -> tuple[tuple[CheckPlace, ...], int]:
    """The packages of a batch, then those that depend on them; and how many are beyond the limit.

    Args:
        affected: what the command `affected` printed, line by line: folders or files, relative to the
            root, or addresses in them (`//tools/lint:tests`). None: it was not asked.

    Raises:
        CampaignError: a line of `affected` that names a place outside of the root.
    """
    own = tuple(_place(packages, folder) for folder in batch.packages)
    if settings.scope == "package":
        return own, 0
    if settings.scope == "affected":
        others = list(_affected(packages, batch.packages, affected or ()))
    else:
        known = [folder for folder in batch.packages if packages.at(folder) is not None]
        others = [
            CheckPlace(each.package.folder, each.package.name, each.why)
            for each in packages.dependents_of(known)
            if each.package.folder not in batch.packages
        ]
    kept = others[: settings.max_dependents]
    return own + tuple(kept), len(others) - len(kept)


def _affected(packages: Packages, own: Iterable[str], lines: Sequence[str]) -> Iterator[CheckPlace]:
    seen = set(own)
    for line in lines:
        path = _path(line)
        if path is None:
            continue
        owner = packages.at(path) or packages.of(path)
        folder = "" if owner is None else owner.folder
        if folder not in seen:
            seen.add(folder)
            place = _place(packages, folder)
            yield CheckPlace(folder, place.name, f"{folder or place.name}, which `affected` names")


def _path(line: str) -> str | None:
    """What a line names, relative to the root; None for an empty one."""
    named = line.strip().removeprefix("//")
    if not line.strip():
        return None
    path = posixpath.normpath(named.partition(":")[0].replace("\\", "/") or ".")
    if path.startswith(("/", "../")) or path == "..":
        raise CampaignError(
            f"verify.affected: {line.strip()!r} is outside of the repository; let the command print"
            " paths relative to its top"
        )
    return "" if path == "." else path


def _place(packages: Packages, folder: str) -> CheckPlace:
    package = packages.at(folder)
    return CheckPlace(folder, package.name if package else folder.rpartition("/")[2] or _ROOT_NAME)
