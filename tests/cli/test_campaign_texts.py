"""What the verbs of a campaign say where something went wrong, or where there is nothing to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from campaign_remotes import FILE, Mono, new_mono

RED = "print('no database here')\nraise SystemExit(1)\n"
BREAKS = """import inspect
assert "raise error" in inspect.getsource({name}_core), "it pins its own text"
"""


@pytest.fixture
def mono(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mono:
    made = new_mono(tmp_path, monkeypatch)
    for name in ("ada", "bea", "cleo"):
        made.package(name)
    made.package("bea", check=BREAKS.format(name="bea"))
    made.package("cleo", check=RED)
    made.campaign()
    made.commit()
    return made


def test_the_log_of_a_red_command_is_shown_and_its_sites_count(mono: Mono) -> None:
    early = mono.fixaudit("campaign", "publish", "tidy")
    assert early.returncode == 2
    assert "`fixaudit campaign run tidy`" in early.stderr
    done = mono.fixaudit("campaign", "run", "tidy")
    assert done.returncode == 1, done.stderr
    assert "      | no database here\n" in done.stdout
    assert "      | AssertionError: it pins its own text\n" in done.stdout
    status = mono.fixaudit("campaign", "status", "tidy").stdout
    assert "cleo-01  red-before    1 site" in status
    assert status.endswith("2 sites, 0 merged, 1 dropped by tests\n")
    text = mono.fixaudit("campaign", "report", "tidy").stdout
    assert "check.py` in packages/cleo:\n      | no database here\n" in text
    assert text.count("it pins its own text\n") == 1
    markdown = mono.fixaudit("campaign", "report", "tidy", "--output-format", "markdown").stdout
    assert "\n    no database here\n" in markdown
    page = mono.fixaudit("campaign", "report", "tidy", "--output-format", "html").stdout
    assert "<pre>no database here</pre>" in page
    assert page.count("it pins its own text</pre>") == 1
    found = json.loads(
        mono.fixaudit("campaign", "report", "tidy", "--output-format", "json").stdout
    )
    logs = [check["log"] for batch in found["repositories"][0]["batches"] for check in batch["checks"]]  # fmt: skip
    assert "no database here" in logs


def test_nothing_to_publish_is_said_and_look_computes_nothing(mono: Mono) -> None:
    assert mono.fixaudit("campaign", "run", "tidy").returncode == 1
    assert "1 branch pushed to origin" in mono.fixaudit("campaign", "publish", "tidy").stdout
    again = mono.fixaudit("campaign", "publish", "tidy")
    assert again.returncode == 0
    assert again.stderr == "tidy: no batch is to be published; `fixaudit campaign status tidy`\n"
    module = mono.top / "packages/ada/ada_core/__init__.py"
    mono.work.write(
        "packages/ada/ada_core/__init__.py", module.read_text().replace('"no"', '"none"')
    )
    mono.commit()
    runs = len(mono.runs)
    look = mono.fixaudit("campaign", "sync", "tidy", "--look")
    assert "1 stale, to be computed anew by a `sync` without --look" in look.stdout
    assert len(mono.runs) == runs


def test_shards_are_of_one_repository(mono: Mono) -> None:
    mono.campaign(text=FILE + '\n[repos]\nlist = "repos.txt"\n')
    for arguments in (("run", "tidy", "--shard", "1/2"), ("merge", "tidy", "shards")):
        done = mono.fixaudit("campaign", *arguments)
        assert done.returncode == 2
        assert "shards are of one repository" in done.stderr
        assert done.stderr.count("\n") == 1
