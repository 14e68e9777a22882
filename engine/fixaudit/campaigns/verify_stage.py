"""Where a batch is verified: a work tree, prepared, and the environment of each of its commands."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fixaudit.campaigns.checks import PlannedCheck, shown_place
from fixaudit.campaigns.environment import prepared
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.probe import ProbeError, probe
from fixaudit.campaigns.settings import VerifySettings, WorktreeSettings
from fixaudit.campaigns.source_roots import modules_and_roots
from fixaudit.campaigns.working_folder import folder_name, slot, working_folder
from fixaudit.files.git_repository import Repository, find_repository
from fixaudit.model.task import GitTree, SharedPath, Tree
from fixaudit.workspace.packages import packages
from fixaudit.worktrees.clones import Clones
from fixaudit.worktrees.worktree import WorktreeInUseError, Worktrees


@contextmanager
def stage(
    tree: Tree, commit: str, settings: WorktreeSettings, source: str | None, left: list[str]
) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A work tree at a commit, prepared, and what its commands see besides `os.environ`.

    `left` gets a line for each work tree that could not be removed, at the end. Raises GitError,
    FolderError, CampaignError.
    """
    repository, name = _repository(tree, commit)
    home = working_folder(name)
    worktrees = Worktrees(repository, home / "trees")
    worktrees.remove_leftovers()
    given = Path(source) if source else None
    with ExitStack() as held:
        held.callback(lambda: left.extend(worktrees.left))
        held.enter_context(worktrees)
        own, top = _checked_out(worktrees, commit, working_folder(name, "slots"), held)
        yield top, held.enter_context(prepared(top, given, settings, home / "kept", own))


def probed(
    top: Path,
    paths: Sequence[str],
    planned: Sequence[PlannedCheck],
    settings: VerifySettings,
    environment: Mapping[str, str],
) -> list[Mapping[str, str]]:
    """The environment of each command, in which it imports the changed files from the work tree.

    Raises CampaignError (ProbeError) where one would import them from elsewhere.
    """
    found = packages(top)
    added = []
    for each in planned:
        modules, roots = modules_and_roots(found, paths, each.place.folder)
        folder = top / each.folder
        try:
            added.append(probe(top, modules, roots, each.command, settings, environment, folder))
        except ProbeError as error:
            raise ProbeError(f"{shown_place(each.place)}: {error}") from error
    return added


def _checked_out(
    worktrees: Worktrees, commit: str, slots: Path, held: ExitStack
) -> tuple[str, Path]:
    """A slot and its work tree, given back when `held` is left."""
    busy: set[str] = set()
    while True:
        with ExitStack() as tried:
            own = tried.enter_context(slot(slots, busy))
            try:
                top = tried.enter_context(worktrees.at(commit, own))
            except WorktreeInUseError:
                # Another process is clearing what one that was killed has left there.
                busy.add(own)
            else:
                held.enter_context(tried.pop_all())
                return own, top


def _repository(tree: Tree, commit: str) -> tuple[Repository, str]:
    """The repository of a tree, and a name that it has on this machine."""
    match tree:
        case GitTree(url=url):
            return Clones(working_folder("clones")).at(url, commit), folder_name(url)
        case SharedPath(root=root):
            repository = find_repository(Path(root))
            if repository is None:
                raise CampaignError(f"{root} is in no git repository; a campaign needs its commits")
            return repository, folder_name(os.fspath(repository.top))
