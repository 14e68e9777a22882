"""Whether the names that batches' branches get are ones that a campaign may push to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.config.toml import Where
from fixaudit.errors import ConfigError
from fixaudit.files.git_repository import GitError, Repository

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Names of batches (see `batch_names`): any, and those of owners who are called like a kind of branch.
_BATCH = r"[a-z0-9][a-z0-9-]*-[0-9]+"
_SAMPLES = ("payments-01", "release-01", "hotfix-01")

PROTECTED = (
    *("main", "master", "trunk", "develop", "development", "production", "staging", "stable"),
    *("release", "release/*", "releases/*", "release-*", "hotfix/*", "gh-pages"),
)
"""Branches that hosts protect out of the box (the default branch, by its usual names) and the patterns
that their documentation gives as examples of what to protect (GitLab's `*-stable` aside, which cannot be
told from a batch's name)."""


def check_branches(settings: CampaignSettings, where: Where) -> None:
    """Raise ConfigError for a base or a template of branches that cannot be, or must not be, pushed."""
    publish = settings.publish
    template = publish.branch
    for name in _PLACEHOLDER.findall(template):
        if name not in ("campaign", "batch"):
            raise where.error(
                f'"branch" has "{{{name}}}"; {{campaign}} and {{batch}} are known', "branch"
            )
    if "{batch}" not in template:
        raise where.error(
            f'"branch" must hold {{batch}}, or all batches share "{template}"', "branch"
        )
    branch = settings.branch(_SAMPLES[0])
    if not _is_branch(settings, branch):
        raise where.error(f'"branch" gives "{branch}", which git allows for no branch', "branch")
    if not _is_branch(settings, publish.base):
        raise where.error(f'"base" is "{publish.base}", which is no name of a branch', "base")
    if not publish.push_remote or publish.push_remote.startswith("-"):
        raise where.error(f'"push-remote" is "{publish.push_remote}", no remote', "push-remote")
    against = next(_reached(settings), None)
    if against is not None:
        raise where.error(
            f'"branch" gives names such as {against}; begin it with a word of its own, as'
            ' "fixaudit/{campaign}/{batch}"',
            "branch",
        )


def _reached(settings: CampaignSettings) -> Iterator[str]:
    """A branch of the template that may be one that is not the campaign's, and which."""
    publish = settings.publish
    around = publish.branch.replace("{campaign}", settings.name).split("{batch}")
    pattern = re.compile(_BATCH.join(map(re.escape, around)))
    known = default_branch(settings.root, publish.push_remote)
    others = PROTECTED if known is None else (known, *PROTECTED)
    for name in dict.fromkeys((publish.base, *others)):
        what = f"the base {name}" if name == publish.base else f"the protected branch {name}"
        for sample in map(settings.branch, _SAMPLES):
            if pattern.fullmatch(name) or fnmatchcase(sample, name):
                yield f'"{sample}", which may be {what}'
            elif f"{sample}/".startswith(f"{name}/"):
                yield f'"{sample}", which git cannot keep beside {what}'


def default_branch(root: Path, remote: str) -> str | None:
    """The branch that `refs/remotes/REMOTE/HEAD` leads to; None where the clone does not know."""
    prefix = f"refs/remotes/{remote}/"
    done = _git(root, "symbolic-ref", "--quiet", f"{prefix}HEAD")
    return done.removeprefix(prefix) if done is not None and done.startswith(prefix) else None


def _is_branch(settings: CampaignSettings, name: str) -> bool:
    return _git(settings.root, "check-ref-format", "--branch", name) == name


def _git(root: Path, *arguments: str) -> str | None:
    """What git prints, without the end of the line; None where it fails."""
    try:
        done = Repository(root).attempt(*arguments)
    except (GitError, ValueError) as error:
        raise ConfigError(str(error)) from error
    return None if done.returncode else done.stdout.decode("utf-8", "replace").rstrip("\r\n")
