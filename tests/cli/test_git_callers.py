"""Git is started in one place, for engine and command line; what only looks runs no command that writes."""

from __future__ import annotations

import ast
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from repositories import ENVIRONMENT, Work

from fixaudit_cli.app import run

ROOT = Path(__file__).resolve().parents[2]
STARTER = ("engine/fixaudit/files/git.py", "git_program")
READING = {
    *("ls-files", "check-ignore", "check-attr", "rev-parse", "config", "merge-base"),
    *("diff", "diff-index", "hash-object"),
}
WRITING = {"update-index", "write-tree", "read-tree", "commit-tree", "update-ref"}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for root in ("engine", "codemods", "cli"):
        for path in sorted((ROOT / root).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def _inside_functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every node below a function or method, with the name of the innermost one."""

    def walk(node: ast.AST, name: str) -> Iterator[tuple[str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            yield name, child
            inner = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from walk(child, child.name if inner else name)  # type: ignore[attr-defined]

    return walk(tree, "")


def test_git_is_started_in_one_place() -> None:
    names = {
        (module, function)
        for module, tree in _modules()
        for function, node in _inside_functions(tree)
        if isinstance(node, ast.List | ast.Tuple)
        and node.elts
        and isinstance(node.elts[0], ast.Constant)
        and node.elts[0].value in {"git", "git.exe"}
    }
    assert names == {STARTER}


def test_the_engine_lists_and_the_repository_does_the_rest() -> None:
    callers: dict[str, set[str]] = {
        "run_git": set(),
        "start_git": set(),
        "git_program": set(),
    }
    for module, tree in _modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in callers:
                callers[node.id].add(module)
    assert callers == {
        "run_git": {
            "engine/fixaudit/files/git_listing.py",
            "engine/fixaudit/files/ownership.py",
            "engine/fixaudit/files/git_repository.py",
        },
        "start_git": {"cli/fixaudit_cli/git/move_branch.py"},
        "git_program": {STARTER[0]},
    }


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A repository with a finding, and a `git` that notes its commands before it runs them."""
    git = shutil.which("git")
    assert git is not None
    tools = tmp_path / "tools"
    tools.mkdir()
    script = tools / "git"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{tools}/log"\nexec "{git}" "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(tmp_path / "work")
    work.top.mkdir()
    work.git("init", "--quiet", "--initial-branch=main")
    work.commit(a="def f(x):\n    print(x)\n")
    work.write("b.py", "def g(x):\n    print(x)\n")
    monkeypatch.chdir(work.top)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    return work


def _commands(work: Work) -> set[str]:
    """The git commands run so far, without the options before them."""
    found = set()
    for line in (work.top.parent / "tools" / "log").read_text().splitlines():
        words = line.split()
        while words[0].startswith("-"):
            words = words[2:] if words[0] == "-c" else words[1:]
        assert words[0] != "hash-object" or "-w" in words or "tree" in words, line
        found.add("hash-object -w" if words[0] == "hash-object" and "-w" in words else words[0])
    return found


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--changed", "--changed-lines"],
        ["check", "--staged", "--changed-lines"],
        ["apply", "--dry-run", "--since", "HEAD"],
        ["apply", "a.py"],
    ],
    ids=" ".join,
)
def test_a_run_that_does_not_commit_only_reads(work: Work, arguments: list[str]) -> None:
    assert run([*arguments, "--isolated", "--select", "FA102", "--no-cache"]) in (0, 1)
    commands = _commands(work)
    assert commands
    assert commands <= READING


def test_a_commit_is_the_run_that_writes(work: Work) -> None:
    assert run(["apply", "a.py", "--isolated", "--select", "FA102", "--no-cache", "--commit"]) == 0
    assert WRITING | {"hash-object -w"} <= _commands(work)
    assert work.git("log", "--format=%s").splitlines()[0].startswith("print-to-logger")
