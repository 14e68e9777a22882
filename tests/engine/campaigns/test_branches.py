"""A batch's commit and branch: made by plumbing, moved only from where it was, nothing else touched."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from publish_batches import Mono, batch_of, git, new_mono, site

from fixaudit.campaigns.batch import Batch, BatchFile
from fixaudit.campaigns.branches import DivergedError, commit_batch
from fixaudit.campaigns.commit_text import commit_message
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.report import BatchReport
from fixaudit.campaigns.trailers import read_trailers

BRANCH = "fixaudit/utc-aware/a-01"


@pytest.fixture
def mono(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mono:
    return new_mono(Path(os.path.realpath(tmp_path)), monkeypatch, "ab")


def snapshot(top: Path) -> dict[str, bytes]:
    """Every file of the tree and of the git folder but for objects, this tool's branches and logs."""
    found = {}
    for path in sorted(top.rglob("*")):
        name = path.relative_to(top).as_posix()
        if path.is_file() and "/objects/" not in f"/{name}" and "fixaudit/" not in name:
            found[name] = path.read_bytes()
    return found


def files_of(mono: Mono, commit: str) -> str:
    return mono.work.git("show", "--format=", "--name-status", commit)


def change(
    mono: Mono, name: str, path: str, before: bytes, after: bytes
) -> tuple[Batch, BatchReport, str]:
    found = site(name, path=path)
    batch = Batch(name, "fix", (), ("",), (BatchFile(path, before, after, (found,), 1),))
    report = BatchReport(name, "verified", None, ((path, before, after),), (found,))
    mono.plan = replace(mono.plan, batches=(*mono.plan.batches, batch))
    mono.reports[name] = report
    return batch, report, commit_message(mono.settings, batch, report)


def rebase(mono: Mono) -> None:
    """CampaignPlan on the commit that main is at now."""
    mono.plan = replace(mono.plan, base=mono.work.git("rev-parse", "HEAD").strip())


def test_the_commit_holds_the_report_and_the_user_s_tree_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mono = new_mono(Path(os.path.realpath(tmp_path)), monkeypatch, "ab")
    work = mono.work
    work.git("update-ref", "-d", f"refs/heads/{BRANCH}")
    work.write("packages/b/mod.py", "b = 'staged'\n")
    work.git("add", "packages/b/mod.py")
    work.write("packages/a/mod.py", "a = 'mine, unsaved'\n")
    work.write("new.py", "untracked\n")
    before, status = snapshot(work.top), work.git("status", "--porcelain", "-z")
    commit = mono.commit("a-01")
    assert snapshot(work.top) == before
    assert work.git("status", "--porcelain", "-z") == status
    assert files_of(mono, commit) == "M\tpackages/a/mod.py\n"
    assert work.git("show", f"{BRANCH}:packages/a/mod.py") == "a = 'after'\n"
    assert work.git("rev-parse", f"{BRANCH}^") == work.git("rev-parse", "main")
    trailers = read_trailers(work.git("log", "-1", "--format=%B", BRANCH))
    assert trailers is not None
    assert (trailers.campaign, trailers.batch) == ("utc-aware", "a-01")
    assert trailers.plan == mono.reports["a-01"].digest


def test_the_same_content_and_message_make_no_new_commit(mono: Mono) -> None:
    first = mono.states["a-01"].commit
    log = mono.work.git("reflog", BRANCH)
    assert mono.commit("a-01") == first
    assert mono.work.git("reflog", BRANCH) == log


def test_another_message_or_base_makes_another_commit(mono: Mono) -> None:
    first = mono.states["a-01"].commit
    mono.settings = replace(mono.settings, title="Times know their zone")
    second = mono.commit("a-01")
    mono.work.commit(other="x = 1\n")
    rebase(mono)
    third = mono.commit("a-01")
    assert len({first, second, third}) == 3
    assert mono.work.git("rev-parse", BRANCH).strip() == third
    assert mono.work.git("rev-parse", f"{third}^") == mono.work.git("rev-parse", "main")


def test_a_person_s_commit_on_the_branch_stays(mono: Mono) -> None:
    tree = mono.work.top.parent / "second"
    mono.work.git("worktree", "add", "--quiet", str(tree), BRANCH)
    (tree / "packages/a/mod.py").write_text("a = 'better'\n")
    git(tree, "commit", "--quiet", "--all", "-m", "better")
    mono.work.git("worktree", "remove", str(tree))
    tip = mono.work.git("rev-parse", BRANCH)
    mono.settings = replace(mono.settings, title="another")
    with pytest.raises(DivergedError, match="somebody else committed on fixaudit/utc-aware/a-01"):
        mono.commit("a-01")
    assert mono.work.git("rev-parse", BRANCH) == tip


@pytest.mark.parametrize("how", ["amended", "below", "merged"])
def test_a_commit_with_our_trailers_and_somebody_s_content_stays(mono: Mono, how: str) -> None:
    tree = mono.work.top.parent / "second"
    message = mono.work.git("log", "-1", "--format=%B", BRANCH)
    start = "main" if how == "below" else BRANCH
    mono.work.git("worktree", "add", "--quiet", "--detach", str(tree), start)
    if how == "amended":
        (tree / "packages/a/mod.py").write_text("a = 'better'\n")
        git(tree, "commit", "--quiet", "--all", "--amend", "-m", message)
    elif how == "below":
        (tree / "own.py").write_text("mine\n")
        git(tree, "add", "own.py")
        git(tree, "commit", "--quiet", "-m", "mine")
        git(tree, "cherry-pick", BRANCH)
    else:
        git(tree, "checkout", "--quiet", "-b", "side", "main")
        git(tree, "commit", "--quiet", "--allow-empty", "-m", "side")
        git(tree, "merge", "--quiet", "--no-ff", "-m", message, BRANCH)
    tip = git(tree, "rev-parse", "HEAD").strip()
    mono.work.git("worktree", "remove", "--force", str(tree))
    mono.work.git("update-ref", f"refs/heads/{BRANCH}", tip)
    mono.settings = replace(mono.settings, title="another")
    with pytest.raises(DivergedError):
        mono.commit("a-01")
    assert mono.work.git("rev-parse", BRANCH).strip() == tip


def test_a_branch_that_is_checked_out_is_refused(mono: Mono) -> None:
    tree = mono.work.top.parent / "second"
    mono.work.git("worktree", "add", "--quiet", str(tree), BRANCH)
    mono.settings = replace(mono.settings, title="another")
    tip = mono.work.git("rev-parse", BRANCH)
    with pytest.raises(CampaignError, match=f"is checked out in {tree}"):
        mono.commit("a-01")
    assert mono.work.git("rev-parse", BRANCH) == tip


def test_a_branch_that_is_being_rebased_is_refused(mono: Mono) -> None:
    tree = mono.work.top.parent / "second"
    mono.work.git("worktree", "add", "--quiet", str(tree), BRANCH)
    git(tree, "rebase", "--force-rebase", "--exec", "git commit --quiet --allow-empty -m p", "--root", "HEAD", GIT_SEQUENCE_EDITOR="sed -i 1s/pick/edit/")  # fmt: skip
    folder = git(tree, "rev-parse", "--git-path", "rebase-merge/head-name").strip()
    path = Path(folder)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"refs/heads/{BRANCH}\n")
    git(tree, "checkout", "--quiet", "--detach")
    mono.settings = replace(mono.settings, title="another")
    with pytest.raises(CampaignError, match="a rebase"):
        mono.commit("a-01")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("main", "share one branch"),
        ("{batch}", "a branch of yours"),
        ("feature/{batch}", "is checked out in"),
        ("a..{batch}", "git takes no branch"),
        ("-{batch}", "git takes no branch"),
        ("x {batch}", "git takes no branch"),
    ],
)
def test_protected_and_impossible_branches_are_refused(
    mono: Mono, template: str, said: str
) -> None:
    mono.work.git("checkout", "--quiet", "-b", "feature/a-01")
    mono.configure(branch=template, base="a-01" if template == "{batch}" else "main")
    refs = mono.work.git("for-each-ref")
    with pytest.raises(CampaignError, match=said) as caught:
        mono.commit("a-01")
    assert len(str(caught.value).splitlines()) == 1
    assert mono.work.git("for-each-ref") == refs


def test_a_branch_in_the_way_of_its_folder_is_named(mono: Mono) -> None:
    mono.configure(branch="release/{batch}")
    mono.work.git("branch", "release")
    with pytest.raises(CampaignError, match=r"release/a-01 cannot be moved: .*'refs/heads/release' exists"):  # fmt: skip
        mono.commit("a-01")


def test_modes_are_kept_and_new_files_are_possible(mono: Mono) -> None:
    path = mono.work.write("tool.py", "#!/usr/bin/env python\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    mono.work.commit()
    rebase(mono)
    batch, report, _ = change(mono, "tool-01", "tool.py", b"#!/usr/bin/env python\n", b"x = 1\n")
    helper = ("helper/new.py", b"", b"def now(): ...\n")
    report = replace(report, files=(*report.files, helper))
    message = commit_message(mono.settings, batch, report)
    repository = mono.work.repository
    commit = commit_batch(repository, mono.settings, mono.plan.base, batch, report, message)
    listed = mono.work.git("ls-tree", "-r", commit)
    assert "100755 blob" in next(line for line in listed.splitlines() if "tool.py" in line)
    assert "100644 blob" in next(line for line in listed.splitlines() if "helper/new.py" in line)
    assert not (mono.work.top / "helper").exists()


def test_line_ends_are_converted_as_the_base_says_and_not_the_user_s_tree(mono: Mono) -> None:
    mono.work.write(".gitattributes", "*.py text eol=crlf\n")
    mono.work.git("add", "--all")
    mono.work.git("commit", "--quiet", "-m", "attributes")
    rebase(mono)
    mono.work.write(".gitattributes", "*.py -text\n")
    windows = ("packages/a/mod.py", b"a = 'before'\r\n", b"a = 'after'\r\n")
    mono.reports["a-01"] = replace(mono.reports["a-01"], files=(windows,))
    commit = mono.commit("a-01")
    blob = mono.work.git("cat-file", "blob", f"{commit}:packages/a/mod.py")
    assert blob == "a = 'after'\n"
    mono.settings = replace(mono.settings, title="it is known again as the batch's own")
    assert mono.commit("a-01") != commit


def test_a_file_that_differs_on_the_base_is_refused(mono: Mono) -> None:
    mono.work.commit(packages__a__mod="a = 'moved on'\n")
    rebase(mono)
    tip = mono.work.git("rev-parse", BRANCH)
    with pytest.raises(CampaignError, match=r"packages/a/mod.py differs in \w+; plan the campaign"):
        mono.commit("a-01")
    assert mono.work.git("rev-parse", BRANCH) == tip


@pytest.mark.parametrize("path", ["../out.py", ".git/config", "packages/a/mod.py/x.py"])
def test_a_path_that_is_none_of_the_tree_is_refused(mono: Mono, path: str) -> None:
    batch, report, message = change(mono, "bad-01", path, b"", b"x\n")
    repository = mono.work.repository
    with pytest.raises(CampaignError) as caught:
        commit_batch(repository, mono.settings, mono.plan.base, batch, report, message)
    assert len(str(caught.value).splitlines()) == 1


def test_a_link_is_no_plain_file(mono: Mono) -> None:
    (mono.work.top / "link.py").symlink_to("packages/a/mod.py")
    mono.work.commit()
    rebase(mono)
    batch, report, message = change(mono, "link-01", "link.py", b"packages/a/mod.py", b"x\n")
    with pytest.raises(CampaignError, match="is no plain file"):
        commit_batch(mono.work.repository, mono.settings, mono.plan.base, batch, report, message)


def test_a_lock_that_goes_is_waited_for_and_one_that_stays_is_named(mono: Mono) -> None:
    lock = mono.work.top / ".git/refs/heads" / f"{BRANCH}.lock"
    waits: list[float] = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            lock.unlink()

    mono.settings = replace(mono.settings, title="another")
    batch, report = mono.plan.batches[0], mono.reports["a-01"]
    arguments = (mono.work.repository, mono.settings, mono.plan.base, batch, report)
    message = commit_message(mono.settings, batch, report)
    lock.touch()
    new = commit_batch(*arguments, message, pause=pause)
    assert len(waits) == 3
    assert mono.work.git("rev-parse", BRANCH).strip() == new
    lock.touch()
    with pytest.raises(CampaignError, match=r"cannot be moved: .*lock"):
        commit_batch(*arguments, message.replace("another", "one more"), pause=lambda _: None)
    assert mono.work.git("rev-parse", BRANCH).strip() == new


def test_no_hook_runs_unless_asked_and_then_those_of_messages(mono: Mono) -> None:
    log = mono.work.top.parent / "hooks.log"
    names = (
        "pre-commit",
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "reference-transaction",
    )
    for name in names:
        mono.work.hook(name, f'echo {name} >> "{log}"')
    mono.settings = replace(mono.settings, title="one")
    mono.commit("a-01")
    assert not log.exists()
    mono.work.hook("reference-transaction", "exit 0")
    mono.work.hook("commit-msg", f'echo commit-msg >> "{log}"; sed -i "s/^Fixaudit-Campaign/Change-Id: I1\\n&/" "$1"')  # fmt: skip
    mono.configure(hooks=True)
    before = snapshot(mono.work.top)
    mono.settings = replace(mono.settings, title="two")
    commit = mono.commit("a-01")
    assert log.read_text().split() == ["prepare-commit-msg", "commit-msg"]
    assert "Change-Id: I1" in mono.work.git("log", "-1", "--format=%B", commit)
    assert snapshot(mono.work.top) == before
    assert mono.commit("a-01") == commit


def test_a_hook_that_refuses_or_breaks_the_trailers_leaves_the_branch(mono: Mono) -> None:
    tip = mono.work.git("rev-parse", BRANCH)
    mono.configure(hooks=True)
    mono.settings = replace(mono.settings, title="two")
    for script, said in (("echo no ticket; exit 1", "no ticket"), ("echo gone > $1", "Fixaudit-")):
        mono.work.hook("commit-msg", script)
        with pytest.raises(CampaignError, match=said):
            mono.commit("a-01")
    assert mono.work.git("rev-parse", BRANCH) == tip


def test_commits_are_signed_as_the_settings_say(mono: Mono) -> None:
    log = mono.work.top.parent / "signed.log"
    program = mono.work.top.parent / "gpg"
    program.write_text(
        f'#!/bin/sh\ncat > /dev/null; echo signed >> "{log}"\n'
        'echo "[GNUPG:] SIG_CREATED " >&2\nprintf -- "-----BEGIN PGP SIGNATURE-----\\n-----END PGP SIGNATURE-----\\n"\n'
    )
    program.chmod(0o755)
    mono.work.git("config", "gpg.program", str(program))
    mono.work.git("config", "commit.gpgSign", "true")
    for number, (sign, times) in enumerate((("never", 0), ("inherit", 1), ("always", 2))):
        mono.configure(sign=sign)
        mono.settings = replace(mono.settings, title=f"title {number}")
        commit = mono.commit("a-01")
        assert len(log.read_text().split() if log.exists() else []) == times
        assert ("BEGIN PGP" in mono.work.git("cat-file", "commit", commit)) is (times > 0)


def test_without_an_identity_it_is_one_line(mono: Mono, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):  # fmt: skip
        monkeypatch.delenv(name)
    mono.work.git("config", "user.useConfigOnly", "true")
    mono.settings = replace(mono.settings, title="two")
    with pytest.raises(CampaignError, match=r"user\.email") as caught:
        mono.commit("a-01")
    assert len(str(caught.value).splitlines()) == 1


def test_in_a_second_work_tree_the_same_branch_is_made(mono: Mono) -> None:
    tree = mono.work.top.parent / "second"
    mono.work.git("worktree", "add", "--quiet", "--detach", str(tree), "main")
    mono.work.git("update-ref", "-d", f"refs/heads/{BRANCH}")
    other = replace(mono, work=type(mono.work)(tree))
    commit = other.commit("a-01")
    assert mono.work.git("rev-parse", BRANCH).strip() == commit
    assert git(tree, "status", "--porcelain") == ""


def test_nothing_to_commit_is_said(mono: Mono) -> None:
    batch, report = batch_of("a")
    empty = BatchReport("a-01", "dropped-all")
    repository = mono.work.repository
    with pytest.raises(CampaignError, match="nothing to commit"):
        commit_batch(repository, mono.settings, mono.plan.base, batch, empty, "x\n")
    same = replace(report, files=(("packages/a/mod.py", b"a = 'before'\n", b"a = 'before'\n"),))
    with pytest.raises(CampaignError, match="holds its changes already"):
        commit_batch(repository, mono.settings, mono.plan.base, batch, same, "x\n")
