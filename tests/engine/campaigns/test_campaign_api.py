"""`fixaudit.Campaign`: a whole campaign from Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from campaign_remotes import Mono, new_mono

import fixaudit
from fixaudit import Campaign, RunOptions
from fixaudit.campaigns.errors import CampaignError


@pytest.fixture
def mono(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mono:
    made = new_mono(tmp_path, monkeypatch)
    for name in ("ada", "bea"):
        made.package(name)
    made.campaign()
    made.commit()
    return made


def _statuses(campaign: Campaign) -> dict[str, str]:
    return {state.name: state.status for state in campaign.status()}


def test_planned_run_published_merged_and_closed(mono: Mono) -> None:
    campaign = Campaign("tidy", mono.top)
    assert campaign.status() == ()
    plan = campaign.plan()
    assert [batch.name for batch in plan.batches] == ["ada-01", "bea-01"]
    assert plan == campaign.plan()
    assert _statuses(campaign) == {"ada-01": "planned", "bea-01": "planned"}

    heard: list[str] = []
    runs = campaign.run(RunOptions(jobs=1), lambda run: heard.append(run.batch.name))
    assert [run.batch.name for run in runs] == heard == ["ada-01", "bea-01"]
    assert all(run.is_committed for run in runs)
    assert campaign.run() == []

    report = campaign.publish()
    assert report.pushed == ("ada-01", "bea-01")
    assert campaign.publish().pushed == ()
    branch = campaign.settings.branch("ada-01")
    mono.work.git("merge", "--quiet", "--no-ff", "-m", "merged", branch)
    mono.work.git("push", "--quiet", "origin", "main")
    found = campaign.sync().found
    assert found.named("merged") == ("ada-01",)
    assert _statuses(campaign) == {"ada-01": "merged", "bea-01": "published"}

    with pytest.raises(CampaignError, match="bea-01 not merged yet"):
        campaign.close()
    assert f"{branch} was merged, and is removed here" in campaign.close(force=True)
    assert campaign.status() == ()


def test_shards_are_put_together(mono: Mono, tmp_path: Path) -> None:
    campaign = Campaign("tidy", mono.top)
    parts = [campaign.run_shard((at, 2), tmp_path / "parts") for at in (1, 2)]
    assert all(state.commit is None for state in campaign.status())
    assert [run.batch.name for run in campaign.merge(parts)] == ["ada-01", "bea-01"]
    assert set(_statuses(campaign).values()) == {"verified"}


def test_what_failed_is_tried_again(mono: Mono) -> None:
    mono.package("bea", check="raise SystemExit('red')\n")
    mono.commit()
    campaign = Campaign("tidy", mono.top)
    campaign.run()
    assert _statuses(campaign) == {"ada-01": "verified", "bea-01": "red-before"}
    with pytest.raises(CampaignError, match="ada-01 is verified"):
        campaign.retry(["ada-01"])
    assert campaign.retry() == ["bea-01"]
    assert _statuses(campaign)["bea-01"] == "planned"


def test_nothing_runs_that_is_not_trusted(mono: Mono) -> None:
    campaign = fixaudit.Campaign("tidy", mono.top, local_code=False)
    assert campaign.plan().batches
    with pytest.raises(CampaignError):
        campaign.run()
    assert not campaign.is_trusted
    assert mono.runs == []
