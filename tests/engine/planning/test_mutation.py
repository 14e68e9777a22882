"""Findings made from real sites are found again after the tree has moved under them.

Six of ten quote code, three name the function, one has nothing but its line: then a renamed file, or
several like places in one that moved, can only be said to be open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from mutants import Mutant, Owner, inserted, owners, renamed, reordered, unmoved, write_tree

from fixaudit.model.finding import Verdict
from fixaudit.pipeline.runner import Request
from fixaudit.plan.model import Flaw, Planned
from fixaudit.plan.plan import make_plan
from fixaudit.plan.tree_findings import Survey, survey
from fixaudit.reports.reader import read_report_bytes

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "fixtures" / "before"
CORE = (
    "md5-to-sha256",
    "print-to-logger",
    "logger-exception-cleanup",
    "getattr-default-removal",
    "bounded-gather",
    "runtimeerror-to-assertion",
)
WANTED = 200
MUTATIONS: tuple[Callable[[str, list[str]], Mutant], ...] = (inserted, reordered, renamed, unmoved)


def looked_at(root: Path) -> Survey:
    (root / "pyproject.toml").write_text("[project]\nname = 'moved'\n")
    return survey(Request(paths=(root,), root=root, select=CORE, isolated=True))


def sources() -> dict[str, list[str]]:
    """Files of the example and of the fixtures, each under a path of several parts."""
    found = {}
    for path in sorted((ROOT / "examples" / "catalog_service" / "catalog").rglob("*.py")):
        found[f"service/{path.relative_to(ROOT / 'examples/catalog_service').as_posix()}"] = path
    for name in CORE:
        for kind in ("fix", "unsafe", "review"):
            for path in sorted((FIXTURES / name).glob(f"{kind}_*.py"))[:9]:
                found[f"service/{name.replace('-', '_')}/{path.name}"] = path
    lines = {}
    for name, path in found.items():
        data = path.read_bytes()
        if b"\r" in data or b"\f" in data or not data.isascii():
            continue
        lines[name] = data.decode("ascii").split("\n")
    return lines


def result(claim: Owner, planned: Planned, mutant: Mutant, now: Survey) -> str:
    """`right`, `open` (nothing claimed), `wrong`, `elsewhere`, or `undetected` where the site itself is no more.

    What the report quotes is cited as much as the line: its other sites may come along. Nor can it be
    detected that a bare line is meant for another one where the same kind of site now stands on it.
    """
    sites = [
        site
        for site in now.tree.sites.get(mutant.path, ())
        if site.finding.codemod == claim.site.finding.codemod
    ]
    true = {s.fingerprint for s in sites if s.line == mutant.moved[claim.site.line]}
    shown = {mutant.moved[line] for line in claim.shown}
    allowed = true | {s.fingerprint for s in sites if s.line in shown}
    here = {site.fingerprint for site in planned.here}
    if claim.form == "line" and {s.line for s in sites if s.fingerprint not in true} & {
        claim.site.line
    }:
        return "undetected"
    if not true:
        return _misplaced(planned) if here else "undetected"
    if not here:
        return "open"
    return "right" if here & true and here <= allowed else _misplaced(planned)


def _misplaced(planned: Planned) -> str:
    """`wrong` where an edit would be made at another place, `elsewhere` where one is only looked at."""
    verdicts = {site.finding.verdict for site in planned.here}
    return "wrong" if verdicts & {Verdict.FIX, Verdict.UNSAFE} else "elsewhere"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    before, after = tmp_path_factory.mktemp("before"), tmp_path_factory.mktemp("after")
    lines = sources()
    write_tree(before, [unmoved(path, text) for path, text in lines.items()])
    made = list(owners(looked_at(before), lines, WANTED + 40))
    mutants = {
        path: MUTATIONS[number % len(MUTATIONS)](path, text)
        for number, (path, text) in enumerate(sorted(lines.items()))
    }
    write_tree(after, list(mutants.values()))
    now = looked_at(after)
    report = read_report_bytes(
        "AUDIT.md", "\n".join(["# Audit\n", *(c.text for c in made)]).encode()
    )
    plan = make_plan([report], now.tree, now.codemods)
    by_id = {entry.finding.id: entry for entry in plan.findings}
    return [
        (result(claim, by_id[claim.id], mutants[claim.site.path], now), claim.form, claim.id)
        for claim in made
    ]


def test_what_is_not_found_without_a_history_is_not_checked_and_never_gone(
    tmp_path: Path,
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    lines = dict(list(sources().items())[:12])
    for folder in (before, after):
        folder.mkdir()
    write_tree(before, [unmoved(path, text) for path, text in lines.items()])
    made = list(owners(looked_at(before), lines, WANTED))
    emptied = {path: ['"""Nothing is left."""', ""] for path in lines}
    write_tree(after, [unmoved(path, text) for path, text in emptied.items()])
    now = looked_at(after)
    text = "\n".join(["# Audit\n", *(claim.text for claim in made)])
    plan = make_plan([read_report_bytes("AUDIT.md", text.encode())], now.tree, now.codemods)
    assert len(plan.findings) >= 3
    assert {entry.flaw for entry in plan.findings} == {Flaw.NOT_CHECKED}


def test_at_least_97_percent_of_moved_findings_are_anchored_right(
    results: list[tuple[str, str, str]],
) -> None:
    counts = Counter(outcome for outcome, _, _ in results)
    seen = len(results) - counts["undetected"]
    print(f"\n{seen} moved findings: {dict(counts)}")
    assert seen >= WANTED
    assert counts["right"] / seen >= 0.97, [entry for entry in results if entry[0] == "open"]


def test_no_moved_finding_leads_to_a_wrong_edit(results: list[tuple[str, str, str]]) -> None:
    assert [entry for entry in results if entry[0] == "wrong"] == []
    # Of functions that changed places a bare line may name the wrong one, where nothing is edited.
    assert sum(outcome == "elsewhere" for outcome, _, _ in results) * 100 <= len(results)
