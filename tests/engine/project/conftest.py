"""Little trees on disk, and the types at the places marked `reveal(…)` in them."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest
from project_trees import Grow, Reveal

from fixaudit.semantics.project import Project
from fixaudit.source.source import Source
from fixaudit.source.static_type import static_type


@pytest.fixture
def grow(tmp_path: Path) -> Grow:
    """Write files, given by relative path, and index the folder."""

    def write(files: dict[str, str]) -> Project:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        return Project(tmp_path)

    return write


@pytest.fixture
def reveal() -> Reveal:
    """The type of the argument of each `reveal(…)` in a file, in order, None for unknown."""

    def types(project: Project, name: str) -> list[str | None]:
        assert project.root is not None
        path = project.root / name
        source = Source(name, path.read_bytes(), project=project, module=project.module_name(path))
        calls = [
            node
            for node in source.nodes(ast.Call)
            if isinstance(node.func, ast.Name) and node.func.id == "reveal"
        ]
        found = [static_type(source, call.args[0]) for call in calls]
        return [None if item is None else item.names for item in found]

    return types
