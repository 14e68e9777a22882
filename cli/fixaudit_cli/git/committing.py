"""Make git commits of a run's files: one a codemod, a finding or a package, each valid alone."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.authoring.codemod import Codemod
from fixaudit.files.git_repository import Repository
from fixaudit.model.outcome import Changed
from fixaudit.pipeline.runner import Worker
from fixaudit_cli.git.commit import commit_contents, committed_blobs
from fixaudit_cli.git.commit_messages import CommitSummary, commit_message
from fixaudit_cli.git.finding_messages import Change, finding_message
from fixaudit_cli.git.owners import OwningRepositories
from fixaudit_cli.options.write_options import Per
from fixaudit_cli.write.changes import splice
from fixaudit_cli.write.ledger import Ledger
from fixaudit_cli.write.ledger_schema import EditRow, FileRow

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import NamedFinding, Names

_MOST_REASONS = 6
_MOST_IDS = 20


@dataclass(frozen=True, slots=True)
class AppliedFinding:
    """What a commit message needs of an applied finding."""

    codemod: str
    path: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that was made."""

    repository: Repository
    sha: str
    subject: str


@dataclass(frozen=True, slots=True)
class _Share:
    """A file of a run, and its findings by the commit they belong to."""

    file: FileRow
    edits: tuple[EditRow, ...]
    groups: Mapping[str, Mapping[str, None]]


@dataclass
class Committer:
    """Commits of one run, in the repositories that own its files.

    `held` are the ids of the contents that their heads hold, by real path; `named` holds the
    applied findings by fingerprint, `answers` the findings of reports that they answer, where there are any; `standing` are those in the tree. `leads` names for findings that go
    together the one by which their commit is chosen.
    """

    ledger: Ledger
    worker: Worker
    owners: OwningRepositories
    held: dict[Path, str]
    named: Mapping[str, AppliedFinding]
    answers: Names
    standing: set[str] = field(default_factory=set)
    leads: dict[str, str] = field(default_factory=dict)

    def commit(self, run: int, per: Per) -> Iterator[Commit]:
        """Commit what the run left in the tree. Raises GitError; what was committed stays."""
        shares: dict[str, list[_Share]] = {}
        self._join_units(run)
        for file in self.ledger.files(run, "written"):
            if file.goal_hash != file.before_hash:
                edits = self.ledger.edits(file)
                groups = self._groups(file, edits, per)
                for group in groups:
                    shares.setdefault(group, []).append(_Share(file, edits, groups))
        self.standing = {
            f for one in shares.values() for s in one for g in s.groups.values() for f in g
        }
        done: set[str] = set()
        for group in sorted(shares, key=self._place if per == "finding" else None):
            done.add(group)
            contents = {self._path(share.file): self._after(share, done) for share in shares[group]}
            for repository, owned in self.owners.grouped(contents).items():
                assert repository is not None  # refused before anything was written
                inside = [s for s in shares[group] if self._path(s.file) in owned]
                findings = tuple(dict.fromkeys(f for s in inside for f in s.groups[group]))
                message = self._message(group, per, findings, len(owned))
                sha = commit_contents(repository, owned, message, self.ledger.token, self.held)
                if sha is not None:
                    self.held |= committed_blobs(repository, sha, owned)
                    self.ledger.note_commit(run, sha)
                    yield Commit(repository, sha, message.partition("\n")[0])

    def _join_units(self, run: int) -> None:
        """Have findings that go together stand in one commit: the first that answers a report leads."""
        units = self.ledger.units(run)
        leads: dict[str, str] = {}
        for finding, unit in units.items():
            if finding in self.answers or unit not in leads:
                known = leads.get(unit)
                leads[unit] = known if known in self.answers and known is not None else finding
        self.leads = {finding: leads[unit] for finding, unit in units.items()}

    def _place(self, group: str) -> tuple[int, str, int]:
        """The order of commits: findings of a report as it has them, others by their place."""
        if group in self._in_report:
            return self._in_report[group], "", 0
        site = self.named.get(group)
        return (-1, "", 0) if site is None else (-1, site.path, site.line)

    @cached_property
    def _in_report(self) -> dict[str, int]:
        answered = self.answers.values()
        return {_key(entry): entry.number for one in answered for entry in one.findings}

    def _commit_of(self, finding: str) -> str:
        """What stands for the commit of an edit: the first finding of a report that it answers."""
        answered = self.answers.get(finding)
        return _key(answered.findings[0]) if answered and answered.findings else finding

    def _path(self, file: FileRow) -> Path:
        return Path(os.path.realpath(self.ledger.root / file.path))

    def _after(self, share: _Share, done: set[str]) -> bytes:
        kept = {f for group, found in share.groups.items() if group in done for f in found}
        return self._content(share.file, share.edits, kept)

    def _groups(
        self, file: FileRow, edits: Iterable[EditRow], per: Per
    ) -> dict[str, dict[str, None]]:
        """The findings that stand in a file, by the commit they belong to, in text order."""
        groups: dict[str, dict[str, None]] = {}
        owners = (claim for edit in edits for claim in sorted(edit.standing))
        for finding, codemod in owners:
            lead = self.leads.get(finding, finding)
            key = {"codemod": codemod, "finding": self._commit_of(lead)}.get(per)
            key = key or self._package(self._file_of(lead, file))
            groups.setdefault(key, {})[finding] = None
        return groups

    def _file_of(self, finding: str, file: FileRow) -> str:
        """The path of the file in which a finding stands that an edit of `file` is needed for."""
        site = self.named.get(finding)
        return file.path if site is None else site.path

    def _package(self, relative: str) -> str:
        folder = self.worker.project_folder(self.worker.root / relative)
        if folder != self.worker.root and folder.is_relative_to(self.worker.root):
            return folder.relative_to(self.worker.root).as_posix()
        return relative.partition("/")[0]

    def _content(self, file: FileRow, edits: tuple[EditRow, ...], kept: set[str]) -> bytes:
        """The file with the kept findings alone."""
        standing = {edit.id: {finding for finding, _ in edit.standing} for edit in edits}
        goal = self.ledger.goal(file)
        if all(names <= kept for names in standing.values()):
            return goal
        before = self.ledger.before(file)
        shared = [e for e in edits if 0 < len(standing[e.id] & kept) < len(e.owners)]
        everyone = {finding for names in standing.values() for finding in names}
        if any(self._file_of(finding, file) != file.path for finding in everyone & kept):
            # Of this file alone it is not told that another one imports what it defines.
            if file.whole or any(edit.joint for edit in shared):
                return goal
        elif file.whole or shared:
            # Run again, no import comes before its use; edits made by hand cannot be run again.
            content = self._made_anew(file, before, kept)
            exact = self._made_anew(file, before, everyone) == goal
            if exact or file.whole or any(edit.joint for edit in shared):
                return content
        spliced = splice(before, [edit.piece for edit in edits if standing[edit.id] & kept])
        assert spliced is not None
        return spliced

    def _made_anew(self, file: FileRow, before: bytes, kept: set[str]) -> bytes:
        worker, request = self.worker, self.worker.request
        worker.request = replace(request, accept=lambda site: site.fingerprint in kept)
        try:
            outcome = worker.outcome_of(self.ledger.root / file.path, before)
        finally:
            worker.request = request
        return outcome.after if isinstance(outcome, Changed) else before

    # ------------------------------------------------------------------ messages

    def _message(self, group: str, per: Per, findings: tuple[str, ...], files: int) -> str:
        if per != "finding" or group not in self._in_report:
            return commit_message(self._summary(group, per, findings, files))
        changes: list[Change] = []
        answered: dict[str, NamedFinding] = {}
        for name in findings:
            site, found = self.named[name], self.answers.get(name)
            is_cited = found is not None and found.cited
            changes.append(Change(site.codemod, site.path, site.line, site.reason, is_cited))
            answered |= {_key(entry): entry for entry in (found.findings if found else ())}
        others = [entry for key, entry in answered.items() if key != group]
        template = self.worker.resolver.for_path(self.worker.root).commit_message
        return finding_message(answered[group], changes, self.standing, others, template)

    def _summary(
        self, group: str, per: Per, findings: tuple[str, ...], files: int
    ) -> CommitSummary:
        sites = [self.named[finding] for finding in findings if finding in self.named]
        codemods = sorted({site.codemod for site in sites})
        classes = {codemod.name: codemod for codemod in self._classes()}
        known = [classes[name] for name in codemods if name in classes]
        what = "; ".join(_what(codemod) for codemod in known) or "rewrite the findings"
        scope = group
        if per == "finding" and sites:
            scope, what = sites[0].codemod, sites[0].reason
        elif per == "package":
            what = f"apply {', '.join(codemods)}"
        why = "\n\n".join((*(_why(codemod) for codemod in known), _reasons(sites, per)))
        ids = [name for finding in findings for name in self._ids(finding)]
        more = f"and {len(ids) - _MOST_IDS} more" if len(ids) > _MOST_IDS else ""
        shown = (*ids[:_MOST_IDS], *([more] if more else []))
        label = "Audit findings" if self.answers else "Findings"
        return CommitSummary(scope, what, why, len(findings), files, shown, label=label)

    def _ids(self, finding: str) -> tuple[str, ...]:
        answered = self.answers.get(finding)
        return (finding,) if answered is None else tuple(e.shown for e in answered.findings)

    def _classes(self) -> list[type[Codemod]]:
        return self.worker.classes(self.worker.resolver.for_path(self.worker.root))


def _key(finding: NamedFinding) -> str:
    return f"{finding.report}\0{finding.id}"


def _what(codemod: type[Codemod]) -> str:
    return codemod.summary().rstrip(".")


def _why(codemod: type[Codemod]) -> str:
    """The second paragraph of a codemod's documentation: the first one is its summary."""
    parts = [part for part in codemod.documentation().split("\n\n") if part.strip()]
    return parts[1] if len(parts) > 1 else ""


def _reasons(sites: Iterable[AppliedFinding], per: Per) -> str:
    if per == "finding":
        return "\n\n".join(f"{site.path}:{site.line}: {site.reason}" for site in sites)
    counts = Counter(site.reason for site in sites)
    rows = [f"{reason} ({count})" for reason, count in counts.most_common(_MOST_REASONS)]
    if len(counts) > _MOST_REASONS:
        rows.append(f"{len(counts) - _MOST_REASONS} other reasons")
    return f"Reasons: {'; '.join(rows)}." if rows else ""
