"""Pytest plugin: fixtures and their variants as tests, named by the fixture's path.

Activate it with `-p fixaudit.testing.plugin` (in `addopts`, or on the command line). It collects every
folder named in the ini option `fixaudit_fixtures` that pytest comes by, and keeps the files in it
from being taken for tests of their own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from fixaudit.authoring.codemod import Codemod
from fixaudit.errors import FixauditError
from fixaudit.registry.local_code import LocalCode
from fixaudit.testing.cases import Case, entries, folder_name
from fixaudit.testing.catalogue import Fixtures, check_coverage, orphans
from fixaudit.testing.failure_report import report
from fixaudit.testing.layout import Workshop, workshop
from fixaudit.testing.variant_checks import variants_of
from fixaudit.testing.variants import Variant

_WORKSHOP = pytest.StashKey[Workshop]()


_LOCAL_CODE = {"all": True, "trusted": None, "none": False}


class FixtureError(Exception):
    """What is wrong with a fixture: the text that is printed, and nothing else."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "fixaudit_fixtures",
        "folders that hold before/ and after/",
        type="args",
        default=["fixtures"],
    )
    parser.addini(
        "fixaudit_codemods", "folders of codemods, besides the configured ones", type="args"
    )
    parser.addini("fixaudit_minimum", "how many fixtures each codemod needs", default="1")
    parser.addini(
        "fixaudit_local_code",
        "the configured folders of codemods that are run: all, trusted or none",
        default="all",
    )


def pytest_configure(config: pytest.Config) -> None:
    _workshop(config)  # what cannot be loaded is said before anything is collected


def _workshop(config: pytest.Config) -> Workshop:
    known = config.stash.get(_WORKSHOP, None)
    if known is None:
        folders = [config.rootpath / name for name in config.getini("fixaudit_codemods")]
        roots = [config.rootpath / name for name in config.getini("fixaudit_fixtures")]
        minimum = config.getini("fixaudit_minimum")
        if not str(minimum).isdecimal():
            raise pytest.UsageError(f"fixaudit_minimum must be a number, not {minimum}")
        try:
            local = LocalCode(_LOCAL_CODE.get(config.getini("fixaudit_local_code")))
            known = workshop(config.rootpath, roots, folders, int(minimum), local)
        except FixauditError as error:
            raise pytest.UsageError(str(error)) from error
        config.stash[_WORKSHOP] = known
    return known


# ---------------------------------------------------------------- collection


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if any(path == tree.root / "before" for tree in _workshop(parent.config).trees):
        return BeforeFolder.from_parent(parent, path=path)
    return None


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    found = yield
    # Python files named on the command line would be imported as tests.
    return found if _workshop(parent.config).tree_of(file_path) is None else []


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    tree = _workshop(config).tree_of(collection_path)
    if tree is None:
        return None
    after = tree.root / "after"
    return True if after == collection_path or after in collection_path.parents else None


class BeforeFolder(pytest.Directory):
    """`before`: besides its folders, what is wrong with the tree as a whole."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        tree = _workshop(self.config).tree_of(self.path)
        assert tree is not None
        for codemod in tree.covered():
            folder = self.path / folder_name(codemod)
            if folder.is_dir():
                yield CodemodFolder.from_parent(self, path=folder)
            else:
                yield _coverage_item(self, tree, codemod, folder)
        yield OrphanItem.from_parent(self, name="orphans", nodeid=f"{self.nodeid}::orphans")


class CodemodFolder(pytest.Directory):
    """The fixtures of one codemod, and whether there are enough of them."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        tree = _workshop(self.config).tree_of(self.path)
        assert tree is not None
        for entry in entries(self.path):
            kind = CaseFolder if entry.is_dir() else CaseFile
            yield kind.from_parent(self, path=entry)
        for codemod in tree.codemods:
            if folder_name(codemod) == self.path.name:
                yield _coverage_item(self, tree, codemod, self.path)


class _CaseCollector:
    """What a case in one file and a case in a folder have in common."""

    path: Path
    config: pytest.Config

    def collect(self: Any) -> Iterable[pytest.Item]:
        case = _workshop(self.config).case_at(self.path)
        if case is not None:
            for variant in (None, *variants_of(case)):
                name = "fixture" if variant is None else f"fixture[{variant.name}]"
                nodeid = self.nodeid + ("" if variant is None else f"[{variant.name}]")
                item = FixtureItem.from_parent(self, name=name, nodeid=nodeid)
                item.case, item.variant = case, variant
                yield item


class CaseFile(_CaseCollector, pytest.File):
    """A fixture that is one file."""


class CaseFolder(_CaseCollector, pytest.File):
    """A fixture that is a small project; no pytest.Directory, or its conftest.py would be run."""


def _coverage_item(
    parent: pytest.Collector, tree: Fixtures, codemod: type[Codemod], folder: Path
) -> pytest.Item:
    place = folder.relative_to(parent.config.rootpath).as_posix()
    item = CoverageItem.from_parent(parent, name="coverage", nodeid=f"{place}::coverage")
    item.tree, item.codemod = tree, codemod
    return item


# ---------------------------------------------------------------- items


class _Item(pytest.Item):
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, FixtureError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.nodeid


class FixtureItem(_Item):
    case: Case
    variant: Variant | None

    def runtest(self) -> None:
        _fail(report(self.case, self.variant))


class CoverageItem(_Item):
    tree: Fixtures
    codemod: type[Codemod]

    def runtest(self) -> None:
        _fail(check_coverage(self.tree, self.codemod))


class OrphanItem(_Item):
    def runtest(self) -> None:
        tree = _workshop(self.config).tree_of(self.path)
        assert tree is not None
        _fail("\n".join(orphans(tree)) or None)


def _fail(text: str | None) -> None:
    if text is not None:
        raise FixtureError(text)
