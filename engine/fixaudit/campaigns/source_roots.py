"""By which names the files of a batch are imported, and from which folders those names count."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from fixaudit.campaigns.errors import CampaignError
from fixaudit.files.plain_file import read_source
from fixaudit.semantics.import_lines import imported_modules
from fixaudit.workspace.modules import offered_modules
from fixaudit.workspace.package import Package
from fixaudit.workspace.packages import Packages


def modules_and_roots(
    packages: Packages, paths: Iterable[str], folder: str | None = None
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The dotted names of files, each with its path, and the folders they start at, sorted.

    Files that no import from elsewhere names (tests, scripts) are in neither.

    Args:
        paths: relative to the root of the packages, with `/`.
        folder: of the package whose tests are run: its file counts, and its folder comes first, where
            files of two packages have one name, as `app.main` of two services has.

    Raises:
        CampaignError: two files have one name, and `folder` decides between them for neither.
    """
    of_package: dict[str, dict[str, str]] = {}
    found: dict[str, _Named] = {}
    for path in sorted(set(paths)):
        package = packages.of(path)
        if package is None:
            continue
        if package.folder not in of_package:
            of_package[package.folder] = _names(packages, package)
        name = of_package[package.folder].get(path)
        if name is not None:
            _put(found, name, _Named(path, _root(path, name), package.folder == folder))
    own, others = (
        {named.root for named in found.values() if named.is_own is kind} for kind in (True, False)
    )
    modules = {name: named.path for name, named in found.items()}
    return modules, (*sorted(own), *sorted(others - own))


@dataclass(frozen=True, slots=True)
class _Named:
    path: str
    root: str
    is_own: bool


def _put(found: dict[str, _Named], name: str, new: _Named) -> None:
    old = found.get(name)
    if old is not None and not (old.is_own or new.is_own):
        raise CampaignError(
            f"{old.path} and {new.path} are both imported as `{name}`, which no one run can check;"
            ' put their packages in batches of their own: by = ["package"]'
        )
    if old is None or new.is_own:
        found[name] = new


def _names(packages: Packages, package: Package) -> dict[str, str]:
    """The dotted name of each file of a package that has one."""
    files = packages.files(package.folder)
    tops = set()
    for path in files:
        try:
            data = read_source(f"{packages.root}/{path}")
        except OSError:
            continue
        tops |= {module.partition(".")[0] for _, module, _ in imported_modules(data)}
    return {path: name for name, path in offered_modules(package, files, tops).items()}


def _root(path: str, name: str) -> str:
    """The folder from which a dotted name leads to a file; "" is the top."""
    inner = path.rpartition(".")[0]
    if posixpath.basename(inner) == "__init__":
        inner = posixpath.dirname(inner)
    return inner.removesuffix(name.replace(".", "/")).rstrip("/")
