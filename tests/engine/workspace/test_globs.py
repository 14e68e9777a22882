"""Globs of folders."""

from __future__ import annotations

import pytest

from fixaudit.workspace.globs import matcher

FOLDERS = [
    "",
    "a",
    "libs",
    "libs/a",
    "libs/b",
    "libs/a/deep",
    "libs/a/deep/er",
    "libs/old-a",
    "x.y/z",
]


@pytest.mark.parametrize(
    ("glob", "named"),
    [
        ("libs/*", ["libs/a", "libs/b", "libs/old-a"]),
        ("./libs/a/", ["libs/a"]),
        ("libs/?", ["libs/a", "libs/b"]),
        ("libs/[!a]", ["libs/b"]),
        ("libs/[a-b]", ["libs/a", "libs/b"]),
        ("**/deep", ["libs/a/deep"]),
        ("libs/**/er", ["libs/a/deep/er"]),
        ("libs/a/**", ["libs/a", "libs/a/deep", "libs/a/deep/er"]),
        ("x.y/*", ["x.y/z"]),
        ("xzy/*", []),
        (".", [""]),
        ("*", ["a", "libs"]),
        ("libs/[", []),
        ("libs/[z-a]", []),
        ("**", FOLDERS),
        ("**/**/a", ["a", "libs/a"]),
        ("/".join(["**/*"] * 40), []),
    ],
)
def test_which_folders_a_glob_names(glob: str, named: list[str]) -> None:
    assert [folder for folder in FOLDERS if matcher([glob])(folder)] == named


def test_no_glob_takes_long() -> None:
    """By backtracking it would take longer than anybody waits."""
    assert not matcher(["*a" * 60 + "b"])("a" * 250)
    assert not matcher(["**/a/" * 30 + "b"])("/".join("a" * 120))
