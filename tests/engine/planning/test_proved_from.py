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
