"""The oracle holds sites of its trees, within its limits, each with a verdict and its reason."""

from __future__ import annotations

import json
from collections import Counter

from oracle_draw import MOST_A_CODEMOD, MOST_A_TREE
from oracle_score import PRINTS, SITES, judged_sites
from oracle_searches import SEARCHES
from oracle_trees import trees

from fixaudit import Verdict

ROWS = [json.loads(line) for line in SITES.read_text(encoding="utf-8").splitlines()]
PRINT_ROWS = [json.loads(line) for line in PRINTS.read_text(encoding="utf-8").splitlines()]


def test_each_site_is_judged_and_none_twice() -> None:
    verdicts, names = {entry.value for entry in Verdict}, {tree.name for tree in trees()}
    for row in (*ROWS, *PRINT_ROWS):
        assert row["verdict"] in verdicts, row
        assert set(row["accept"]) <= verdicts - {row["verdict"]}, row
        assert row["tree"] in names, row
        assert row["codemod"] in SEARCHES, row
        assert row["why"], row
    places = Counter(
        (row["tree"], row["path"], row["line"], row["codemod"], row["tokens"]) for row in ROWS
    )
    assert len(ROWS) > 400
    assert max(places.values()) == 1


def test_no_codemod_and_no_tree_outweighs_the_others() -> None:
    assert max(Counter(row["codemod"] for row in ROWS).values()) <= MOST_A_CODEMOD
    assert max(Counter(row["tree"] for row in ROWS).values()) <= MOST_A_TREE


def test_the_second_draw_holds_prints_of_what_is_no_script_by_its_path() -> None:
    assert {row["codemod"] for row in PRINT_ROWS} == {"print-to-logger"}
    assert len(PRINT_ROWS) == 60
    assert max(Counter(row["tree"] for row in PRINT_ROWS).values()) <= 15
    assert len(ROWS) < len(judged_sites()) <= len(ROWS) + len(PRINT_ROWS)
