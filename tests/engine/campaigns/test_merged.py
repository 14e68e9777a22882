"""`merged` is said by git alone, however somebody merged, and is never said wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest
from campaign_clones import NEW, OLD, Campaign, Clone, findings_of, new_campaign

from fixaudit.campaigns.from_git import BatchBranch, branches
from fixaudit.campaigns.merged import Standing, standing

FILLER = "\n".join(f"line_{number} = {number}" for number in range(30))
A = f"import os\n\n\ndef now():\n    return {OLD}\n\n\n{FILLER}\n\n\ndef then():\n    x = {OLD}\n    return x\n"
B = f"import os\n\n\ndef b():\n    print(1)\n    return {OLD}\n"
FILES = {"pay/a.py": A, "pay/b.py": B, "data/c.py": "def c():\n    return 1\n"}
REF = "origin/fixaudit/utc/pay-01"


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    campaign = new_campaign(tmp_path, monkeypatch, FILES)
    campaign.publish(campaign.batch("pay-01", "pay/a.py", "pay/b.py"))
    campaign.review("pay-01")
    return campaign


def judged(campaign: Campaign, batch: str = "pay-01") -> Standing:
    """How the batch stands, with the findings that main has after it is fetched."""
    campaign.theirs.git("push", "--quiet", "origin", "HEAD:refs/heads/main")
    base = campaign.fetch()
    branch = _branch(campaign, batch)
    found = findings_of(campaign, base, [file.path for file in branch.files])
    return standing(campaign.ours.repository, branch, base, found)


def _branch(campaign: Campaign, batch: str) -> BatchBranch:
    found = branches(campaign.ours.repository, campaign.settings)
    return next(branch for branch in found if branch.batch == batch)


def edit(bea: Clone, path: str, old: str, new: str, message: str = "edit") -> str:
    text = bea.read(path)
    assert old in text
    bea.write(path, text.replace(old, new))
    return bea.commit(message)


def squash(bea: Clone) -> str:
    bea.git("merge", "--quiet", "--squash", REF)
    return bea.commit("Times are aware now (#12)")


def merge(bea: Clone) -> None:
    bea.git("merge", "--quiet", "--no-ff", "-m", "Merge pull request #12", REF)


def rebase(bea: Clone) -> None:
    bea.git("cherry-pick", "--allow-empty", REF)


MERGES = {"squash": squash, "merge": merge, "rebase": rebase}


@pytest.mark.parametrize("how", MERGES)
@pytest.mark.parametrize("before", ["nothing", "elsewhere", "same-file", "beside"])
@pytest.mark.parametrize("after", ["nothing", "elsewhere", "same-file", "same-lines", "deleted"])
def test_merged(campaign: Campaign, how: str, before: str, after: str) -> None:
    bea = campaign.theirs
    if before == "elsewhere":
        edit(bea, "data/c.py", "1", "2")
    elif before == "same-file":
        edit(bea, "pay/a.py", "line_10 = 10", "line_10 = 11")
    elif before == "beside":
        edit(bea, "pay/b.py", "import os", "import sys")
    MERGES[how](bea)
    if after == "elsewhere":
        edit(bea, "data/c.py", "def c", "def d")
    elif after == "same-file":
        edit(bea, "pay/a.py", "line_20 = 20", "line_20 = 21")
    elif after == "same-lines":
        edit(bea, "pay/a.py", f"x = {NEW}", f"x = str({NEW})")
    elif after == "deleted":
        bea.git("rm", "--quiet", "pay/b.py")
        bea.commit("b is not needed")
    assert judged(campaign).status == "merged"


def test_fast_forward(campaign: Campaign) -> None:
    campaign.theirs.git("merge", "--quiet", "--ff-only", REF)
    assert judged(campaign).status == "merged"


def test_a_squash_is_named(campaign: Campaign) -> None:
    commit = squash(campaign.theirs)
    assert judged(campaign) == Standing("merged", f"merged by {commit[:9]}")


def test_a_squash_among_other_changes(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("merge", "--quiet", "--squash", REF)
    bea.commit("release 3", data__c="def c():\n    return 3\n")
    assert judged(campaign).status == "merged"


def test_two_halves_picked_one_after_the_other(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("checkout", "--quiet", REF, "--", "pay/a.py")
    bea.commit("half")
    assert judged(campaign).status == "open"
    bea.git("checkout", "--quiet", REF, "--", "pay/b.py")
    bea.commit("other half")
    assert judged(campaign).status == "merged"


def test_half_picked_and_the_rest_mended_otherwise(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("checkout", "--quiet", REF, "--", "pay/a.py")
    bea.commit("half")
    edit(bea, "pay/b.py", OLD, "clock.now()")
    assert judged(campaign).status == "unknown"


def test_nothing_of_it(campaign: Campaign) -> None:
    assert judged(campaign) == Standing("open")
    edit(campaign.theirs, "pay/a.py", "line_10 = 10", "line_10 = 11")
    assert judged(campaign) == Standing("open")


def test_an_empty_squash(campaign: Campaign) -> None:
    campaign.theirs.commit("Times are aware now (#12)")
    assert judged(campaign) == Standing("open")


def test_forged_trailers_on_main(campaign: Campaign) -> None:
    message = campaign.theirs.git("show", "--no-patch", "--format=%B", REF)
    campaign.theirs.commit(message)
    assert judged(campaign) == Standing("open")


def test_mended_by_hand(campaign: Campaign) -> None:
    for path in ("pay/a.py", "pay/b.py"):
        edit(campaign.theirs, path, OLD, "clock.now()")
    assert judged(campaign) == Standing(
        "unknown", "its findings are gone from the base, not by a commit with its changes"
    )


def test_mended_by_hand_in_the_same_way(campaign: Campaign) -> None:
    """Its changes are there, whoever made them."""
    for path in ("pay/a.py", "pay/b.py"):
        edit(campaign.theirs, path, OLD, NEW)
    assert judged(campaign).status == "merged"


def test_functions_taken_out_by_hand(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.write("pay/a.py", FILLER)
    bea.write("pay/b.py", "import os\n")
    bea.commit("not needed")
    assert judged(campaign).status == "unknown"


def test_the_new_code_stood_elsewhere_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hunk fits in another function, which the batch never touched."""
    text = "def one():\n    a = 1\n    b = 2\n    c = 3\n    return {0}\n\n\n"
    both = text.format(OLD) + text.format(NEW).replace("one", "two")
    campaign = new_campaign(tmp_path, monkeypatch, {"pay/a.py": both})
    campaign.publish(campaign.batch("pay-01", "pay/a.py"))
    campaign.review("pay-01")
    campaign.theirs.write("pay/a.py", text.format(NEW).replace("one", "two"))
    campaign.theirs.commit("one is not needed")
    assert judged(campaign).status == "unknown"


@pytest.mark.parametrize("how", MERGES)
def test_reverted(campaign: Campaign, how: str) -> None:
    bea = campaign.theirs
    MERGES[how](bea)
    bea.git("revert", "--no-edit", *(["-m", "1"] if how == "merge" else []), "HEAD")
    found = judged(campaign)
    assert found.status == "again"
    assert found.reason is not None
    assert "3 of its findings are there again" in found.reason


@pytest.mark.parametrize("how", MERGES)
def test_reverted_and_mended_by_hand(campaign: Campaign, how: str) -> None:
    bea = campaign.theirs
    MERGES[how](bea)
    bea.git("revert", "--no-edit", *(["-m", "1"] if how == "merge" else []), "HEAD")
    for path in ("pay/a.py", "pay/b.py"):
        edit(campaign.theirs, path, OLD, "clock.now()")
    assert judged(campaign).status == "unknown"


@pytest.mark.parametrize("how", MERGES)
def test_reverted_and_merged_again(campaign: Campaign, how: str) -> None:
    bea = campaign.theirs
    MERGES[how](bea)
    bea.git("revert", "--no-edit", *(["-m", "1"] if how == "merge" else []), "HEAD")
    bea.git("revert", "--no-edit", "HEAD")
    assert judged(campaign).status == "merged"


@pytest.mark.parametrize("how", MERGES)
def test_reverted_and_deleted(campaign: Campaign, how: str) -> None:
    bea = campaign.theirs
    MERGES[how](bea)
    bea.git("revert", "--no-edit", *(["-m", "1"] if how == "merge" else []), "HEAD")
    bea.git("rm", "-r", "--quiet", "pay")
    bea.commit("no more pay")
    assert judged(campaign).status == "gone"


def test_reverted_under_another_name(campaign: Campaign) -> None:
    bea = campaign.theirs
    squash(bea)
    bea.git("mv", "pay", "payments")
    bea.commit("moved")
    assert judged(campaign).status == "gone"
    for path in ("payments/a.py", "payments/b.py"):
        edit(bea, path, NEW, OLD)
    assert judged(campaign).status == "gone"


def test_reverted_with_its_function_renamed(campaign: Campaign) -> None:
    """The findings have other fingerprints then; what was taken out is back all the same."""
    bea = campaign.theirs
    squash(bea)
    for path in ("pay/a.py", "pay/b.py"):
        edit(bea, path, NEW, OLD)
        bea.write(path, bea.read(path).replace("def ", "def my_"))
    bea.git("add", "--all")
    bea.git("commit", "--quiet", "--amend", "--no-edit")
    assert judged(campaign).status == "unknown"


def test_the_package_is_gone(campaign: Campaign) -> None:
    campaign.theirs.git("rm", "-r", "--quiet", "pay")
    campaign.theirs.commit("no more pay")
    assert judged(campaign) == Standing("gone", "pay/a.py and 1 more are no longer on the base")


def test_one_file_is_gone(campaign: Campaign) -> None:
    campaign.theirs.git("rm", "--quiet", "pay/a.py")
    campaign.theirs.commit("no more a")
    assert judged(campaign) == Standing("open")
    edit(campaign.theirs, "pay/b.py", OLD, NEW)
    assert judged(campaign).status == "unknown"


def test_a_merge_that_threw_it_away(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("merge", "--quiet", "--no-ff", "-s", "ours", "-m", "Merge #12", REF)
    assert judged(campaign).status == "again"
    bea.write("pay/a.py", FILLER)
    bea.write("pay/b.py", "import os\n")
    assert judged(campaign).status != "merged"


def test_a_merge_settled_by_hand(campaign: Campaign) -> None:
    bea = campaign.theirs
    edit(bea, "pay/b.py", f"return {OLD}", f"return str({OLD})")
    bea.git("merge", "--quiet", "--no-ff", REF, check=False)
    text = "import os\n\n\ndef b():\n    print(1)\n    return str(datetime.now(tz=UTC))\n"
    bea.commit("Merge #12", pay__b=text)
    assert judged(campaign).status == "merged"


def test_the_same_finding_is_written_again(campaign: Campaign) -> None:
    bea = campaign.theirs
    squash(bea)
    edit(bea, "pay/b.py", f"return {NEW}", f"return {NEW} - {OLD}")
    assert judged(campaign).status == "again"


def test_a_new_finding_in_a_merged_file(campaign: Campaign) -> None:
    bea = campaign.theirs
    squash(bea)
    bea.write("pay/b.py", bea.read("pay/b.py") + f"\n\ndef more():\n    y = {OLD}\n    return y\n")
    bea.commit("more")
    assert judged(campaign).status == "merged"


def test_what_the_batch_left_is_no_finding_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two equal findings the first is mended: the second has its fingerprint from then on."""
    text = f"def now():\n    a = {OLD}\n    return {OLD}\n"
    campaign = new_campaign(tmp_path, monkeypatch, {"pay/a.py": text})
    batch = campaign.batch("pay-01", "pay/a.py")
    [file] = batch.files
    first = text.replace(OLD, NEW, 1).encode()
    one = type(file)(file.path, file.before, first, file.sites[:1], 1, file.sites[1:])
    campaign.publish(type(batch)(batch.name, "fix", (), ("pay",), (one,)))
    campaign.review("pay-01")
    campaign.theirs.git("merge", "--quiet", "--squash", REF)
    campaign.theirs.commit("squashed")
    assert judged(campaign).status == "merged"


def test_somebody_committed_on_it_and_merged(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("checkout", "--quiet", "-B", "fixaudit/utc/pay-01", REF)
    bea.commit("mine", data__c="x = 1\n")
    bea.git("push", "--quiet", "origin", "fixaudit/utc/pay-01")
    bea.git("checkout", "--quiet", "main")
    bea.git("merge", "--quiet", "--no-ff", "fixaudit/utc/pay-01")
    assert judged(campaign).status == "merged"


def test_somebody_commits_on_it_after_the_merge(campaign: Campaign) -> None:
    bea = campaign.theirs
    bea.git("merge", "--quiet", "--no-ff", REF)
    bea.git("checkout", "--quiet", "-B", "fixaudit/utc/pay-01", REF)
    bea.commit("mine", data__c="x = 1\n")
    bea.git("push", "--quiet", "origin", "fixaudit/utc/pay-01")
    bea.git("checkout", "--quiet", "main")
    assert judged(campaign).status == "merged"


def test_a_branch_that_was_set_to_main(campaign: Campaign) -> None:
    bea = campaign.theirs
    for path in ("pay/a.py", "pay/b.py"):
        edit(bea, path, OLD, "clock.now()")
    bea.git("push", "--quiet", "--force", "origin", "main:refs/heads/fixaudit/utc/pay-01")
    assert judged(campaign).status != "merged"


def test_an_older_change_of_the_same_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It came, was reverted, and only then the batch was made: what came before it is not it."""
    campaign = new_campaign(tmp_path, monkeypatch, FILES)
    bea = campaign.theirs
    first = campaign.base
    edit(bea, "pay/b.py", OLD, NEW)
    edit(bea, "pay/b.py", NEW, OLD)
    campaign.merge_by_hand()
    campaign.fetch()
    campaign.publish(campaign.batch("pay-01", "pay/b.py"))
    campaign.review("pay-01")
    edit(bea, "pay/b.py", OLD, "clock.now()")
    assert judged(campaign).status == "unknown"
    assert first != campaign.base
