"""A folder that becomes a link while its file is being replaced: nothing is written behind the link."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixaudit_cli.write import held_file
from fixaudit_cli.write import replace_file as replacing
from fixaudit_cli.write.changes import digest
from fixaudit_cli.write.replace_file import MOVED, Replacement, Skipped, Written, replace_file

OLD, NEW = b"old\n", b"new\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree whose `pkg/sub/a.py` holds the same as `sub/a.py` and `a.py` outside of it."""
    top = tmp_path / "tree"
    for folder in (top / "pkg" / "sub", tmp_path / "outside" / "sub"):
        folder.mkdir(parents=True)
        (folder / "a.py").write_bytes(OLD)
    (tmp_path / "outside" / "a.py").write_bytes(OLD)
    return top


def _swapping(work: Callable[..., Any], folder: Path, outside: Path) -> Callable[..., Any]:
    """`work`, but that the folder gives its place to a link right before its first call."""

    def swapped(*arguments: Any, **named: Any) -> Any:
        if not folder.is_symlink():
            folder.rename(folder.with_name("moved"))
            folder.symlink_to(outside)
        return work(*arguments, **named)

    return swapped


@pytest.mark.parametrize("moment", ["Watched", "stage", "exchange"])
@pytest.mark.parametrize("folder", ["pkg", "pkg/sub"])
def test_a_folder_that_becomes_a_link_is_not_followed(
    tree: Path, moment: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tree.parent / "outside"
    swapping = _swapping(getattr(replacing, moment), tree / folder, outside)
    monkeypatch.setattr(replacing, moment, swapping)
    job = Replacement(tree / "pkg" / "sub" / "a.py", tree, digest(OLD), NEW, "t-1")
    assert replace_file(job) == Skipped(MOVED)
    assert (tree / folder).is_symlink()
    held = [path for path in tree.parent.rglob("*") if path.is_file()]
    assert [path.name for path in held] == ["a.py"] * 3
    assert {path.read_bytes() for path in held} == {OLD}


def test_a_folder_that_becomes_a_link_on_the_way_down_is_not_opened(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def swapping(path: Any, *rest: Any, **named: Any) -> int:
        if path == "pkg" and not (tree / "pkg").is_symlink():
            (tree / "pkg").rename(tree / "moved")
            (tree / "pkg").symlink_to(tree.parent / "outside")
        return opened(path, *rest, **named)

    monkeypatch.setattr(os, "open", swapping)
    job = Replacement(tree / "pkg" / "sub" / "a.py", tree, digest(OLD), NEW, "t-1")
    assert replace_file(job) == Skipped("lies behind the link pkg")
    assert (tree.parent / "outside" / "sub" / "a.py").read_bytes() == OLD


def test_without_descriptors_of_folders_files_are_named_by_their_paths(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_file, "_BY_DESCRIPTOR", False)
    path = tree / "pkg" / "sub" / "a.py"
    assert replace_file(Replacement(path, tree, digest(OLD), NEW, "t-1")) == Written()
    assert path.read_bytes() == NEW
    (tree / "link").symlink_to(tree.parent / "outside")
    behind = Replacement(tree / "link" / "sub" / "a.py", tree, digest(OLD), NEW, "t-1")
    assert replace_file(behind) == Skipped("lies behind the link link")
    assert (tree.parent / "outside" / "sub" / "a.py").read_bytes() == OLD


def test_no_descriptor_stays_open(tree: Path) -> None:
    before = os.listdir("/dev/fd")
    for content in (NEW, OLD):
        held = OLD if content == NEW else NEW
        job = Replacement(tree / "pkg" / "sub" / "a.py", tree, digest(held), content, "t-1")
        assert replace_file(job) == Written()
    assert len(os.listdir("/dev/fd")) == len(before)
