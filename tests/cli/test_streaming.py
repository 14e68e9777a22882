"""A run lets go of each file's outcome when it has been shown: memory does not grow with them."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path

import pytest

from fixaudit.model.outcome import Changed, LocatedFinding, Outcome
from fixaudit_cli.app import run
from fixaudit_cli.output.tally import Tally

FILES, CALLS = 25, 4
TEXT = "def helper_{0}(count):\n" + "    print(count, {0})\n" * CALLS


@pytest.mark.parametrize(
    "arguments",
    [
        ("apply", "--dry-run"),
        ("apply", "--dry-run", "--statistics"),
        ("check", "--verbose"),
    ],
)
def test_no_more_than_two_outcomes_are_there_at_once(
    arguments: tuple[str, ...], tree: Path, alive: list[Counter[str]]
) -> None:
    assert _run(tree, *arguments) == (1 if arguments[0] == "check" else 0)
    assert len(alive) == FILES
    assert max(found["Changed"] for found in alive) <= 2
    assert max(found["LocatedFinding"] for found in alive) <= 2 * CALLS
    assert alive[-1]["LocatedFinding"] >= CALLS


def test_a_document_keeps_findings_and_no_texts(tree: Path, alive: list[Counter[str]]) -> None:
    assert _run(tree, "apply", "--dry-run", "--output-format", "json") == 0
    assert len(alive) == FILES
    assert max(found["Changed"] for found in alive) <= 2
    assert alive[-1]["LocatedFinding"] == FILES * CALLS


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for number in range(FILES):
        (tmp_path / f"part_{number:02}.py").write_text(TEXT.format(number))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> list[Counter[str]]:
    """How many outcomes and sites there are, whenever one more outcome is counted."""
    found: list[Counter[str]] = []
    add = Tally.add

    def counting(tally: Tally, outcome: Outcome) -> None:
        kinds = (Changed, LocatedFinding)
        found.append(Counter(type(o).__name__ for o in gc.get_objects() if type(o) in kinds))
        add(tally, outcome)

    gc.collect()
    monkeypatch.setattr(Tally, "add", counting)
    return found


def _run(tree: Path, *arguments: str) -> int:
    verb, *options = arguments
    chosen = ["--select", "print-to-logger", "--isolated", "--no-cache"]
    return run([verb, *chosen, *options, "-j", "1", str(tree)])
