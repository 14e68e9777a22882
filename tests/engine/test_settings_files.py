"""Settings of other tools: each file is parsed once for all that ask, and a broken one says nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from fixaudit import Source
from fixaudit.config.declared_dependencies import declared_dependencies
from fixaudit.config.distribution import distribution_at
from fixaudit.config.request import find_root
from fixaudit.semantics.project import Project
from fixaudit.source.console_scripts import console_script_names
from fixaudit.suppress.linter_settings import rule_switched_off
from fixaudit.suppress.mypy_settings import mypy_is_told

_TOO_DEEP = f"x = {'[' * 3000}{']' * 3000}\n[project]\nname = 'app'\n"


def _source(root: Path) -> Source:
    path = root / "app.py"
    path.write_text("def main(): ...\n")
    return Source("app.py", path.read_bytes(), project=Project(root, [path]), location=path)


def _asked(source: Source) -> list[object]:
    """What all who read settings say of a source in the top of its project."""
    project = source.project
    assert project.root is not None
    folder = project.root
    return [
        declared_dependencies(folder),
        distribution_at(str(folder)),
        find_root([folder]),
        console_script_names(project, project.facts_of_source(source)),
        rule_switched_off(source, "B904"),
        mypy_is_told(source, "check_untyped_defs"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", _TOO_DEEP),
        ("pyproject.toml", "[project\n"),
        ("setup.cfg", "name = app\n"),
        ("mypy.ini", "strict = true\n"),
    ],
)
def test_a_broken_file_says_nothing(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert _asked(_source(tmp_path)) == [frozenset(), None, tmp_path, frozenset(), None, None]


def test_a_byte_order_mark_is_no_part_of_what_is_said(tmp_path: Path) -> None:
    text = (
        "[project]\nname = 'app'\ndependencies = ['flask']\n[project.scripts]\nx = 'app:main'\n"
        "[tool.ruff]\nignore = ['B904']\n[tool.mypy]\nstrict = true\n"
    )
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8-sig")
    needs, distribution, *_, scripts, off, checked = _asked(_source(tmp_path))
    assert needs == {"flask"}
    assert distribution is not None
    assert (scripts, off) == ({"main"}, "B904 is switched off in pyproject.toml")
    assert checked == "pyproject.toml"


def test_all_who_ask_parse_a_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    loads = tomllib.loads

    def counted(text: str) -> dict[str, object]:
        parsed.append(text)
        return loads(text)

    monkeypatch.setattr(tomllib, "loads", counted)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'app'\n")
    source = _source(tmp_path)
    for _ in range(2):
        _asked(source)
    # One for the files, and one for the text that the project may overlay.
    assert len(parsed) == 2
