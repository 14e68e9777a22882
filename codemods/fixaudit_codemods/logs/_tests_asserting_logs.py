"""Tests of the project that look for the text of a log message."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from fixaudit import Evidence, Reach, Source, Strength
from fixaudit.authoring import WatchPattern, watching_calls

# Long enough to be of one message only, wherever it stands.
_SHORTEST = 6
# What pytest, unittest, structlog and testfixtures take log records with, as their documents have it.
_CAPTURES = WatchPattern(
    words=(b"caplog", b"assertLogs", b"capture_logs", b"LogCapture"),
    pattern=re.compile(r"caplog|assertLogs|capture_logs|LogCapture"),
)


def asserting_test(source: Source, text: ast.expr) -> Evidence | None:
    """That a test looks for the longest fixed run of a message; None for none.

    A run in a test that captures the logs of the function around, called by it or by what it calls,
    is a proof. A run of several words is looked for in all tests: a hint.
    """
    runs = list(_runs(text))
    found = _capturing(source, text, max(runs, key=len, default=""))
    if found is not None:
        return _evidence(Strength.PROOF, found)
    long = [run for run in runs if len(run) >= _SHORTEST and " " in run]
    found = _holding(source, max(long, key=len)) if long else None
    return None if found is None else _evidence(Strength.HINT, found)


def _evidence(strength: Strength, place: str) -> Evidence:
    path, _, line = place.rpartition(":")
    text = f"a test looks for this message: {place}"
    return Evidence(strength, Reach.FUNCTION, path, int(line), text)


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
