"""A check, a run and a second run say the same, through the command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from projects import fixaudit

ALL = ("--isolated", "--no-cache", "--select", "all")
KEPT = tuple(word for word in ALL if word != "--no-cache")

HASATTR = """\
from dataclasses import dataclass


@dataclass
class Row:
    name: str = "x"


def label(row: Row) -> str:
    if hasattr(row, "name") and row.name:
        return getattr(row, "name", "")
    return "-"
"""
LOGGER = """\
import logging


def run(job):
    try:
        job()
    except ValueError as e:
        logger.exception(f"job failed: {e}")
    print("done with", job)
"""
BACKSLASH = """\
import asyncio


async def serve(run):
    if run.ready:
        run.note()
        \\
            asyncio.create_task(run.start())
"""
PARENTHESES = """\
def take(queue, audit):
    try:
        return queue.pop()
    except LookupError as error:
        audit.note("empty")
        raise (  # refilled by another worker
            error
        )
"""
DEBUG = """\
from dataclasses import dataclass


@dataclass
class Row:
    size: int = 0


def size(row: Row) -> str:
    return f"{getattr(row, 'size', 0)=}"
"""


@pytest.mark.parametrize("text", [HASATTR, LOGGER, BACKSLASH, PARENTHESES, DEBUG])
@pytest.mark.parametrize("unsafe", [(), ("--unsafe",)])
def test_one_run_settles(tmp_path: Path, text: str, unsafe: tuple[str, ...]) -> None:
    (tmp_path / "service.py").write_text(text)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    told = fixaudit(tmp_path, "check", *ALL, "--output-format", "json")
    assert told.code in {0, 1}, told
    dry = fixaudit(tmp_path, "apply", *ALL, *unsafe, "--dry-run")
    assert dry.code == 0, dry
    first = fixaudit(tmp_path, "apply", *ALL, *unsafe, "--allow-dirty")
    assert first.code == 0, first
    assert "verify:" not in first.notes
    after = (tmp_path / "service.py").read_text()
    again = fixaudit(tmp_path, "apply", *ALL, *unsafe, "--allow-dirty")
    assert again.code == 0, again
    assert (tmp_path / "service.py").read_text() == after
    allowed = {"fix", "unsafe"} if unsafe else {"fix"}
    promised = [f for f in json.loads(told.output.decode())["findings"] if f["verdict"] in allowed]
    assert (after != text) or not promised


def test_a_check_names_whom_an_edit_waits_for(tmp_path: Path) -> None:
    (tmp_path / "service.py").write_text(HASATTR)
    told = fixaudit(tmp_path, "check", *ALL)
    assert (
        "review  it waits for `getattr-default-removal` (FA106) in line 11" in told.output.decode()
    )
    for _ in range(2):  # computed, then from the cache
        rows = json.loads(fixaudit(tmp_path, "check", *KEPT, "--output-format", "json").output)
        assert [row["line"] for row in rows["findings"] if row["held"] == "waits"]
        assert {row["held"] for row in rows["findings"]} == {None, "waits"}
    alone = fixaudit(tmp_path, "check", "--isolated", "--no-cache", "--select", "hasattr-declared")
    assert "hasattr-declared  fix" in alone.output.decode()
