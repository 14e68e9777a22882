"""The commit of a batch, and its branch: nothing else of the user's repository is touched.

The commit is made by plumbing, with an index and a work tree of its own, and the branch moves only
from the commit it was seen at. A branch that somebody else committed on stays where it is.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.commit_content import own_trailers
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.report import BatchReport
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.trailers import Trailers, read_trailers
from fixaudit.files.git_hooks import hooked_message
from fixaudit.files.git_objects import (
    entries_of,
    made_commit,
    object_id,
    set_entries,
    stored,
    written_tree,
)
from fixaudit.files.git_repository import GitError, Repository
from fixaudit.text.visible import visible

_LOCK_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.0)
"""Seconds: other processes of git hold the lock of a ref for moments only."""
_REGULAR = (b"100644", b"100755")
_REBASING = ("rebase-merge/head-name", "rebase-apply/head-name")


class DivergedError(CampaignError):
    """Somebody else committed on the branch of a batch: it is left where it is."""


class BranchInUseError(CampaignError):
    """Somebody has the branch of a batch checked out: it can be moved once they have another one."""


def commit_batch(
    repository: Repository,
    settings: CampaignSettings,
    plan_base: str,
    batch: Batch,
    report: BatchReport,
    message: str,
    *,
    pause: Callable[[float], None] = time.sleep,
) -> str:
    """Commit what a report says on top of `plan_base`, and let the batch's branch be that commit.

    Returns its full id: that of the commit which is there where parent, content and message are the
    same. HEAD, index and work tree of the user stay as they are. Of hooks, `commit-msg` and
    `prepare-commit-msg` run, with `publish.hooks` alone; `pre-commit` would look at the user's tree.
    Raises DivergedError for a branch with a commit that is not the batch's own, BranchInUseError for one
    that is checked out, CampaignError for one that is protected, and where the commit cannot be made: the
    branch is unchanged.
    """
    branch = branch_of(repository, settings, batch.name)
    if not report.files:
        raise CampaignError(f"{batch.name}: there is nothing to commit; run the batch first")
    try:
        refuse_checked_out(repository, branch)
        tip = branch_tip(repository, branch)
        with _own_index(repository, plan_base, report) as (own, environment):
            tree = _tree(own, plan_base, report, environment)
            text = _text(repository, settings, message, environment)
        if tip is not None and _is_same(repository, settings, tip, (plan_base, tree, text)):
            return tip
        if tip is not None:
            _refuse_foreign(repository, settings, batch.name, tip, plan_base)
        new = made_commit(repository, tree, plan_base, text, settings.publish.sign)
        _move(repository, branch, new, tip, pause)
    except GitError as error:
        raise CampaignError(f"{batch.name}: {one_line(error)}") from error
    return new


def branch_of(repository: Repository, settings: CampaignSettings, batch: str) -> str:
    """The name of a batch's branch.

    Raises BranchInUseError for the one that HEAD is at, be it without a commit; CampaignError for one
    that is protected, or no name.
    """
    publish = settings.publish
    where = f"{settings.path.name}: publish.branch"
    if "{batch}" not in publish.branch:
        raise CampaignError(f"{where}: all batches would share one branch; write `{{batch}}` in it")
    branch = settings.branch(batch)
    if repository.attempt("check-ref-format", "--branch", branch).returncode or "@{" in branch:
        raise CampaignError(f"{where}: git takes no branch with the name `{visible(branch)}`")
    head = repository.attempt("symbolic-ref", "--quiet", "HEAD").stdout
    if f"refs/heads/{branch}" == os.fsdecode(head).strip() and branch != publish.base:
        raise _in_use(branch, os.fspath(repository.top))
    if branch == publish.base:
        raise CampaignError(
            f"{where}: `{visible(branch)}` is a branch of yours, which is never moved;"
            " write one that only this campaign has, such as `fixaudit/{campaign}/{batch}`"
        )
    return branch


def branch_tip(repository: Repository, branch: str) -> str | None:
    """The full id of the commit of a local branch; None where there is no such branch."""
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"refs/heads/{branch}")
    done = repository.attempt(*asked)
    return None if done.returncode else object_id(done.stdout)


def refuse_checked_out(repository: Repository, branch: str) -> None:
    """Raise BranchInUseError for a branch that some work tree has checked out, or is rebasing."""
    ref = f"refs/heads/{branch}"
    found = repository.run("for-each-ref", "--format=%(worktreepath)", ref).rstrip(b"\n")
    place = os.fsdecode(found) or _rebasing(repository, ref)
    if place:
        raise _in_use(branch, place)


def _in_use(branch: str, place: str) -> BranchInUseError:
    return BranchInUseError(
        f"the branch {visible(branch)} is checked out in {visible(place)}; switch that one to"
        " another branch, then run it again"
    )


def one_line(error: Exception) -> str:
    """What an error says, on one line that no terminal acts on."""
    return visible(" ".join(str(error).split()))


def _rebasing(repository: Repository, ref: str) -> str:
    common = object_id(repository.run("rev-parse", "--git-common-dir"))
    folder = repository.top / common
    for own in (folder, *sorted(folder.glob("worktrees/*"))):
        for name in _REBASING:
            path = own / name
            if path.is_file() and path.read_text(errors="replace").strip() == ref:
                return f"a rebase ({path.parent})"
    return ""


@contextmanager
def _own_index(
    repository: Repository, commit: str, report: BatchReport
) -> Iterator[tuple[Repository, Mapping[str, str]]]:
    """A work tree of the repository that holds a commit's attributes only, and the environment of its
    commands, with an index that holds the commit.

    Line ends are then converted as the commit says, and not as the user's files do.
    """
    with tempfile.TemporaryDirectory(prefix="fixaudit-") as folder:
        tree = Path(folder) / "tree"
        tree.mkdir()
        above = {parent for path, _, _ in report.files for parent in PurePosixPath(path).parents}
        names = [os.fsencode(parent / ".gitattributes") for parent in above]
        for name, entry in entries_of(repository, commit, names).items():
            if entry.mode in _REGULAR:
                path = tree / os.fsdecode(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(repository.run("cat-file", "blob", entry.blob))
        environment = {
            "GIT_DIR": object_id(repository.run("rev-parse", "--absolute-git-dir")),
            "GIT_INDEX_FILE": os.path.join(folder, "index"),
            "GIT_WORK_TREE": os.fspath(tree),
        }
        own = Repository(tree)
        own.run("read-tree", commit, environment=environment)
        yield own, environment


def _tree(own: Repository, base: str, report: BatchReport, environment: Mapping[str, str]) -> str:
    """The id of the base's tree with the files of the report. Raises CampaignError."""
    named = {os.fsencode(path): (before, after) for path, before, after in report.files}
    held = entries_of(own, base, named, environment)
    lines = []
    for name, (before, after) in named.items():
        entry = held.get(name)
        shown = f"{report.batch}: {visible(os.fsdecode(name))}"
        if entry is None and before:
            raise CampaignError(f"{shown} is not in {base[:12]}; plan the campaign again")
        if entry is not None:
            if entry.mode not in _REGULAR:
                raise CampaignError(f"{shown} is no plain file in {base[:12]}; leave it out")
            if stored(own, name, before, entry, environment, write=False) != entry.blob:
                raise CampaignError(f"{shown} differs in {base[:12]}; plan the campaign again")
        blob = stored(own, name, after, entry, environment).encode()
        lines.append(b"%s %s\t%s\0" % (entry.mode if entry else b"100644", blob, name))
    set_entries(own, lines, environment)
    tree = written_tree(own, environment)
    asked = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", base, tree)
    changed = frozenset(own.run(*asked, environment=environment).split(b"\0")[:-1])
    if not changed:
        raise CampaignError(f"{report.batch}: {base[:12]} holds its changes already")
    if beyond := sorted(changed - named.keys()):
        shown = visible(os.fsdecode(beyond[0]))
        raise CampaignError(f"{report.batch}: {shown} would be changed, which is no file of it")
    return tree


def _text(
    repository: Repository,
    settings: CampaignSettings,
    message: str,
    environment: Mapping[str, str],
) -> bytes:
    """The message, after the hooks for messages where they are asked for."""
    if not settings.publish.hooks:
        return message.encode("utf-8", "replace")
    path = Path(environment["GIT_INDEX_FILE"]).with_name("COMMIT_EDITMSG")
    own = {"GIT_INDEX_FILE": environment["GIT_INDEX_FILE"]}
    text = hooked_message(repository, message, own, path)
    if read_trailers(text.decode(errors="replace")) != read_trailers(message):
        raise CampaignError(
            "a hook changed the lines `Fixaudit-…:` of the message, by which a batch is known again;"
            " let it add its own lines before or among them"
        )
    return text


def _is_same(
    repository: Repository, settings: CampaignSettings, tip: str, wanted: tuple[str, str, bytes]
) -> bool:
    """Whether a commit has this parent, tree and message. What hooks add may be new each time."""
    parent, tree, text = wanted
    raw = repository.run("cat-file", "commit", tip)
    head, _, message = raw.partition(b"\n\n")
    said = [line for line in head.decode(errors="replace").splitlines() if line[:5] in _PLACE]
    if said != [f"tree {tree}", f"parent {parent}"]:
        return False
    return _known_part(message) == _known_part(text) if settings.publish.hooks else message == text


_PLACE = ("tree ", "paren")


def _known_part(message: bytes) -> tuple[bytes, Trailers | None]:
    return message.partition(b"\n")[0], read_trailers(message.decode(errors="replace"))


def _refuse_foreign(
    repository: Repository, settings: CampaignSettings, batch: str, tip: str, base: str
) -> None:
    if own_trailers(repository, settings, batch, tip, (base,)) is None:
        raise DivergedError(
            f"{batch}: somebody else committed on {visible(settings.branch(batch))} ({tip[:12]});"
            " it is left as it is: delete that branch to have it made anew"
        )


def _move(
    repository: Repository,
    branch: str,
    new: str,
    old: str | None,
    pause: Callable[[float], None],
) -> None:
    """Move the branch from `old`, None for a new one. Raises DivergedError, CampaignError."""
    asked = ("update-ref", "-m", "fixaudit campaign", f"refs/heads/{branch}", new)
    for wait in (*_LOCK_WAITS, None):
        done = repository.attempt(*asked, old or "0" * len(new))
        if not done.returncode:
            return
        if branch_tip(repository, branch) != old:
            raise DivergedError(f"{visible(branch)} was moved by somebody else meanwhile")
        if b".lock" not in done.stderr or wait is None:
            break
        pause(wait)
    said = one_line(Exception(done.stderr.decode(errors="replace")))
    raise CampaignError(f"the branch {visible(branch)} cannot be moved: {said}")
