"""A campaign over several repositories: which they are, clones of ours, and the ones out of reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from campaign_clones import Campaign, Clone, new_campaign

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.repositories import RepositoryEntry, obtain, repositories
from fixaudit.campaigns.settings import CampaignSettings, ReposSettings


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    return new_campaign(tmp_path, monkeypatch, {"pay/a.py": "x = 1\n"})


def listed(campaign: Campaign, text: str) -> CampaignSettings:
    (campaign.ours.top / "repos.txt").write_text(text)
    return replace(campaign.settings, repos=ReposSettings(list="repos.txt"))


def more_remotes(campaign: Campaign, *names: str) -> None:
    for name in names:
        target = str(campaign.folder / name)
        Clone(campaign.folder).git("clone", "--quiet", "--bare", str(campaign.remote), target)


def test_a_list(campaign: Campaign) -> None:
    text = """
        # ours
        ../remote.git      # a path from here
        https://git.example.org/acme/pay.git
        git@git.example.org:acme/web
        ssh://git@git.example.org/acme/data#1/
    """
    found = repositories(listed(campaign, text))
    assert [(entry.name, entry.address) for entry in found] == [
        ("remote", str(campaign.remote)),
        ("pay", "https://git.example.org/acme/pay.git"),
        ("web", "git@git.example.org:acme/web"),
        ("data-1", "ssh://git@git.example.org/acme/data#1/"),
    ]
    assert found[0].where == f"{campaign.ours.top}/repos.txt:3"


def test_names_are_unique_and_safe(campaign: Campaign) -> None:
    text = "../a/pay.git\n../b/Pay\n../..\n../odd name;$(x).git\n../.hidden\n../-x\n"
    names = [entry.name for entry in repositories(listed(campaign, text))]
    assert [name.rpartition("-")[0] for name in names[:2]] == ["pay", "Pay"]
    assert names[3:] == ["odd-name-x", "hidden", "x"]
    assert len({name.lower() for name in names}) == 6
    again = [entry.name for entry in repositories(listed(campaign, "../b/Pay\n../a/pay.git\n"))]
    assert again == [names[1], names[0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("https://ada:secret@git.example.org/x", ":1: https://git.example.org/x: no credentials"),
        ("https://token@git.example.org/x", ":1: https://git.example.org/x: no credentials"),
        ("\nssh://git:secret@git.example.org/x", ":2: ssh://git.example.org/x: no credentials"),
        ("ext::sh", ":1: `ext::sh` is no path and no URL"),
        ("foo://x/y", ":1: `foo` is no protocol of git: file, git, http, https, ssh"),
        ("--upload-pack=x", ":1: `--upload-pack=x` is no path and no URL"),
        ("../a\n../b\n../a/", ":3: {folder}/a is there before: {top}/repos.txt:1"),
        ("https://x.org/a\nhttps://x.org/a.git", ":2: https://x.org/a.git is there before: "),
    ],
)
def test_what_a_list_may_not_hold(campaign: Campaign, text: str, message: str) -> None:
    with pytest.raises(CampaignError) as raised:
        repositories(listed(campaign, text))
    expected = message.format(folder=campaign.folder, top=campaign.ours.top)
    assert str(raised.value).startswith(f"{campaign.ours.top}/repos.txt{expected}")
    assert "secret" not in str(raised.value)
    assert "token" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("repos", "message"),
    [
        (ReposSettings(list="no.txt"), "no.txt: the list of repositories cannot be read: "),
        (ReposSettings(folder="no"), "no: the folder of clones cannot be read: "),
        (ReposSettings(folder="pay"), "repos: pay names none"),
        (ReposSettings(list="a", folder="b"), "repos: `list` or `folder`, not both"),
    ],
)
def test_no_repositories(campaign: Campaign, repos: ReposSettings, message: str) -> None:
    with pytest.raises(CampaignError) as raised:
        repositories(replace(campaign.settings, repos=repos))
    assert message in str(raised.value)


def test_the_one_that_holds_the_campaign(campaign: Campaign) -> None:
    [entry] = repositories(campaign.settings)
    assert (entry.name, entry.clone) == ("ours", False)
    assert obtain(entry, campaign.folder / "clones").top == campaign.ours.top
    assert not (campaign.folder / "clones").exists()


def test_a_folder_of_clones_is_worked_with_as_it_is(campaign: Campaign) -> None:
    (campaign.folder / "empty").mkdir()
    found = repositories(replace(campaign.settings, repos=ReposSettings(folder="..")))
    assert [(entry.name, entry.clone) for entry in found] == [("ours", False), ("theirs", False)]
    assert obtain(found[1], campaign.folder / "clones").top == campaign.theirs.top


def test_cloned_once_and_fetched_then(campaign: Campaign) -> None:
    [entry] = repositories(listed(campaign, "../remote.git\n"))
    clones = campaign.folder / "state" / "clones"
    first = obtain(entry, clones)
    assert first.top == clones / "remote"
    commit = campaign.theirs.commit(pay__a="x = 2\n")
    campaign.theirs.git("push", "--quiet", "origin", "main")
    mark = first.top / ".git" / "mark"
    mark.touch()
    (first.top / "pay" / "a.py").write_text("left by a killed run\n")
    assert obtain(entry, clones).top == first.top
    clone = Clone(first.top)
    assert clone.git("rev-parse", "HEAD", "origin/main").split() == [commit, commit]
    assert clone.git("status", "--porcelain") == ""
    assert clone.read("pay/a.py") == "x = 2\n"
    assert mark.exists()


def test_hooks_of_the_users_template_do_not_run(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = campaign.folder / "template" / "hooks"
    hooks.mkdir(parents=True)
    (hooks / "post-checkout").write_text(f"#!/bin/sh\ntouch {campaign.folder}/ran\n")
    (hooks / "post-checkout").chmod(0o755)
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(campaign.folder / "template"))
    [entry] = repositories(listed(campaign, "../remote.git\n"))
    obtain(entry, campaign.folder / "clones")
    assert not (campaign.folder / "ran").exists()


def obtained(entries: Iterable[RepositoryEntry], folder: Path) -> tuple[list[str], list[str]]:
    """The names of those that could be reached, and a problem for each of the others."""
    names, problems = [], []
    for entry in entries:
        try:
            obtain(entry, folder)
        except CampaignError as error:
            problems.append(str(error))
        else:
            names.append(entry.name)
    return names, problems


def test_three_remotes_one_of_them_out_of_reach(campaign: Campaign) -> None:
    more_remotes(campaign, "one.git", "two.git")
    entries = repositories(listed(campaign, "../one.git\n../gone.git\n../two.git\n"))
    clones = campaign.folder / "clones"
    names, [problem] = obtained(entries, clones)
    assert names == ["one", "two"]
    top, gone = campaign.ours.top, campaign.folder / "gone.git"
    assert problem.startswith(f"{top}/repos.txt:2: cannot reach {gone}: ")
    assert "\n" not in problem
    assert sorted(path.name for path in clones.iterdir()) == ["one", "two"]
    # One that was there before, and is not now.
    (campaign.folder / "two.git").rename(campaign.folder / "elsewhere.git")
    names, problems = obtained(entries, clones)
    assert names == ["one"]
    assert len(problems) == 2


def test_half_a_clone_is_not_taken_for_one(campaign: Campaign) -> None:
    [entry] = repositories(listed(campaign, "../remote.git\n"))
    half = campaign.folder / "clones" / "remote.part"
    half.mkdir(parents=True)
    (half / "junk").touch()
    assert obtain(entry, campaign.folder / "clones").top.name == "remote"
    assert not half.exists()


def test_a_clone_of_another_repository(campaign: Campaign) -> None:
    more_remotes(campaign, "one.git")
    [entry] = repositories(listed(campaign, "../one.git\n"))
    clones = campaign.folder / "clones"
    clones.mkdir()
    Clone(clones).git("clone", "--quiet", str(campaign.remote), "one")
    with pytest.raises(CampaignError, match=r"is a clone of .*remote\.git; remove it"):
        obtain(entry, clones)


def test_a_remote_without_a_commit(campaign: Campaign) -> None:
    Clone(campaign.folder).git("init", "--quiet", "--bare", "empty.git")
    [entry] = repositories(listed(campaign, "../empty.git\n"))
    with pytest.raises(CampaignError, match="has no commit"):
        obtain(entry, campaign.folder / "clones")
