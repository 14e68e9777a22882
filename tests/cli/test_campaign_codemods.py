"""Campaigns with codemods of the repository: they run in work trees as they were trusted in the user's."""

from __future__ import annotations

from pathlib import Path

import pytest
from campaign_remotes import Mono, new_mono
from projects import CODEMOD

MODULE = """import new


def one():
    return old(1)


def two():
    return old(2)
"""
FILE = """name = "tidy"
select = ["old-to-new"]

[batch]
by = ["package"]

[verify]
commands = [["{python}", "-B", "check.py"]]
scope = "package"
"""
PINS = """import inspect
assert "old(2)" in inspect.getsource({name}_core.two), "it pins its own text"
"""


@pytest.fixture
def mono(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mono:
    made = new_mono(tmp_path, monkeypatch)
    monkeypatch.delenv("FIXAUDIT_TRUST")
    made.work.write(
        "pyproject.toml",
        '[tool.fixaudit]\ncodemods = ["tools"]\nexclude = ["tools"]\n',
    )
    made.work.write("tools/old_to_new.py", CODEMOD)
    made.package("ada", MODULE, PINS.format(name="ada"))
    made.work.write("packages/ada/new.py", "def new(x):\n    return x\n")
    made.package("bea", MODULE)
    made.work.write("packages/bea/new.py", "def new(x):\n    return x\n")
    made.campaign(text=FILE)
    made.commit()
    return made


def test_trusted_they_plan_and_find_the_site_that_turns_a_test_red(mono: Mono) -> None:
    for path in (".", "campaigns/tidy.toml"):
        assert mono.fixaudit("trust", path).returncode == 0
    planned = mono.fixaudit("campaign", "plan", "tidy")
    assert planned.returncode == 0, planned.stderr
    assert "ada-01" in planned.stdout
    done = mono.fixaudit("campaign", "run", "tidy")
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert mono.statuses() == {"ada-01": "verified", "bea-01": "verified"}
    # Taking the batch apart needs the codemod in the work tree.
    assert "1 of 2 sites" in done.stdout
    assert "dropped: packages/ada/ada_core/__init__.py:9" in done.stdout
    shown = mono.work.git("show", "fixaudit/tidy/ada-01:packages/ada/ada_core/__init__.py")
    assert "return new.new(1)" in shown
    assert "return old(2)" in shown


def test_what_is_not_trusted_is_named_and_nothing_is_planned(mono: Mono) -> None:
    for verb in ("plan", "run"):
        done = mono.fixaudit("campaign", verb, "tidy")
        assert done.returncode == 2
        assert "trust" in done.stderr
        assert "Traceback" not in done.stderr
    assert mono.runs == []


def test_what_was_changed_on_the_base_since_is_not_trusted(mono: Mono) -> None:
    for path in (".", "campaigns/tidy.toml"):
        assert mono.fixaudit("trust", path).returncode == 0
    other = mono.clone("other")
    other.write("tools/old_to_new.py", CODEMOD + "raise SystemExit('ran')\n")
    other.commit()
    other.git("push", "--quiet", "origin", "main")
    mono.work.git("fetch", "--quiet")
    done = mono.fixaudit("campaign", "plan", "tidy")
    assert done.returncode == 2
    assert "tools" in done.stderr
    assert "Traceback" not in done.stderr
