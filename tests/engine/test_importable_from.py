"""What a folder on `sys.path` gives to imports, and that a new file there makes kept answers stale."""

from __future__ import annotations

from pathlib import Path

from fixaudit.semantics.project import Project


def project_in(folder: Path, *files: str) -> Project:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return Project(folder)


def test_modules_and_folders_with_modules_are_found(tmp_path: Path) -> None:
    files = ("libs/a/src/pkg/deep/one.py", "libs/a/tool.py", "libs/a/not-a-name.py", "other.py")
    project = project_in(tmp_path, *files)
    assert project.importable_from(tmp_path / "libs" / "a") == {"src", "tool"}
    assert project.importable_from(tmp_path) == {"libs", "other"}
    assert project.importable_from(tmp_path / "nothing") == frozenset()


def test_an_answer_holds_until_a_file_is_added(tmp_path: Path) -> None:
    project = project_in(tmp_path, "libs/a.py", "other.py")
    with project.recording() as looked_at:
        assert project.importable_from(tmp_path / "libs") == {"a"}
    assert project_in(tmp_path, "another.py").still_holds(looked_at)
    assert not project_in(tmp_path, "libs/b.py").still_holds(looked_at)
    with project.recording() as of_root:
        project.importable_from(tmp_path)
    assert not project_in(tmp_path, "third.py").still_holds(of_root)
