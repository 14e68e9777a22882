"""Names that come through star imports: found, found again, and forgotten with their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "lib/__init__.py": "from lib.far import *\nfrom lib.near import *\n",
        "lib/far/__init__.py": "from lib.far.deep import *\n",
        "lib/far/deep.py": "def load(a): ...\ndef _hidden(): ...\n",
        "lib/near.py": "__all__ = ['save']\ndef save(a): ...\ndef load(b): ...\n",
        "use.py": "import lib\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def _found_in(project: Project, name: str) -> str | None:
    found = project.definition(f"lib.{name}", project.root)
    return found.path.name if isinstance(found, FunctionFacts) else None


@pytest.mark.parametrize("times", [1, 50])
def test_the_same_module_gives_a_name_however_often_it_is_asked_for(
    folder: Path, times: int
) -> None:
    project = Project(folder)
    for number in range(times):
        assert _found_in(project, f"absent_{number}") is None
    assert _found_in(project, "load") == "deep.py"
    assert _found_in(project, "save") == "near.py"
    assert _found_in(project, "_hidden") is None


def test_names_that_cannot_be_listed_are_unclear_where_the_text_has_the_word(folder: Path) -> None:
    (folder / "lib/near.py").write_text("__all__ = ['save'] + made\ndef save(a): ...\n")
    project = Project(folder)
    for _ in range(2):
        assert _found_in(project, "save") is None
        assert _found_in(project, "load") == "deep.py"


def test_an_answer_that_was_kept_depends_on_the_same_files(folder: Path) -> None:
    project = Project(folder)
    with project.recording() as first:
        assert _found_in(project, "load") == "deep.py"
    with project.recording() as again:
        assert _found_in(project, "load") == "deep.py"
    assert {folder / "lib/far/__init__.py", folder / "lib/near.py"} <= again.files.keys()
    assert first.files.keys() <= again.files.keys()
    assert first.lookups.keys() <= again.lookups.keys()


def test_a_changed_module_is_asked_again(folder: Path) -> None:
    project = Project(folder)
    assert _found_in(project, "load") == "deep.py"
    (folder / "lib/far/deep.py").write_text("other = 1\n")
    project.forget(folder / "lib/far/deep.py")
    assert _found_in(project, "load") is None
