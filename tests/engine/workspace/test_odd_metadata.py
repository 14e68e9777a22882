"""Metadata with values of other types than its tools know: never an exception, and the others are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspace.monorepos import grown, project

KEYS = (
    *("project", "project.name", "project.dependencies", "project.optional-dependencies"),
    *("dependency-groups", "tool", "tool.uv", "tool.uv.workspace", "tool.uv.workspace.members"),
    *("tool.uv.workspace.exclude", "tool.uv.sources", "tool.uv.sources.q"),
    *("tool.uv.dev-dependencies", "tool.pdm", "tool.pdm.dev-dependencies", "tool.poetry"),
    *("tool.poetry.name", "tool.poetry.dependencies", "tool.poetry.dependencies.q"),
    *("tool.poetry.group", "tool.poetry.dev-dependencies"),
)
VALUES = (
    *("3", '"x"', "[]", "{}", '["x", 3]', "[[1]]", "{a=1}", "1979-05-27", '"\\u0000"', '""'),
    '["[z-a]", "***", "[!]", "{a,b}", "../x", "/abs", ""]',
    *('[{path=3},{path="../b"}]', '{path="\\u0000/x"}', '{path="../../.."}', "{dev=3}"),
    *("{dev={dependencies=3}}", '{dev={dependencies={q={path="../b"}}}}'),
)


@pytest.mark.parametrize("key", KEYS)
def test_odd_values(tmp_path: Path, key: str) -> None:
    for number, value in enumerate(VALUES):
        tree = grown(
            tmp_path / str(number),
            {
                "a/pyproject.toml": f"{key} = {value}\n",
                "a/a.py": "import b\n",
                "b/pyproject.toml": project("b"),
                "b/b.py": "",
            },
        )
        assert tree.problems == ()
        assert [each.package.folder in ("", "a") for each in tree.dependents("b")] == [True]


@pytest.mark.parametrize(
    "data",
    [
        b"from setuptools import setup\nsetup(**x, *y)\n",
        b"from setuptools import setup\nsetup(name=[], install_requires={**q})\n",
        b"# setuptools\0",
        b"# setuptools\n" + b"(" * 5000,
        b"# -*- coding: nowhere -*-\nimport setuptools\n",
    ],
)
def test_odd_setup_scripts(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/setup.py").write_bytes(data)
    tree = grown(tmp_path, {"b/pyproject.toml": project("b", "a"), "a/BUILD": "", "pants.toml": ""})
    assert [each.folder for each in tree] == ["a", "b"]
    assert [each.package.folder for each in tree.dependents("a")] == ["b"]


@pytest.mark.parametrize(
    "text", ["-e\n-e \n../b\n-e ../../..\n./\n-e .\n", "\udcff", "-e ../b ; x\n"]
)
def test_odd_requirements(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/requirements.txt").write_bytes(text.encode("utf-8", "surrogateescape"))
    tree = grown(tmp_path, {"a/pyproject.toml": project("a"), "b/pyproject.toml": project("b")})
    assert [each.package.folder for each in tree.dependents("b")] == (
        ["a"] if "../b" in text else []
    )
    assert tree.dependents("a") == []
