"""Import JSON-lines feeds into the catalogue.

Used by the service through ``FeedImporter`` and by hand:

    python -m catalog.importers.feed films.jsonl --source acme --journal catalog.jsonl
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import ValidationError

from catalog.importers.options import Settings
from catalog.models import ItemIn
from catalog.storage.repository import ItemRepository
from catalog.utils.retry import call_with_attempts

CHUNK_SIZE = 1 << 16


def fingerprint(path: Path) -> str:
    """Digest of a feed file; kept in the state file to skip feeds that did not change."""
    digest = hashlib.md5()
    with path.open("rb") as feed:
        while chunk := feed.read(CHUNK_SIZE):
            digest.update(chunk)
    return digest.hexdigest()


@dataclass
class ImportResult:
    """Counts of one run."""

    imported: int = 0
    rejected: int = 0
    skipped: bool = False


class FeedImporter:
    """Reads feeds into a repository and remembers which ones it has seen."""

    def __init__(self, repository: ItemRepository, state_file: Path, settings: Settings) -> None:
        self.repository = repository
        self.state_file = state_file
        self.settings = settings

    def _state(self) -> dict[str, str]:
        try:
            return json.loads(self.state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as e:
            print(f"State file {self.state_file} is damaged, importing everything: {e}")
            return {}

    def run(self, path: Path) -> ImportResult:
        """Import one feed; ``OSError`` when it cannot be read after all attempts."""
        state = self._state()
        digest = fingerprint(path)
        if state.get(path.name) == digest:
            print("Feed", path.name, "has not changed since the last run")
            return ImportResult(skipped=True)

        started = time.monotonic()
        text = call_with_attempts(
            lambda: path.read_text(encoding="utf-8"), attempts=self.settings.attempts
        )
        result = ImportResult()
        for number, line in enumerate(text.splitlines(), start=1):
            try:
                submitted = ItemIn.model_validate(
                    {**json.loads(line), "source": self.settings.source}
                )
            except (ValidationError, json.JSONDecodeError):
                print(f"Line {number} of {path.name} is not a film, skipping it")
                if getattr(self.settings, "debug", False):
                    print(f"The rejected line was {line!r}")
                result.rejected += 1
                continue
            if not getattr(self.settings, "dry_run", False):
                self.repository.save(submitted)
            result.imported += 1

        print(
            "Imported %d films from %s in %.1f seconds"
            % (result.imported, path.name, time.monotonic() - started)
        )
        if not self.settings.dry_run:
            state[path.name] = digest
            self.state_file.write_text(json.dumps(state), encoding="utf-8")
        return result


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Import a feed into the catalogue.")
    parser.add_argument("feed", type=Path)
    parser.add_argument("--source", required=True)
    parser.add_argument("--journal", type=Path, default=Path("catalog.jsonl"))
    parser.add_argument("--state", type=Path, default=Path("feeds.json"))
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    return parser


def main(argv: list[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    repository = ItemRepository(args.journal)
    repository.load()
    settings = Settings(source=args.source, dry_run=args.dry_run)
    result = FeedImporter(repository, args.state, settings).run(args.feed)
    if args.json:
        print(json.dumps(asdict(result)))
    elif result.skipped:
        print("Nothing to do.")
    else:
        print(f"{result.imported} imported, {result.rejected} rejected")
    return 1 if result.rejected else 0


if __name__ == "__main__":
    raise SystemExit(main())
