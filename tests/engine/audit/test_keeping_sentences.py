"""Sentences of a finding that speak for a place, and sentences that only look like it."""

from __future__ import annotations

import pytest

from fixaudit.reports.model import Location, Report
from fixaudit.reports.reader import read_report_bytes

KEEPING = (
    # what is kept, the sentence
    (
        "pkg/a.py:59/rehearse",
        "The same switch in `rehearse` (line 59) talks to a container and may stay as it is.",
    ),
    (
        "pkg/q.py:83",
        "The order that cannot be read (`pkg/q.py:83`) is an everyday event and needs no traceback.",
    ),
    (
        "pkg/b.py:64/receipt",
        "In `receipt` (`pkg/b.py`, line 64) the fallback is right: not every endpoint gives a number.",
    ),
    (
        "pkg/a.py:43/upload",
        "The digest in `upload` (line 43) is another matter: the store asks for this header, so leave it alone.",
    ),
    (
        "pkg/cli.py:",
        "The print calls in `pkg/cli.py` are the answers of the commands, which accounting reads; they must not be touched.",
    ),
    (
        "pkg/a.py:/of_month",
        "The sort column of `of_month` is one of three fixed choices; we have no objection to it.",
    ),
    ("pkg/backup.py:60", "`pkg/backup.py:60` logs an expected error and can stay."),
    ("pkg/x.py:40", "`pkg/x.py:12` must go, `pkg/x.py:40` may stay."),
    ("pkg/a.py:30,44", "Lines 30 and 44 are fine."),
    ("pkg/x.py:40", "Do not touch `pkg/x.py:40`."),
    ("pkg/x.py:40", "The call in `pkg/x.py:40` is by design."),
    ("pkg/x.py:40-48", "Please leave `pkg/x.py:40-48` as it is."),
    ("pkg/x.py:7", "The lock in `pkg/x.py:7` is needed."),
    (
        "pkg/x.py:7",
        "The bare except in `pkg/x.py:7` is no problem, because the process ends there.",
    ),
    ("pkg/x.py:7 ; pkg/y.py:9", "`pkg/x.py:7` and `pkg/y.py:9` are intentional."),
    ("pkg/x.py:7", "The handler in `pkg/x.py:7` is intentional; nothing is to be done there."),
    ("pkg/x.py:7", "`pkg/x.py:7` logs an expected error. It can stay."),
    ("pkg/x.py:7", "We have no objection to the MD5 in `pkg/x.py:7`."),
    ("pkg/x.py:7", "There is nothing wrong with `pkg/x.py:7`."),
    ("pkg/y.py:9", "Unlike `pkg/x.py:7`, the call in `pkg/y.py:9` is safe."),
    ("pkg/y.py:9", "Fix `pkg/x.py:7`, but keep `pkg/y.py:9` as it is."),
    (
        "pkg/y.py:9",
        "The one in `pkg/y.py` (line 9) should stay as it is, while line 20 of `pkg/x.py` must change.",
    ),
    ("pkg/x.py:7", "Der Aufruf in `pkg/x.py:7` ist Absicht und darf nicht geändert werden."),
    ("pkg/x.py:7", "Zeile 7 in `pkg/x.py` kann so bleiben."),
    ("pkg/a.py:31", "Die Ausgabe in Zeile 31 ist in Ordnung."),
    ("pkg/x.py:7", "L'appel dans `pkg/x.py:7` est volontaire et peut rester tel quel."),
    ("pkg/x.py:7", "La llamada en `pkg/x.py:7` es intencional."),
    ("pkg/x.py:7", "A chamada em `pkg/x.py:7` pode ficar como está."),
    ("pkg/x.py:7", "La chiamata in `pkg/x.py:7` può restare così com'è."),
    ("pkg/x.py:7", "Вызов в `pkg/x.py:7` можно оставить как есть."),
    ("pkg/x.py:7", "`pkg/x.py:7` 的调用是有意为之，无需修改。"),
    ("pkg/x.py:7", "`pkg/x.py:7` の呼び出しはそのままでよい。"),
    ("pkg/x.py:7", "In `pkg/x.py`, the call in line 7 is fine."),
    ("pkg/x.py:7", "Three more were looked at: `pkg/x.py:7` (fine as it is)."),
    ("pkg/x.py:7", "The cast at `pkg/x.py:7` is correct and should not be changed."),
    ("pkg/x.py:7", "`pkg/x.py:7` does the same on purpose: leave it unchanged."),
    ("pkg/y.py:9", "See `pkg/x.py:7`, `pkg/y.py:9` (intentional)."),
    ("pkg/y.py:9", "Also `pkg/y.py:9` (may stay), and `pkg/x.py:7`."),
    ("pkg/x.py:7", "`pkg/x.py:7` (by design)."),
)

LIKE_IT = (
    "The switch in `pkg/x.py:40` must not stay as it is.",
    "`pkg/x.py:40` cannot stay.",
    "The call in `pkg/x.py:40` is not fine.",
    "A lock is needed in `pkg/x.py:40`.",
    "The change in `pkg/x.py:40` is needed.",
    "If the call in `pkg/x.py:40` is intentional, say so in a comment.",
    "`pkg/x.py:40` is fine in tests, but not in production.",
    "`pkg/x.py:40` assumes that the header is correct.",
    "The connection opened in `pkg/x.py:40` may stay open for hours.",
    "Is the handler in `pkg/x.py:40` intentional?",
    "`pkg/x.py:40` swallows the error; the rest is fine.",
    "`pkg/x.py:40` needs no authentication.",
    "Do not leave `pkg/x.py:40` as it is.",
    "The list in `pkg/x.py:40` should not be changed while it is iterated.",
    "`pkg/x.py:40` looks intentional, yet it is a bug.",
    "It is dangerous to leave the switch in `pkg/x.py:40` as it is.",
    "`pkg/x.py:40` returns even when the token is right.",
    "`pkg/x.py:40` is right only if the caller holds the lock.",
    "The query in `pkg/x.py:40` is correct but slow.",
    "Nothing in `pkg/x.py:40` may stay as it is.",
    "The comment says that `pkg/x.py:40` is intentional.",
    "The value in `pkg/x.py:40` is never checked to be safe.",
    "A timeout in `pkg/x.py:40` is required.",
    "`pkg/x.py:40` is intended to close the file.",
    "In `pkg/x.py:40` the certificate is ignored, and everything else is fine.",
    "`pkg/x.py:40` keeps the task no longer than needed.",
    "Der Aufruf in `pkg/x.py:40` kann nicht so bleiben.",
    "Der Aufruf in `pkg/x.py:40` ist nicht in Ordnung.",
    "L'appel dans `pkg/x.py:40` ne peut pas rester tel quel.",
    "La llamada en `pkg/x.py:40` no es correcta.",
    "Вызов в `pkg/x.py:40` нельзя оставить как есть.",
    "`pkg/x.py:40` 的调用不可以保留。",
    "`pkg/x.py:40` の呼び出しは修正が必要です。",
    "A reference to the task in `pkg/x.py:40` should be kept until it is done.",
    "`pkg/x.py:40` should stay in sync with `pkg/y.py:9`.",
    "The developer thought that `pkg/x.py:40` was harmless.",
    "The endpoint in `pkg/x.py:40` can be left without a session.",
    "`pkg/x.py:40` (fine in tests).",
)


def _read(sentence: str) -> Report:
    text = (
        "# Review\n\n## 1. Findings\n\n### 1.1 Something is wrong\n\nRating: high\n\n"
        f"The flaw is in `pkg/a.py`, line 12. {sentence}\n"
    )
    return read_report_bytes("review.md", text.encode())


def _written(place: Location) -> str:
    lines = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in place.ranges)
    return f"{place.path}:{lines}" + "".join(f"/{name}" for name in place.symbols)


def _own_lines(report: Report) -> set[tuple[str | None, tuple[int, int]]]:
    (finding,) = report.findings
    return {(place.path, lines) for place in finding.locations for lines in place.ranges}


@pytest.mark.parametrize(("wanted", "sentence"), KEEPING, ids=[s for _, s in KEEPING])
def test_what_a_sentence_speaks_for_is_kept_and_no_place_of_the_finding(
    wanted: str, sentence: str
) -> None:
    report = _read(sentence)
    places = [place for kept in report.exclusions for place in kept.locations]
    assert " ; ".join(sorted(map(_written, places))) == wanted
    kept = {(place.path, lines) for place in places for lines in place.ranges}
    own = _own_lines(report)
    assert ("pkg/a.py", (12, 12)) in own
    assert not kept & own
    files = {place.path for place in places if not place.ranges and not place.symbols}
    assert not files & {place.path for place in report.findings[0].locations}


@pytest.mark.parametrize("sentence", LIKE_IT)
def test_what_only_looks_like_it_is_a_place_of_the_finding(sentence: str) -> None:
    report = _read(sentence)
    assert report.exclusions == ()
    assert ("pkg/x.py", (40, 40)) in _own_lines(report)


def test_a_sentence_that_speaks_for_one_of_two_places_splits() -> None:
    report = _read("`pkg/x.py:12` must go, `pkg/x.py:40` may stay.")
    assert ("pkg/x.py", (12, 12)) in _own_lines(report)
    assert [kept.text for kept in report.exclusions] == ["`pkg/x.py:40` may stay.".replace("`", "")]


def test_the_words_are_kept_whole_over_a_line_end() -> None:
    report = _read(
        "The print calls in\n`pkg/cli.py` are the answers of the commands; they\nmust not be touched."
    )
    (kept,) = report.exclusions
    assert kept.text.startswith("The print calls in pkg/cli.py are the answers")
    assert kept.text.endswith("they must not be touched.")
    assert (kept.line, kept.end_line) == (9, 11)
    assert "print calls" not in report.findings[0].problem


ITEMS = """# Review
## High
- `pkg/a.py:12` switches certificates off. `pkg/a.py:40` may stay as it is.
- `pkg/b.py:3` uses eval; the one in line 9
  is intentional and must not be touched.
- `pkg/c.py:5` is fine.
- **No timeout** in `pkg/d.py:5`; `pkg/d.py:8` is by design.
"""
PROSE = """# Review

The call in `pkg/a.py:12` has no timeout. It hangs.

The one in `pkg/b.py:5` is by design and must not be touched.

`pkg/c.py:7` logs a password. The print in `pkg/c.py`, line 9, may stay.
"""
TABLE = """# Review
| Severity | File | Issue |
|---|---|---|
| High | pkg/a.py:12 | No timeout; `pkg/a.py:30` may stay |
| Low | pkg/b.py:3 | eval |
"""
LABELS = """# Review
### 1. No timeout
- **File:** `pkg/a.py:12`, `pkg/a.py:30` (intentional)
- **Problem:** hangs for ever. The call in `fetch_all` may stay.
- **Fix:** pass a timeout. Do not touch `pkg/b.py`.
"""


@pytest.mark.parametrize(
    ("text", "places", "kept"),
    [
        (ITEMS, ["a.py:12", "b.py:3", "d.py:5"], ["a.py:40", "b.py:9", "c.py:5", "d.py:8"]),
        (PROSE, ["a.py:12", "c.py:7"], ["b.py:5", "c.py:9"]),
        (TABLE, ["a.py:12", "b.py:3"], ["a.py:30"]),
        (LABELS, ["a.py:12"], ["a.py:/fetch_all", "a.py:30", "b.py:"]),
    ],
)
def test_in_every_form_of_a_finding(text: str, places: list[str], kept: list[str]) -> None:
    report = read_report_bytes("review.md", text.encode())
    found = sorted(_written(at) for finding in report.findings for at in finding.locations)
    assert found == [f"pkg/{place}" for place in places]
    spared = sorted(_written(at) for each in report.exclusions for at in each.locations)
    assert spared == [f"pkg/{place}" for place in kept]


def test_a_full_stop_behind_a_place_ends_the_sentence_not_the_line_number() -> None:
    report = _read("Its address is logged in `pkg/logs.py:19`. It holds the password, see line 52.")
    assert ("pkg/logs.py", (19, 19)) in _own_lines(report)


def test_a_list_in_a_letter() -> None:
    text = """hey, this is what I would look at

1. delivery.py in the worker: `_post` sends documents without looking whose certificate that is
2. worker.py line 48, the heartbeat gets started and thrown away
3. same file, `batch`: a plain sleep in there? everything else stands still
4. rates.py never gives up on the server (`_fetch`), please put some limit on the wait
5. digest.py line 57 asks for all users at once, four at a time would do
"""
    report = read_report_bytes("letter.md", text.encode())
    places = {finding.id: tuple(map(_written, finding.locations)) for finding in report.findings}
    assert places == {
        "1": ("delivery.py:",),
        "2": ("worker.py:48",),
        "3": ("worker.py:",),
        "4": ("rates.py:",),
        "5": ("digest.py:57",),
    }
    assert "batch" in report.findings[2].symbols
