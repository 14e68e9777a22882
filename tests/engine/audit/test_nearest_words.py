"""What stands nearest to an entry says most of it: its own box, lines, number and words."""

from __future__ import annotations

import pytest

from fixaudit.reports.model import ReportFinding
from fixaudit.reports.reader import read_report_bytes

LINES_IN_FRONT = """\
# Review
## File: `shop/cart.py`
### ❌ **Line 12-18: CRITICAL - Total is never rounded**
**Issue:** cents are lost.
**Fix:** see `shop/money.py`.
### ⚠️ **Line 40: Good names all through**
**Comment:** Excellent.
### ⚠️ **Lines 51-60: Loop over the whole basket**
**Issue:** slow, as in `shop/tax.py`.
"""
BOXES_BELOW_STATES = """\
# Registry
## ✅ Fixed — High (1) — commit `ab12cd3`
- [x] **#1 crash — an empty basket ends the process.**
  `shop/cart.py:9`. *Fix:* a guard was added.
## ⬜ Open — Medium (2)
- [x] **#2 loss — the last row is never written.**
  `shop/rows.py:30`. *Fix:* flush.
- [ ] **#3 loss — a second writer wins.**
  `shop/rows.py:44`. *Fix:* lock.
## LOW / tidy-up
- [ ] **#4 names — two names for one thing.**
  `shop/names.py:2`.
"""
STEPS_DONE = """\
# Prüfung
## ⚠️ Warnungen (Stil)
### 1. Stern-Import in laden/rechte.py
**Problem:** alle Namen kommen mit.
### 2. laden/felder.py - Gemischte Werte
**Problem:** Länder und Größen stehen in einer Liste.
## Empfohlene Schritte
1. ✅ Stern-Import in laden/rechte.py durch Namen ersetzt (BEHOBEN)
2. Werte in laden/felder.py trennen
"""
BESIDE_A_CHECKLIST = """\
# Audit
## HIGH
### H1 — No timeout
`net/api.py:4` waits for ever.
### H2 — Token in the log
`net/log.py:7` writes it.
### H3 — Error swallowed
`net/log.py:20` passes.
### H4 — Two clocks
`net/time.py:11` and the caller disagree.
## Other issues beyond the checklist
### O1 — The clock of the host is trusted (LOW)
Any host may be wrong by an hour.
"""
FILES_WITHOUT_LINES = """\
# Review
## Critical missing parts
### ❌ **`app/__init__.py`** - Needs updates
**Required additions:**
```python
from app import web
```
## Coverage Issues
1. **views.py**: 33% → needs 80%
2. **models.py**: 9% → needs 80%
"""
QUOTED_LINES = """\
# Dead code
## Confirmed (Action Required)
### 1. Unused import: `heapq` in queue.py
```python
# Line 10: shop/queue.py
import heapq
```
**Action:** Remove it.
### 2. Unused method: `older()` in queue.py
```python
# Lines 41-47: shop/queue.py
def older(self): ...
```
**Action:** Remove it.
## False positives (keep as is)
### 1. Fields of records
All fields of `shop/records.py` are used:
- **by the writer**
- **by the reader**
```python
# Lines 3 & 9: shop/records.py
```
**Verdict:** FALSE POSITIVE
"""
FURTHER_LINES = """\
# Audit
## HIGH
### H1 — Times without a zone
`net/feed.py:99-101` (parse), 216-234 (`avoid`), callers 301 (`ask`); writes `data/feed.json`.
### H2 — Written twice
`net/log.py:16` and 52 keep 30 days of `a/b*100`.
"""
RECORDS_OF_PARTS = """\
# 所見
## 1. 設定が読まれない
- `load` は空の値を返す。【F:app/conf.py†L3-L9】
- 呼び出し側は気付かない。【F:app/main.py†L20-L22】
### 推奨対策（疎結合）
- `tests/test_conf.py` を追加する。
## 2. 待ち時間が長い
- `wait` は同期のまま。【F:app/wait.py†L40-L47】
- `output/` が大きくなる。
### 推奨対策（疎結合）
- 非同期にする。
## 3. 失敗が残らない
- 記録がない。【F:app/log.py†L5-L8】
### 推奨対策（疎結合）
- `tests/test_log.py` を追加する。
"""
KIND_AND_LEVEL = """\
# Review comments
### Issue 1: Lock held too long
**File**: `app/run.py` (lines 17-29)
- **Severity**: 🧹 Nitpick | 🟠 Major
- **Problem**: the callback runs under the lock.
"""
BOLD_LEADS = """\
# Review of the viewer
## 1. Events
### ⚠️ Issues found:
**Callbacks in loops** (view.py:60-66):
- **Issue**: every button does the last thing

**Handlers never taken off** (in many places):
- Nothing is disconnected when a window closes
## 2. Memory
### ✅ Good practices:
**Buffers:**
- Freed in time
### ⚠️ Critical issues:
**Parents by hand**:
```python
self.owner = None
```
- **Issue**: the tree of parents is not used

**Images kept** (store.py:12):
- Never let go

**Work on the main thread** (load.py:90-99):
- Freezes
"""


def _row(found: ReportFinding) -> tuple[str, str, str | None, str]:
    places = " ".join(
        f"{at.path}:{','.join(f'{a}-{b}' if a != b else str(a) for a, b in at.ranges)}".rstrip(":")
        for at in found.locations
    )
    return found.title.rstrip("."), places, found.severity, found.disposition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            LINES_IN_FRONT,
            [
                ("Total is never rounded", "shop/cart.py:12-18", "critical", "open"),
                ("Loop over the whole basket", "shop/cart.py:51-60", None, "open"),
            ],
        ),
        (
            BOXES_BELOW_STATES,
            [
                ("crash — an empty basket ends the process", "shop/cart.py:9", "high", "fixed"),
                ("loss — the last row is never written", "shop/rows.py:30", "medium", "fixed"),
                ("loss — a second writer wins", "shop/rows.py:44", "medium", "open"),
                ("names — two names for one thing", "shop/names.py:2", "low", "open"),
            ],
        ),
        (
            STEPS_DONE,
            [
                ("Stern-Import in laden/rechte.py", "laden/rechte.py", "medium", "fixed"),
                ("laden/felder.py - Gemischte Werte", "laden/felder.py", "medium", "open"),
            ],
        ),
        (
            BESIDE_A_CHECKLIST,
            [
                ("No timeout", "net/api.py:4", "high", "open"),
                ("Token in the log", "net/log.py:7", "high", "open"),
                ("Error swallowed", "net/log.py:20", "high", "open"),
                ("Two clocks", "net/time.py:11", "high", "open"),
                ("The clock of the host is trusted", "", "low", "open"),
            ],
        ),
        (
            FILES_WITHOUT_LINES,
            [
                ("app/__init__.py - Needs updates", "app/__init__.py", "critical", "open"),
                ("33% → needs 80%", "views.py", None, "open"),
                ("9% → needs 80%", "models.py", None, "open"),
            ],
        ),
        (
            QUOTED_LINES,
            [
                ("Unused import: heapq in queue.py", "shop/queue.py:10", None, "open"),
                ("Unused method: older() in queue.py", "shop/queue.py:41-47", None, "open"),
            ],
        ),
        (
            FURTHER_LINES,
            [
                ("Times without a zone", "net/feed.py:99-101,216-234,301", "high", "open"),
                ("Written twice", "net/log.py:16,52", "high", "open"),
            ],
        ),
        (
            RECORDS_OF_PARTS,
            [
                ("設定が読まれない", "app/conf.py:3-9 app/main.py:20-22", None, "open"),
                ("待ち時間が長い", "app/wait.py:40-47", None, "open"),
                ("失敗が残らない", "app/log.py:5-8", None, "open"),
            ],
        ),
        (
            BOLD_LEADS,
            [
                ("Callbacks in loops", "view.py:60-66", None, "open"),
                ("Handlers never taken off (in many places)", "", None, "open"),
                ("Parents by hand", "", "critical", "open"),
                ("Images kept", "store.py:12", "critical", "open"),
                ("Work on the main thread", "load.py:90-99", "critical", "open"),
            ],
        ),
        (KIND_AND_LEVEL, [("Lock held too long", "app/run.py:17-29", "high", "open")]),
    ],
    ids=[
        "lines",
        "boxes",
        "steps",
        "checklist",
        "files",
        "quoted",
        "further",
        "parts",
        "leads",
        "level",
    ],
)
def test_the_nearest_words_count(
    text: str, expected: list[tuple[str, str, str | None, str]]
) -> None:
    found = read_report_bytes("x.md", text.encode()).findings
    assert list(map(_row, found)) == expected


def test_a_numbered_section_to_be_kept_is_one_exclusion() -> None:
    (kept,) = read_report_bytes("x.md", QUOTED_LINES.encode()).exclusions
    assert (kept.text, kept.disposition) == ("1. Fields of records", "false-positive")
    assert [at.ranges for at in kept.locations] == [((3, 3), (9, 9))]
