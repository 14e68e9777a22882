"""Tests of the project that look for the text of a log message."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from fixaudit import Evidence, Source
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
    capturing = _capturing(source, text, max(runs, key=len, default=""))
    if capturing is not None:
        return source.proof_at(*capturing, _told(source, *capturing))
    long = [run for run in runs if len(run) >= _SHORTEST and " " in run]
    holding = _holding(source, max(long, key=len)) if long else None
    return None if holding is None else source.hint_at(*holding, _told(source, *holding))


def _told(source: Source, path: Path, line: int) -> str:
    return f"a test looks for this message: {source.shown(path)}:{line}"


def _holding(source: Source, run: str) -> tuple[Path, int] | None:
    """The first place in a test that holds the text."""
    for mention in source.project.mentions(run.encode(), 2000, tests_only=True):
        if source.shown(mention.path) != source.path:
            return mention.path, mention.line
    return None


def _capturing(source: Source, text: ast.expr, run: str) -> tuple[Path, int] | None:
    """The nearest call whose test captures the logs and holds the text."""
    for call in watching_calls(source, text, _CAPTURES):
        if run in call.text:
            return call.path, call.line
    return None


def _runs(text: ast.expr) -> Iterator[str]:
    for node in ast.walk(text):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for line in node.value.replace("%s", "\n").replace("{}", "\n").splitlines():
                if run := line.strip(" :-—–,;.(['\""):
                    yield run
