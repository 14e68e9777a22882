"""Items on disk, covers in a bucket, ids."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

from catalog.core import Settings
from catalog.ids import item_id, short_id
from catalog.models import ItemIn, SortOrder
from catalog.storage import CoverStore, ItemRepository
from catalog.storage.covers import CoverCorrupted
from catalog.storage.repository import write_index
from catalog.utils.sampling import bucket


def film(title: str, year: int | None = None) -> ItemIn:
    return ItemIn(source="acme", external_id=title, title=title, year=year)


def test_ids_are_stable_and_distinct() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", item_id("acme", "1"))
    assert item_id("acme", "1") == item_id("ACME ", "1")
    assert item_id("acme", "1") != item_id("acme", "2")
    assert short_id(item_id("acme", "1")) == item_id("acme", "1")[:8]


def test_journal_survives_a_restart_and_bad_lines(tmp_path: Path) -> None:
    journal = tmp_path / "catalog.jsonl"
    first = ItemRepository(journal)
    saved = first.save(film("Ran", 1985))
    first.save(film("Alien", 1979))
    with journal.open("a", encoding="utf-8") as out:
        out.write("{not json\n")

    second = ItemRepository(journal)
    assert second.load() == 2
    assert second.get(saved.id) == saved
    assert [item.title for item in second.search("", SortOrder.YEAR, 10)] == ["Alien", "Ran"]


def test_an_item_that_cannot_be_journalled_is_not_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    repository = ItemRepository(tmp_path / "missing" / "catalog.jsonl")
    with pytest.raises(OSError):
        repository.save(film("Ran"))
    assert len(repository) == 0
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_write_index() -> None:
    repository = ItemRepository()
    item = repository.save(film("Ran", 1985))
    out = io.StringIO()
    write_index(repository, out)
    assert out.getvalue() == f"id\ttitle\tyear\n{item.id}\tRan\t1985\n"


class FakeBucket:
    """Checks uploads the way S3 does."""

    def __init__(self, damage: bytes = b"") -> None:
        self.damage = damage
        self.objects: dict[tuple[str, str], bytes] = {}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentMD5: str) -> dict[str, Any]:
        assert base64.b64decode(ContentMD5) == hashlib.md5(Body).digest()
        self.objects[Bucket, Key] = Body + self.damage
        return {"ETag": f'"{hashlib.md5(Body + self.damage).hexdigest()}"'}


def test_cover_upload(settings: Settings) -> None:
    bucket = FakeBucket()
    assert CoverStore(bucket, settings).upload("abc", b"jpeg") == "covers/abc.jpg"
    assert bucket.objects == {("catalog-covers", "covers/abc.jpg"): b"jpeg"}
    with pytest.raises(CoverCorrupted):
        CoverStore(FakeBucket(damage=b"!"), settings).upload("abc", b"jpeg")


def test_buckets_do_not_move() -> None:
    # Visitors would change sides in the middle of an experiment.
    assert [bucket("label-with-year", visitor) for visitor in ("a", "b", "c")] == [97, 95, 22]
