"""Which rules a project has switched off for a file, as Ruff, flake8 and pylint would say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit import Source
from fixaudit.suppress.linter_settings import rule_switched_off


def _ask(root: Path, files: dict[str, str], path: str = "src/app/db.py", *rules: str) -> str | None:
    (root / ".git").mkdir()
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return rule_switched_off(Source(path, b"x = 1\n", location=root / path), *(rules or ("B904",)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.ruff.lint]\nignore = ["E501", "B904"]\n'),
        ("pyproject.toml", '[tool.ruff]\nselect = ["B"]\nextend-ignore = ["B9"]\n'),
        ("pyproject.toml", '[tool.ruff.lint]\nselect = ["ALL"]\nignore = ["B"]\n'),
        ("ruff.toml", '[lint.per-file-ignores]\n"src/app/*" = ["B904"]\n'),
        ("ruff.toml", '[lint.per-file-ignores]\n"**/{db,cache}.py" = ["B"]\n'),
        ("ruff.toml", '[lint.per-file-ignores]\n"!tests/**" = ["B904"]\n'),
        (".ruff.toml", '[lint.extend-per-file-ignores]\n"db.py" = ["B904"]\n'),
        (".flake8", "[flake8]\nextend-ignore = E203, B904\n"),
        (".flake8", "[flake8]\nignore =\n    # raise from\n    B904  # noise\n    E501\n"),
        ("setup.cfg", "[flake8]\nper-file-ignores =\n    a.py: E1\n    b.py,src/*: E501,B904\n"),
        ("tox.ini", "[flake8]\nselect = B\nignore = B9\n"),
        ("pyproject.toml", '[tool.flake8]\nignore = ["B904"]\n'),
    ],
)
def test_switched_off(tmp_path: Path, name: str, text: str) -> None:
    assert _ask(tmp_path, {name: text}) == f"B904 is switched off in {name}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.ruff.lint]\nselect = ["E", "F"]\n'),
        ("pyproject.toml", '[tool.ruff.lint]\nselect = ["B904"]\nignore = ["B"]\n'),
        ("pyproject.toml", '[tool.ruff.lint]\nignore = ["B008"]\n'),
        ("pyproject.toml", '[tool.other]\nignore = ["B904"]\n'),
        ("pyproject.toml", "[tool.ruff\n"),
        ("ruff.toml", '[lint.per-file-ignores]\n"tests/*" = ["B904"]\n"!src/**" = ["B"]\n'),
        (".flake8", "[flake8]\nper-file-ignores =\n    tests/*: B904\n"),
        (".flake8", "[other]\nignore = B904\n"),
        (".flake8", "ignore = B904\n"),
    ],
)
def test_not_switched_off(tmp_path: Path, name: str, text: str) -> None:
    assert _ask(tmp_path, {name: text}) is None


def test_pylint_knows_the_rule_by_its_name(tmp_path: Path) -> None:
    text = "[MESSAGES CONTROL]\ndisable=line-too-long,\n        raise-missing-from\n"
    found = _ask(tmp_path, {".pylintrc": text}, "app/x.py", "B904", "raise-missing-from")
    assert found == "raise-missing-from is switched off in .pylintrc"


def test_pylint_in_pyproject(tmp_path: Path) -> None:
    text = '[tool.pylint."messages control"]\ndisable = ["W0707"]\n'
    assert _ask(tmp_path, {"pyproject.toml": text}, "x.py", "W0707") is not None


def test_the_nearest_settings_count(tmp_path: Path) -> None:
    files = {
        "ruff.toml": '[lint]\nignore = ["B904"]\n',
        "src/app/ruff.toml": '[lint]\nselect = ["B904"]\n',
    }
    assert _ask(tmp_path, files) is None


def test_settings_build_on_those_they_extend(tmp_path: Path) -> None:
    files = {
        "ruff-base.toml": '[lint]\nignore = ["B904"]\n',
        "src/ruff.toml": 'extend = "../ruff-base.toml"\n[lint]\nselect = ["E"]\n',
    }
    assert _ask(tmp_path, files) == "B904 is switched off in ruff-base.toml"


def test_changed_settings_are_read_again(tmp_path: Path) -> None:
    assert _ask(tmp_path, {"ruff.toml": '[lint]\nignore = ["B904"]\n'}) is not None
    (tmp_path / "ruff.toml").write_text('[lint]\nignore = ["E501"]\n')
    source = Source("x.py", b"", location=tmp_path / "x.py")
    assert rule_switched_off(source, "B904") is None


def test_text_without_a_file_has_no_settings() -> None:
    assert rule_switched_off(Source("-", b"x = 1\n"), "B904") is None
