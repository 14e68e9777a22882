"""Tests of the project that look for the text of a log message."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from fixaudit import Source
from fixaudit.authoring import WatchPattern, watching_calls

# Long enough to be of one message only, wherever it stands.
_SHORTEST = 6
# What pytest, unittest, structlog and testfixtures take log records with, as their documents have it.
_CAPTURES = WatchPattern(
    words=(b"caplog", b"assertLogs", b"capture_logs", b"LogCapture"),
    pattern=re.compile(r"caplog|assertLogs|capture_logs|LogCapture"),
)


def asserting_test(source: Source, text: ast.expr) -> str | None:
    """`path:line` of a test that looks for the longest fixed run of a message; None for none.

    A run of several words is looked for in all tests; a shorter one in those that capture the logs
    of the function around, called by them or by what they call.
    """
    runs = list(_runs(text))
    long = [run for run in runs if len(run) >= _SHORTEST and " " in run]
    found = _holding(source, max(long, key=len)) if long else None
    return found or _capturing(source, text, max(runs, key=len, default=""))


def _holding(source: Source, run: str) -> str | None:
    for mention in source.project.mentions(run.encode(), 2000, tests_only=True):
        path = PurePosixPath(mention.path.as_posix())
        if not str(path).endswith(f"/{source.path}"):
            root = source.project.root
            shown = path.relative_to(root.as_posix()) if root is not None else path
            return f"{shown}:{mention.line}"
    return None


def _capturing(source: Source, text: ast.expr, run: str) -> str | None:
    for call in watching_calls(source, text, _CAPTURES):
        if run in call.text:
            return call.place(source.project)
    return None


def _runs(text: ast.expr) -> Iterator[str]:
    for node in ast.walk(text):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for line in node.value.replace("%s", "\n").replace("{}", "\n").splitlines():
                if run := line.strip(" :-—–,;.(['\""):
                    yield run
