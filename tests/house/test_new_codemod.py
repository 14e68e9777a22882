"""A new codemod is its module, its fixtures and a line in the changelog: nothing else names it."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from checkout import ROOT, house
from house_files import HouseFile

from fixaudit.authoring.codemod import Codemod
from fixaudit.registry.loader import installed_codemods

CODEMODS = [codemod for codemod in installed_codemods() if "/" not in codemod.name]
SOURCE = '''\
"""`{called}()` becomes `new()`.

The old one is slow.
"""

import ast
from collections.abc import Iterator

from fixaudit import Codemod, Finding, Source


class Added(Codemod):
    name = "{name}"
    code = "{code}"
    triggers = (b"{called}",)
    visits = (ast.Call,)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) == "old.{called}":
            yield self.fix(source, node, "it is old", [source.replace(node.func, "new")])
'''


def test_a_codemod_is_found_where_it_is_put(tmp_path: Path) -> None:
    """A file in a family, a folder in a family, and a family that was not there before."""
    codemods = tmp_path / "fixaudit_codemods"
    source = ROOT / "codemods" / "fixaudit_codemods"
    shutil.copytree(source, codemods, ignore=shutil.ignore_patterns("__pycache__"))
    places = {"file-added": "web/file_added.py", "folder-added": "web/folder_added/codemod.py"}
    places["family-added"] = "fresh/family_added.py"
    for number, (name, place) in enumerate(places.items()):
        path = codemods / place
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        called = name.partition("-")[0]
        path.write_text(SOURCE.format(name=name, code=f"FA99{number}", called=called))
    (tmp_path / "a.py").write_text(
        "import old\nfrom fresh import new\n\nold.file()\nold.folder()\nold.family()\n"
    )
    select = ",".join(places)
    done = subprocess.run(
        [sys.executable, "-m", "fixaudit_cli", "check", "--isolated", "--select", select, "a.py"],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(tmp_path),
            "FIXAUDIT_CACHE_DIR": str(tmp_path / "cache"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("Traceback")) == (1, 0), done.stderr
    assert [f"FA99{number} {name}  fix" in done.stdout for number, name in enumerate(places)] == [
        True,
        True,
        True,
    ]


@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: codemod.name)
def test_no_code_names_a_codemod_but_its_own(codemod: type[Codemod]) -> None:
    own = codemod.__module__.removesuffix(".codemod")
    # A name of one word stands elsewhere as a word of the language.
    name = codemod.name if "-" in codemod.name else codemod.code
    wrong = [
        f"{file.path}:{line}: {text!r}"
        for text in {name, codemod.code, codemod.__module__, own}
        for file, line in _named().get(text, ())
        if file.name != own and not file.name.startswith(f"{own}.")
    ]
    assert wrong == []


@cache
def _named() -> dict[str, list[tuple[HouseFile, int]]]:
    """Where each text stands in the code: all files are gone through once, not once a codemod."""
    found: dict[str, list[tuple[HouseFile, int]]] = {}
    for file in house().files.values():
        for line, text in _names(file):
            found.setdefault(text, []).append((file, line))
    return found


def _names(file: HouseFile) -> Iterator[tuple[int, str]]:
    """Texts of a file and the modules it imports."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
    yield from ((entry.line, entry.target) for entry in file.imports)


@pytest.mark.parametrize("place", ["pyproject.toml", "conftest.py", "Makefile", ".ci/run"])
def test_no_setting_names_a_codemod(place: str) -> None:
    text = (ROOT / place).read_text("utf-8")
    settings = text.partition("[tool.fixaudit]")[0] if place == "pyproject.toml" else text
    assert [codemod.name for codemod in CODEMODS if codemod.name in settings] == []
