"""What a campaign's file says, as typed data: `campaigns/NAME.toml`, reviewed and committed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Command = tuple[str, ...]
"""A command as a list of arguments. No shell reads it."""

By = Literal["owner", "package", "codemod", "folder"]
BatchVerdict = Literal["fix", "unsafe"]


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """`[batch]`: what goes together. A batch holds at most so many files and changed lines."""

    by: tuple[By, ...] = ("owner", "package")
    max_files: int = 50
    max_lines: int = 400
    verdicts: tuple[BatchVerdict, ...] = ("fix",)


@dataclass(frozen=True, slots=True)
class WorktreeSettings:
    """`[worktree]`: what a work tree needs before a test can run in it.

    Attributes:
        setup: commands that make its environment, run at its top.
        copy: paths that git ignores and the tests need, copied from the tree of the user.
        keep: what `setup` makes, kept for the next work tree with equal `lock_files`.
        lock_files: globs; where none of these files has changed, `keep` is taken as it is.
        timeout: seconds that one command of `setup` may take.
    """

    setup: tuple[Command, ...] = ()
    copy: tuple[str, ...] = ()
    keep: tuple[str, ...] = (".venv",)
    lock_files: tuple[str, ...] = (
        *("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "requirements*.txt"),
        *("pyproject.toml", "setup.py", "setup.cfg", "**/pyproject.toml"),
    )
    timeout: float = 1800.0


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """`[verify]`: which commands must stay green, and in which packages they are run.

    Attributes:
        by: "local", or "host": the checks of the host decide, nothing is run here.
        commands: run in each package of the scope; `{package}` and `{folder}` stand for its name and its
            folder. None given: those that the packages configure (`verify`).
        run_in: the folder of the package, or the top of the tree.
        scope: the packages of the batch; those and their dependents; or what `affected` prints.
        affected: a command that prints folders or files, one a line; `{base}` stands for the commit.
        max_dependents: beyond it the nearest ones are run, and it is said.
        max_parallel: so many batches are verified at once; None for as many as there are jobs.
        baseline_run: whether the commands are run before the edits, too.
        flaky_retries: how often a red command is run again before it counts.
        python: what starts Python in the environment of the commands, where that cannot be told.
        timeout: seconds one command may take.
        log_lines: the last lines of a red command that are kept.
        mask: patterns (regular expressions) that are masked in what is kept, with the environment.
    """

    by: Literal["local", "host"] = "local"
    commands: tuple[Command, ...] = ()
    run_in: Literal["package", "root"] = "package"
    scope: Literal["package", "dependents", "affected"] = "dependents"
    affected: Command = ()
    max_dependents: int = 40
    max_parallel: int | None = None
    baseline_run: bool = True
    flaky_retries: int = 1
    python: Command = ()
    timeout: float = 600.0
    log_lines: int = 20
    mask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """`[publish]`: branches, and the commands of the host. Times are of `timezone`, an IANA name.

    Attributes:
        branch: a branch's name; `{campaign}` and `{batch}` stand for their names.
        base: the branch that is migrated. push_remote: where branches go, and trailers are read.
        command: opens a request for review: `gh pr create …`, `glab mr create …`.
        status_command: prints JSON: `{"state": "open"|"closed"|"merged", "checks": "green"|"red"|"pending"}`.
        ready_command: run once the checks of a draft are green.
        hooks: whether hooks of the repository run. sign: "inherit" follows `commit.gpgSign`.
        rate: such as "10/hour" (minute, hour, day). window: such as "mon-thu 09:00-16:00".
    """

    branch: str = "fixaudit/{campaign}/{batch}"
    base: str = "main"
    push_remote: str = "origin"
    draft: bool = False
    command: Command = ()
    status_command: Command = ()
    ready_command: Command = ()
    labels: tuple[str, ...] = ()
    hooks: bool = False
    sign: Literal["inherit", "always", "never"] = "inherit"
    max_open: int | None = None
    max_open_per_owner: int | None = None
    rate: str | None = None
    window: str | None = None
    timezone: str = "UTC"
    timeout: float = 120.0


@dataclass(frozen=True, slots=True)
class GoalSettings:
    """`[goal]`: how many findings are to be left, and by which day (ISO 8601)."""

    findings: int = 0
    deadline: str | None = None


@dataclass(frozen=True, slots=True)
class ReposSettings:
    """`[repos]`: the repositories of a campaign over several: a file with one path or URL a line, or a
    folder of clones. Both empty: the one that holds the campaign's file."""

    list: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """A campaign's file. `path` is it, `root` the top of the repository that holds it.

    `title` and `why` are what reviewers read; empty, `words` of the codemods that a batch applies:
    (name, summary, why) of each.
    """

    name: str
    select: tuple[str, ...]
    path: Path
    root: Path
    ignore: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    title: str = ""
    why: str = ""
    batch: BatchSettings = field(default_factory=BatchSettings)
    worktree: WorktreeSettings = field(default_factory=WorktreeSettings)
    verify: VerifySettings = field(default_factory=VerifySettings)
    publish: PublishSettings = field(default_factory=PublishSettings)
    goal: GoalSettings | None = None
    repos: ReposSettings = field(default_factory=ReposSettings)
    words: tuple[tuple[str, str, str], ...] = ()

    def branch(self, batch: str) -> str:
        """The name of the branch of a batch."""
        return self.publish.branch.replace("{campaign}", self.name).replace("{batch}", batch)
