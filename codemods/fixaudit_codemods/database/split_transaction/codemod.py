"""One operation in several commits: an error in between leaves its first part stored.

A function that commits, goes on writing and commits again has two transactions. Whatever stops it in
between (an error, a timeout, a restart) leaves the first part in the database and the second one not
there, and nothing says so. The finding names all the places, those of called functions of the project
too that get the session and commit it. The edit needs somebody who knows what belongs together, so there is none; where the
next commit follows straight, `commit-in-scope` writes it.

It is off by default: several commits are the right way for long work whose state others watch, and how
much of a function is one operation only the project knows.

It leaves alone: commits on branches that exclude each other, in loops (what is done so far is kept) and
in handlers (that it failed is kept), and functions that wait between their commits for something else, a
language model or another service: one transaction would hold its locks and its connection meanwhile.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, Reach, ReportMatch, Role, Source
from fixaudit_codemods.database.split_transaction._commits import (
    Commit,
    Function,
    commits_of,
    sequences,
    storing,
)
from fixaudit_codemods.database.split_transaction._waiting import may_wait, waits_between

GUIDANCE = (
    "If the parts belong together: `flush()` in the place of all commits but the last (it gives ids and "
    "raises IntegrityError as well); or `with session.begin():` around all of it, the called functions "
    "flushing only and leaving the commit to their caller. Its price: locks are held until the end, and "
    "others (a worker that got the id) see nothing before; start these after the commit. If the parts are to "
    "be seen early, keep the commits and make the second part repeatable (a status column and a job that "
    "takes up what was left)."
)


# What a comment says of a commit that is meant to stand by itself.
_MEANT = re.compile(r"\b(?:new|own|separate|short) transaction|\blocks?\b|\bvisible\b|\bimmediately\b|\bat once\b|\bso that\b|\bensures?\b|\botherwise\b|\b(?:must|can|to) see\b", re.IGNORECASE)  # fmt: skip
_SHORT = 4


class SplitTransaction(Codemod):
    name = "split-transaction"
    code = "FA515"
    triggers = (b".commit()",)
    visits = (ast.FunctionDef, ast.AsyncFunctionDef)
    default = False  # how much of a function is one operation only the project knows
    tags = frozenset({"database"})
    report_match = ReportMatch(
        keywords=(
            ("transaction boundar*|transaction scope*|transaction management",),
            ("transaction", "missing|boundary|scope|atomic*|partial|split"),
            ("multiple commits|several commits|separate commits|intermediate commit*",),
            ("partial failure*|partial commit*|partial write*", "transaction|commit|database|data"),
            ("not atomic|non-atomic", "write*|update*|commit*|database|operation*"),
            ("inconsistent|inconsistency", "commit|commits|transaction*"),
            ("transaktionsgrenze*|mehrere commits|limites de transaction|límites de transacción",),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test commits to see what is stored",
        Role.MIGRATION: "a migration commits as it ran",
        Role.SCRIPT: "a script is started again by hand",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Function, source: Source) -> Iterator[Finding]:
        if source.body.count(b"commit(", *_extent(source, node)) < 1:
            return
        for session, commits in commits_of(source, node).items():
            if len(commits) < 2:
                continue
            runs = sequences(source, node, commits)
            if not runs:
                reason = f"its {len(commits)} commits stand in loops, handlers or on other branches"
                yield self.leave(source, node, reason)
                return
            runs = [run for run in (storing(node, each, session) for each in runs) if len(run) > 1]
            if not runs:
                reason = f"of its {len(commits)} commits one at most has something to store"
                yield self.leave(source, node, reason)
                return
            yield self._judged(source, node, session, runs)
            return

    def _judged(
        self, source: Source, node: Function, session: str, runs: list[list[Commit]]
    ) -> Finding:
        waiting: ast.Call | None = None
        for run in runs:
            parts = [run[0]]
            for first, second in pairwise(run):
                waits = waits_between(source, node, first, second, session)
                if waits is not None:
                    waiting = waiting or waits
                    if len(parts) > 1:
                        break
                    parts = [second]
                else:
                    parts.append(second)
            if len(parts) > 1:
                told = [_said_beside(source, each) for each in parts[:-1]]
                if all(told):
                    text = f"the comment in line {told[0]} says why it commits there"
                    return self.leave(source, node, text)
                return self._told(source, node, parts, session)
        assert waiting is not None
        called = ast.unparse(waiting.func)
        text = f"it waits for `{called}` (line {waiting.lineno}) between its commits"
        return self.leave(source, node, text)

    def _told(self, source: Source, node: Function, parts: list[Commit], session: str) -> Finding:
        places = [_shown(source, each) for each in parts]
        reason = (
            f"one operation in {len(parts)} commits ({', '.join(places)}): an error in between leaves the "
            "first part stored"
        )
        because = [_proof(source, each) for each in parts]
        if (call := may_wait(source, node, parts, session)) is not None:
            called = ast.unparse(call.func)
            reason += f"; `{called}` (line {call.lineno}) may wait for another service in between"
        return self.review(source, node, reason, GUIDANCE, because=because)


def _said_beside(source: Source, commit: Commit) -> int | None:
    """The line of a comment at a commit, or above it or its `if`, that says what it is for."""
    first = commit.statement.lineno
    parent = source.parent(commit.statement)
    lines = [first, first - 1]
    if isinstance(parent, ast.If) and len(parent.body) < _SHORT:
        lines.append(parent.lineno - 1)
    for line in lines:
        comment = source.comments_by_line.get(line, "")
        if _MEANT.search(comment):
            return line
    return None


def _extent(source: Source, node: Function) -> tuple[int, int]:
    span = source.span(node)
    return span.start, span.end


def _shown(source: Source, commit: Commit) -> str:
    if commit.path is None:
        return f"line {commit.statement.lineno}"
    place = f"{source.shown(commit.path)}:{commit.line}"
    return f"line {commit.statement.lineno} by `{commit.callee}`, {place}"


def _proof(source: Source, commit: Commit) -> Evidence:
    if commit.path is None:
        return source.proof(commit.statement, "it commits", Reach.FUNCTION)
    return source.proof_at(commit.path, commit.line, f"`{commit.callee}` commits")
