"""Imports inside functions: each has a reason that is written down, and does save what it says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from checkout import house, python
from house_files import Graph, circles
from lazy_imports import lazy_imports

LISTED = tomllib.loads((Path(__file__).parent / "lazy_imports.toml").read_text("utf-8"))
ROOTS = ("fixaudit", "fixaudit_cli")


@pytest.mark.parametrize("root", ROOTS)
def test_lazy_house_imports_are_listed_with_what_they_save(root: str) -> None:
    """A circle is no reason: an import within one is the ratchet's, and goes with the circle."""
    circle = {
        name: number for number, group in enumerate(circles(house().graph())) for name in group
    }
    found = {
        target
        for importer, target in lazy_imports(house(), root)
        if importer not in circle or circle[importer] != circle.get(target)
    }
    listed = set(LISTED[root])
    assert found - listed == set(), "measure them with scripts/lazy_imports.py"
    assert listed - found == set(), "these are imported in no function any more"


@pytest.mark.parametrize("root", ROOTS)
def test_lazy_imports_are_not_loaded_by_their_own_file(root: str) -> None:
    graph = house().graph(late_and_typing=False)
    idle = [
        f"{importer} has loaded {target} already"
        for importer, target in sorted(lazy_imports(house(), root))
        if target in _loaded(graph, importer)
    ]
    assert idle == []


def _loaded(graph: Graph, name: str) -> set[str]:
    """All modules of the house that are imported when this one is."""
    loaded, ahead = {name}, [name]
    while ahead:
        new = graph[ahead.pop()] - loaded
        loaded |= new
        ahead += new
    return loaded


@pytest.mark.parametrize("root", ROOTS)
def test_other_imports_inside_functions_are_of_listed_heavy_modules(root: str) -> None:
    late = {
        entry.target.partition(".")[0]: f"{file.path}:{entry.line}"
        for file in house().of(root)
        for entry in file.imports
        if entry.late and entry.target not in house().files
    }
    heavy = set(LISTED["heavy"])
    assert {name: place for name, place in late.items() if name not in heavy} == {}


def test_each_lazy_import_saves_a_millisecond() -> None:
    """As it was measured; what saves less stands at the top, where it is read first."""
    engine = {name: entry["ms"] for name, entry in LISTED["fixaudit"].items()}
    cheap = {name: ms for name, ms in {**engine, **LISTED["fixaudit_cli"]}.items() if ms < 1}
    assert cheap == {}


def test_heavy_modules_are_each_imported_late_somewhere() -> None:
    late = {
        entry.target.partition(".")[0]
        for root in ROOTS
        for file in house().of(root)
        for entry in file.imports
        if entry.late
    }
    assert set(LISTED["heavy"]) - late == set()


@pytest.mark.parametrize("heavy", ["libcst", "black", "rich", "sqlite3", "pathspec", "markdown_it"])
@pytest.mark.parametrize("argument", ["--version", "list"])
def test_version_and_list_import_nothing_heavy(heavy: str, argument: str) -> None:
    script = (
        "import os, sys\n"
        "os._exit = sys.exit\n"  # what runs behind main() in this test
        f"sys.argv = ['fixaudit', {argument!r}]\n"
        "from fixaudit_cli.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print({heavy!r} in sys.modules)\n"
    )
    *printed, imported = python(script).splitlines()
    assert printed
    assert imported == "False"
