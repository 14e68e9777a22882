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
# What the keyword is given may run code until the other edit is made: only then it can go.
DROPPED = """\
from dataclasses import dataclass


@dataclass
class Row:
    name: str = "x"


def label(row: Row) -> str:
    return shown(row.name, color=getattr(row, "name", None))


def shown(name: str) -> str:
    return name
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
NOQA = """\
from sqlalchemy import Boolean, Column, select
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Hook(Base):
    enabled = Column(Boolean)


def hooks():
    return select(Hook).where(Hook.enabled == True)  # noqa: E712, E501  # keep me
"""
CALLEE = """\
import datetime


def year() -> int:
    return (
        datetime.datetime  # the class
    ).utcnow().year
"""
STARRED = """\
import urllib.request


def fetch(url, *more):
    return urllib.request.urlopen(url, *more)
"""
ORPHAN = """\
def limit(job) -> None:
    low = 1
    size = 10
    # ten is what the broker takes
    size = 10
    job.run(low, size)
"""
PERCENT = """\
def visit(day, done):
    print("at %Y-%m-%d", day)
    print("%s is 100%", done)
"""
TASK = """\
import asyncio


async def work() -> None:
    await asyncio.sleep(0)


async def start() -> None:
    asyncio.sleep(1)
    asyncio.create_task(work())
    work()
"""
TWICE = """\
class Box:
    def __init__(self, size: int):
        self.size = size

    def __post_init__(self):
        self.__init__(1)

    def __str__(self):
        return f"{self.size}"
"""
TEXTS = {
    "hasattr": HASATTR, "dropped": DROPPED, "logger": LOGGER, "backslash": BACKSLASH, "parentheses": PARENTHESES,
    "debug": DEBUG, "noqa": NOQA, "callee": CALLEE, "starred": STARRED, "orphan": ORPHAN,
    "percent": PERCENT, "task": TASK, "annotations": TWICE,
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
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


def test_unpacked_arguments_may_hold_the_keyword(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(STARRED)
    done = fixaudit(tmp_path, "apply", *ALL, "--unsafe", "m.py")
    assert b"review  `*more` may hold `timeout` already" in done.output
    assert (tmp_path / "m.py").read_text() == STARRED


def test_a_comment_is_not_left_to_explain_another_statement(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(ORPHAN)
    done = fixaudit(tmp_path, "apply", *ALL, "--unsafe", "m.py")
    assert b"duplicate-assignment  review" in done.output
    assert (tmp_path / "m.py").read_text() == ORPHAN


def test_percent_signs_of_a_print_are_no_formats_of_a_logger(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(PERCENT)
    assert fixaudit(tmp_path, "apply", *ALL, "m.py").code == 0
    text = (tmp_path / "m.py").read_text()
    assert 'logger.info("at %%Y-%%m-%%d %s", day)' in text
    assert 'logger.info("%%s is 100%% %s", done)' in text


def test_a_check_names_whom_an_edit_waits_for(tmp_path: Path) -> None:
    (tmp_path / "service.py").write_text(DROPPED)
    told = fixaudit(tmp_path, "check", *ALL)
    assert (
        "review  it waits for `getattr-default-removal` (FA106) in line 10" in told.output.decode()
    )
    for _ in range(2):  # computed, then from the cache
        rows = json.loads(fixaudit(tmp_path, "check", *KEPT, "--output-format", "json").output)
        assert [row["line"] for row in rows["findings"] if row["held"] == "waits"]
        assert {row["held"] for row in rows["findings"]} == {None, "waits"}
    words = ("--isolated", "--no-cache", "--select", "drop-unexpected-keyword")
    alone = fixaudit(tmp_path, "check", *words).output.decode()
    assert "drop-unexpected-keyword  review" in alone
    assert "waits" not in alone
