"""`fixaudit campaign publish` and `sync`: branches at a remote, and what people do with them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from campaign_remotes import FILE, RERAISE, Mono, new_mono
from repositories import Work

NAMES = ("ada", "bea", "cleo")
HOST = """import json, sys
from pathlib import Path
log = Path({log!r})
rows = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
branch = next(a.partition("=")[2] for a in sys.argv if a.startswith("--head="))
if sys.argv[1] == "status":
    known = [row for row in rows if row["branch"] == branch]
    print(json.dumps({{"state": "open" if known else "none", "checks": "green"}}))
else:
    body = next(a.partition("=")[2] for a in sys.argv if a.startswith("--body-file="))
    row = {{"branch": branch, "argv": sys.argv[1:], "body": Path(body).read_text()}}
    with log.open("a") as file:
        file.write(json.dumps(row) + "\\n")
    print(f"https://host.example/pr/{{len(rows) + 1}}")
"""


@pytest.fixture
def mono(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mono:
    made = new_mono(tmp_path, monkeypatch)
    for name in NAMES:
        made.package(name)
    made.campaign()
    made.commit()
    return made


def _hosted(mono: Mono, more: str = "") -> Path:
    """A host's command for the campaign; its log."""
    log, script = mono.top.parent / "host.jsonl", mono.top.parent / "host.py"
    script.write_text(HOST.format(log=str(log)))
    start = f'"{sys.executable}", "{script}"'
    mono.campaign(
        f'\n[publish]\ncommand = [{start}, "open", "--head={{branch}}", "--title={{title}}",'
        f' "--body-file={{body-file}}"]\nstatus-command = [{start}, "status", "--head={{branch}}"]\n'
        f"{more}"
    )
    return log


def _done(mono: Mono, *arguments: str, top: Path | None = None) -> subprocess.CompletedProcess[str]:
    done = mono.fixaudit("campaign", *arguments, top=top)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done


def _published(mono: Mono) -> Path:
    log = _hosted(mono)
    _done(mono, "run", "tidy")
    _done(mono, "publish", "tidy")
    assert set(mono.statuses().values()) == {"published"}
    return log


def _refs(mono: Mono) -> str:
    return subprocess.run(
        ["git", "for-each-ref"], cwd=mono.remote, capture_output=True, text=True, check=True
    ).stdout


def _rows(log: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_published_once_with_a_body_that_says_what_and_why(mono: Mono) -> None:
    log = _published(mono)
    rows = _rows(log)
    assert [row["branch"] for row in rows] == [f"fixaudit/tidy/{name}-01" for name in NAMES]
    assert "packages/ada/ada_core/__init__.py" in rows[0]["body"]
    assert "fixaudit campaign run tidy --batch ada-01" in rows[0]["body"]
    refs = _refs(mono)
    _done(mono, "publish", "tidy")
    _done(mono, "sync", "tidy")
    assert (len(_rows(log)), _refs(mono)) == (3, refs)


def test_a_main_that_moves_in_a_batchs_file_has_it_computed_anew(mono: Mono) -> None:
    log = _published(mono)
    person = mono.clone("person")
    path = "packages/ada/ada_core/__init__.py"
    person.write(path, RERAISE.format(n=0) + "\n\n" + RERAISE.format(n=1))
    person.write("packages/bea/README.md", "words\n")
    person.git("commit", "--quiet", "--all", "-m", "one more")
    person.git("push", "--quiet", "origin", "main")
    before = _refs(mono)
    mono.log.unlink()
    done = _done(mono, "sync", "tidy")
    assert "1 stale -> computed anew" in done.stdout
    assert set(mono.runs) == {"ada"}, "an identical patch is not verified again"
    assert set(mono.statuses().values()) == {"published"}
    branch = "fixaudit/tidy/ada-01"
    mono.work.git("fetch", "--quiet", "origin", f"+refs/heads/{branch}:refs/heads/seen")
    assert mono.work.git("show", f"seen:{path}").count("        raise\n") == 2
    base = mono.work.git("rev-parse", "origin/main")
    assert mono.work.git("rev-parse", "seen^") == base
    after = _refs(mono)
    for name in ("bea", "cleo"):
        line = next(line for line in before.splitlines() if f"{name}-01" in line)
        assert line in after
    assert len(_rows(log)) == 3
    _done(mono, "sync", "tidy")
    assert _refs(mono) == after


def test_merged_squashed_with_a_title_of_its_own_and_a_persons_commit(mono: Mono) -> None:
    _published(mono)
    person = mono.clone("person")
    person.git("merge", "--quiet", "--squash", "origin/fixaudit/tidy/ada-01")
    person.git("commit", "--quiet", "-m", "Tidy ada (#12)")
    person.git("push", "--quiet", "origin", "main")
    person.git("checkout", "--quiet", "-b", "mine", "origin/fixaudit/tidy/bea-01")
    person.write("packages/bea/more.py", "more = 1\n")
    person.git("add", "--all")
    person.git("commit", "--quiet", "-m", "while at it")
    person.git("push", "--quiet", "origin", "mine:fixaudit/tidy/bea-01")
    refs = _refs(mono)
    done = _done(mono, "sync", "tidy")
    assert mono.statuses() == {
        "ada-01": "merged",
        "bea-01": "diverged",
        "cleo-01": "published",
    }, done.stdout
    assert _refs(mono) == refs
    for action in ("run", "publish", "sync"):
        _done(mono, action, "tidy")
    assert _refs(mono) == refs


def test_a_fresh_clone_knows_the_same(mono: Mono) -> None:
    mono.campaign(text=FILE)
    mono.commit()
    _done(mono, "run", "tidy")
    _done(mono, "publish", "tidy")
    person = mono.clone("person")
    person.git("merge", "--quiet", "--squash", "origin/fixaudit/tidy/cleo-01")
    person.git("commit", "--quiet", "-m", "Something else")
    # What says it is of the campaign, and is on no branch of it.
    forged = mono.work.git("log", "-1", "--format=%B", "fixaudit/tidy/bea-01")
    person.write("packages/forged.py", "x = 1\n")
    person.git("add", "--all")
    person.git("commit", "--quiet", "-m", forged.replace("bea-01", "zoe-01"))
    person.git("push", "--quiet", "origin", "main", "main:feature/zoe")
    _done(mono, "sync", "tidy")
    wanted = mono.status()
    assert {row["batch"]: row["status"] for row in wanted} == {
        "ada-01": "published",
        "bea-01": "published",
        "cleo-01": "merged",
    }
    fresh: Work = mono.clone("fresh")
    _done(mono, "sync", "tidy", top=fresh.top)
    assert mono.status(fresh.top) == wanted


def test_three_remotes_and_one_that_is_not_there(mono: Mono) -> None:
    other = mono.top.parent / "other.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(mono.remote), str(other)], check=True)
    gone = mono.top.parent / "gone.git"
    mono.work.write("campaigns/repos.txt", f"{mono.remote}\n{gone}\n{other}\n")
    mono.campaign('\n[repos]\nlist = "campaigns/repos.txt"\n')
    for action in ("plan", "run", "publish", "status"):
        done = mono.fixaudit("campaign", action, "tidy")
        assert done.returncode == 2, (action, done.stdout, done.stderr)
        assert "gone" in done.stderr
        assert "Traceback" not in done.stderr
    for remote in (mono.remote, other):
        refs = subprocess.run(["git", "for-each-ref"], cwd=remote, capture_output=True, text=True, check=True)  # fmt: skip
        assert refs.stdout.count("refs/heads/fixaudit/tidy/") == 3
    assert mono.work.git("branch", "--list", "fixaudit/*") == ""


def test_the_end_of_a_campaign(mono: Mono) -> None:
    _published(mono)
    refused = mono.fixaudit("campaign", "close", "tidy")
    assert refused.returncode == 2
    assert "ada-01 and 2 more not merged yet" in refused.stderr
    person = mono.clone("person")
    for name in NAMES:
        person.git("merge", "--quiet", f"origin/fixaudit/tidy/{name}-01", "-m", f"Merge {name}")
    person.git("push", "--quiet", "origin", "main")
    _done(mono, "sync", "tidy")
    assert set(mono.statuses().values()) == {"merged"}
    _done(mono, "close", "tidy")
    assert mono.work.git("branch", "--list", "fixaudit/*") == ""
    assert mono.status() == []


def test_every_action_speaks_json(mono: Mono) -> None:
    """Each a document with the version of its form, and nothing besides on standard output."""
    for action in ("plan", "run", "publish", "sync", "status", "report", "retry"):
        done = mono.fixaudit("campaign", action, "tidy", "--output-format", "json")
        assert (done.returncode, json.loads(done.stdout)["version"]) == (0, 1), (action, done)
    made = mono.fixaudit("campaign", "new", "more", "--select", "FA1", "--output-format", "json")
    assert json.loads(made.stdout)["path"].endswith("campaigns/more.toml")
    done = mono.fixaudit("campaign", "close", "tidy", "--force", "--output-format", "json")
    assert json.loads(done.stdout) == {
        "version": 1,
        "done": ["what was remembered of tidy is gone"],
    }


def test_a_branch_that_is_checked_out_is_moved_once_it_is_free(mono: Mono) -> None:
    _done(mono, "run", "tidy")
    _done(mono, "publish", "tidy")
    second = mono.top.parent / "second"
    mono.work.git("worktree", "add", "--quiet", str(second), "fixaudit/tidy/ada-01")
    mono.work.git("checkout", "--quiet", "fixaudit/tidy/bea-01")
    tips = mono.work.git("for-each-ref", "refs/heads/fixaudit")
    other = mono.clone("other")
    for name in ("ada", "bea"):
        other.write(f"packages/{name}/{name}_core/__init__.py", RERAISE.format(n=1))
    other.git("commit", "--quiet", "--all", "-m", "work")
    other.git("push", "--quiet", "origin", "main")
    synced = _done(mono, "sync", "tidy").stdout
    assert "2 stale -> computed anew (0 verified)" in synced
    assert f"fixaudit/tidy/ada-01 is checked out in {second}; switch that one" in synced
    assert f"fixaudit/tidy/bea-01 is checked out in {mono.top}; switch that one" in synced
    assert mono.work.git("for-each-ref", "refs/heads/fixaudit") == tips
    assert mono.statuses() == {"ada-01": "stale", "bea-01": "stale", "cleo-01": "published"}
    mono.work.git("checkout", "--quiet", "main")
    Work(second).git("checkout", "--quiet", "--detach")
    again = _done(mono, "run", "tidy").stdout
    assert again.count("(known)") == 2
    assert mono.statuses() == {"ada-01": "verified", "bea-01": "verified", "cleo-01": "published"}


def test_a_base_that_was_rewritten_is_told_as_that(mono: Mono) -> None:
    _done(mono, "run", "tidy", "--batch", "ada-01")
    _done(mono, "publish", "tidy")
    old = mono.work.git("rev-parse", "main")[:9]
    mono.work.git("commit", "--quiet", "--amend", "-m", "rewritten")
    mono.work.git("push", "--quiet", "--force", "origin", "main")
    synced = _done(mono, "sync", "tidy").stdout
    assert f"{old}, on which it was made, is not on the base" in synced
    assert mono.statuses()["ada-01"] == "diverged"
