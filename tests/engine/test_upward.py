"""Settings above a file are looked for once per folder, however many files and levels there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from fixaudit.config.request import Request
from fixaudit.edits import black_config
from fixaudit.files.nearest_ancestor import NearestAncestor
from fixaudit.model.outcome import Changed
from fixaudit.pipeline.runner import Worker
from fixaudit.semantics.project import Project
from fixaudit.suppress import linter_settings
from fixaudit.suppress.settings_above import SettingsAbove

T = TypeVar("T")

LEVELS, FILES_A_LEVEL = 40, 3
TEXT = """\
import argparse
from datetime import datetime


def main(argv):
    parser = argparse.ArgumentParser()
    print(parser.parse_args(argv))
    return datetime.utcnow()


def helper(count):
    print(count)
"""


def test_the_nearest_folder_that_says_anything_counts() -> None:
    said = {"/a": 1, "/a/b/c": 3, "/top": None, "/": 9}
    upward = NearestAncestor(said.get, "/a/end".__eq__)
    assert [upward.of(folder) for folder in ("/a/b/c/d", "/a/b", "/a", "/x")] == [3, 1, 1, 9]
    assert upward.of("/a/end") is None
    assert upward.of("/a/end/deeper") is None


def test_each_folder_is_asked_once() -> None:
    asked: Counter[str] = Counter()

    def at(folder: str) -> str | None:
        asked[folder] += 1
        return None

    upward = NearestAncestor(at, "/".__eq__)
    folders = ["/" + "/".join(map(str, range(depth))) for depth in range(1, LEVELS)]
    for folder in [*folders, *reversed(folders)]:
        assert upward.of(folder) is None
    assert sorted(asked) == sorted(["/", *folders])
    assert set(asked.values()) == {1}


def test_a_run_over_deep_folders_looks_into_each_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = _nested(tmp_path)
    looked: dict[str, Counter[str]] = {"black": Counter(), "lint": Counter(), "read": Counter()}

    def counting(name: str, original: Callable[[str], T]) -> Callable[[str], T]:
        def counted(folder: str) -> T:
            looked[name][folder] += 1
            return original(folder)

        return counted

    monkeypatch.setattr(black_config, "_settings_at", counting("black", black_config._settings_at))
    above = SettingsAbove(counting("lint", linter_settings._said_in))
    monkeypatch.setattr(linter_settings, "_above", above)
    read = Project.read
    monkeypatch.setattr(Project, "read", lambda self, path: _seen(looked["read"], read, self, path))
    chosen = ("print-to-logger", "utcnow-to-aware")
    request = Request(paths=(tmp_path,), root=tmp_path, select=chosen, isolated=True, unsafe=True)
    worker = Worker(request)
    outcomes = [worker.outcome(path) for path in worker.discover().files]
    assert sum(isinstance(outcome, Changed) for outcome in outcomes) == LEVELS * FILES_A_LEVEL
    for name, counts in looked.items():
        assert set(map(str, folders)) <= set(counts), name
        assert set(counts.values()) == {1}


def _nested(root: Path) -> list[Path]:
    (root / ".git").mkdir()
    folders = []
    folder = root
    for level in range(LEVELS):
        folder /= f"level_{level}"
        folder.mkdir()
        folders.append(folder)
        for number in range(FILES_A_LEVEL):
            (folder / f"part_{number}.py").write_text(TEXT)
    return folders


def _seen(
    counts: Counter[str],
    read: Callable[[Project, Path], bytes | None],
    project: Project,
    path: Path,
) -> bytes | None:
    if path.name == "pyproject.toml":
        counts[str(path.parent)] += 1
    return read(project, path)
