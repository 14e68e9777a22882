"""What is known of a private attribute, what becomes of a value, and who moves the clock."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit import Source
from fixaudit.authoring import (
    PrivateAttribute,
    clock_moving_test,
    fate_of_value,
    is_own_attribute,
    private_attribute,
    shows_all_names,
    values_assigned,
)
from fixaudit.semantics.project import Project

OWN = """\
class Breaker:
    _since = None

    def __init__(self, clock):
        self._since = clock()
        self.limit: int = 3

    def age(self, clock):
        return clock() - self._since
"""


def source_in(folder: Path, own: str = OWN, **others: str) -> Source:
    (folder / "pyproject.toml").write_text("[project]\nname = 'app'\n")
    (folder / "tests").mkdir()
    for name, text in {"own": own, **others}.items():
        place = "tests/" if name.startswith("test_") else ""
        (folder / f"{place}{name}.py").write_text(text)
    project = Project(folder)
    return Source("own.py", own.encode(), project=project, module="own")


def attribute(source: Source, name: str) -> ast.Attribute:
    return next(node for node in source.nodes(ast.Attribute) if node.attr == name)


def test_all_values_and_reads_of_a_private_attribute(tmp_path: Path) -> None:
    source = source_in(tmp_path)
    found = private_attribute(source, attribute(source, "_since"))
    assert isinstance(found, PrivateAttribute)
    assert [ast.unparse(value) for value in found.values] == ["clock()", "None"]
    assert [use.lineno for use in found.uses] == [9]


def test_a_public_attribute_is_not_known(tmp_path: Path) -> None:
    source = source_in(tmp_path)
    found = private_attribute(source, attribute(source, "limit"))
    assert not isinstance(found, PrivateAttribute)
    assert "public" in found.text


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ("def show(breaker):\n    return breaker._since\n", "used elsewhere"),
        (
            "from own import Breaker\n\n\nclass B(Breaker):\n    def a(self):\n        self._since\n",
            "used elsewhere",
        ),
        ("class Other:\n    def a(self):\n        return self._since\n", ""),
    ],
)
def test_other_files_that_may_mean_it(tmp_path: Path, other: str, text: str) -> None:
    source = source_in(tmp_path, other=other)
    found = private_attribute(source, attribute(source, "_since"))
    assert ("" if isinstance(found, PrivateAttribute) else found.text).endswith(text)


@pytest.mark.parametrize(
    "line",
    ["getattr(breaker, '_since')", "breaker._since", "[breaker._since for breaker in []]"],
)
def test_other_code_of_the_file_that_may_mean_it(tmp_path: Path, line: str) -> None:
    source = source_in(tmp_path, f"{OWN}\n\nbreaker = Breaker(int)\n{line}\n")
    found = private_attribute(source, attribute(source, "_since"))
    assert not isinstance(found, PrivateAttribute)


def test_what_is_assigned(tmp_path: Path) -> None:
    source = source_in(tmp_path)
    found = [(ast.unparse(target), ast.unparse(value)) for target, value in values_assigned(source)]
    assert found == [("_since", "None"), ("self._since", "clock()"), ("self.limit", "3")]
    cls = source.nodes(ast.ClassDef)[0]
    attributes = source.nodes(ast.Attribute)
    assert all(is_own_attribute(source, attribute, cls) for attribute in attributes)


@pytest.mark.parametrize(
    ("line", "fate"),
    [
        ("return x", "it is returned"),
        ("log('%s', x)", "it is given to `log`"),
        ("call(at=x)", "it is given to `call`"),
        ("row = [x]", "it is put in a collection"),
        ("text = f'{x}'", "it is written in a text"),
        ("y = x * 1000", "it is part of other arithmetic"),
        ("y = x", "it is used in another way"),
    ],
)
def test_what_becomes_of_a_value(line: str, fate: str) -> None:
    source = Source("a.py", f"def f(x):\n    {line}\n".encode())
    use = next(
        node for node in source.nodes(ast.Name) if node.id == "x" and isinstance(node.ctx, ast.Load)
    )
    assert fate_of_value(source, use) == fate


def test_who_shows_all_names() -> None:
    text = "def f(x):\n    return render(**locals())\n\n\ndef g(x):\n    return vars(x)\n"
    source = Source("a.py", text.encode())
    first, second = source.nodes(ast.FunctionDef)
    assert shows_all_names(source, first)
    assert not shows_all_names(source, second)


def test_a_test_that_moves_the_day_alone(tmp_path: Path) -> None:
    moved = "import time_machine\nimport own\n"
    assert clock_moving_test(source_in(tmp_path, test_own=moved)) == "tests/test_own.py:1"


def test_a_test_that_moves_the_day_of_others(tmp_path: Path) -> None:
    assert clock_moving_test(source_in(tmp_path, test_a="import time_machine\n")) is None
