"""What a campaign's branches hold: read from the refs that are the campaign's, and from no other."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from campaign_clones import NEW, OLD, Campaign, Clone, batch_of_texts, committed, new_campaign

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.from_git import BatchBranch, branches
from fixaudit.campaigns.remote import base_commit, batch_of, branch_pattern, fetch
from fixaudit.campaigns.report import BatchReport
from fixaudit.campaigns.trailers import trailers_of
from fixaudit.files.git_repository import Repository

TEXT = f"def now():\n    return {OLD}\n\n\ndef other():\n    return 1\n"
FILES = {"pay/a.py": TEXT, "pay/b.py": TEXT, "data/c.py": TEXT}


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    return new_campaign(tmp_path, monkeypatch, FILES)


def found(campaign: Campaign) -> list[BatchBranch]:
    campaign.fetch()
    return branches(campaign.ours.repository, campaign.settings)


def test_a_branch_that_is_ours(campaign: Campaign) -> None:
    batch = campaign.batch("pay-01", "pay/a.py", "pay/b.py")
    commit = campaign.publish(batch)
    [branch] = found(campaign)
    assert (branch.batch, branch.name, branch.tip) == ("pay-01", "fixaudit/utc/pay-01", commit)
    assert branch.pushed
    assert branch.merge_base == campaign.base
    assert branch.foreign is None
    assert branch.trailers is not None
    assert branch.trailers.findings == tuple(site.fingerprint for site in batch.sites)
    assert [file.path for file in branch.files] == ["pay/a.py", "pay/b.py"]


def test_a_fresh_clone_reads_the_same(campaign: Campaign) -> None:
    campaign.publish(campaign.batch("pay-01", "pay/a.py"))
    campaign.publish(campaign.batch("data-01", "data/c.py"))
    before = found(campaign)
    Clone(campaign.folder).git("clone", "--quiet", str(campaign.remote), "fresh")
    fresh = Clone(campaign.folder / "fresh").repository
    fetch(fresh, campaign.settings)
    assert branches(fresh, campaign.settings) == before
    assert len(before) == 2


def test_a_local_branch_is_listed_until_it_is_pushed(campaign: Campaign) -> None:
    batch = campaign.batch("pay-01", "pay/a.py")
    campaign.publish(batch, push=False)
    [branch] = found(campaign)
    assert not branch.pushed
    campaign.publish(batch)
    assert [branch.pushed for branch in found(campaign)] == [True]


def test_what_was_deleted_at_the_remote_is_gone_here(campaign: Campaign) -> None:
    campaign.publish(campaign.batch("pay-01", "pay/a.py"))
    campaign.ours.git("update-ref", "-d", "refs/heads/fixaudit/utc/pay-01")
    assert len(found(campaign)) == 1
    campaign.ours.git("push", "--quiet", "origin", ":refs/heads/fixaudit/utc/pay-01")
    assert found(campaign) == []


def test_only_the_base_and_ours_are_fetched_and_pruned(campaign: Campaign) -> None:
    refs = "refs/remotes/origin"
    campaign.ours.git("update-ref", f"{refs}/gone-at-the-remote", campaign.base)
    campaign.theirs.git("push", "--quiet", "origin", "main:other", "main:fixaudit/xyz/pay-01")
    campaign.theirs.git("tag", "v1")
    campaign.theirs.git("push", "--quiet", "origin", "v1")
    head = (campaign.ours.top / ".git" / "HEAD").read_bytes()
    index = (campaign.ours.top / ".git" / "index").read_bytes()
    campaign.fetch()
    names = campaign.ours.git("for-each-ref", "--format=%(refname)").split()
    assert f"{refs}/gone-at-the-remote" in names
    assert not [name for name in names if name.endswith(("other", "xyz/pay-01", "tags/v1"))]
    assert not (campaign.ours.top / ".git" / "FETCH_HEAD").exists()
    assert (campaign.ours.top / ".git" / "HEAD").read_bytes() == head
    assert (campaign.ours.top / ".git" / "index").read_bytes() == index


def test_trailers_on_other_refs_count_for_nothing(campaign: Campaign) -> None:
    batch = campaign.batch("pay-01", "pay/a.py")
    commit = committed(campaign.ours, campaign.settings, campaign.base, batch)
    for ref in ("heads/feature", "heads/fixaudit/utc", "tags/fixaudit/utc/pay-01"):
        campaign.ours.git("update-ref", f"refs/{ref}", commit)
        campaign.ours.git("push", "--quiet", "origin", f"refs/{ref}:refs/{ref}")
        campaign.ours.git("update-ref", "-d", f"refs/{ref}")
    campaign.ours.git("update-ref", "refs/remotes/elsewhere/fixaudit/utc/pay-01", commit)
    campaign.ours.git("push", "--quiet", "origin", f"{commit}:refs/heads/main")
    assert found(campaign) == []


def test_a_commit_of_somebody_on_top(campaign: Campaign) -> None:
    ours = campaign.publish(campaign.batch("pay-01", "pay/a.py"))
    campaign.theirs.git("fetch", "--quiet")
    campaign.theirs.git("checkout", "--quiet", "fixaudit/utc/pay-01")
    theirs = campaign.theirs.commit("mine", pay__a="x = 1\n")
    campaign.theirs.git("push", "--quiet", "origin", "fixaudit/utc/pay-01")
    [branch, local] = found(campaign)
    assert (branch.tip, branch.commit, branch.pushed) == (theirs, ours, True)
    assert branch.foreign is not None
    assert theirs[:9] in branch.foreign
    assert (local.tip, local.pushed, local.foreign) == (ours, False, None)


@pytest.mark.parametrize(
    "how", ["amended", "mode", "copied", "merged", "reworded", "none", "below"]
)
def test_what_somebody_else_did_to_it(campaign: Campaign, how: str) -> None:
    ours = campaign.publish(campaign.batch("pay-01", "pay/a.py"))
    campaign.ours.git("update-ref", "-d", "refs/heads/fixaudit/utc/pay-01")
    bea = campaign.theirs
    bea.git("fetch", "--quiet")
    bea.git("checkout", "--quiet", "fixaudit/utc/pay-01")
    message = bea.git("show", "--no-patch", "--format=%B")
    if how == "amended":
        bea.write("pay/a.py", f"{TEXT}# checked\n")
        bea.git("commit", "--quiet", "--all", "--amend", "--no-edit")
    elif how == "mode":
        bea.git("update-index", "--chmod=+x", "pay/a.py")
        bea.git("commit", "--quiet", "--amend", "--no-edit")
    elif how == "copied":
        bea.commit(message, pay__b="x = 1\n")
    elif how == "merged":
        bea.git("checkout", "--quiet", "main")
        bea.commit(pay__b="x = 1\n")
        bea.git("push", "--quiet", "origin", "main")
        bea.git("checkout", "--quiet", "fixaudit/utc/pay-01")
        bea.git("merge", "--quiet", "--no-ff", "-m", message, "main")
    elif how == "reworded":
        bea.git(
            "commit", "--quiet", "--amend", "-m", message.replace("-Batch: pay", "-Batch: data")
        )
    elif how == "none":
        bea.git("commit", "--quiet", "--amend", "-m", "mine")
    else:
        bea.git("reset", "--quiet", "--hard", "main")
        bea.commit("below", pay__b="x = 1\n")
        bea.git("cherry-pick", ours)
    bea.git("push", "--quiet", "--force", "origin", "fixaudit/utc/pay-01")
    [branch] = found(campaign)
    assert branch.foreign is not None


def test_a_rebased_branch_is_ours_while_its_content_is(campaign: Campaign) -> None:
    campaign.publish(campaign.batch("pay-01", "pay/a.py"))
    bea = campaign.theirs
    bea.commit(pay__b="x = 1\n")
    bea.git("push", "--quiet", "origin", "main")
    bea.git("fetch", "--quiet")
    bea.git("checkout", "--quiet", "fixaudit/utc/pay-01")
    bea.git("rebase", "--quiet", "main")
    bea.git("push", "--quiet", "--force", "origin", "fixaudit/utc/pay-01")
    branch = found(campaign)[0]
    assert branch.foreign is None
    assert branch.merge_base == campaign.base


def test_hostile_refs_break_nothing(campaign: Campaign) -> None:
    bea = campaign.theirs
    campaign.publish(campaign.batch("pay-01", "pay/a.py"))
    bea.git("checkout", "--quiet", "--orphan", "unrelated")
    (bea.top / "blob.bin").write_bytes(bytes(range(256)) * 100)
    os.symlink("/etc/passwd", bea.top / "link.py")
    bea.commit("unrelated\n\nFixaudit-Campaign: utc\nFixaudit-Batch: odd-01\nFixaudit-Plan: zz\n")
    many = bea.git("rev-parse", "HEAD")
    tree = bea.git("rev-parse", "HEAD^{tree}")
    for number in range(120):
        many = bea.git("commit-tree", tree, "-p", many, "-m", f"{number}")
    main = "main:refs/heads/fixaudit/utc/"
    bea.git(
        *("push", "--quiet", "origin", "HEAD:refs/heads/fixaudit/utc/odd-01"),
        *(f"{many}:refs/heads/fixaudit/utc/many-01", f"{main}main-01"),
        *(f"{main}{name}" for name in ("ünï", "a/b", "UPPER", "-x", "$(touch)", "--upload-pack=x")),
    )
    by_name = {branch.batch: branch for branch in found(campaign)}
    assert by_name.keys() == {"pay-01", "odd-01", "many-01", "main-01"}
    assert [name for name, branch in by_name.items() if branch.foreign is None] == ["pay-01"]
    assert by_name["odd-01"].merge_base is None
    assert by_name["main-01"].on_base


def test_a_forged_commit_on_main_below_a_branch_that_was_reset(campaign: Campaign) -> None:
    bea = campaign.theirs
    digits = "0" * 32
    bea.commit(
        "x\n\nFixaudit-Campaign: utc\nFixaudit-Batch: pay-01\n"
        f"Fixaudit-Plan: {digits}\nFixaudit-Findings: {digits}\n",
        pay__b="x = 1\n",
    )
    bea.commit("y", pay__b="x = 2\n")
    bea.git("push", "--quiet", "origin", "main", "main:refs/heads/fixaudit/utc/pay-01")
    [branch] = found(campaign)
    assert branch.foreign == "its trailers name the batch pay-01 of the campaign utc"
    assert branch.commit is None


def test_the_campaign_of_a_longer_name_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = new_campaign(tmp_path, monkeypatch, FILES, branch="fix-{campaign}-{batch}")
    longer = campaign.settings.__class__(
        "utc-more", ("x",), campaign.settings.path, campaign.ours.top,
        publish=campaign.settings.publish,
    )  # fmt: skip
    batch = campaign.batch("pay-01", "pay/a.py")
    commit = committed(campaign.ours, longer, campaign.base, batch)
    campaign.ours.git("push", "--quiet", "origin", f"{commit}:refs/heads/fix-utc-more-pay-01")
    assert found(campaign) == []
    assert [each.batch for each in branches(campaign.ours.repository, longer)] == ["pay-01"]


@pytest.mark.parametrize(
    ("template", "pattern", "name", "batch"),
    [
        ("fixaudit/{campaign}/{batch}", "fixaudit/utc/*", "fixaudit/utc/pay-01", "pay-01"),
        ("fixaudit/{campaign}/{batch}", "fixaudit/utc/*", "fixaudit/utc/a/b", None),
        ("{batch}.{campaign}", "*.utc", "pay-01.utc", "pay-01"),
        ("{batch}.{campaign}", "*.utc", "pay-01xutc", None),
        ("x/{batch}/{batch}", "x/*", "x/p/p", "p"),
        ("x/{batch}/{batch}", "x/*", "x/p/q", None),
    ],
)
def test_templates(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    template: str,
    pattern: str,
    name: str,
    batch: str | None,
) -> None:
    settings = new_campaign(tmp_path, monkeypatch, FILES, branch=template).settings
    assert branch_pattern(settings) == pattern
    assert batch_of(settings, name) == batch


def test_four_hundred_branches_take_a_few_processes(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"p-{number:03}" for number in range(400)]
    for name in names:
        campaign.theirs.write(f"{name}/m.py", TEXT)
    campaign.theirs.commit("many")
    campaign.merge_by_hand()
    base = campaign.fetch()
    stream = []
    for name in names:
        batch = batch_of_texts(name, {f"{name}/m.py": TEXT})
        [file] = batch.files
        report = BatchReport(
            name, "verified", files=((file.path, file.before, file.after),), kept=batch.sites
        )
        message = f"x\n\n{trailers_of('utc', 'fix', report).text}"
        stream.append(
            f"commit refs/heads/fixaudit/utc/{name}\ncommitter A <a@example.org> 1 +0000\n"
            f"data {len(message)}\n{message}\nfrom {base}\n"
            f"M 100644 inline {file.path}\ndata {len(file.after)}\n{file.after.decode()}\n"
        )
    campaign.ours.git("fast-import", "--quiet", stdin="".join(stream))
    started = list[str]()
    attempt = Repository.attempt

    def counted(
        repository: Repository, *arguments: str, **more: Any
    ) -> subprocess.CompletedProcess[bytes]:
        started.append(arguments[0])
        return attempt(repository, *arguments, **more)

    monkeypatch.setattr(Repository, "attempt", counted)
    read = branches(campaign.ours.repository, campaign.settings, base)
    assert [(branch.batch, branch.foreign) for branch in read] == [(name, None) for name in names]
    assert len(started) < 40


def test_no_remote_at_all(campaign: Campaign) -> None:
    campaign.publish(campaign.batch("pay-01", "pay/a.py"), push=False)
    campaign.ours.git("remote", "remove", "origin")
    campaign.ours.commit("later", data__c="x = 1\n")
    assert campaign.fetch() == campaign.ours.git("rev-parse", "main")
    assert [(each.batch, each.pushed) for each in found(campaign)] == [("pay-01", False)]


def test_a_url_in_place_of_a_remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"file://{os.path.realpath(tmp_path)}/remote.git"
    campaign = new_campaign(tmp_path, monkeypatch, FILES, push_remote=url)
    assert campaign.fetch() == campaign.ours.git("rev-parse", "main")
    campaign.ours.git("remote", "remove", "origin")
    campaign.ours.git("remote", "add", "origin", url)
    campaign.publish(campaign.batch("pay-01", "pay/a.py"))
    assert [(each.batch, each.pushed) for each in found(campaign)] == [("pay-01", True)]
    assert "refs/fixaudit/" in campaign.ours.git("for-each-ref", "--format=%(refname)")


@pytest.mark.parametrize(
    ("publish", "message"),
    [
        ({"base": "trunk"}, "base: origin has no branch `trunk`; name the one that is migrated"),
        ({"push_remote": "orign"}, "push-remote: no remote `orign` in {top}; there is origin"),
        ({"branch": "fix"}, "branch: `fix` is the same for all batches; put {batch} into it"),
    ],
)
def test_what_cannot_be_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, publish: dict[str, str], message: str
) -> None:
    campaign = new_campaign(tmp_path, monkeypatch, FILES, **publish)
    with pytest.raises(CampaignError) as raised:
        campaign.fetch()
    expected = message.replace("{top}", str(campaign.ours.top))
    assert str(raised.value) == f"{campaign.settings.path}: {expected}"


def test_a_remote_that_is_not_there(campaign: Campaign) -> None:
    campaign.remote.rename(campaign.folder / "moved.git")
    with pytest.raises(CampaignError) as raised:
        campaign.fetch()
    assert str(raised.value).startswith("cannot fetch from origin: '")
    assert "\n" not in str(raised.value)


def test_credentials_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://ada:secret@127.0.0.1:9/x.git"
    campaign = new_campaign(tmp_path, monkeypatch, FILES, push_remote=url)
    with pytest.raises(CampaignError) as raised:
        campaign.fetch()
    assert "secret" not in str(raised.value)
    assert "127.0.0.1:9" in str(raised.value)


def test_a_base_that_was_never_fetched(campaign: Campaign) -> None:
    campaign.ours.git("update-ref", "-d", "refs/remotes/origin/main")
    with pytest.raises(
        CampaignError, match="no branch `main` of origin; `campaign sync` fetches it"
    ):
        base_commit(campaign.ours.repository, campaign.settings)


def test_a_shallow_clone_is_refused(campaign: Campaign) -> None:
    campaign.theirs.commit("more", pay__b=TEXT.replace(OLD, NEW))
    campaign.theirs.git("push", "--quiet", "origin", "main")
    url = f"file://{campaign.remote}"
    Clone(campaign.folder).git("clone", "--quiet", "--depth=1", url, "shallow")
    with pytest.raises(CampaignError, match="shallow clone"):
        fetch(Clone(campaign.folder / "shallow").repository, campaign.settings)
