"""Where mypy is told to check bodies without annotations, and where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit import Source
from fixaudit.suppress.mypy_settings import mypy_is_told


def _ask(
    root: Path, files: dict[str, str], path: str = "app/db.py", module: str = "app.db"
) -> str | None:
    (root / ".git").mkdir()
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return mypy_is_told(
        Source(path, b"x = 1\n", module=module, location=root / path), "check_untyped_defs"
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mypy.ini", "[mypy]\ncheck_untyped_defs = True\n"),
        (".mypy.ini", "[mypy]\nstrict = true\n"),
        ("setup.cfg", "[mypy]\ncheck_untyped_defs = yes\n"),
        ("setup.cfg", "[mypy]\n[mypy-app.*,lib]\ncheck_untyped_defs = 1\n"),
        ("pyproject.toml", "[tool.mypy]\nstrict = true\n"),
        ("pyproject.toml", "[tool.mypy]\ncheck_untyped_defs = true\n"),
        (
            "pyproject.toml",
            '[tool.mypy]\n[[tool.mypy.overrides]]\nmodule = ["x", "app.*"]\ncheck_untyped_defs = true\n',
        ),
        ("pyproject.toml", '[tool.mypy]\nstrict = true\npackages = ["lib", "app"]\n'),
        ("pyproject.toml", '[tool.mypy]\nstrict = true\nmodules = ["app.db"]\n'),
        ("pyproject.toml", '[tool.mypy]\nstrict = true\nfiles = ["./app"]\n'),
        ("mypy.ini", "[mypy]\nstrict = true\nfiles = lib, a*/*.py\n"),
        ("mypy.ini", "[mypy]\nstrict = true\nfiles = .\n"),
    ],
)
def test_checked(tmp_path: Path, name: str, text: str) -> None:
    assert _ask(tmp_path, {name: text}) == name


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"pyproject.toml": "[tool.mypy]\ndisallow_untyped_defs = true\n"},
        {"pyproject.toml": "[tool.mypy]\nstrict = true\ncheck_untyped_defs = false\n"},
        {
            "pyproject.toml": '[tool.mypy]\nstrict = true\n[[tool.mypy.overrides]]\nmodule = "app.db"\ncheck_untyped_defs = false\n'
        },
        {"pyproject.toml": "[tool.mypy\n"},
        {"mypy.ini": "[mypy]\n", "pyproject.toml": "[tool.mypy]\nstrict = true\n"},
        {"app/setup.cfg": "[mypy]\n", "pyproject.toml": "[tool.mypy]\nstrict = true\n"},
        {"mypy.ini": "check_untyped_defs = true\n"},
        {"pyproject.toml": '[tool.mypy]\nstrict = true\npackages = ["ap", "app.dbx"]\n'},
        {"mypy.ini": "[mypy]\nstrict = true\nfiles = lib, ap\n"},
    ],
)
def test_not_checked(tmp_path: Path, files: dict[str, str]) -> None:
    assert _ask(tmp_path, files) is None
