"""A place that proves a finding of another line is answered by that finding."""

from __future__ import annotations

from pathlib import Path

from trees import only, planned, write

from fixaudit.plan.model import Flaw

BRIDGE = """\
import asyncio
import threading


def run_sync(coro):
    thread = threading.Thread(target=asyncio.run, args=(coro,))
    thread.start()
    thread.join()
"""
PRICES = """\
from app.bridge import run_sync


class Prices:
    async def _load(self):
        return []

    def load(self):
        return run_sync(self._load())
"""
ROUTE = """\
from app.prices import Prices


async def show(prices: Prices):
    return prices.load()
"""
FILES = {"app/bridge.py": BRIDGE, "app/prices.py": PRICES, "app/route.py": ROUTE}
REPORT = """\
# Audit

### 1. `run_sync` blocks the event loop
**Severity:** High
**Files:**
- `app/bridge.py:5-8`
- `app/prices.py:9`
- `app/route.py`
- `app/prices.py:6`

**Problem:** the coroutine that calls it waits in `thread.join()`, and the event loop with it.
"""


def test_each_call_on_the_way_is_answered_by_the_bridge(tmp_path: Path) -> None:
    """A line that is on no way to it is not."""
    found = only(planned(write(tmp_path, FILES), REPORT))
    told = {
        f"{each.path}:{each.cited}": [f"{site.path}:{site.line}" for site in each.sites]
        for each in found.anchors
    }
    bridge = ["app/bridge.py:6"]
    assert told == {
        "app/bridge.py:(5, 8)": bridge,
        "app/prices.py:(9, 9)": bridge,
        "app/route.py:None": bridge,
        "app/prices.py:(6, 6)": [],
    }
    here = [each.path for each in found.anchors if each.flaw is Flaw.HERE]
    assert here == ["app/bridge.py", "app/prices.py", "app/route.py"]
    assert found.verdict == "review"


SETTINGS = """\
from pydantic import BaseModel, Field


class Settings(BaseModel):
    pool_size: int = Field(default=5)
    max_overflow: int = Field(default=10)
    page_size: int = 20
"""
POOL = """\
# Audit

### 1. The connection pool is too small
**Severity:** High
**File:** `app/config.py:5-6`

**Fix:**
```python
pool_size: int = 10
max_overflow: int = 20
```
"""


def test_settings_of_which_the_report_says_nothing_are_not_told(tmp_path: Path) -> None:
    found = only(planned(write(tmp_path, {"app/config.py": SETTINGS}), POOL))
    assert [site.line for site in found.here] == [5, 6]
    assert found.elsewhere == ()
    assert 'fields = ["pool_size: int = 10", "max_overflow: int = 20"]' in found.settings


MAIN = """\
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://a.example"],
    allow_headers=["*"],
)
"""
HEADERS = """\
# Audit

### 1. No security headers
**Severity:** High
**File:** `app/main.py:4-9`

**CORS as it is:**
```python
# main.py:5-9
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://a.example"],
    allow_headers=["*"],  # every header
)
```

**Fix:**
```python
response.headers["X-Frame-Options"] = "DENY"
response.headers["Referrer-Policy"] = "same-origin"
allow_headers=["authorization", "content-type"]
```
"""


def test_a_second_flaw_in_the_quoted_code_is_answered_and_options_come_out_of_the_advice(
    tmp_path: Path,
) -> None:
    found = only(planned(write(tmp_path, {"app/main.py": MAIN}), HEADERS))
    acting = {(site.finding.codemod, site.line, site.finding.verdict.value) for site in found.here}
    assert ("security-headers", 4, "review") in acting
    assert ("cors-wildcard", 8, "unsafe") in acting
    assert 'headers = ["X-Frame-Options: DENY", "Referrer-Policy: same-origin"]' in found.settings
    assert 'headers = ["authorization", "content-type"]' in found.settings
