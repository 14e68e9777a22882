"""Files that a report cites, that are there, and that a plan does not look into: said as that."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from fixaudit_cli.app import run

REPORT = """\
# Audit

### 1.1 MD5 used for item ids

**Severity:** Medium
**File:** `{path}:5`

```python
    return hashlib.md5(text.encode()).hexdigest()
```
"""
KEYS = """\
import hashlib


def key(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.fixaudit]\nexclude = ['old', 'samples']\n")
    for path in ("samples/shop/keys.py", "pkg/other.py"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(KEYS)
    (tmp_path / "AUDIT.md").write_text(REPORT.format(path="shop/keys.py"))
    return tmp_path


def planned(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["plan", "AUDIT.md", *arguments]) == 0
    return " ".join(capfd.readouterr().out.split())


def test_an_excluded_file_is_told_with_its_pattern_and_found_nowhere_else(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = planned(capfd)
    assert "not looked into: excluded by pyproject.toml (`exclude` names `samples`)" in out
    assert "its code" not in out
    assert "not found" not in out
    assert "pkg/other.py:5: found" not in out
    command = out.partition("; `")[2].partition("`")[0]
    assert command == "fixaudit plan AUDIT.md samples/shop"
    again = planned(capfd, *shlex.split(command)[3:])
    assert "fix with --unsafe" in again
    assert "not looked into" not in again


def test_a_file_outside_of_the_given_paths_is_told(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "AUDIT.md").write_text(REPORT.format(path="app/keys.py"))
    (project / "app").mkdir()
    (project / "app/keys.py").write_text(KEYS)
    out = planned(capfd, "pkg")
    assert "not looked into: outside of the paths that were given" in out
    assert "`fixaudit plan AUDIT.md pkg app` looks into them" in out


def test_an_ignored_file_is_told(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "AUDIT.md").write_text(REPORT.format(path="app/keys.py"))
    (project / "app").mkdir()
    (project / "app/keys.py").write_text(KEYS)
    (project / ".gitignore").write_text("app/\n")
    assert "not looked into: ignored by git" in planned(capfd)


def test_a_file_that_is_not_there_is_not_found(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "AUDIT.md").write_text(REPORT.format(path="shop/gone.py").split("```")[0])
    out = planned(capfd)
    assert "not found" in out
    assert "not looked into" not in out
    assert "its code is not in the file" not in out


def test_what_a_report_keeps_in_an_entry_of_its_own_is_told(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    accepted = "## Accepted risks\n\n- AR-1 MD5 in names (`pkg/other.py:1`): nobody attacks them.\n"
    with Path("AUDIT.md").open("a") as report:
        report.write(f"\n{accepted}")
    out = planned(capfd)
    assert "AR-1 MD5 in names (pkg/other.py:1): nobody attacks them" in out
    assert "nothing is edited there" in out


GATHER = """\
import asyncio


async def fetch(item: str) -> str:
    await asyncio.sleep(1)
    return item


async def all_of(items: list[str]) -> list[str]:
    return await asyncio.gather(*(fetch(item) for item in items))
"""
UNBOUNDED = """\
# Audit

### 1.1 Unbounded asyncio.gather

**Severity:** High
**File:** `pkg/many.py:10`

One request starts all calls at once. A maximum of 4 concurrent calls is enough.
"""


def test_an_option_that_the_report_asks_for_is_told_until_nothing_uses_it(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "AUDIT.md").write_text(UNBOUNDED)
    (project / "pkg/many.py").write_text(GATHER)
    assert "limit = 4" in planned(capfd)
    apply = ["apply", "--report", "AUDIT.md", "--unsafe"]
    assert run([*apply, "--dry-run"]) in (0, 1)
    err = capfd.readouterr().err
    assert "finding 1.1 asks for limit = 4: `--config 'codemods.bounded-gather.limit=4'`" in err
    assert run([*apply, "--config", "codemods.bounded-gather.limit=4"]) in (0, 1)
    captured = capfd.readouterr()
    assert "asks for limit" not in captured.err
    assert "4" in (project / "pkg/many.py").read_text()
    assert "limit = 4" not in planned(capfd)
