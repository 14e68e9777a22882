"""Which versions of a library a project's files take."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit import Source
from fixaudit.authoring import declared_version
from fixaudit.semantics.project import Project

LOCK = 'version = 1\n\n[[package]]\nname = "{name}"\nversion = "0.95.2"\nsource = "x"\n'


def source_in(root: Path, inner: str = "app/main.py") -> Source:
    path = root / inner
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"import fastapi\n")
    return Source(inner, path.read_bytes(), project=Project(root, [path]), location=path)


@pytest.mark.parametrize(
    ("file", "text", "at_least", "below"),
    [
        ("uv.lock", LOCK.format(name="fastapi"), (0, 95), (0, 100)),
        ("poetry.lock", LOCK.format(name="FastAPI"), (0, 95, 2), (0, 95, 3)),
        ("Pipfile.lock", '{"fastapi": {"hashes": [], "version": "==0.95.2"}}', (0, 95), (0, 96)),
        ("requirements.txt", "uvicorn\nfastapi[all]==0.95.2  # pinned\n", (0, 95, 2), (0, 96)),
        ("requirements-prod.txt", "fastapi~=0.95.2\n", (0, 95), (0, 96)),
        ("requirements.txt", "fastapi>=0.90,<0.100\n", (0, 90), (0, 100)),
        ("requirements.txt", "fastapi==0.95.*\n", (0, 95), (0, 96)),
        ("pyproject.toml", '[project]\ndependencies = ["fastapi>=0.95,<1"]\n', (0, 95), (1,)),
        ("pyproject.toml", '[tool.poetry.dependencies]\nfastapi = "^0.95.1"\n', (0, 95), (0, 96)),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\nfastapi = {version = "~0.95", extras = ["all"]}\n',
            (0, 95),
            (0, 96),
        ),
        ("setup.py", 'setup(install_requires=["fastapi>=0.95,<=0.99"])\n', (0, 95), (0, 100)),
        ("setup.cfg", "[options]\ninstall_requires =\n    fastapi>=0.95,<0.99\n", (0, 95), (0, 99)),
    ],
)
def test_each_form_bounds_the_version(
    tmp_path: Path, file: str, text: str, at_least: tuple[int, ...], below: tuple[int, ...]
) -> None:
    (tmp_path / file).write_text(text)
    found = declared_version(source_in(tmp_path), "fastapi")
    assert found is not None
    assert found.is_at_least(at_least)
    assert found.is_below(below)
    assert not found.is_at_least(below)
    assert not found.is_below(at_least)
    assert Path(found.path).name == file


def test_a_caret_before_one_is_bounded_by_the_first_number_that_is_not_zero(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.poetry.dependencies]\nfastapi = "^1.2"\n')
    found = declared_version(source_in(tmp_path), "fastapi")
    assert found is not None
    assert found.below == (2,)


@pytest.mark.parametrize(
    "text",
    ["# fastapi==0.95\n", "fastapi\n", "fastapi-users==1.0\n", "my-fastapi==2.0\n"],
)
def test_what_says_no_version_is_not_known(tmp_path: Path, text: str) -> None:
    (tmp_path / "requirements.txt").write_text(text)
    assert declared_version(source_in(tmp_path), "fastapi") is None


def test_the_nearest_folder_counts_and_a_lock_before_a_bound(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("fastapi==0.80.0\n")
    backend = tmp_path / "backend"
    backend.mkdir()
    (backend / "pyproject.toml").write_text('[project]\ndependencies = [\n  "fastapi>=0.95",\n]\n')
    source = source_in(tmp_path, "backend/app/main.py")
    found = declared_version(source, "fastapi")
    assert found is not None
    assert (found.least, found.line, found.text) == ((0, 95), 3, "fastapi>=0.95")
    (backend / "uv.lock").write_text(LOCK.format(name="fastapi"))
    locked = declared_version(source_in(tmp_path, "backend/app/main.py"), "fastapi")
    assert locked is not None
    assert locked.exact == (0, 95, 2)


def test_text_that_stands_in_no_file_has_no_version() -> None:
    assert declared_version(Source("a.py", b"x = 1\n"), "fastapi") is None
