"""What it takes to find packages grows with their number, and no faster."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from counted_calls import counted_calls
from workspace.monorepos import project, write

from fixaudit.workspace.packages import Packages, packages


def _tree(root: Path, count: int) -> Path:
    files = {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["libs/*"]\n'}
    for number in range(count):
        name = f"part_{number:03}"
        files[f"libs/{name}/pyproject.toml"] = project(name, f"part-{number // 2:03}")
        files[f"libs/{name}/src/{name}/__init__.py"] = ""
        files[f"libs/{name}/src/{name}/x.py"] = f"import part_{number // 2:03}\n"
    write(root, files)
    return root


def _dependents(found: Packages) -> None:
    found.dependents("libs/part_000")


@pytest.mark.parametrize("work", [len, _dependents])
def test_calls_are_linear_in_packages(tmp_path: Path, work: Callable[[Packages], object]) -> None:
    packages(_tree(tmp_path / "warm", 2))
    few, many = (_tree(tmp_path / str(count), count) for count in (20, 80))
    calls = [counted_calls(partial(_surveyed, work, root)) for root in (few, many)]
    assert calls[1] < 4.2 * calls[0]


def _surveyed(work: Callable[[Packages], object], root: Path) -> None:
    work(packages(root))
