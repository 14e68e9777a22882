"""`fixaudit campaign run`: batches in work trees, one process after the other, and in shards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from campaign_remotes import RERAISE, Mono, new_mono

NAMES = ("ada", "bea", "cleo", "dora", "eve")
RED = "raise SystemExit('never green')\n"
BREAKS = """import inspect
assert "raise error" in inspect.getsource({name}_core), "it pins its own text"
"""


@pytest.fixture
def mono(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mono:
    return new_mono(tmp_path, monkeypatch)


def _five(mono: Mono, cleo: str = "") -> str:
    for name in NAMES:
        mono.package(name)
    mono.package("cleo", check=cleo)
    mono.package("dora", check=BREAKS.format(name="dora"))
    mono.package("eve", check=RED)
    mono.campaign()
    return mono.commit()


def _bytes_of_user(mono: Mono) -> dict[str, bytes]:
    git = mono.top / ".git"
    kept = {name: (git / name).read_bytes() for name in ("HEAD", "index", "config")}
    kept["status"] = mono.work.git("status", "--porcelain=v2", "--branch").encode()
    for path in sorted(mono.top.rglob("*")):
        if path.is_file() and ".git" not in path.relative_to(mono.top).parts:
            kept[str(path)] = path.read_bytes()
    return kept


def test_batches_become_branches_and_the_tree_of_the_user_stays(mono: Mono) -> None:
    base = _five(mono)
    mono.work.write("packages/ada/half.py", "x = 1  # not committed\n")
    mono.work.write("packages/bea/bea_core/__init__.py", "raise SystemExit('being edited')\n")
    for hook in (
        "post-checkout",
        "pre-commit",
        "commit-msg",
        "post-commit",
        "reference-transaction",
    ):
        mono.work.hook(hook, f"echo {hook} >> {mono.top.parent}/hooked; exit 1")
    before = _bytes_of_user(mono)
    done = mono.fixaudit("campaign", "run", "tidy")
    assert done.returncode == 1, done.stderr
    assert _bytes_of_user(mono) == before
    assert not (mono.top.parent / "hooked").exists()
    assert mono.statuses() == {
        "ada-01": "verified",
        "bea-01": "verified",
        "cleo-01": "verified",
        "dora-01": "dropped-all",
        "eve-01": "red-before",
    }
    assert "packages/eve" in done.stdout
    assert "dropped: packages/dora/dora_core/__init__.py:6 bare-reraise" in done.stdout
    branches = mono.work.git("branch", "--list", "fixaudit/*", "--format=%(refname:short)").split()
    assert branches == [f"fixaudit/tidy/{name}-01" for name in NAMES[:3]]
    for branch in branches:
        assert mono.work.git("rev-parse", f"{branch}^").strip() == base
        assert mono.work.git("diff", "--name-only", base, branch).count("\n") == 1
    assert len(mono.work.git("worktree", "list").splitlines()) == 1


def test_results_are_known_again_after_a_kill(mono: Mono) -> None:
    # While this pipe is there, the third check waits for somebody to write into it: nobody does.
    pipe = mono.top.parent / "pipe"
    _five(mono, f"if os.path.exists({str(pipe)!r}):\n    open({str(pipe)!r}).read()\n")
    whole = mono.clone("whole")
    assert mono.fixaudit("campaign", "run", "tidy", top=whole.top).returncode == 1
    wanted = mono.ledger(whole.top)
    mono.log.unlink()
    os.mkfifo(pipe)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    driver = subprocess.Popen(
        [sys.executable, "-m", "fixaudit_cli", "campaign", "run", "tidy", "-j", "1"],
        cwd=mono.top, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert driver.stdout is not None
    lines = [driver.stdout.readline() for _ in range(2)]
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    pipe.unlink()
    told = [line.split()[0] for line in lines]
    assert told == ["ada-01", "bea-01"]
    first = list(mono.runs)
    again = mono.fixaudit("campaign", "run", "tidy", "-j", "1")
    assert again.returncode == 1, again.stderr
    assert mono.ledger() == wanted
    for name in told:
        package = name.partition("-")[0]
        assert mono.runs.count(package) == first.count(package), "a finished batch was run again"
    assert len(mono.work.git("worktree", "list").splitlines()) == 1
    runs = len(mono.runs)
    assert mono.fixaudit("campaign", "run", "tidy").returncode == 0
    assert len(mono.runs) == runs, "nothing was left to be run"


@pytest.mark.parametrize("count", [1, 3, 7])
def test_shards_united_are_the_whole(mono: Mono, count: int) -> None:
    _five(mono)
    whole = mono.clone("whole")
    assert mono.fixaudit("campaign", "run", "tidy", top=whole.top).returncode == 1
    wanted = mono.ledger(whole.top)
    into = mono.top.parent / "shards"
    for index in range(1, count + 1):
        top = mono.clone(f"shard{index}").top
        arguments = ("campaign", "run", "tidy", "--shard", f"{index}/{count}", "--into", str(into))
        assert mono.fixaudit(*arguments, top=top).returncode == 0
    assert len(list(into.iterdir())) == count
    last = into / f"tidy-shard-{count}-of-{count}.json"
    kept = last.read_bytes()
    last.unlink()
    missing = mono.fixaudit("campaign", "merge", "tidy", str(into))
    assert missing.returncode == 2
    if count > 1:
        assert f"shard {count} of {count} is missing" in missing.stderr
    assert mono.work.git("branch", "--list", "fixaudit/*") == ""
    last.write_bytes(kept)
    merged = mono.fixaudit("campaign", "merge", "tidy", str(into))
    assert merged.returncode == 1, merged.stderr
    assert mono.ledger() == wanted
    assert mono.work.git("branch", "--list", "fixaudit/*").count("\n") == 3


def test_shards_of_two_commits_are_not_merged(mono: Mono) -> None:
    _five(mono)
    into = str(mono.top.parent / "shards")
    shard = ("campaign", "run", "tidy", "--into", into, "--shard")
    assert mono.fixaudit(*shard, "1/2").returncode == 0
    mono.package("ada", RERAISE.format(n=1))
    mono.commit()
    assert mono.fixaudit(*shard, "2/2").returncode == 0
    done = mono.fixaudit("campaign", "merge", "tidy", into)
    assert done.returncode == 2
    assert "shard 2 of 2 has another commit than shard 1" in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_failed_is_run_again_when_it_is_asked_for(mono: Mono) -> None:
    _five(mono)
    mono.fixaudit("campaign", "run", "tidy")
    runs = mono.runs.count("eve")
    done = mono.fixaudit("campaign", "retry", "tidy", "--batch", "eve-01")
    assert (done.returncode, done.stdout) == (0, "eve-01\n")
    assert mono.statuses()["eve-01"] == "planned"
    assert mono.fixaudit("campaign", "run", "tidy").returncode == 1
    assert mono.runs.count("eve") > runs
    assert {row["batch"]: len(row["findings"]) for row in mono.status()}["eve-01"] == 1
    wrong = mono.fixaudit("campaign", "retry", "tidy", "--batch", "ada-01")
    assert wrong.returncode == 2
    assert "ada-01 is verified" in wrong.stderr


def test_only_what_is_asked_for_is_run(mono: Mono) -> None:
    _five(mono)
    done = mono.fixaudit("campaign", "run", "tidy", "--limit", "1", "--output-format", "json")
    rows = json.loads(done.stdout)["batches"]
    assert [(row["batch"], row["status"], row["known"]) for row in rows] == [
        ("ada-01", "verified", False)
    ]
    assert set(mono.runs) == {"ada"}
    unknown = mono.fixaudit("campaign", "run", "tidy", "--batch", "cleo-1")
    assert unknown.returncode == 2
    assert 'has no batch cleo-1; did you mean "cleo-01"' in unknown.stderr


def test_nothing_of_an_untrusted_campaign_is_run(
    mono: Mono, monkeypatch: pytest.MonkeyPatch
) -> None:
    _five(mono)
    monkeypatch.delenv("FIXAUDIT_TRUST")
    assert mono.fixaudit("campaign", "plan", "tidy").returncode == 0
    for action in ("run", "publish"):
        done = mono.fixaudit("campaign", action, "tidy")
        assert done.returncode == 2
        assert "not trusted" in done.stderr
        assert done.stderr.count("\n") == 1
    assert mono.runs == []
    assert mono.fixaudit("trust", "campaigns/tidy.toml").returncode == 0
    assert mono.fixaudit("campaign", "run", "tidy", "--batch", "ada-01").returncode == 0
    mono.campaign('\n[worktree]\nsetup = [["touch", "made"]]\n')
    done = mono.fixaudit("campaign", "run", "tidy", "--batch", "bea-01")
    assert done.returncode == 2
    assert "not trusted" in done.stderr


def test_a_file_of_the_commit_is_named_as_the_commit_has_it(mono: Mono) -> None:
    mono.package("ada")
    mono.campaign()
    mono.work.write(".github/CODEOWNERS", "* @a\n/packages [x]\n")
    base = mono.commit()
    done = mono.fixaudit("campaign", "run", "tidy")
    assert done.returncode == 2
    assert f"fixaudit: error: {base[:9]}: .github/CODEOWNERS:2: `[x]` is no owner" in done.stderr


def test_a_check_that_kills_whoever_runs_it_leaves_no_work_tree(mono: Mono) -> None:
    mono.package("ada", check="import signal\nos.kill(os.getppid(), signal.SIGKILL)\n")
    mono.campaign()
    mono.commit()
    done = mono.fixaudit("campaign", "run", "tidy")
    assert done.returncode == 1, done.stderr
    assert mono.statuses() == {"ada-01": "crashed"}
    assert len(mono.work.git("worktree", "list").splitlines()) == 1


def test_a_command_that_does_not_exist_is_that_batchs_matter(mono: Mono) -> None:
    mono.package("ada")
    mono.campaign(text='name = "tidy"\nselect = ["bare-reraise"]\n[verify]\ncommands = [["no-such-program"]]\npython = ["python3"]\n')  # fmt: skip
    mono.commit()
    done = mono.fixaudit("campaign", "run", "tidy")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    [row] = mono.status()
    assert row["status"] == "setup-failed"
    assert "no-such-program" in row["reason"]
    assert mono.work.git("branch", "--list", "fixaudit/*") == ""
