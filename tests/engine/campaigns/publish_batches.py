"""Batches of a real repository with a bare remote, and a program that stands in for the host's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from repositories import Work, new_work

from fixaudit.campaigns.batch import Batch, BatchFile, CampaignPlan, Site
from fixaudit.campaigns.branches import commit_batch
from fixaudit.campaigns.commit_text import commit_message
from fixaudit.campaigns.publish_report import PublishReport
from fixaudit.campaigns.publishing import publish
from fixaudit.campaigns.report import BatchReport
from fixaudit.campaigns.settings import CampaignSettings, Command, PublishSettings
from fixaudit.campaigns.state import BatchState

STAND_IN = """\
import json, os, pathlib, sys
folder = pathlib.Path(__file__).parent
verb, rest = sys.argv[1], sys.argv[2:]
files = {}
for argument in rest:
    name, _, path = argument.partition("=")
    if name.endswith("-file") and os.path.isfile(path):
        files[name] = pathlib.Path(path).read_text("utf-8")
        files[name + " mode"] = oct(os.stat(os.path.dirname(path)).st_mode & 0o777)
branch = next((a[7:] for a in rest if a.startswith("--head=")), "")
with open(folder / "calls.jsonl", "a", encoding="utf-8") as file:
    file.write(json.dumps({"verb": verb, "argv": rest, "branch": branch, "files": files}) + "\\n")
orders = json.loads((folder / "orders.json").read_text())
order = orders.get(verb + " " + branch, orders.get(verb, {}))
print(order.get("stderr", ""), file=sys.stderr)
opened = folder / "opened.json"
known = json.loads(opened.read_text()) if opened.exists() else []
if verb == "create":
    if order.get("opens", not order.get("exit")):
        opened.write_text(json.dumps([*known, branch]))
    if not order.get("exit"):
        print("Creating a request")
        print("https://host.example/acme/mono/pull/" + str(len(known) + 1))
elif verb == "status":
    print(order.get("prints") or json.dumps({"state": "OPEN", "url": "https://host.example/found"}
          if branch in known else {"state": "none"}))
if order.get("kill"):
    os.kill(os.getppid(), 9)
sys.exit(order.get("exit", 0))
"""
NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)  # a Monday


class Killed(BaseException):
    """The process is gone: nothing after it is run."""


@dataclass
class Mono:
    """A repository with packages a, b, c, …, its remote, the host's stand-in, and what is known."""

    work: Work
    remote: Path
    host: Path
    settings: CampaignSettings
    plan: CampaignPlan
    reports: dict[str, BatchReport]
    states: dict[str, BatchState] = field(default_factory=dict)
    now: datetime = NOON
    saves: int = 0
    killed_after: int | None = None

    def commit(self, name: str) -> str:
        """Commit a batch as `campaign run` does, and note it as verified."""
        batch = self.plan.batch(name)
        assert batch is not None
        report = self.reports[name]
        message = commit_message(self.settings, batch, report)
        base = self.plan.base
        commit = commit_batch(self.work.repository, self.settings, base, batch, report, message)
        state = self.states.get(name) or BatchState(name, "verified", owners=batch.owners)
        self.states[name] = replace(
            state, status="verified", commit=commit, base=base, digest=report.digest
        )
        return commit

    def configure(self, **publish: Any) -> None:
        own = replace(self.settings.publish, **publish)
        self.settings = replace(self.settings, publish=own)

    def publish(self, **options: Any) -> PublishReport:
        return publish(
            self.work.repository,
            self.settings,
            self.plan,
            tuple(self.states.values()),
            self.reports,
            now=lambda: self.now,
            save=self._save,
            **options,
        )

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def order(self, **orders: Any) -> None:
        """What the stand-in does, by verb; `create a-01` is of one batch's branch."""
        (self.host / "orders.json").write_text(json.dumps(orders))

    def orders(self, orders: dict[str, Any]) -> None:
        (self.host / "orders.json").write_text(json.dumps(orders))

    def calls(self, verb: str | None = None) -> list[dict[str, Any]]:
        path = self.host / "calls.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [call for call in map(json.loads, lines) if verb in (None, call["verb"])]

    def opened(self) -> list[str]:
        """The branches that the host has opened a request for, each as often as it did."""
        path = self.host / "opened.json"
        return json.loads(path.read_text()) if path.exists() else []

    def at_remote(self) -> dict[str, str]:
        listed = git(self.remote, "for-each-ref", "--format=%(refname:short) %(objectname)")
        return dict(line.split(" ") for line in listed.splitlines())

    def _save(self, state: BatchState) -> None:
        if self.killed_after == self.saves:
            raise Killed
        self.saves += 1
        self.states[state.name] = state


def git(folder: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return done.stdout


def site(name: str, line: int = 1, reason: str = "is aware of its zone", **more: str) -> Site:
    path = more.get("path", f"packages/{name}/mod.py")
    return Site(
        sha256(f"{name}{line}".encode()).hexdigest()[:16],
        "utcnow-to-aware",
        path,
        line,
        "fix",
        reason,
    )


def batch_of(package: str, owner: str = "@acme/pay") -> tuple[Batch, BatchReport]:
    """A batch that changes one file of a package, and the report that all of it is green."""
    found = site(package)
    path = f"packages/{package}/mod.py"
    before = f"{package} = 'before'\n".encode()
    after = f"{package} = 'after'\n".encode()
    file = BatchFile(path, before, after, (found,), 1)
    name = f"{package}-01"
    batch = Batch(name, "fix", (owner,), (f"packages/{package}",), (file,))
    return batch, BatchReport(name, "verified", None, ((path, before, after),), (found,))


def new_mono(
    folder: Path, monkeypatch: pytest.MonkeyPatch, packages: str = "abc", **publish: Any
) -> Mono:
    """Packages with one file each, on main, pushed; each one's batch is committed and verified."""
    work = new_work(folder, monkeypatch)
    for package in packages:
        work.write(f"packages/{package}/mod.py", f"{package} = 'before'\n")
    work.write("campaigns/utc-aware.toml", "name = 'utc-aware'\n")
    work.commit()
    remote = folder / "remote.git"
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    work.git("remote", "add", "origin", str(remote))
    work.git("push", "--quiet", "origin", "main")
    host = folder / "host"
    host.mkdir()
    script = host / "host.py"
    script.write_text(f"#!{sys.executable}\n{STAND_IN}")
    script.chmod(0o755)
    settings = CampaignSettings(
        "utc-aware",
        ("utcnow-to-aware",),
        work.top / "campaigns" / "utc-aware.toml",
        work.top,
        publish=replace(PublishSettings(command=create_command(script)), **publish),
    )
    pairs = [batch_of(package, f"@acme/{package}") for package in packages]
    base = work.git("rev-parse", "HEAD").strip()
    plan = CampaignPlan("utc-aware", base, "0" * 16, tuple(batch for batch, _ in pairs))
    mono = Mono(work, remote, host, settings, plan, {report.batch: report for _, report in pairs})
    mono.order()
    for batch in plan.batches:
        mono.commit(batch.name)
    return mono


def create_command(script: Path) -> Command:
    return (
        *(str(script), "create", "--title={title}", "--body-file={body-file}", "--base={base}"),
        *("--head={branch}", "--reviewer={owners}", "--label={labels}", "--draft"),
    )


def status_command(script: Path) -> Command:
    return (str(script), "status", "--head={branch}")
