"""Trees go as soon as nobody needs them: no cycle may wait for the garbage collector."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixaudit.config.request import Request
from fixaudit.model.outcome import Changed
from fixaudit.pipeline.runner import Worker
from fixaudit.source.source import Source

TEXT = """\
import logging

log = logging.getLogger(__name__)


class Base:
    kind = "a"


class Item(Base):
    def __init__(self, names: list[str]) -> None:
        self.names = [name for name in names if name]

    def shown(self, other: "Item") -> str:
        global count
        count = 1
        try:
            return getattr(other, "kind", "") + getattr(self, "names", "")
        except ValueError as error:
            log.exception(f"failed: {error}")
            raise RuntimeError("unreachable")
"""


@pytest.fixture(autouse=True)
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_source_takes_its_tree_with_it() -> None:
    source = Source("x.py", TEXT.encode())
    for scope in source.scopes.scopes():
        assert scope.bindings is not None
    scopes = weakref.ref(source.scopes)
    source.close()
    assert scopes() is None


def test_a_file_that_was_judged_and_changed_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[weakref.ref[object]] = []
    changed = []
    original = Source.__init__

    def made(source: Source, *arguments: Any, **options: Any) -> None:
        original(source, *arguments, **options)
        seen.append(weakref.ref(source))
        seen.append(weakref.ref(source.scopes))

    monkeypatch.setattr(Source, "__init__", made)
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(TEXT)
    worker = Worker(Request(paths=(tmp_path,), root=tmp_path, select=("all",), isolated=True))
    for path in worker.discover().files:
        changed.append(isinstance(worker.outcome(path), Changed))
    assert changed == [True, True, True]
    # Each of the three, and what its edits made of it, with the scopes of both.
    assert len(seen) >= 12
    assert [alive() for alive in seen if alive() is not None] == []
