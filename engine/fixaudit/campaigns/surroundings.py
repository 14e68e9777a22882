"""Who owns the files of a checkout, which packages they belong to, and who depends on those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.settings import VerifySettings
from fixaudit.codeowners.owners import read_owners
from fixaudit.config.resolve import load_config
from fixaudit.workspace.packages import packages


class Surroundings:
    """The owners and packages of the checkout at `tree`. Paths are relative to it, with `/`.

    Raises:
        ConfigError: the configuration or the owner file cannot be used.
    """

    def __init__(self, tree: Path) -> None:
        config = load_config(tree)
        self._owners = read_owners(tree, config.owners)
        self.packages = packages(tree, config=config)

    @property
    def problems(self) -> Iterator[str]:
        """What is wrong with the files that make packages, one line each."""
        for each in self.packages.problems:
            place = each.path if each.line is None else f"{each.path}:{each.line}"
            yield f"{place}: {each.message}"

    def owners(self, path: str) -> tuple[str, ...]:
        return self._owners.of(path)

    def package(self, path: str) -> str:
        """The folder of a file's package; "" where it belongs to none."""
        found = self.packages.of(path)
        return "" if found is None else found.folder

    def package_name(self, folder: str) -> str:
        """The name of the package of a folder; the folder's own where it is none."""
        found = self.packages.at(folder)
        return folder.rpartition("/")[2] if found is None else found.name.rpartition("/")[2]

    def dependents(self, batches: Iterable[Batch], verify: VerifySettings) -> int:
        """How many packages are verified besides those of the batches, by the metadata and imports.

        0 where the scope asks for none, or a command or the host says which.
        """
        if verify.by == "host" or verify.scope != "dependents":
            return 0
        own = {folder for batch in batches for folder in batch.packages}
        found = {
            dependent.package.folder
            for folder in own
            if self.packages.at(folder) is not None
            for dependent in self.packages.dependents(folder)
        }
        return len(found - own)
