"""The decisions of earlier reviews about sites: a JSON file, by fingerprint."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from fixaudit.errors import FixauditError
from fixaudit.files.atomic_write import write_atomically
from fixaudit.files.named_file import write_into
from fixaudit.files.state_folders import known_state, own_state
from fixaudit.model.outcome import LocatedFinding

VERSION = 1
NAME = "decisions.json"
Choice = Literal["accepted", "rejected"]


class DecisionsError(FixauditError):
    """A file of decisions that cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one site, its time (UTC, ISO 8601), and the site itself for readers."""

    choice: Choice
    codemod: str
    path: str
    line: int
    reason: str
    when: str


@dataclass(slots=True)
class Decisions:
    """The decisions of a tree. `named` is the file of `--decisions`; without, it is the tree's own."""

    root: Path
    named: Path | None = None
    by_fingerprint: dict[str, Decision] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The file's name in messages."""
        return str(self.named or _own_file(self.root) or NAME)

    def rejected(self) -> dict[str, str]:
        """Fingerprints of rejected sites, each with the text that points to the file."""
        return self._chosen("rejected")

    def accepted(self) -> dict[str, str]:
        """Fingerprints of accepted sites, each with the text that points to the file."""
        return self._chosen("accepted")

    def _chosen(self, choice: Choice) -> dict[str, str]:
        words = f"see {self.shown}"
        return {key: words for key, found in self.by_fingerprint.items() if found.choice == choice}

    def decide(self, site: LocatedFinding, choice: Choice) -> None:
        """Record a decision; a later one replaces it."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        reason, codemod = site.finding.reason, site.finding.codemod
        self.by_fingerprint[site.fingerprint] = Decision(
            choice, codemod, site.path, site.line, reason, now
        )

    def forget(self, site: LocatedFinding) -> None:
        """Remove a decision."""
        self.by_fingerprint.pop(site.fingerprint, None)

    def save(self) -> None:
        """Write the file, whole or not at all. Raises DecisionsError, WorkspaceError."""
        import json

        write = write_atomically if self.named is None else write_into
        path = self.named or own_state(self.root) / NAME
        rows = {key: asdict(self.by_fingerprint[key]) for key in sorted(self.by_fingerprint)}
        text = json.dumps({"version": VERSION, "decisions": rows}, indent=2) + "\n"
        try:
            write(path, text.encode("utf-8"))
        except OSError as error:
            raise DecisionsError(f"cannot write {path}: {error.strerror}") from error


def load(root: Path, named: Path | None = None, *, must: bool = False) -> Decisions:
    """The decisions kept for the tree at `root`, or in the file `named`; none where it is not there.

    Raises:
        DecisionsError: the file cannot be read or holds no decisions, or with `must` does not exist.
    """
    path = named or _own_file(root)
    if path is None or (not path.exists() and not must):
        return Decisions(root, named)
    return Decisions(root, named, read(path))


def read(path: Path) -> dict[str, Decision]:
    """The decisions in a file, by fingerprint. Raises DecisionsError."""
    try:
        return parsed(path, path.read_bytes())
    except OSError as error:
        raise DecisionsError(f"cannot read {path}: {error.strerror}") from error


def parsed(path: Path, text: bytes) -> dict[str, Decision]:
    """The decisions in the text of the file at `path`. Raises DecisionsError."""
    import json

    try:
        content = json.loads(text)
        if content["version"] != VERSION:
            raise DecisionsError(f"{path}: written by another version ({content['version']})")
        return {str(key): _decision(row) for key, row in content["decisions"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DecisionsError(f"{path}: is no file of decisions ({error})") from error


def _own_file(root: Path) -> Path | None:
    folder = known_state(root)
    return None if folder is None else folder / NAME


def _decision(row: dict[str, object]) -> Decision:
    if row["choice"] not in ("accepted", "rejected"):
        raise ValueError(f"the choice {row['choice']!r} is neither accepted nor rejected")
    return Decision(**row)  # type: ignore[arg-type]
