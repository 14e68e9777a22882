"""What may import what, where import-linter has no word for it (its contracts: pyproject.toml)."""

from __future__ import annotations

import ast
import sys

import pytest
from checkout import house
from house_files import ROOTS, HouseFile

FACES = {"fixaudit", "fixaudit.authoring"}
ACTING = {"os", "subprocess", "socket", "shutil", "tempfile", "multiprocessing", "threading"}


def test_imports_name_their_module_in_full() -> None:
    relative = [
        f"{file.path}:{entry.line}"
        for file in house().files.values()
        for entry in file.imports
        if entry.target.startswith(".")
    ]
    assert relative == []


def test_the_engine_does_not_import_its_own_faces() -> None:
    """What the faces serve stands above what would ask them: a circle that no graph shows."""
    wrong = [
        f"{file.path}:{entry.line} imports {entry.target}"
        for file in house().of("fixaudit")
        for entry in file.imports
        if entry.target in FACES and file.name != entry.target
    ]
    assert wrong == []


def test_codemods_import_nothing_that_acts() -> None:
    allowed = (sys.stdlib_module_names - ACTING) | {"libcst", "fixaudit", "fixaudit_codemods"}
    wrong = [
        f"{file.path}:{entry.line} imports {entry.target}"
        for file in house().of("fixaudit_codemods")
        for entry in file.imports
        if entry.target.partition(".")[0] not in allowed
    ]
    assert wrong == []


def test_codemods_import_parts_of_their_own_folder_and_family() -> None:
    """Besides the engine's faces, which `engine_modules_in_codemods` of the ratchet is about."""
    wrong = [
        f"{file.path}:{entry.line} imports {entry.target}"
        for file in house().of("fixaudit_codemods")
        for entry in file.imports
        if entry.target.partition(".")[0] == "fixaudit_codemods"
        if not _is_own_part(file, entry.target)
    ]
    assert wrong == []


def _is_own_part(file: HouseFile, target: str) -> bool:
    """A module with `_` before its name, in the file's folder or one of those around it."""
    folder, _, name = target.rpartition(".")
    around = folder.count(".") >= 1 and file.name.startswith(f"{folder}.")
    return around and name.startswith("_")


@pytest.mark.parametrize("root", ROOTS)
def test_packages_are_empty_or_lazy(root: str) -> None:
    """A package's `__init__` is imported with each of its modules: it may import none of them.

    Those with a `__getattr__` serve names at their first use; a `.pyi` beside them says which.
    """
    allowed = {"__future__", "importlib", "typing", "fixaudit._old_paths", "fixaudit._version"}
    packages = [file for file in house().of(root) if file.is_package]
    eager = [
        f"{file.path}:{entry.line} imports {entry.target}"
        for file in packages
        for entry in file.imports
        if not (entry.typing or entry.late) and entry.target not in allowed
    ]
    assert packages
    assert eager == []
    full = [
        file.path
        for file in packages
        if len(file.tree.body) > 1 and "__getattr__" not in _defined(file)
    ]
    assert full == []


def _defined(file: HouseFile) -> set[str]:
    return {node.name for node in file.tree.body if isinstance(node, ast.FunctionDef)}
