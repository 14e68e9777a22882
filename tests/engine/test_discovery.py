"""Discovery lists what git knows, walks where git cannot, and always takes files that are named."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from counted_calls import counted_calls

from fixaudit.files import git as starter
from fixaudit.files import git_listing as listing
from fixaudit.files.discovery import Discovery, FileProblem, discover, excluder
from fixaudit.text.visible import visible

Make = Callable[..., None]


def git(folder: Path, *arguments: str) -> None:
    identity = [
        "-c",
        "user.email=a@example.org",
        "-c",
        "user.name=a",
        "-c",
        "protocol.file.allow=always",
    ]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make(*names: str, text: str = "x = 1\n") -> None:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return make


def found(tmp_path: Path, *paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    discovery = discover(
        [tmp_path / path for path in paths or ["."]], exclude=exclude, root=tmp_path
    )
    assert discovery.problems == []
    return names(tmp_path, discovery)


def names(tmp_path: Path, discovery: Discovery) -> list[str]:
    return [path.relative_to(tmp_path).as_posix() for path in discovery.files]


@pytest.fixture(params=["git", "walk", "no git program", "git refuses"])
def anywhere(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    kind = str(request.param)
    if kind != "walk":
        git(tmp_path, "init", "-q")
    if kind == "no git program":
        monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    if kind == "git refuses":
        (tmp_path / ".git" / "HEAD").write_text("broken\n")
    return kind


def test_python_files_only_sorted_and_gitignore_obeyed(
    anywhere: str, tmp_path: Path, make: Make
) -> None:
    make(
        "b.py",
        "a.pyw",
        "a/z.py",
        "a/stub.pyi",
        "README.md",
        "tool",
        "out/x.py",
        "a/gen_1.py",
        "a/gen_keep.py",
    )
    (tmp_path / ".gitignore").write_text("out/\n")
    (tmp_path / "a" / ".gitignore").write_text("gen_*\n!gen_keep.py\n")
    assert found(tmp_path) == ["a.pyw", "a/gen_keep.py", "a/z.py", "b.py"]
    assert found(tmp_path, "a") == ["a/gen_keep.py", "a/z.py"]


def test_environments_caches_and_build_output_are_never_entered(
    anywhere: str, tmp_path: Path, make: Make
) -> None:
    never = [
        ".venv",
        "node_modules",
        "build",
        "dist",
        "__pycache__",
        ".tox",
        ".nox",
        ".eggs",
        "p.egg-info",
    ]
    make(
        "pkg/m.py",
        "pkg/building.py",
        *(f"{name}/lib/m.py" for name in [*never, "site-packages", "venv"]),
    )
    make(
        "env3/lib/m.py",
        "env3/pyvenv.cfg",
        "pkg/build/__init__.py",
        "pkg/build/wheel.py",
        ".github/check.py",
    )
    assert found(tmp_path) == [
        ".github/check.py",
        "pkg/build/__init__.py",
        "pkg/build/wheel.py",
        "pkg/building.py",
        "pkg/m.py",
    ]


SOURCES = ("build", "dist", "venv", "node_modules", "site-packages", "_build", "p.egg-info")


def test_what_git_tracks_is_looked_at_whatever_its_folder_is_called(
    tmp_path: Path, make: Make
) -> None:
    tracked = sorted(f"src/{name}/m.py" for name in (*SOURCES, ".eggs"))
    make("a.py", *tracked)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "--all", "--force")
    make(*(f"src/{name}/untracked.py" for name in SOURCES), "env/pyvenv.cfg", "env/lib/m.py")
    git(tmp_path, "add", "--force", "env")
    make(".fixaudit/m.py")
    git(tmp_path, "add", "--force", ".fixaudit")
    assert found(tmp_path) == ["a.py", *tracked]
    skipped = discover([tmp_path], root=tmp_path).skipped
    assert skipped == tuple(sorted(map(str, (tmp_path / "env", *_below(tmp_path / "src")))))
    # What is named is looked into all the same.
    assert found(tmp_path, "src/build") == ["src/build/m.py", "src/build/untracked.py"]


def _below(folder: Path) -> Iterator[Path]:
    return (folder / name for name in SOURCES)


def test_what_is_passed_over_for_its_name_is_told(
    anywhere: str, tmp_path: Path, make: Make
) -> None:
    make("a.py", "src/build/m.py", "src/build/deep/dist/m.py", ".venv/m.py", "__pycache__/m.py")
    discovery = discover([tmp_path], root=tmp_path)
    assert names(tmp_path, discovery) == ["a.py"]
    assert discovery.skipped == (str(tmp_path / "src" / "build"),)
    assert discover([tmp_path], root=tmp_path, exclude=["build/"]).skipped == ()


@pytest.mark.parametrize("outside", ["git", "walk"])
def test_inner_repositories_are_told_apart(outside: str, tmp_path: Path, make: Make) -> None:
    make("a.py", "in/b.py", "in/deep/c.py", "empty/.git/keep.py", "bare/HEAD", "bare/d.py")
    for folder in ("in", "in/deep") + ((".",) if outside == "git" else ()):
        git(tmp_path / folder, "init", "-q")
    discovery = discover([tmp_path], root=tmp_path)
    assert names(tmp_path, discovery) == ["a.py", "bare/d.py", "in/b.py", "in/deep/c.py"]
    inner = ("in", "in/deep") if outside == "git" else ("in/deep",)
    assert discovery.inner == tuple(str(tmp_path / name) for name in inner)
    outer = discovery.outer([str(tmp_path)])
    assert outer.inner == discovery.inner
    kept = ["a.py", "bare/d.py"] + ([] if outside == "git" else ["in/b.py"])
    assert names(tmp_path, outer) == kept
    named = discovery.outer([str(tmp_path), str(tmp_path / "in" / "deep")])
    assert names(tmp_path, named) == sorted([*kept, "in/deep/c.py"])


def test_what_is_named_is_taken(anywhere: str, tmp_path: Path, make: Make) -> None:
    make("tool", "out/x.py", "out/y.py", ".venv/lib/site-packages/dep/m.py", "a.py")
    (tmp_path / ".gitignore").write_text("out/\n.venv\n")
    assert found(tmp_path, "tool", "out/x.py", exclude=("*",)) == ["out/x.py", "tool"]
    assert found(tmp_path, ".venv/lib/site-packages/dep") == [".venv/lib/site-packages/dep/m.py"]
    if anywhere in {"git", "walk"}:
        assert found(tmp_path, "out") == ["out/x.py", "out/y.py"]
    assert found(tmp_path, ".", "a.py", "./a.py") == ["a.py"]


def test_exclude_is_relative_to_the_root(anywhere: str, tmp_path: Path, make: Make) -> None:
    make("a.py", "fixtures/a.py", "pkg/fixtures/b.py", "pkg/b_pb2.py", "pkg/b.py")
    assert found(tmp_path, exclude=("/fixtures/", "*_pb2.py")) == [
        "a.py",
        "pkg/b.py",
        "pkg/fixtures/b.py",
    ]
    excluded = excluder(["/fixtures/"], tmp_path)
    assert excluded(str(tmp_path / "fixtures" / "a.py"))
    assert not excluded("/elsewhere/fixtures/a.py")


def test_links_to_files_are_followed_once_and_inside_only(
    anywhere: str, tmp_path: Path, make: Make
) -> None:
    make("proj/a.py", "proj/data/tool.txt", "outside.py")
    for name, target in {
        "a_too.py": "a.py",
        "tool.py": "data/tool.txt",
        "tool2.py": "data/tool.txt",
    }.items():
        (tmp_path / "proj" / name).symlink_to(target)
    (tmp_path / "proj" / "out.py").symlink_to("../outside.py")
    (tmp_path / "proj" / "dead.py").symlink_to("nothing.py")
    (tmp_path / "proj" / "me.py").symlink_to("me.py")
    (tmp_path / "proj" / "folder.py").symlink_to("data")
    discovery = discover([tmp_path / "proj"], exclude=(), root=tmp_path / "proj")
    assert names(tmp_path, discovery) == ["proj/a.py", "proj/tool.py"]
    named = discover([tmp_path / "proj/out.py"], exclude=(), root=tmp_path / "proj")
    assert names(tmp_path, named) == ["proj/out.py"]


def test_directory_loops_end_and_are_named_only_when_given(
    anywhere: str, tmp_path: Path, make: Make
) -> None:
    make("a/m.py")
    (tmp_path / "a" / "up").symlink_to("..")
    (tmp_path / "a" / "self").symlink_to("self")
    assert found(tmp_path) == ["a/m.py"]
    given = [tmp_path / "a" / "up", tmp_path / "a" / "self", tmp_path / "a"]
    discovery = discover(given, exclude=(), root=tmp_path)
    assert [(problem.path, problem.kind) for problem in discovery.problems] == [
        (given[0], "loop"),
        (given[1], "loop"),
    ]
    assert names(tmp_path, discovery) == ["a/m.py"]


def test_a_link_to_a_folder_that_is_given_lists_it_once(
    anywhere: str, tmp_path: Path, make: Make
) -> None:
    make("real/m.py")
    (tmp_path / "link").symlink_to("real")
    assert found(tmp_path, "link") == ["link/m.py"]
    assert len(found(tmp_path, "link", "real")) == 1


def test_missing_and_strange_paths_are_named(tmp_path: Path, make: Make) -> None:
    make("a.py")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "dead.py").symlink_to("nothing")
    given = [tmp_path / name for name in ["gone.py", "a.py/under", "pipe.py", "dead.py", "a.py"]]
    discovery = discover(given, exclude=(), root=tmp_path)
    assert [(problem.kind, problem.message) for problem in discovery.problems] == [
        ("missing", "does not exist"),
        ("missing", "does not exist"),
        ("not-a-file", "is neither a file nor a folder"),
        ("missing", "is a symbolic link to something that does not exist"),
    ]
    assert names(tmp_path, discovery) == ["a.py"]


def test_names_that_are_not_utf8(anywhere: str, tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.py", "wb") as file:
        file.write(b"x = 1\n")
    (tmp_path / "ünï\tcode \n.py").write_text("x = 1\n")
    discovery = discover([tmp_path], exclude=(), root=tmp_path)
    assert {os.fsencode(path.name) for path in discovery.files} == {
        b"caf\xe9.py",
        "ünï\tcode \n.py".encode(),
    }
    assert sorted(visible(path.name) for path in discovery.files) == [
        "caf\\xe9.py",
        "ünï\\tcode \\n.py",
    ]


def test_tracked_files_that_are_gone_or_in_conflict_or_ignored(tmp_path: Path, make: Make) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    make("gone.py", "both.py", "kept.py")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "checkout", "-qb", "side")
    make("both.py", text="side\n")
    git(tmp_path, "commit", "-qam", "side")
    git(tmp_path, "checkout", "-q", "main")
    make("both.py", text="main\n")
    git(tmp_path, "commit", "-qam", "main")
    subprocess.run(["git", "merge", "side"], cwd=tmp_path, capture_output=True, check=False)
    (tmp_path / "gone.py").unlink()
    (tmp_path / ".gitignore").write_text("kept.py\n")
    assert found(tmp_path) == ["both.py", "kept.py"]


def test_nested_repositories_and_submodules_are_listed_by_their_own_rules(
    tmp_path: Path, make: Make
) -> None:
    git(tmp_path, "init", "-q")
    make("a.py", "nested/n.py", "nested/skip.py", "lib/l.py")
    (tmp_path / "nested" / ".gitignore").write_text("skip.py\n")
    git(tmp_path / "nested", "init", "-q")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "lib"]):
        git(tmp_path / "lib", *command)
    git(tmp_path, "add", "lib")
    assert found(tmp_path) == ["a.py", "lib/l.py", "nested/n.py"]


def test_a_hooks_environment_does_not_mislead(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q")
    make("a.py", "skip/b.py")
    (tmp_path / ".gitignore").write_text("skip\n")
    monkeypatch.setenv("GIT_DIR", "elsewhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "elsewhere/index")
    assert found(tmp_path) == ["a.py"]


def test_relative_paths_become_absolute(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("pkg/a.py")
    monkeypatch.chdir(tmp_path / "pkg")
    assert discover([Path("a.py"), Path("../pkg")], exclude=(), root=Path("..")).files == [
        tmp_path / "pkg/a.py"
    ]


def test_the_work_grows_with_the_levels_and_the_folders(anywhere: str, tmp_path: Path) -> None:
    found: list[Discovery] = []

    def calls(levels: int, folders: int) -> int:
        root = tmp_path / f"{folders}"
        _lay_out(root, levels, folders)
        return counted_calls(lambda: found.append(discover([root], root=tmp_path)))

    work = calls(50, 10), calls(200, 40)
    assert [len(discovery.files) for discovery in found] == [501, 2001]
    assert work[1] < 5 * work[0]


def _lay_out(root: Path, levels: int, folders: int) -> None:
    """A chain of so many levels with a file in the deepest, and folders of fifty modules each."""
    deep = root.joinpath(*(f"d{level}" for level in range(levels)))
    deep.mkdir(parents=True)
    (deep / "deep.py").write_text("")
    for folder in range(folders):
        (root / f"p{folder}").mkdir()
        for module in range(50):
            (root / f"p{folder}" / f"m{module}.py").touch()


def test_folders_that_cannot_be_read_are_named_by_git(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q")
    make("a.py", "closed/b.py")
    answer = starter.run_git(str(tmp_path), "ls-files", "-z", "--others")
    answer.stderr = b"warning: could not open directory 'closed/it''s/': Permission denied\n"
    monkeypatch.setattr(listing, "run_git", lambda *_: answer)
    discovery = discover([tmp_path], exclude=(), root=tmp_path)
    assert discovery.problems == [
        FileProblem(
            tmp_path / "closed/it''s", "unreadable", "folder cannot be read: Permission denied"
        )
    ]


def test_folders_that_cannot_be_read_are_named_by_a_walk(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("a.py", "closed/b.py")
    real = os.scandir

    def scandir(path: str) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    discovery = discover([tmp_path], exclude=(), root=tmp_path)
    assert names(tmp_path, discovery) == ["a.py"]
    assert [(entry.path, entry.kind) for entry in discovery.problems] == [
        (tmp_path / "closed", "unreadable")
    ]
