"""Answers about other files are kept while a file is judged that they do not rest on."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit.semantics.project import Project
from fixaudit.semantics.values.reach import remembered
from fixaudit.source.source import Source

_BASE, _EDITED = b"def start(): pass\n", b"def start(): pass\ndef stop(): pass\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "base.py").write_bytes(_BASE)
    (tmp_path / "other.py").write_bytes(b"x = 1\n")
    return Project(tmp_path)


def _asked(project: Project, name: str, asked: list[str]) -> list[str]:
    """The names that a module binds, and in `asked` a word for each time that it was looked up."""

    def read() -> list[str]:
        asked.append(name)
        path = project.root / name if project.root else Path(name)
        facts = project.facts_of(path)
        return [] if facts is None else sorted(facts.bindings)

    return remembered(project, ("names", name), read)


def test_an_edited_file_makes_only_answers_void_that_read_it(project: Project) -> None:
    asked: list[str] = []
    assert _asked(project, "base.py", asked) == ["start"]
    assert _asked(project, "other.py", asked) == ["x"]
    edited = Source("base.py", _EDITED, project=project)
    project.facts_of_source(edited)
    assert _asked(project, "other.py", asked) == ["x"]
    assert _asked(project, "base.py", asked) == ["start", "stop"]
    assert asked == ["base.py", "other.py", "base.py"]


def test_an_answer_from_the_disk_counts_again_when_the_edited_file_is_left(
    project: Project,
) -> None:
    asked: list[str] = []
    _asked(project, "base.py", asked)
    edited = Source("base.py", _EDITED, project=project)
    project.facts_of_source(edited)
    _asked(project, "base.py", asked)
    edited.close()
    assert _asked(project, "base.py", asked) == ["start"]


def test_a_file_as_it_is_on_the_disk_makes_nothing_void(project: Project) -> None:
    asked: list[str] = []
    _asked(project, "base.py", asked)
    same = Source("base.py", _BASE, project=project)
    project.facts_of_source(same)
    assert _asked(project, "base.py", asked) == ["start"]
    assert asked == ["base.py"]


def test_code_of_facts_that_were_at_hand_already_is_looked_at_all_the_same(
    project: Project,
) -> None:
    assert project.root is not None
    base, other = (project.facts_of(project.root / name) for name in ("base.py", "other.py"))
    assert base is not None
    assert other is not None
    with project.recording() as seen:
        project.view(other)
    assert (project.root / "other.py" in seen.files, seen.saw_own) == (True, False)
    edited = Source("base.py", _EDITED, project=project)
    own = project.facts_of_source(edited)
    with project.recording() as seen:
        project.view(own)
    assert seen.saw_own
