"""A bare remote, a clone that runs a campaign, and one of somebody who merges and commits by hand."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from fixaudit.campaigns.batch import Batch, BatchFile, Plan, Site
from fixaudit.campaigns.file_patch import FilePatch
from fixaudit.campaigns.remote import base_commit, fetch
from fixaudit.campaigns.report import BatchReport
from fixaudit.campaigns.settings import CampaignSettings, PublishSettings
from fixaudit.campaigns.trailers import trailers_of
from fixaudit.files.git_repository import Repository, find_repository

OLD, NEW = "datetime.utcnow()", "datetime.now(UTC)"


def person(name: str) -> dict[str, str]:
    """The environment of git commands of one person, shielded from the machine's settings."""
    mail = f"{name.lower()}@example.org"
    return {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": mail,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": mail,
    }


@dataclass(frozen=True)
class Clone:
    """A clone of one person at `top`."""

    top: Path
    who: str = "Ada"

    def git(self, *arguments: str, stdin: str = "", check: bool = True) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.top, input=stdin, capture_output=True, text=True,
            check=False, env={**os.environ, **person(self.who)},
        )  # fmt: skip
        assert not check or done.returncode == 0, (arguments, done.stderr)
        return done.stdout.strip()

    def read(self, path: str) -> str:
        return (self.top / path).read_text()

    def write(self, path: str, text: str) -> None:
        target = self.top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def commit(self, message: str = "more", **files: str) -> str:
        """Commit all changes, with files written before: `a__b` is `a/b.py`."""
        for name, text in files.items():
            self.write(name.replace("__", "/") + ".py", text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    @property
    def repository(self) -> Repository:
        found = find_repository(self.top)
        assert found is not None
        return found


@dataclass(frozen=True)
class Campaign:
    """`ours` runs the campaign, `theirs` is somebody's clone, `remote` the bare repository."""

    folder: Path
    remote: Path
    ours: Clone
    theirs: Clone
    settings: CampaignSettings

    @property
    def base(self) -> str:
        return base_commit(self.ours.repository, self.settings)

    def fetch(self) -> str:
        fetch(self.ours.repository, self.settings)
        return self.base

    def merge_by_hand(self, message: str = "by hand") -> None:
        """Push what somebody has on main."""
        self.theirs.git("push", "--quiet", "origin", "HEAD:refs/heads/main")

    def batch(self, name: str, *paths: str) -> Batch:
        """The batch of these files as main has them now: every line with `OLD` is a site."""
        return batch_of_texts(name, {path: self.at(self.base, path) for path in paths})

    def at(self, commit: str, path: str) -> str:
        done = subprocess.run(
            ["git", "show", f"{commit}:{path}"], cwd=self.ours.top, capture_output=True, check=True
        )
        return done.stdout.decode()

    def has(self, commit: str, path: str) -> bool:
        return bool(self.ours.git("ls-tree", "--name-only", commit, "--", path))

    def publish(self, batch: Batch, *, push: bool = True) -> str:
        """Commit a batch on the base, by plumbing, and push it. Its commit."""
        commit = committed(self.ours, self.settings, self.base, batch)
        branch = self.settings.branch(batch.name)
        self.ours.git("update-ref", f"refs/heads/{branch}", commit)
        if push:
            self.ours.git("push", "--quiet", "--force", "origin", f"{commit}:refs/heads/{branch}")
        return commit

    def plan(self, *batches: Batch, left: tuple[Site, ...] = ()) -> Plan:
        return Plan(self.settings.name, self.base, "", batches, left)

    def review(self, name: str) -> None:
        """Let somebody have main and the branch of a batch, and stand on main."""
        self.theirs.git("fetch", "--quiet", "--prune", "origin")
        self.theirs.git("checkout", "--quiet", "-B", "main", "origin/main")

    def branch(self, name: str) -> str:
        return self.settings.branch(name)


def sites_of(path: str, text: str) -> list[Site]:
    """A site a line with `OLD`; the fingerprint is that of the function, and of those above it there."""
    found, function, seen = list[Site](), "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("def "):
            function, seen = line, 0
        if OLD in line:
            digest = sha256(f"{path}\0{function}\0{seen}".encode()).hexdigest()[:16]
            found.append(Site(digest, "utcnow-to-aware", path, number, "fix", "naive"))
            seen += 1
    return found


def batch_of_texts(name: str, texts: dict[str, str]) -> Batch:
    files = []
    for path, text in sorted(texts.items()):
        before, after = text.encode(), text.replace(OLD, NEW).encode()
        lines = FilePatch(path, before, after).lines
        files.append(BatchFile(path, before, after, tuple(sites_of(path, text)), lines))
    packages = tuple(sorted({path.rpartition("/")[0] for path in texts}))
    return Batch(name, "fix", ("@acme/pay",), packages, tuple(files))


def committed(
    clone: Clone, settings: CampaignSettings, base: str, batch: Batch, message: str | None = None
) -> str:
    """A commit with what a batch changes, and its trailers; no ref is moved."""
    report = BatchReport(
        batch.name,
        "verified",
        files=tuple((file.path, file.before, file.after) for file in batch.files),
        kept=batch.sites,
    )
    trailers = trailers_of(settings.name, batch.verdict, report)
    own = {"GIT_INDEX_FILE": str(clone.top.parent / f"{clone.top.name}.index")}
    return _plumbed(clone, base, report, message or f"Aware times\n\n{trailers.text}", own)


def _plumbed(
    clone: Clone, base: str, report: BatchReport, message: str, own: dict[str, str]
) -> str:
    def git(*arguments: str, stdin: bytes = b"") -> str:
        environment = {**os.environ, **person("Fix"), **own}
        done = subprocess.run(
            ["git", *arguments], cwd=clone.top, input=stdin, capture_output=True, check=True,
            env=environment,
        )  # fmt: skip
        return done.stdout.decode().strip()

    git("read-tree", base)
    for path, _, after in report.files:
        blob = git("hash-object", "-w", "--stdin", stdin=after)
        git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    return git("commit-tree", git("write-tree"), "-p", base, stdin=message.encode())


def new_campaign(
    folder: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], **publish: str
) -> Campaign:
    """A campaign over a remote whose main has these files."""
    for name, value in person("Ada").items():
        monkeypatch.setenv(name, value)
    folder = Path(os.path.realpath(folder))
    remote, ours, theirs = folder / "remote.git", folder / "ours", folder / "theirs"
    settings = CampaignSettings(
        "utc",
        ("utcnow-to-aware",),
        ours / "campaigns" / "utc.toml",
        ours,
        publish=replace(PublishSettings(), **publish),  # type: ignore[arg-type]
    )
    root = Clone(folder)
    root.git("init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    root.git("clone", "--quiet", str(remote), str(theirs))
    bea = Clone(theirs, "Bea")
    bea.git("checkout", "--quiet", "-B", "main")
    for path, text in files.items():
        bea.write(path, text)
    bea.commit("start")
    bea.git("push", "--quiet", "origin", "main")
    root.git("clone", "--quiet", str(remote), str(ours))
    return Campaign(folder, remote, Clone(ours), bea, settings)


def findings_of(campaign: Campaign, commit: str, paths: Sequence[str]) -> dict[str, frozenset[str]]:
    """The fingerprints of the sites of files of a commit."""
    return {
        path: frozenset(site.fingerprint for site in sites_of(path, campaign.at(commit, path)))
        for path in paths
        if campaign.has(commit, path)
    }
