"""Publishing to a real bare repository, with a real program that stands in for the host's command."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from publish_batches import NOON, Killed, Mono, git, new_mono, status_command

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.report import CheckPlace, Dropped

A = "fixaudit/utc-aware/a-01"
B = "fixaudit/utc-aware/b-01"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(os.path.realpath(tmp_path))


def mono_of(folder: Path, monkeypatch: pytest.MonkeyPatch, packages: str = "abc", **publish: Any) -> Mono:  # fmt: skip
    return new_mono(folder, monkeypatch, packages, **publish)


def with_status(mono: Mono) -> Mono:
    mono.configure(status_command=status_command(mono.host / "host.py"))
    return mono


def test_verified_batches_are_pushed_and_opened_and_the_tree_is_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, labels=("migration", "utc aware"))
    mono.states["c-01"] = replace(mono.states["c-01"], status="red-before")
    mono.work.write("packages/a/mod.py", "a = 'mine'\n")
    status, head = mono.work.git("status", "--porcelain"), mono.work.git("rev-parse", "HEAD")
    done = mono.publish()
    assert done.opened == ("a-01", "b-01")
    assert done.line(mono.settings.publish, mono.now) == "2 requests opened"
    assert mono.opened() == [A, B]
    assert mono.at_remote()[A] == mono.states["a-01"].commit
    assert set(mono.at_remote()) == {"main", A, B}
    assert mono.work.git("status", "--porcelain") == status
    assert mono.work.git("rev-parse", "HEAD") == head
    state = mono.states["a-01"]
    assert (state.status, state.url) == ("published", "https://host.example/acme/mono/pull/1")
    assert state.opened == NOON.isoformat()
    assert (state.pushed, state.opening, state.failures) == (state.commit, None, 0)
    call = mono.calls("create")[0]
    assert call["argv"][0] == "--title=utc-aware: apply utcnow-to-aware (a-01)"
    assert call["argv"][2:] == [
        "--base=main", f"--head={A}", "--reviewer=acme/a", "--label=migration", "--label=utc aware", "--draft"
    ]  # fmt: skip
    assert "### Places" in call["files"]["--body-file"]


def test_twice_opens_and_pushes_nothing_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch)
    mono.publish()
    refs, calls = mono.at_remote(), len(mono.calls())
    done = mono.publish()
    assert done.opened == done.pushed == ()
    assert (mono.at_remote(), len(mono.calls())) == (refs, calls)


@pytest.mark.parametrize("draft", [True, False])
def test_caps_hold_and_the_line_says_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch, draft: bool
) -> None:
    mono = mono_of(folder, monkeypatch, "abcde", max_open=3, max_open_per_owner=2, draft=draft)
    batches = []
    for batch in mono.plan.batches:
        owners = ("@acme/one",) if batch.name in ("a-01", "b-01", "c-01") else batch.owners
        batches.append(replace(batch, owners=owners))
        mono.states[batch.name] = replace(mono.states[batch.name], owners=owners)
    mono.plan = replace(mono.plan, batches=tuple(batches))
    done = mono.publish()
    assert done.opened == ("a-01", "b-01", "d-01")
    assert done.waiting == ("c-01", "e-01")
    noun = "drafts" if draft else "requests"
    assert done.line(mono.settings.publish, mono.now) == (
        f"3 {noun} opened (max-open 3, at most 2 an owner), 2 wait; next when one is merged or closed"
    )
    assert mono.states["a-01"].draft is draft
    assert set(mono.at_remote()) == {"main", *mono.opened()}  # nothing is pushed before its time
    mono.states["d-01"] = replace(mono.states["d-01"], status="merged")
    assert mono.publish().opened == ("e-01",)
    mono.states["a-01"] = replace(mono.states["a-01"], status="closed")
    assert mono.publish().opened == ("c-01",)


def test_rate_and_window_under_the_test_s_own_clock_in_its_zone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(
        folder, monkeypatch, "abcd", rate="2/hour", window="mon-thu 09:00-16:00",
        timezone="Europe/Berlin", draft=True,
    )  # fmt: skip
    mono.now = datetime(2026, 12, 3, 7, 59, tzinfo=UTC)  # a Thursday, 08:59 in Berlin
    done = mono.publish()
    line = done.line(mono.settings.publish, mono.now)
    assert line == "0 drafts opened (2/hour, mon-thu 09:00-16:00), 4 wait; next at 09:00 CET"
    assert mono.calls() == []
    mono.later(minutes=7)
    done = mono.publish()
    assert done.opened == ("a-01", "b-01")
    assert done.line(mono.settings.publish, mono.now).endswith("2 wait; next at 10:06 CET")
    mono.later(minutes=59)
    assert mono.publish().opened == ()
    mono.later(minutes=1)
    assert mono.publish().opened == ("c-01", "d-01")
    mono.states["d-01"] = replace(mono.states["d-01"], status="verified", opened=None, url=None)
    mono.now = datetime(2026, 12, 3, 15, 0, tzinfo=UTC)  # 16:00 in Berlin
    line = mono.publish().line(mono.settings.publish, mono.now)
    assert line.endswith("1 waits; next at Mon 2026-12-07 09:00 CET")


def test_one_failing_call_backs_off_and_the_others_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch)
    monkeypatch.setenv("HOST_TOKEN", "hunter2-hunter2")
    mono.orders({f"create {B}": {"exit": 3, "stderr": "HTTP 502 for hunter2-hunter2"}})
    done = mono.publish(mask=lambda text: text.replace("hunter2-hunter2", "***"))
    assert done.opened == ("a-01", "c-01")
    assert done.failed == (("b-01", "host.py ended with 3: HTTP 502 for ***; again from 2026-11-30 12:01 UTC on"),)  # fmt: skip
    assert done.problems[0].startswith("b-01: host.py ended with 3")
    assert mono.states["b-01"].status == "verified"
    assert mono.states["b-01"].failures == 1
    assert "hunter2" not in str(mono.states)
    waits = []
    for _ in range(12):
        state = mono.states["b-01"]
        assert state.retry_at is not None
        retry = datetime.fromisoformat(state.retry_at)
        waits.append(int((retry - mono.now).total_seconds()))
        calls = len(mono.calls())
        assert mono.publish().waiting == ("b-01",)
        assert len(mono.calls()) == calls
        mono.now = retry
        mono.publish()
    assert waits == [60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600, 21600]
    mono.order()
    assert mono.states["b-01"].retry_at is not None
    mono.now = datetime.fromisoformat(mono.states["b-01"].retry_at)
    assert mono.publish().opened == ("b-01",)
    assert (mono.states["b-01"].failures, mono.publish().waiting) == (0, ())
    assert mono.opened() == [A, "fixaudit/utc-aware/c-01", B]


def test_a_call_that_opened_and_failed_is_not_repeated_where_the_status_tells(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = with_status(mono_of(folder, monkeypatch, "a"))
    mono.order(create={"exit": 1, "opens": True, "stderr": "could not add reviewer"})
    assert mono.publish().failed != ()
    mono.later(minutes=1)
    assert mono.publish().opened == ("a-01",)
    assert mono.states["a-01"].url == "https://host.example/found"
    assert len(mono.calls("create")) == 1


@pytest.mark.parametrize("status", [True, False], ids=["status-command", "without"])
def test_killed_after_any_step_and_run_again_nothing_is_opened_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch, status: bool
) -> None:
    steps = 0
    for kill in range(4):
        own = folder / str(kill)
        own.mkdir()
        mono = mono_of(own, monkeypatch, "ab")
        if status:
            with_status(mono)
        mono.killed_after = kill
        with pytest.raises(Killed):
            mono.publish()
        steps += 1
        mono.killed_after = None
        done = mono.publish()
        once = sorted(mono.opened())
        assert once == sorted(set(once))
        if status or not done.skipped:
            assert once == [A, B]
        else:
            assert done.skipped[0][0] == "a-01"
            assert "may be open already" in done.skipped[0][1]
            assert "campaign retry utc-aware --batch a-01" in done.skipped[0][1]
            assert mono.publish().skipped == done.skipped
        assert set(mono.at_remote()) == {"main", A, B}
    assert steps == 4


def test_really_killed_while_the_command_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 of the publishing process by the host's command, after it opened the request."""
    mono = with_status(mono_of(folder, monkeypatch, "a"))
    mono.order(create={"kill": True})
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, str(mono.work.top), str(mono.host), str(folder / "state")],
        capture_output=True, check=False, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert child.returncode == -9, child.stderr
    steps = (folder / "state").read_text().splitlines()
    assert steps[-1].startswith("a-01 verified 2026-")  # its intention is the last that is kept
    assert mono.opened() == [A]
    mono.order()
    state = mono.states["a-01"]
    mono.states["a-01"] = replace(state, opening=steps[-1].split()[2], pushed=state.commit)
    assert mono.publish().opened == ("a-01",)
    assert mono.opened() == [A]
    assert mono.states["a-01"].url == "https://host.example/found"


_CHILD = """
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from publish_batches import batch_of, create_command, status_command
from fixaudit.campaigns.batch import CampaignPlan
from fixaudit.campaigns.publishing import publish
from fixaudit.campaigns.settings import CampaignSettings, PublishSettings
from fixaudit.campaigns.state import BatchState
from fixaudit.files.git_repository import find_repository
top, host, kept = map(Path, sys.argv[1:])
script = host / "host.py"
own = PublishSettings(command=create_command(script), status_command=status_command(script))
settings = CampaignSettings("utc-aware", ("x",), top / "c.toml", top, publish=own)
repository = find_repository(top)
batch, report = batch_of("a", "@acme/a")
commit = repository.run("rev-parse", "fixaudit/utc-aware/a-01").decode().strip()
base = repository.run("rev-parse", "main").decode().strip()
state = BatchState("a-01", "verified", commit=commit, base=base, digest=report.digest)
def save(state):
    with kept.open("a") as file:
        file.write(f"{state.name} {state.status} {state.opening}\\n")
publish(repository, settings, CampaignPlan("utc-aware", base, "0", (batch,)), [state], {"a-01": report},
        now=lambda: datetime.now(UTC), save=save)
"""


def test_a_call_that_takes_too_long_is_in_doubt(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(folder / "never")
    mono = mono_of(folder, monkeypatch, "a")
    slow = folder / "host" / "slow.py"
    slow.write_text(f"#!{sys.executable}\nopen({str(folder / 'never')!r}).read()\n")
    slow.chmod(0o755)
    fast = mono.settings.publish.command
    mono.configure(command=(str(slow), *fast[1:]), timeout=1.0)
    assert "took longer than 1 seconds" in mono.publish().failed[0][1]
    mono.configure(command=fast, timeout=60.0)
    mono.later(hours=1)
    assert mono.publish().skipped[0][0] == "a-01"
    assert mono.opened() == []
    assert with_status(mono).publish().opened == ("a-01",)
    assert mono.opened() == [A]


def test_a_status_that_is_unknown_opens_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = with_status(mono_of(folder, monkeypatch, "a"))
    mono.states["a-01"] = replace(mono.states["a-01"], opening=NOON.isoformat())
    mono.order(status={"prints": "You are being rate limited"})
    done = mono.publish()
    assert done.failed[0][1].startswith("it may be open already: status-command printed You are being")  # fmt: skip
    assert mono.calls("create") == []


def test_a_request_that_was_closed_is_not_opened_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = with_status(mono_of(folder, monkeypatch, "a"))
    mono.states["a-01"] = replace(mono.states["a-01"], opening=NOON.isoformat())
    mono.order(status={"prints": '{"state": "closed", "url": "https://host.example/9"}'})
    assert mono.publish().opened == ()
    assert mono.states["a-01"].status == "closed"
    assert mono.calls("create") == []


def test_a_recomputed_batch_is_pushed_over_our_own_commit_and_not_opened_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, "ab", max_open=2, window="mon 12:00-12:01")
    mono.publish()
    mono.later(days=3)
    old = mono.states["a-01"].commit
    recompute(mono, "a-01", b"a = 'after all'\n")
    done = mono.publish()
    assert (done.pushed, done.opened) == (("a-01",), ())
    assert mono.at_remote()[A] == mono.states["a-01"].commit != old
    assert mono.states["a-01"].status == "published"
    assert len(mono.calls("create")) == 2
    assert "1 pushed anew" in done.line(mono.settings.publish, mono.now)


def recompute(mono: Mono, name: str, after: bytes) -> None:
    report = mono.reports[name]
    ((path, before, _),) = report.files
    mono.reports[name] = replace(report, files=((path, before, after),))
    mono.commit(name)


def test_an_identical_patch_on_a_newer_base_pushes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, "a")
    mono.publish()
    before = mono.at_remote()
    mono.work.commit(other="x = 1\n")
    mono.plan = replace(mono.plan, base=mono.work.git("rev-parse", "HEAD").strip())
    assert mono.commit("a-01") != before[A]
    done = mono.publish()
    assert (done.same, done.pushed) == (("a-01",), ())
    assert mono.at_remote() == before


def test_a_person_s_commit_at_the_remote_is_never_forced_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, "ab")
    mono.publish()
    other = folder / "other"
    git(folder, "clone", "--quiet", "--branch", A, str(mono.remote), str(other))
    (other / "mine.py").write_text("mine\n")
    git(other, "add", "mine.py")
    git(other, "commit", "--quiet", "-m", "mine")
    git(other, "push", "--quiet", "origin", f"HEAD:{A}")
    theirs = mono.at_remote()[A]
    recompute(mono, "a-01", b"a = 'after all'\n")
    recompute(mono, "b-01", b"b = 'after all'\n")
    # Even where the state was told of their commit.
    mono.states["a-01"] = replace(mono.states["a-01"], pushed=theirs)
    done = mono.publish()
    assert done.diverged[0][0] == "a-01"
    assert f"({theirs[:12]})" in done.diverged[0][1]
    assert done.pushed == ("b-01",)
    assert mono.at_remote()[A] == theirs
    assert mono.states["a-01"].status == "diverged"
    assert mono.publish().diverged == ()


def test_somebody_who_pushes_between_the_look_and_the_push_is_not_forced_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, "a")
    mono.publish()
    recompute(mono, "a-01", b"a = 'after all'\n")
    main = mono.at_remote()["main"]
    # It runs after git has seen the remote's refs, and before it sends.
    mono.work.hook("pre-push", f'git -C "{mono.remote}" update-ref refs/heads/{A} {main}')
    mono.configure(hooks=True)
    done = mono.publish()
    assert (done.pushed, done.opened) == ((), ())
    assert mono.at_remote()[A] == main
    assert done.diverged or done.failed


def test_a_local_commit_of_a_person_is_not_published(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, "ab")
    tree = folder / "second"
    mono.work.git("worktree", "add", "--quiet", str(tree), A)
    git(tree, "commit", "--quiet", "--allow-empty", "-m", "mine")
    done = mono.publish()
    assert done.diverged[0][0] == "a-01"
    assert done.opened == ("b-01",)
    assert A not in mono.at_remote()


def test_a_branch_that_is_gone_at_the_remote_is_not_made_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, "a")
    mono.publish()
    git(mono.remote, "update-ref", "-d", f"refs/heads/{A}")
    recompute(mono, "a-01", b"a = 'after all'\n")
    assert mono.publish().skipped[0][1].startswith("its branch is gone at the remote")
    assert A not in mono.at_remote()


def test_a_remote_that_refuses_one_branch_fails_that_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, "ab")
    hook = mono.remote / "hooks" / "update"
    hook.write_text(f'#!/bin/sh\n[ "$1" != refs/heads/{A} ] || {{ echo "no: s3cr3t"; exit 1; }}\n')
    hook.chmod(0o755)
    done = mono.publish(mask=lambda text: text.replace("s3cr3t", "***"))
    assert done.opened == ("b-01",)
    assert "cannot be pushed to origin" in done.failed[0][1]
    assert "s3cr3t" not in done.failed[0][1]
    assert mono.states["a-01"].failures == 1


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"push_remote": "nowhere"}, "publish.push-remote: nowhere cannot be reached, nothing"),
        ({"push_remote": "--upload-pack=touch x"}, "is no name of a remote"),
        ({"push_remote": "ext::sh -c 'touch pwned'"}, "cannot be reached"),
        ({"command": ("no-such-tool", "--title={title}")}, "there is no program `no-such-tool`"),
        ({"rate": "often"}, "utc-aware.toml: publish: `often` is no rate"),
        ({"branch": "main"}, "share one branch"),
    ],
)
def test_what_is_wrong_is_one_line_before_anything_is_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch, keys: dict[str, Any], said: str
) -> None:
    mono = mono_of(folder, monkeypatch, "a")
    mono.configure(**keys)
    with pytest.raises(CampaignError) as caught:
        mono.publish()
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert mono.at_remote().keys() == {"main"}
    assert mono.saves == 0
    assert not (mono.work.top / "pwned").exists()


def test_without_a_command_branches_are_pushed_and_that_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, command=(), max_open=2)
    done = mono.publish()
    assert done.line(mono.settings.publish, mono.now) == (
        "2 branches pushed to origin (max-open 2), 1 waits; next when one is merged or closed;"
        " no `command` in [publish] opens requests for them"
    )
    assert set(mono.at_remote()) == {"main", A, B}
    assert mono.states["a-01"].status == "published"
    assert mono.publish().pushed == ()


def test_hooks_of_the_repository_do_not_run_unless_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, "ab")
    log = folder / "hooks.log"
    for name in ("pre-push", "reference-transaction", "post-update"):
        mono.work.hook(name, f'echo {name} >> "{log}"')
    mono.states["b-01"] = replace(mono.states["b-01"], status="planned")
    assert mono.publish().opened == ("a-01",)
    assert not log.exists()
    mono.states["b-01"] = replace(mono.states["b-01"], status="verified")
    mono.configure(hooks=True)
    assert mono.publish().opened == ("b-01",)
    assert "pre-push" in log.read_text().split()


def test_what_the_host_s_command_prints_of_no_url_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, "a")
    mono.configure(command=(sys.executable, "-c", "print('done')"))
    assert mono.publish().opened == ("a-01",)
    state = mono.states["a-01"]
    assert (state.url, state.reason) == (None, "the host's command printed no URL")
    assert mono.publish().opened == ()


def test_drafts_with_green_checks_are_made_ready_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch, "abc", draft=True)
    mono.configure(ready_command=(str(mono.host / "host.py"), "ready", "--head={branch}"))
    mono.publish()
    assert mono.calls("ready") == []
    mono.states["a-01"] = replace(mono.states["a-01"], checks="green")
    mono.states["b-01"] = replace(mono.states["b-01"], checks="red")
    mono.states["c-01"] = replace(mono.states["c-01"], checks="green")
    mono.orders({f"ready {A}": {"exit": 1, "stderr": "no"}})
    done = mono.publish()
    assert done.ready == ("c-01",)
    assert done.failed[0][0] == "a-01"
    mono.order()
    mono.later(minutes=1)
    assert mono.publish().ready == ("a-01",)
    assert [call["branch"][-4:] for call in mono.calls("ready")] == ["a-01", "c-01", "a-01"]
    assert mono.publish().ready == ()


def test_text_of_others_arrives_as_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mono = mono_of(folder, monkeypatch, "a", labels=("--web", "$(touch pwned)"))
    owner = "@--fill;touch${IFS}pwned"
    batch = replace(mono.plan.batches[0], owners=(owner,))
    mono.plan = replace(mono.plan, batches=(batch,))
    mono.states["a-01"] = replace(mono.states["a-01"], owners=(owner,))
    mono.settings = replace(mono.settings, title="--body=x `touch pwned` @acme/all")
    report = mono.reports["a-01"]
    log = "TOKEN=hunter2-hunter2\n@octocat\n```\n</details><script>\nFAILED"
    dropped = Dropped(replace(report.kept[0], fingerprint="1" * 16, path="--web/$(touch pwned).py"), CheckPlace("c", "--c"), ("pytest", "; touch pwned"), log)  # fmt: skip
    mono.reports["a-01"] = replace(report, dropped=(dropped,))
    mono.publish(mask=lambda text: text.replace("hunter2-hunter2", "***"))
    call = mono.calls("create")[0]
    assert call["argv"][0] == "--title=utc-aware: --body=x `touch pwned` @acme/all (a-01)"
    assert call["argv"][4:] == [
        "--reviewer=--fill;touch${IFS}pwned", "--label=--web", "--label=$(touch pwned)", "--draft"
    ]  # fmt: skip
    body = call["files"]["--body-file"]
    assert "`--web/$(touch pwned).py:1`" in body
    assert "hunter2" not in body
    assert "TOKEN=***" in body
    assert call["files"]["--body-file mode"] == "0o700"
    assert list(folder.rglob("*pwned*")) == []


def test_a_batch_without_its_report_is_told_and_the_others_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = mono_of(folder, monkeypatch)
    del mono.reports["a-01"]
    mono.reports["b-01"] = replace(mono.reports["b-01"], files=(("x.py", b"", b"x"),))
    done = mono.publish()
    assert done.opened == ("c-01",)
    assert done.skipped == (
        ("a-01", "there is no report of it here: `fixaudit campaign run utc-aware --batch a-01`"),
        ("b-01", "its report is an older one: `fixaudit campaign run utc-aware --batch b-01`"),
    )


def test_a_fork_is_another_remote(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mono = mono_of(folder, monkeypatch, "a")
    fork = folder / "fork.git"
    git(folder, "init", "--quiet", "--bare", str(fork))
    mono.work.git("remote", "add", "fork", str(fork))
    mono.configure(push_remote="fork")
    assert mono.publish().opened == ("a-01",)
    assert mono.at_remote().keys() == {"main"}
    assert git(fork, "rev-parse", A).strip() == mono.states["a-01"].commit
