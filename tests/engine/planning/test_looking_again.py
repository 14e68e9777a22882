"""After an apply: which sites of an earlier plan are gone, and what a report asked to keep."""

from __future__ import annotations

import json
from pathlib import Path

from trees import KEYS, finding, only, planned, write

from fixaudit.pipeline.runner import Request
from fixaudit.plan.codebase import Tree
from fixaudit.plan.model import AuditPlan
from fixaudit.plan.plan import make_plan
from fixaudit.plan.plan_file import document
from fixaudit.plan.recheck import reexamine
from fixaudit.plan.selection import edits
from fixaudit.plan.stored import PlanFile, load
from fixaudit.plan.tree_findings import survey
from fixaudit.reports.reader import read_report_bytes

TWINS = '''\
"""Two lines that look the same."""


def step(count: int) -> int:
    if count == 0:
        print("no items left, giving up")
        return 0
    print("no items left, giving up")
    return count
'''
PRINTS = finding("app/steps.py:6,8", title="Print statements in the library")


def tree_of(root: Path) -> Tree:
    return survey(Request(paths=(root,), root=root, isolated=True)).tree


def stored(root: Path, plan: AuditPlan) -> PlanFile:
    target = root / "plan.json"
    target.write_text(json.dumps(document(plan, tree_of(root), ".", "0")))
    return load(target)


def compared(root: Path, before: PlanFile, report: str) -> AuditPlan:
    found = survey(Request(paths=(root,), root=root, isolated=True))
    now = make_plan([read_report_bytes("AUDIT.md", report.encode())], found.tree, found.codemods)
    return reexamine(now, before, found.tree)


def test_of_two_sites_that_look_the_same_one_is_still_there(tmp_path: Path) -> None:
    root = write(tmp_path, {"app/steps.py": TWINS})
    plan = planned(root, PRINTS)
    assert [site.line for site in only(plan).here] == [6, 8]
    before = stored(root, plan)
    (root / "app/steps.py").write_text(TWINS.replace("        print(", "        log("))
    after = only(compared(root, before, PRINTS))
    assert after.verdict == "partly fixed"
    assert after.says.startswith("verified gone: `print-to-logger` finds nothing any more")
    assert "still present once" in after.says
    assert [site.line for site in after.here] == [8]


def test_a_site_that_moved_is_still_present(tmp_path: Path) -> None:
    report = finding("app/keys.py:7")
    root = write(tmp_path, {"app/keys.py": KEYS})
    before = stored(root, planned(root, report))
    (root / "app/keys.py").write_text(KEYS.replace("import hashlib", "import hashlib\n\nX = 1"))
    after = only(compared(root, before, report))
    assert after.says.startswith("still present once: ")
    assert [site.line for site in after.here] == [9]


def test_a_file_that_no_longer_parses_is_not_called_fixed(tmp_path: Path) -> None:
    report = finding("app/keys.py:7")
    root = write(tmp_path, {"app/keys.py": KEYS})
    before = stored(root, planned(root, report))
    (root / "app/keys.py").write_text(KEYS + "def (:\n")
    after = only(compared(root, before, report))
    assert "verified gone" not in after.says
    assert "cannot be re-examined" in after.says
    assert after.verdict == "not-found"


def test_a_site_where_the_report_asks_to_keep_something_is_not_edited(tmp_path: Path) -> None:
    keep = "\n## What to keep\n\n- `user_key` in `app/keys.py` must stay as it is\n"
    plan = planned(write(tmp_path, {"app/keys.py": KEYS}), finding("app/keys.py:7") + keep)
    assert [entry.site.line for entry in plan.kept] == [11]
    assert [row.site.line for row in edits(plan)] == [7]
    assert "asks to keep this" in plan.kept[0].warning


def test_a_finding_with_a_decision_against_it_is_not_edited(tmp_path: Path) -> None:
    decided = finding("app/keys.py:7") + "**Decision:** DO NOT TOUCH\n"
    plan = planned(write(tmp_path, {"app/keys.py": KEYS}), decided)
    assert 7 not in [row.site.line for row in edits(plan)]
    assert [entry.warning.partition(":")[2].partition(" ")[2][:18] for entry in plan.kept] == [
        "asks to keep this:"
    ]


def test_an_edit_counts_while_one_of_its_findings_is_listed(tmp_path: Path) -> None:
    report = (
        finding("app/keys.py:7") + "\n### 1.2 MD5 again, for users\n\n**File:** `app/keys.py:11`\n"
    )
    root = write(tmp_path, {"app/keys.py": KEYS})
    content = document(planned(root, report), tree_of(root), ".", "0")
    assert len(content["edits"]) == 2
    content["findings"] = [entry for entry in content["findings"] if entry["id"] != "1.1"]
    (root / "plan.json").write_text(json.dumps(content))
    assert [entry.line for entry in load(root / "plan.json").entries] == [11]


def test_what_a_finding_says_of_a_file_keeps_no_line_that_another_finding_cites(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"app/keys.py": KEYS})
    text = (
        "# Audit\n\n## 1. Findings\n\n### 1.1 MD5 used for keys\n\nSeverity: high\n\n"
        "MD5 in `app/keys.py`, line 7. The digest in `user_key` (line 11) is another matter, leave it alone.\n\n"
        "### 1.2 Prints\n\nSeverity: low\n\nIt prints in `app/other.py:3`. {}\n"
    )
    kept = planned(tmp_path, text.format(""))
    assert [entry.site.line for entry in kept.kept] == [11]
    assert [site.line for site in kept.findings[0].here if not site.suppressed] == [7]
    whole = planned(tmp_path, text.format("The calls in `app/keys.py` must not be touched."))
    assert [entry.site.line for entry in whole.kept] == [11]
    named = planned(
        tmp_path, text.format("The call in `page_key` of `app/keys.py:7` is by design.")
    )
    assert sorted(entry.site.line for entry in named.kept) == [7, 11]


def test_a_function_that_the_words_of_a_finding_keep_is_found_over_the_tree(tmp_path: Path) -> None:
    write(tmp_path, {"app/keys.py": KEYS, "app/other.py": "x = 1\n"})
    text = (
        "# Audit\n\n## 1. Findings\n\n### 1.1 MD5 used for keys\n\nSeverity: high\n\n"
        "MD5 in `app/keys.py`, line 7; `app/other.py` holds a copy. The digest of `user_key` may stay as it is.\n"
    )
    assert [entry.site.line for entry in planned(tmp_path, text).kept] == [11]
