"""Findings in lists and tables: with ids, below the name of a file, and what only looks like one."""

from __future__ import annotations

import pytest

from fixaudit.reports.model import ReportFinding
from fixaudit.reports.reader import read_report_bytes

VERSIONS = """\
# Bug tracker
## Fixed bugs
### ✅ v2.1 fixes
| Bug | Description | File |
|---|---|---|
| BUG-1 | Export hangs | web.py |
| BUG-2 | Log holds passwords | auth.py |
### ✅ v2.0 fixes
| Bug | Description |
|---|---|
| BUG-1 | Start opens two windows |
| BUG-2 | Log holds passwords - masked now |
"""
BELOW_FILES = """\
**Potential problems:**

**In all files:**

* **No timeouts:** the calls of `get` wait for ever.
* **Repeated constants.**

**Specific to `shop/cart.py`:**

* **Wrong `total` of an empty cart.**
* **Unused `history`.**

**Specific to `shop/web.py`:**

* **Unused `history`.**
* **Docstring is out of date.**
"""
KEY_FINDINGS = """\
# Audit of old rules
## Key findings
### P1 - running code
- **F-01 `shop/rules.py:25-31`** — The first branch still returns the old price, which nobody wants any more since the change of the tariff in spring, and no test sees it. Mend with F-02.
- **F-02 `shop/cart.py:4` + `shop/test_cart.py:9`** — pins the old price.
### P2 - documents
- **F-03 `docs/policy.md`** — still says that carts expire.
"""
FRONT_MATTER = """\
---
audit: stale-rules
mode: missing files are not reported
risk: high, see a.py:3
---
# Audit
- **F-1 `a.py:3`** — no timeout
"""


def _row(found: ReportFinding) -> tuple[str, str, str]:
    places = " ".join(
        f"{at.path}:{at.ranges[0][0]}" if at.ranges else str(at.path) for at in found.locations
    )
    return found.title, places, found.disposition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            VERSIONS,
            [
                ("Export hangs", "web.py", "fixed"),
                ("Log holds passwords", "auth.py", "fixed"),
                ("Start opens two windows", "", "fixed"),
            ],
        ),
        (
            BELOW_FILES,
            [
                ("No timeouts", "", "open"),
                ("Repeated constants", "", "open"),
                ("Wrong total of an empty cart", "shop/cart.py", "open"),
                ("Unused history", "shop/cart.py", "open"),
                ("Unused history", "shop/web.py", "open"),
                ("Docstring is out of date", "shop/web.py", "open"),
            ],
        ),
        (
            KEY_FINDINGS,
            [
                (
                    "The first branch still returns the old price, which nobody wants any more since the"
                    " change of the tariff in spring, and no test sees it",
                    "shop/rules.py:25",
                    "open",
                ),
                ("pins the old price", "shop/cart.py:4 shop/test_cart.py:9", "open"),
                ("still says that carts expire", "docs/policy.md", "open"),
            ],
        ),
        (FRONT_MATTER, [("no timeout", "a.py:3", "open")]),
    ],
    ids=["versions", "below-files", "key-findings", "front-matter"],
)
def test_lists_of_findings(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = read_report_bytes("x.md", text.encode()).findings
    assert [(title.rstrip("."), *rest) for title, *rest in map(_row, found)] == expected


def test_what_is_asked_for_anew_is_no_finding() -> None:
    text = (
        "# Known bugs\n### FEATURE-1: Export\nFor `a.py`.\n### BUG-1: Crash\n**File**: `b.py:3`\n"
    )
    assert [found.id for found in read_report_bytes("x.md", text.encode()).findings] == ["BUG-1"]
