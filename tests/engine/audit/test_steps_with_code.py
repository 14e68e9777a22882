"""Steps of a roadmap: one that shows how in Python asks for a change of its own, others repeat or plan."""

from __future__ import annotations

from fixaudit.reports.reader import read_report_bytes

REPORT = """\
# Review

## Critical Issues

1. **Connection Pool Exhaustion** (`database.py`)
   - Risk: Requests hang

2. **Event-Driven Design** (`pipeline.py:3`)
   - Risk: The pipeline calls everybody itself

## Performance Optimization Roadmap

### Phase 1: Model Calls (1 week)

1. **Implement Concurrency Limits**
   ```python
   sem = asyncio.Semaphore(4)
   ```

2. **Add Batching**
   - One prompt for all

3. **Write Load Tests**
   ```python
   def test_load(): ...
   ```

### Phase 2: Redis Optimization (1 week)

1. **Implement Connection Pooling**
   ```python
   pool = redis.ConnectionPool.from_url(url, max_connections=50)
   ```

2. **Add Pipelining for Events**
   ```python
   pipe = self._redis.pipeline()
   ```
"""


def test_a_step_that_shows_how_is_a_finding_of_its_own() -> None:
    read = read_report_bytes("AUDIT.md", REPORT.encode())
    told = {found.title: [mention.line for mention in found.mentions] for found in read.findings}
    assert told == {
        "Connection Pool Exhaustion": [],
        "Event-Driven Design": [],
        "Implement Concurrency Limits": [],
        "Implement Connection Pooling": [],
        "Add Pipelining for Events": [],
    }
    roles = {snippet.role for found in read.findings for snippet in found.snippets}
    assert roles == {"recommended"}


def test_what_stands_behind_a_title_begins_without_its_colon() -> None:
    text = "# R\n\n## Issues\n\n1. **Index Proliferation**: events has 12 indexes in `a.py:3`\n"
    (found,) = read_report_bytes("AUDIT.md", text.encode()).findings
    assert not found.problem.startswith(":")
