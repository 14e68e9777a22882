"""Tests of the project that look for the text of a log message."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from fixaudit import Source

_SHORTEST = 6


def asserting_test(source: Source, text: ast.expr) -> str | None:
    """`path:line` of a test that holds the longest fixed run of a message; None for none."""
    runs = [run for run in _runs(text) if len(run) >= _SHORTEST and " " in run]
    if not runs:
        return None
    for mention in source.project.mentions(max(runs, key=len).encode(), 2000, tests_only=True):
        path = PurePosixPath(mention.path.as_posix())
        if not str(path).endswith(f"/{source.path}"):
            root = source.project.root
            shown = path.relative_to(root.as_posix()) if root is not None else path
            return f"{shown}:{mention.line}"
    return None


def _runs(text: ast.expr) -> Iterator[str]:
    for node in ast.walk(text):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for line in node.value.replace("%s", "\n").replace("{}", "\n").splitlines():
                yield line.strip(" :-—–,;.(['\"")
