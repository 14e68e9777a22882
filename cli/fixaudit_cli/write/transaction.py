"""Write a run's changes: record them, write file by file, check, commit, report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from fixaudit.errors import ConfigError, FixauditError
from fixaudit.model.outcome import Changed, Problem
from fixaudit_cli.checks import check_commands
from fixaudit_cli.git.commit import append_blame_ignore_revs
from fixaudit_cli.git.committing import AppliedFinding, Commit, Committer
from fixaudit_cli.git.owners import DirtyError, OwningRepositories
from fixaudit_cli.options.write_options import Per, WriteOptions
from fixaudit_cli.output.formats.text import counted
from fixaudit_cli.output.tally import Tally
from fixaudit_cli.output.terminal import note
from fixaudit_cli.run import Run
from fixaudit_cli.write.changes import FileChange, LedgerEdit
from fixaudit_cli.write.ledger import Ledger, writing
from fixaudit_cli.write.pruning import Limits, keep_to_limits, limits
from fixaudit_cli.write.recording import record
from fixaudit_cli.write.undoing import without_halves
from fixaudit_cli.write.write_run import RunReport, carry_out


@dataclass(slots=True)
class Transaction:
    """One writing run of the command line.

    `argv` is the command line, for the ledger.
    """

    run: Run
    options: WriteOptions
    argv: tuple[str, ...]
    named: dict[str, AppliedFinding] = field(default_factory=dict)
    owners: OwningRepositories = field(default_factory=OwningRepositories)
    held: dict[Path, str] = field(default_factory=dict)

    def write(self, changes: Iterator[Changed], tally: Tally) -> None:
        """Write the changes; what could not be written is added to the tally's problems.

        The tree is locked before the first change is computed, so that none is stale.
        Raises FixauditError: nothing was written, or the message names what was.
        """
        self._check_commits()
        kept = self._limits()
        with writing(self.run.worker.root, self.options.wait) as ledger:
            first = next(changes, None)
            if first is None:
                return
            every = chain([first], changes)
            _mention_unfinished(ledger)
            try:
                run = record(ledger, self._recorded(every), self.argv)
            except DirtyError as error:
                self._refused(error, tally)
                for line in self.owners.told_locks(ledger.token):
                    note(line)
                return
            self._carry(ledger, run, tally)
            keep_to_limits(ledger, kept)

    # ------------------------------------------------------------------ before anything is written

    def _check_commits(self) -> None:
        """Raise ConfigError where there is nothing to commit to, before files are read."""
        if self.options.per is None:
            return
        self.owners.must_read = True
        files = self.run.worker.discover().files
        if files and not any(map(self.owners.of, files)):
            root = self.run.worker.root
            raise ConfigError(f"--commit needs a git repository; {root} has none")

    def _limits(self) -> Limits:
        try:
            said = self.run.worker.resolver.for_path(self.run.worker.root).ledger
        except ConfigError:  # of the top's file, which says nothing of it; the run names it
            said = None
        return limits(said)

    def _recorded(self, changes: Iterator[Changed]) -> Iterator[FileChange]:
        """The changes for the ledger. Raises DirtyError at the end: all such files are named."""
        paths: list[Path] = []
        for change in changes:
            path = self.run.worker.root / change.path
            paths.append(path)
            self._remember(change)
            bound = tuple(s for s in change.sites if s.applied and s.finding.together)
            yield FileChange(path, change.path, change.before, change.after, _edits(change), bound)
        committing = self.options.per is not None
        # Also with --allow-dirty, if it is to be committed: the user's own changes would be in it.
        if committing or not self.options.allow_dirty:
            self.owners.refuse(paths, to_commit=committing)
        if committing:
            self.held = self.owners.blobs(paths)

    def _remember(self, change: Changed) -> None:
        for site in change.sites:
            if site.applied:
                found = site.finding
                self.named[site.fingerprint] = AppliedFinding(
                    found.codemod, change.path, site.line, found.reason
                )

    def _refused(self, error: DirtyError, tally: Tally) -> None:
        for row in error.refused:
            tally.problems.append(Problem(self.run.worker.relative(row.path), row.kind, row.reason))
        tally.nothing_written()
        way_out = "commit or stash them first"
        if self.options.per is None:
            way_out += ", or write over them with --allow-dirty"
        elif any(row.kind == "commit" for row in error.refused):
            way_out = "leave them out, or apply without --commit"
        note(f"fixaudit: nothing was written: {error}, named below; {way_out}")

    # ------------------------------------------------------------------ writing

    def _carry(self, ledger: Ledger, run: int, tally: Tally) -> None:
        found = self._before(ledger, run, tally)
        done = carry_out(ledger, run)
        self._count(done, tally)
        for fingerprint in without_halves(ledger, run, done):
            site = self.named[fingerprint]
            message = f"{site.codemod} was dropped here: what goes together with it was not written"
            tally.problems.append(Problem(site.path, "skipped", message, site.line))
            tally.drop(fingerprint)
        check_commands.run_after(ledger, run, found)
        check_commands.report(found)
        self._drop(found, tally)
        tally.changed = _standing(ledger, run)
        way_back = "; `fixaudit undo` takes it back" if tally.changed else ""
        note(f"run {run}: {counted(tally.changed, 'file')} written{way_back}")
        if self.options.per is not None:
            self._commit(ledger, run, self.options.per)

    def _before(self, ledger: Ledger, run: int, tally: Tally) -> list[check_commands.Check]:
        if self.options.commands == ():
            return []
        paths = [ledger.root / file.path for file in ledger.files(run)]
        try:
            wanted = check_commands.runners(
                self.run.worker,
                paths,
                self.options.commands or (),
                self.options.timeout,
                tally.problems,
            )
            return check_commands.run_before(wanted)
        except BaseException:
            ledger.forget([run])  # nothing of it is in the tree
            raise

    def _count(self, done: RunReport, tally: Tally) -> None:
        tally.problems += [Problem(path, "skipped", reason) for path, reason in done.skipped]
        tally.problems += [Problem(path, "write", reason) for path, reason in done.failed]
        for path, _ in (*done.skipped, *done.failed):
            tally.not_written(path)
        if done.unmarked is not None:
            message = f"the ledger could not be written ({done.unmarked}): run `fixaudit resume`"
            tally.problems.append(Problem("ledger", "write", message))

    def _drop(self, found: list[check_commands.Check], tally: Tally) -> None:
        for check in found:
            for fingerprint in check.failing:
                site = self.named[fingerprint]
                whose = f" in {check.runner.dependent}," if check.runner.dependent else ""
                message = f"{site.codemod} was dropped here: `{check.runner.command}`{whose} fails with it"
                tally.problems.append(Problem(site.path, "verify", message, site.line))
                tally.drop(fingerprint)

    # ------------------------------------------------------------------ after

    def _commit(self, ledger: Ledger, run: int, per: Per) -> None:
        committer = Committer(
            ledger, self.run.worker, self.owners, self.held, self.named, self.run.answers
        )
        made: list[Commit] = []
        try:
            for commit in committer.commit(run, per):
                made.append(commit)
                note(f"committed {commit.sha[:10]} {commit.subject}")
        except FixauditError as error:
            raise FixauditError(
                f"the files of run {run} are written, but {error};"
                f" `fixaudit undo {run}` takes them back"
            ) from error
        finally:
            if self.options.blame_ignore and made:
                self._ignore_blame(made)

    def _ignore_blame(self, made: list[Commit]) -> None:
        for repository in dict.fromkeys(commit.repository for commit in made):
            subjects = {c.sha: c.subject for c in made if c.repository == repository}
            path = append_blame_ignore_revs(repository, subjects)
            note(f"{self.run.worker.relative(path)} lists them; commit it too")


def _mention_unfinished(ledger: Ledger) -> None:
    left = ledger.latest("pending")
    if left is not None:
        note(f"run {left} is unfinished: `fixaudit resume {left}`, or `fixaudit undo {left}`")


def _edits(change: Changed) -> tuple[LedgerEdit, ...]:
    return tuple(
        LedgerEdit.serving(edit.owners, edit.start, edit.end, edit.text)
        for edit in change.edits
        if edit.owners
    )


def _standing(ledger: Ledger, run: int) -> int:
    """How many files hold edits of the run."""
    written = ledger.files(run, "written")
    return sum(file.goal_hash != file.before_hash for file in written)
