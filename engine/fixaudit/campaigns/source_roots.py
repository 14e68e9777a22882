"""By which names the files of a batch are imported, and from which folders those names count."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

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
    names: dict[str, str] = {}
    found: dict[str, str] = {}
    own: list[str] = []
    rest: set[str] = set()
    for path in sorted(set(paths)):
        package = packages.of(path)
        if package is None:
            continue
        if package.folder not in names:
            names[package.folder] = ""
            offered = _offered(packages, package)
            names |= {f"{package.folder}\0{file}": name for name, file in offered.items()}
        name = names.get(f"{package.folder}\0{path}")
        if not name:
            continue
        is_own = package.folder == folder
        if name in found and not is_own and _folder(packages, found[name]) != folder:
            raise CampaignError(
                f"{found[name]} and {path} are both imported as `{name}`, which no one run can check;"
                ' put their packages in batches of their own: by = ["package"]'
            )
        if is_own or name not in found:
            found[name] = path
        root = _root(path, name)
        if not is_own:
            rest.add(root)
        elif root not in own:
            own.append(root)
    return found, (*own, *sorted(rest.difference(own)))


def _offered(packages: Packages, package: Package) -> dict[str, str]:
    files = packages.files(package.folder)
    tops = set()
    for path in files:
        try:
            data = read_source(f"{packages.root}/{path}")
        except OSError:
            continue
        tops |= {module.partition(".")[0] for _, module, _ in imported_modules(data)}
    return offered_modules(package, files, tops)


def _folder(packages: Packages, path: str) -> str | None:
    package = packages.of(path)
    return None if package is None else package.folder


def _root(path: str, name: str) -> str:
    """The folder from which a dotted name leads to a file; "" is the top."""
    inner = path.removesuffix("/__init__.py").rpartition(".")[0] or path
    if path.endswith("/__init__.py"):
        inner = posixpath.dirname(path)
    return inner.removesuffix(name.replace(".", "/")).rstrip("/")
