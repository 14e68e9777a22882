"""Feeds, the command lines and the retry helpers."""

from __future__ import annotations

import asyncio
import json
import runpy
import sys
from pathlib import Path

import pytest

from catalog.core import Settings as ServiceSettings
from catalog.importers import FeedImporter
from catalog.importers.feed import fingerprint, main
from catalog.importers.options import Settings
from catalog.storage import ItemRepository
from catalog.utils.retry import call_with_attempts, retry_async

SCRIPT = Path(__file__).parent.parent / "scripts" / "list_items.py"


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "films.jsonl"
    lines = [{"external_id": "1", "title": "Ran", "year": 1985}, {"external_id": "2"}]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_import_counts_and_remembers(feed: Path, tmp_path: Path) -> None:
    repository = ItemRepository()
    importer = FeedImporter(repository, tmp_path / "state.json", Settings(source="acme"))
    result = importer.run(feed)
    assert (result.imported, result.rejected, result.skipped) == (1, 1, False)
    assert [item.title for item in repository] == ["Ran"]
    assert importer.run(feed).skipped
    assert json.loads((tmp_path / "state.json").read_text()) == {"films.jsonl": fingerprint(feed)}

    (tmp_path / "state.json").write_text("damaged")
    assert importer.run(feed).imported == 1


def test_dry_run_stores_nothing(feed: Path, tmp_path: Path) -> None:
    repository = ItemRepository()
    settings = Settings(source="acme", dry_run=True)
    result = FeedImporter(repository, tmp_path / "state.json", settings).run(feed)
    assert result.imported == 1
    assert len(repository) == 0
    assert not (tmp_path / "state.json").exists()


def test_fingerprint_follows_the_content(feed: Path) -> None:
    before = fingerprint(feed)
    assert len(before) == 32
    feed.write_text("other", encoding="utf-8")
    assert fingerprint(feed) != before


def test_command_line_prints_its_result(
    feed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = tmp_path / "catalog.jsonl"
    common = [str(feed), "--source", "acme", "--journal", str(journal)]
    state = ["--state", str(tmp_path / "state.json")]
    assert main([*common, *state]) == 1
    assert capsys.readouterr().out.endswith("1 imported, 1 rejected\n")
    assert main([*common, *state]) == 0
    assert capsys.readouterr().out.endswith("Nothing to do.\n")
    assert main([*common, *state, "--json"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last) == {"imported": 0, "rejected": 0, "skipped": True}


def test_list_items_script(
    feed: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journal = tmp_path / "catalog.jsonl"
    FeedImporter(ItemRepository(journal), tmp_path / "s.json", Settings(source="acme")).run(feed)
    capsys.readouterr()
    monkeypatch.setattr(sys, "path", list(sys.path))

    def run(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *arguments])
        with pytest.raises(SystemExit) as exit_info:
            runpy.run_path(str(SCRIPT), run_name="__main__")
        captured = capsys.readouterr()
        return exit_info.value.code, captured.out, captured.err

    code, out, _ = run(str(journal))
    assert (code, out.splitlines()[-1]) == (0, "1 items")
    assert "1985  Ran" in out
    code, out, _ = run(str(journal), "--format", "json")
    assert [item["title"] for item in json.loads(out)] == ["Ran"]
    code, out, _ = run(str(journal), "--format", "index")
    assert out.startswith("id\ttitle\tyear\n")
    code, out, err = run(str(tmp_path / "none.jsonl"))
    assert (code, out) == (1, "")
    assert "no items" in err


def test_retry_waits_longer_each_time() -> None:
    waits: list[float] = []
    outcomes: list[object] = [ConnectionError("1"), TimeoutError("2"), "done"]

    async def operation() -> object:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    assert asyncio.run(retry_async(operation, retries=3, sleep=sleep)) == "done"
    assert waits == [0.5, 1.0]


def test_retry_raises_the_last_error() -> None:
    async def operation() -> None:
        raise ConnectionError("still down")

    async def sleep(seconds: float) -> None:
        return None

    with pytest.raises(ConnectionError, match="still down"):
        asyncio.run(retry_async(operation, retries=2, sleep=sleep))
    with pytest.raises(ValueError, match="negative"):
        asyncio.run(retry_async(operation, retries=-1))


def test_call_with_attempts() -> None:
    outcomes: list[object] = [OSError("busy"), "done"]

    def operation() -> object:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    assert call_with_attempts(operation, attempts=2) == "done"
    with pytest.raises(RuntimeError):
        call_with_attempts(operation, attempts=0)


def test_settings_from_the_environment() -> None:
    settings = ServiceSettings.from_env(
        {
            "CATALOG_CORS_ORIGINS": "https://a.example, https://b.example",
            "CATALOG_CACHE_TTL_SECONDS": "5",
            "OTHER": "x",
        }
    )
    assert settings.cors_origins == ["https://a.example", "https://b.example"]
    assert settings.cache_ttl_seconds == 5
    assert settings.environment == "development"
