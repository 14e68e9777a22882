"""The house keeps its shape: imports run one way, modules have one name, nothing slow at start."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = {
    "fixaudit": ROOT / "engine" / "fixaudit",
    "fixaudit_codemods": ROOT / "codemods" / "fixaudit_codemods",
    "fixaudit_cli": ROOT / "cli" / "fixaudit_cli",
}
ALLOWED = {
    "fixaudit": {"fixaudit"},
    "fixaudit_codemods": {"fixaudit", "fixaudit_codemods"},
    "fixaudit_cli": {"fixaudit", "fixaudit_codemods", "fixaudit_cli"},
}


def modules(package: str) -> Iterator[Path]:
    yield from sorted(FLOORS[package].rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield node.module or "", node.lineno


@pytest.mark.parametrize("package", FLOORS)
def test_imports_run_one_way(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(package)
        for name, line in imported(path)
        if name.partition(".")[0] in FLOORS and name.partition(".")[0] not in ALLOWED[package]
    ]
    assert wrong == []


def test_codemods_import_the_engine_and_nothing_that_acts() -> None:
    acting = {"os", "subprocess", "socket", "shutil", "tempfile", "multiprocessing", "threading"}
    allowed = (sys.stdlib_module_names - acting) | {"libcst", "fixaudit", "fixaudit_codemods"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules("fixaudit_codemods")
        for name, line in imported(path)
        if name.partition(".")[0] not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("heavy", ["libcst", "black", "rich", "sqlite3", "pathspec", "markdown_it"])
def test_version_and_list_import_nothing_heavy(heavy: str) -> None:
    for arguments in (["--version"], ["list"]):
        script = (
            "import os, sys\n"
            "os._exit = sys.exit\n"  # what runs behind main() in this test
            f"sys.argv = ['fixaudit', *{arguments!r}]\n"
            "from fixaudit_cli.__main__ import main\n"
            "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
            f"sys.stderr.write(str({heavy!r} in sys.modules))\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        assert run.stderr == "False", (arguments, heavy)
        assert run.stdout.strip()


def test_there_are_no_import_circles() -> None:
    graph = {}
    for package in FLOORS:
        for path in modules(package):
            name = ".".join([package, *path.relative_to(FLOORS[package]).with_suffix("").parts])
            graph[name.removesuffix(".__init__")] = _imported_at_start(path)
    circle = _circle({name: [t for t in targets if t in graph] for name, targets in graph.items()})
    assert circle == []


def _imported_at_start(path: Path) -> list[str]:
    """Modules imported when this one is: not in functions, not under TYPE_CHECKING."""
    found: list[str] = []
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def _circle(graph: dict[str, list[str]]) -> list[str]:
    done: set[str] = set()

    def walk(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in done:
            return []
        for target in graph[name]:
            # A package's own __init__ is imported before its modules by Python itself.
            if not name.startswith(f"{target}."):
                found = walk(target, [*trail, name])
                if found:
                    return found
        done.add(name)
        return []

    for name in graph:
        found = walk(name, [])
        if found:
            return found
    return []
