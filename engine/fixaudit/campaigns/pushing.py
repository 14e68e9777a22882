"""Branches of batches at the remote: which commits they have, and pushing one to exactly its ref."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from subprocess import CompletedProcess

from fixaudit.campaigns.branches import DivergedError, branch_tip, one_line
from fixaudit.campaigns.commit_content import is_here, own_trailers
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.remote import without_credentials
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.state import BatchState
from fixaudit.campaigns.trailers import Trailers
from fixaudit.files.git_repository import GitError, Repository
from fixaudit.text.clipped import clipped
from fixaudit.text.visible import visible

_SAID = 300
_FETCH = (
    *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"),
    *("--no-recurse-submodules", "--refmap="),
)


class PushError(CampaignError):
    """A branch could not be pushed; the remote has what it had, or all of the commit."""


@dataclass(frozen=True, slots=True)
class Remote:
    """`publish.push-remote` of a repository. `mask` takes what is secret out of what git says."""

    repository: Repository
    settings: CampaignSettings
    base: str
    mask: Callable[[str], str] = str

    @property
    def name(self) -> str:
        return self.settings.publish.push_remote

    def tips(self, branches: Sequence[str]) -> dict[str, str]:
        """The commit of each of these branches that the remote has. Raises CampaignError."""
        if not self.name.strip() or self.name.startswith("-"):
            raise CampaignError(
                f"publish.push-remote: `{visible(self.name)}` is no name of a remote"
            )
        if not branches:
            return {}
        refs = [f"refs/heads/{branch}" for branch in branches]
        done = self._git("ls-remote", "--refs", self.name, *refs)
        if done.returncode:
            said = self._said(done.stderr)
            raise CampaignError(
                f"publish.push-remote: {visible(self.name)} cannot be reached, nothing was published:"
                f" {said}"
            )
        found: dict[str, str] = {}
        for line in done.stdout.decode(errors="replace").splitlines():
            commit, _, ref = line.partition("\t")
            if ref in refs:
                found[ref.removeprefix("refs/heads/")] = commit
        return found

    def bring(self, branch: str, state: BatchState, tip: str | None) -> str | None:
        """Let the remote's branch, now at `tip`, be the batch's commit; the commit that was pushed.

        None where nothing was: it has that commit, or another one with the same changes. Raises
        DivergedError where somebody else committed or pushed, PushError where it cannot be pushed.
        """
        self._refuse_moved(branch, state)
        if tip is not None and tip != state.commit:
            trailers = self._own(branch, state.name, tip)
            if trailers.plan == state.digest:
                return None
        if tip == state.commit:
            return None
        if state.commit is None or not is_here(self.repository, state.commit):
            raise PushError(
                f"{state.name}: its commit is not here; run `fixaudit campaign sync` first"
            )
        self._push(branch, state.commit, tip)
        return state.commit

    def _refuse_moved(self, branch: str, state: BatchState) -> None:
        """Raise DivergedError where the local branch is not at the commit that was verified."""
        tip = branch_tip(self.repository, branch)
        if tip is None or tip == state.commit:
            return
        if own_trailers(self.repository, self.settings, state.name, tip, (self.base,)) is None:
            raise DivergedError(f"somebody else committed on {visible(branch)} here ({tip[:12]})")
        raise PushError(
            f"{visible(branch)} is at another commit than the one that was verified; run it again"
        )

    def _own(self, branch: str, batch: str, tip: str) -> Trailers:
        if not is_here(self.repository, tip):
            self._git(*_FETCH, self.name, f"refs/heads/{branch}")
        if is_here(self.repository, tip):
            found = own_trailers(self.repository, self.settings, batch, tip, (self.base,))
            if found is not None:
                return found
        raise DivergedError(
            f"somebody else committed on {visible(branch)} at {visible(self.name)} ({tip[:12]})"
        )

    def _push(self, branch: str, commit: str, expected: str | None) -> None:
        ref = f"refs/heads/{branch}"
        done = self._git(
            *("push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no"),
            *(() if self.settings.publish.hooks else ("--no-verify",)),
            f"--force-with-lease={ref}:{expected or ''}",
            *(self.name, f"{commit}:{ref}"),
            hooks=self.settings.publish.hooks,
        )
        if not done.returncode:
            return
        if b"stale info" in done.stdout + done.stderr:
            raise DivergedError(f"somebody else pushed to {visible(branch)} meanwhile")
        said = self._said(done.stderr or done.stdout)
        raise PushError(f"{visible(branch)} cannot be pushed to {visible(self.name)}: {said}")

    def _git(self, *arguments: str, hooks: bool = False) -> CompletedProcess[bytes]:
        try:
            return self.repository.attempt(
                *arguments, hooks=hooks, transports=True, timeout=self.settings.publish.timeout
            )
        except GitError as error:
            raise CampaignError(one_line(error)) from error

    def _said(self, output: bytes) -> str:
        text = self.mask(output.decode(errors="replace"))
        return visible(clipped(without_credentials(text), _SAID)) or "git says nothing"
