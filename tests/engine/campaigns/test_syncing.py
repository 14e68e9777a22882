"""The state of a campaign is a cache of git: made anew from branches and the base, in any clone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from campaign_clones import (
    NEW,
    OLD,
    Campaign,
    Clone,
    batch_of_texts,
    committed,
    new_campaign,
    sites_of,
)

from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.from_git import branches
from fixaudit.campaigns.remote import fetch
from fixaudit.campaigns.report import BatchReport, Dropped
from fixaudit.campaigns.report import CheckPlace as Place
from fixaudit.campaigns.state import BatchState
from fixaudit.campaigns.syncing import SyncReport, sync
from fixaudit.campaigns.trailers import trailers_of

FILLER = "\n".join(f"line_{number} = {number}" for number in range(30))
TEXT = f"{FILLER}\n\n\ndef now():\n    return {OLD}\n\n\n{FILLER}\n"
FILES = {f"{name}.py": f"# {name}\n{TEXT}" for name in ("pay/a", "pay/b", "data/c", "web/d")}
NAMES = {"pay-01": ("pay/a.py", "pay/b.py"), "data-01": ("data/c.py",), "web-01": ("web/d.py",)}


@dataclass(frozen=True)
class Answer:
    state: str
    checks: str | None = None
    url: str | None = None


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    campaign = new_campaign(tmp_path, monkeypatch, FILES)
    for name, paths in NAMES.items():
        campaign.publish(campaign.batch(name, *paths))
    campaign.review("pay-01")
    return campaign


def plan(campaign: Campaign) -> CampaignPlan:
    """The plan of the base as it is: the files of `NAMES` that have findings, in their batches."""
    batches = []
    for name, paths in NAMES.items():
        there = [path for path in paths if campaign.has(campaign.base, path)]
        texts = {path: campaign.at(campaign.base, path) for path in there}
        texts = {path: text for path, text in texts.items() if OLD in text}
        if texts:
            batches.append(batch_of_texts(name, texts))
    return campaign.plan(*batches)


def synced(
    campaign: Campaign,
    states: tuple[BatchState, ...] = (),
    host: Callable[[BatchState], Answer | None] = lambda state: None,
) -> SyncReport:
    campaign.theirs.git("push", "--quiet", "origin", "main")
    campaign.fetch()
    return sync(campaign.ours.repository, campaign.settings, plan(campaign), states, host=host)


def statuses(report: SyncReport) -> dict[str, str]:
    return {state.name: state.status for state in report.states}


def edit(bea: Clone, path: str, old: str, new: str) -> None:
    text = bea.read(path)
    assert old in text
    bea.write(path, text.replace(old, new))
    bea.commit(f"edit {path}")


def refs(campaign: Campaign) -> str:
    return Clone(campaign.remote).git("for-each-ref", "refs/heads/fixaudit")


def test_nothing_has_changed(campaign: Campaign) -> None:
    report = synced(campaign)
    assert statuses(report) == dict.fromkeys(NAMES, "published")
    assert report.recompute == report.identical == ()
    assert synced(campaign, report.states) == replace(report, changed=())


def test_what_a_state_holds(campaign: Campaign) -> None:
    [_, state, _] = synced(campaign).states
    tip = campaign.ours.git("rev-parse", "origin/fixaudit/utc/pay-01")
    batch = plan(campaign).batch("pay-01")
    assert batch is not None
    assert state == BatchState(
        "pay-01",
        "published",
        owners=("@acme/pay",),
        packages=("pay",),
        files=("pay/a.py", "pay/b.py"),
        lines=2,
        findings=tuple(site.fingerprint for site in batch.sites),
        branch="fixaudit/utc/pay-01",
        commit=tip,
        base=campaign.base,
        digest=batch.digest,
        pushed=tip,
    )


def test_an_edit_elsewhere_leaves_the_patch_as_it_is(campaign: Campaign) -> None:
    edit(campaign.theirs, "pay/a.py", "# pay/a\n", "# pay/a\nimport os\n")
    report = synced(campaign)
    assert statuses(report)["pay-01"] == "published"
    assert report.identical == ("pay-01",)
    assert report.recompute == ()


def test_an_edit_that_changes_what_is_asked(campaign: Campaign) -> None:
    edit(campaign.theirs, "pay/a.py", f"return {OLD}", f"return str({OLD})")
    before = refs(campaign)
    report = synced(campaign)
    assert statuses(report) == {"pay-01": "stale", "data-01": "published", "web-01": "published"}
    assert report.recompute == ("pay-01",)
    assert report.states[1].reason == "pay/a.py has changed on the base"
    assert refs(campaign) == before
    # Computed anew, and pushed: what the driver does.
    batch = plan(campaign).batch("pay-01")
    assert batch is not None
    campaign.publish(batch)
    assert statuses(synced(campaign, report.states))["pay-01"] == "published"


def test_a_new_site_in_a_file_of_it(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.write("data/c.py", bea.read("data/c.py") + f"\n\ndef more():\n    return {OLD}\n")
    bea.commit("more")
    assert synced(campaign).recompute == ("data-01",)


def test_mended_by_hand_in_part(campaign: Campaign) -> None:
    edit(campaign.theirs, "pay/a.py", OLD, "clock.now()")
    report = synced(campaign)
    assert report.recompute == ("pay-01",)
    assert report.states[1].reason == "pay/a.py: nothing of it is left to change"


def test_the_plan_has_other_edits_though_the_file_is_the_same(campaign: Campaign) -> None:
    other = plan(campaign)
    [pay, data, web] = other.batches
    [file] = data.files
    file = replace(file, after=file.after.replace(NEW.encode(), b"clock.now()"))
    changed = replace(other, batches=(pay, replace(data, files=(file,)), web))
    report = sync(campaign.ours.repository, campaign.settings, changed, ())
    assert report.recompute == ("data-01",)
    assert report.states[0].reason == "data/c.py: the plan has other edits now"


def test_the_ways_out(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("merge", "--quiet", "--squash", "origin/fixaudit/utc/pay-01")
    bea.commit("Aware times (#7)")
    edit(bea, "data/c.py", OLD, "clock.now()")
    bea.git("rm", "--quiet", "-r", "web")
    bea.commit("no more web")
    report = synced(campaign)
    assert statuses(report) == {"pay-01": "merged", "data-01": "unknown", "web-01": "gone"}
    assert synced(campaign, report.states) == replace(report, changed=())
    assert report.changed == ("data-01", "pay-01", "web-01")


def test_the_state_deleted_and_a_fresh_clone(campaign: Campaign) -> None:
    """A status of each kind that git knows."""
    bea = campaign.theirs
    bea.git("merge", "--quiet", "--no-ff", "origin/fixaudit/utc/pay-01")
    edit(bea, "data/c.py", OLD, f"str({OLD})")
    bea.git("push", "--quiet", "origin", "main")
    bea.git("checkout", "--quiet", "-B", "fixaudit/utc/web-01", "origin/fixaudit/utc/web-01")
    bea.commit("mine", web__d="x = 1\n")
    bea.git("push", "--quiet", "origin", "fixaudit/utc/web-01")
    bea.git("checkout", "--quiet", "main")
    before = refs(campaign)
    report = synced(campaign)
    assert statuses(report) == {"pay-01": "merged", "data-01": "stale", "web-01": "diverged"}
    Clone(campaign.folder).git("clone", "--quiet", str(campaign.remote), "fresh")
    fresh = Clone(campaign.folder / "fresh").repository
    fetch(fresh, campaign.settings)
    described = (("@acme/pay",), ("pay",))
    again = sync(fresh, campaign.settings, plan(campaign), (), describe=lambda paths: described)
    ours = sync(
        campaign.ours.repository,
        campaign.settings,
        plan(campaign),
        report.states,
        describe=lambda paths: described,
    )
    assert again.states == ours.states
    assert refs(campaign) == before


def test_a_persons_commit_is_never_replaced(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("checkout", "--quiet", "-B", "fixaudit/utc/pay-01", "origin/fixaudit/utc/pay-01")
    bea.commit("mine", pay__x="x = 1\n")
    bea.git("push", "--quiet", "origin", "fixaudit/utc/pay-01")
    bea.git("checkout", "--quiet", "main")
    edit(bea, "pay/a.py", f"return {OLD}", f"return str({OLD})")
    before = refs(campaign)
    report = synced(campaign)
    assert statuses(report)["pay-01"] == "diverged"
    assert report.recompute == ()
    assert report.states[1].reason is not None
    assert report.states[1].reason.startswith("somebody committed on it: ")
    assert refs(campaign) == before


def test_a_persons_commit_on_the_local_branch(campaign: Campaign) -> None:
    ours = campaign.ours
    ours.git("checkout", "--quiet", "fixaudit/utc/pay-01")
    ours.commit("mine", pay__x="x = 1\n")
    assert statuses(synced(campaign))["pay-01"] == "diverged"


def test_recomputed_and_not_pushed_yet(campaign: Campaign) -> None:
    pushed = campaign.ours.git("rev-parse", "origin/fixaudit/utc/data-01")
    edit(campaign.theirs, "data/c.py", f"return {OLD}", f"return str({OLD})")
    synced(campaign)
    batch = plan(campaign).batch("data-01")
    assert batch is not None
    commit = campaign.publish(batch, push=False)
    [state, *_] = synced(campaign).states
    assert (state.status, state.commit, state.pushed) == ("verified", commit, pushed)


def test_an_older_local_branch_is_not_what_counts(campaign: Campaign) -> None:
    """Another machine has computed it anew and pushed."""
    old = campaign.ours.git("rev-parse", "refs/heads/fixaudit/utc/data-01")
    edit(campaign.theirs, "data/c.py", f"return {OLD}", f"return str({OLD})")
    synced(campaign)
    batch = plan(campaign).batch("data-01")
    assert batch is not None
    new = campaign.publish(batch)
    campaign.ours.git("update-ref", "refs/heads/fixaudit/utc/data-01", old)
    [state, *_] = synced(campaign).states
    assert (state.status, state.commit, state.pushed) == ("published", new, new)


def test_without_a_branch_what_was_remembered_stays(campaign: Campaign) -> None:
    for name in NAMES:
        campaign.ours.git("push", "--quiet", "origin", f":fixaudit/utc/{name}")
        campaign.ours.git("update-ref", "-d", f"refs/heads/fixaudit/utc/{name}")
    report = synced(
        campaign,
        (
            BatchState("pay-01", "red-before", reason="pay was red before"),
            BatchState("data-01", "planned"),
            BatchState("old-01", "planned"),
            BatchState("done-01", "merged"),
        ),
    )
    assert statuses(report) == {
        "pay-01": "red-before",
        "data-01": "planned",
        "web-01": "planned",
        "done-01": "merged",
    }
    assert report.vanished == ("old-01",)
    assert report.states[2].reason == "pay was red before"
    assert statuses(synced(campaign)) == dict.fromkeys(NAMES, "planned")


def test_one_that_waits(campaign: Campaign) -> None:
    campaign.ours.git("push", "--quiet", "origin", ":fixaudit/utc/web-01")
    campaign.ours.git("update-ref", "-d", "refs/heads/fixaudit/utc/web-01")
    campaign.fetch()
    now = plan(campaign)
    waiting = replace(now.batches[2], waits_for=("pay-01",))
    now = replace(now, batches=(*now.batches[:2], waiting))
    report = sync(campaign.ours.repository, campaign.settings, now, ())
    assert report.states[2].status == "waits"
    assert report.states[2].reason == "waits for pay-01"


@pytest.mark.parametrize("merged", [True, False])
def test_the_branch_is_deleted_everywhere(campaign: Campaign, merged: bool) -> None:
    bea, states = campaign.theirs, synced(campaign).states
    if merged:
        bea.git("merge", "--quiet", "--squash", "origin/fixaudit/utc/data-01")
        bea.commit("Aware times (#7)")
    bea.git("push", "--quiet", "origin", ":fixaudit/utc/data-01")
    campaign.ours.git("update-ref", "-d", "refs/heads/fixaudit/utc/data-01")
    report = synced(campaign, states)
    assert statuses(report)["data-01"] == ("merged" if merged else "unknown")
    if not merged:
        assert report.states[0].reason == (
            "its branch is gone from the remote, its findings are not gone from the base"
        )


def test_its_local_branch_is_deleted_before_it_was_pushed(campaign: Campaign) -> None:
    campaign.ours.git("push", "--quiet", "origin", ":fixaudit/utc/data-01")
    states = synced(campaign).states
    assert (states[0].status, states[0].pushed) == ("verified", None)
    campaign.ours.git("update-ref", "-d", "refs/heads/fixaudit/utc/data-01")
    assert statuses(synced(campaign, states))["data-01"] == "planned"


def test_reverted_is_left_alone(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("merge", "--quiet", "--squash", "origin/fixaudit/utc/data-01")
    bea.commit("Aware times (#7)")
    bea.git("revert", "--no-edit", "HEAD")
    report = synced(campaign)
    assert statuses(report)["data-01"] == "unknown"
    assert report.recompute == ()
    assert re.fullmatch(
        r"merged by [0-9a-f]{9}, and 1 of its findings is there again",
        report.states[0].reason or "",
    )


def test_new_findings_in_the_files_of_a_merged_batch(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("merge", "--quiet", "--squash", "origin/fixaudit/utc/data-01")
    bea.commit("Aware times (#7)")
    bea.write("data/c.py", bea.read("data/c.py") + f"\n\ndef more():\n    return {OLD}\n")
    bea.commit("more")
    report = synced(campaign)
    assert statuses(report)["data-01"] == "merged"
    assert report.replan == ("data-01",)


def test_what_the_host_says(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("merge", "--quiet", "--squash", "origin/fixaudit/utc/pay-01")
    bea.commit("Aware times (#7)")
    edit(bea, "data/c.py", OLD, "clock.now()")
    asked = []

    def host(state: BatchState) -> Answer:
        asked.append(state.name)
        if state.name == "data-01":
            return Answer("merged")
        return Answer("closed", "red", "https://git.example.org/12")

    report = synced(campaign, host=host)
    assert asked == ["data-01", "web-01"]
    assert statuses(report) == {"pay-01": "merged", "data-01": "merged", "web-01": "closed"}
    assert (report.states[2].checks, report.states[2].url) == ("red", "https://git.example.org/12")
    # Not asked, it stays as it was said; open again, it is.
    assert statuses(synced(campaign, report.states))["web-01"] == "closed"
    opened = synced(campaign, report.states, lambda state: Answer("open", "green"))
    assert (statuses(opened)["web-01"], opened.states[2].checks) == ("published", "green")


def test_the_host_says_merged_and_the_base_has_it_not(campaign: Campaign) -> None:
    """Into another branch, or a moment after the base was fetched."""
    report = synced(campaign, host=lambda state: Answer("merged"))
    assert statuses(report) == dict.fromkeys(NAMES, "published")
    assert {state.reason for state in report.states} == {
        "the host says merged, and its findings are on the base"
    }


def dropped_one(campaign: Campaign, batch: Batch) -> str:
    """Publish a batch of two files, the second of which was dropped in verification."""
    first, second = batch.files
    place = Place("pay", "pay")
    report = BatchReport(
        batch.name,
        "verified",
        files=((first.path, first.before, first.after),),
        kept=first.sites,
        dropped=tuple(Dropped(site, place, ("pytest",)) for site in second.sites),
    )
    trailers = trailers_of(campaign.settings.name, "fix", report)
    smaller = replace(batch, files=(first,))
    commit = committed(
        campaign.ours, campaign.settings, campaign.base, smaller, f"x\n\n{trailers.text}"
    )
    branch = campaign.branch(batch.name)
    campaign.ours.git("update-ref", f"refs/heads/{branch}", commit)
    campaign.ours.git("push", "--quiet", "--force", "origin", f"{commit}:refs/heads/{branch}")
    return commit


def test_dropped_sites_stay_dropped_while_their_file_is_the_same(campaign: Campaign) -> None:
    dropped_one(campaign, campaign.batch("pay-01", "pay/a.py", "pay/b.py"))
    edit(campaign.theirs, "pay/a.py", "# pay/a\n", "# pay/a\nimport os\n")
    report = synced(campaign)
    assert statuses(report)["pay-01"] == "published"
    assert report.identical == ("pay-01",)
    assert len(report.states[1].dropped) == 1
    edit(campaign.theirs, "pay/b.py", "# pay/b\n", "# pay/b\nimport os\n")
    assert synced(campaign).recompute == ("pay-01",)


def test_line_ends_of_windows_in_the_work_tree(campaign: Campaign) -> None:
    """git stores `\\n`; the plan was made from files with `\\r\\n`."""
    edit(campaign.theirs, "data/c.py", "# data/c\n", "# data/c\nimport os\n")
    campaign.theirs.git("push", "--quiet", "origin", "main")
    campaign.fetch()
    now = plan(campaign)
    [pay, data, web] = now.batches
    [file] = data.files
    windows = replace(
        file,
        before=file.before.replace(b"\n", b"\r\n"),
        after=file.after.replace(b"\n", b"\r\n"),
    )
    now = replace(now, batches=(pay, replace(data, files=(windows,)), web))
    report = sync(campaign.ours.repository, campaign.settings, now, ())
    assert report.identical == ("data-01",)
    digest = replace(data, files=(windows,)).digest
    message = campaign.ours.git("show", "--no-patch", "--format=%B", "origin/fixaudit/utc/data-01")
    message = re.sub("Fixaudit-Plan: .*", f"Fixaudit-Plan: {digest}", message)
    commit = committed(campaign.ours, campaign.settings, campaign.base, data, message)
    campaign.ours.git("update-ref", "refs/heads/fixaudit/utc/data-01", commit)
    found = branches(campaign.ours.repository, campaign.settings)
    assert [each.foreign for each in found if each.tip == commit] == [None]


def test_its_findings_are_only_left_now(campaign: Campaign) -> None:
    campaign.fetch()
    now = plan(campaign)
    [pay, data, web] = now.batches
    left = tuple(sites_of("data/c.py", campaign.at(campaign.base, "data/c.py")))
    report = sync(
        campaign.ours.repository, campaign.settings, campaign.plan(pay, web, left=left), ()
    )
    assert data.name == "data-01"
    assert report.states[0].status == "stale"
    assert report.recompute == ()
    assert report.named("published") == ("pay-01", "web-01")


def test_a_repository_without_a_remote(campaign: Campaign) -> None:
    campaign.ours.git("remote", "remove", "origin")
    campaign.ours.git("merge", "--quiet", "--squash", "fixaudit/utc/data-01")
    campaign.ours.commit("Aware times")
    report = sync(campaign.ours.repository, campaign.settings, plan(campaign), ())
    assert statuses(report) == {"pay-01": "verified", "data-01": "merged", "web-01": "verified"}
