"""What workers get of a repository: where its commits are, and the trusted commands of its packages."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from fixaudit.campaigns.checks import Configured
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.remote import find_remote
from fixaudit.campaigns.report import CheckPlace
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.config.resolve import ConfigResolver
from fixaudit.files.git_repository import Repository
from fixaudit.model.task import GitTree, SharedPath, Tree
from fixaudit.registry.local_code import LocalCode


def configured(
    tree: Path,
    top: Path,
    places: Iterable[CheckPlace],
    resolver: ConfigResolver,
    local: LocalCode,
) -> Configured:
    """What the packages of some places configure in the checkout at `tree`.

    Raises CampaignError for what is not trusted in the tree of the user, at `top`.
    """
    found = []
    for place in places:
        config = resolver.for_path(tree / place.folder)
        home = top / os.path.relpath(config.root, tree)
        if config.verify and config.root == tree / place.folder:
            for command in config.verify:
                if not local.may_run(command, home):
                    problem = local.command_problem(command, home, top)
                    raise CampaignError(f"{problem.path}: {problem.message}")
            found.append((place.folder, config.verify))
    return tuple(found)


def worker_tree(
    repository: Repository, settings: CampaignSettings, commit: str, *, is_shared: bool
) -> Tree:
    """The repository as workers reach it: at its path here, else by its remote.

    Raises CampaignError where there is none to clone from.
    """
    if is_shared:
        return SharedPath(os.fspath(repository.top))
    remote = find_remote(repository, settings)
    if remote is None:
        raise CampaignError(
            f"{settings.name}: workers elsewhere clone the repository, and there is no remote"
            f" {settings.publish.push_remote}; --shared where they see this path"
        )
    found = repository.attempt("remote", "get-url", remote.address)
    url = remote.address if found.returncode else found.stdout.decode().strip()
    return GitTree(url, commit)
