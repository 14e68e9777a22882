"""`if exists(p): with open(p)… else: X = []` becomes `try: with open(p)… except FileNotFoundError`.

Between the question and the opening the file can go: another worker rotates it, a cleaner deletes
it, and the branch that was written for the missing file is not taken. Opening it and handling the
error asks the file system once, and never wrongly. A file that may not be read is then an error too,
where `exists` calls it missing when its folder is closed.

It leaves alone: files that are written, a path that is computed anew at each call, `elif`, tests,
questions without an `else`, and those whose `else` does other work (computes and stores what the
file would hold) or takes the path itself as the text (a certificate, or the name of its file). Where other calls in the block may miss a file of their own, the handler would hide
it, so those are for a human, and so is an `else` that does more than to set or return a plain value
and to log or print that the file is missing, and a path that need not be one of the file system (a
storage, a query set).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, Reach, ReportMatch, Role, Source
from fixaudit.authoring import Why, clipped, obsolete_import_of, outer_parentheses, replacing_test
from fixaudit_codemods.errors.exists_open_to_eafp._file_reading import (
    Question,
    by_method,
    is_path,
    is_plain,
    is_stable,
    is_text_itself,
    may_miss_another,
    openings,
    other_work,
    question_of,
    reads_only,
)

GUIDANCE = (
    "Put only the opening into a `try`, handle FileNotFoundError there, and what is done with the "
    "file into its `else`."
)
_ELSE = re.compile(rb"^[ \t\f]*(else)\b", re.MULTILINE)


class ExistsOpenToEafp(Codemod):
    name = "exists-open-to-eafp"
    code = "FA605"
    triggers = (b"exists", b"isfile", b"is_file")
    visits = (ast.If,)
    default = False  # most files are not deleted in between: it is unclean rather than wrong
    tags = frozenset({"errors", "files"})
    report_match = ReportMatch(
        keywords=(
            ("os.path.exists", "open("),
            ("eafp",),
            ("exists", "filenotfounderror"),
            ("time-of-check",),
            ("toctou",),
            (
                "race",
                "file|datei|fichier|archivo",
                "check*|exist*|looking|delete|prüf*|vérifi*|comprob*",
            ),
            (
                "exist*|vorhanden|existiert|existe",
                "open|opened|opening|read|öffnen|geöffnet|ouvert*|abr*",
                "race|between|in between|meanwhile|deleted|vanish*|zwischen*|entre",
            ),
            (
                "race condition|race",
                "open|opening|exist*|isfile|os.path.exists|file",
            ),
            (
                "os.path.exists|os.path.isfile|isfile|path.exists",
                "try|race|check*|open|opening|except|first",
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test looks at its own files",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.If, source: Source) -> Iterator[Finding]:
        test, turned = node.test, False
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, turned = test.operand, True
        question = question_of(source, test)
        if question is None:
            return
        found = openings(source, node.orelse if turned else node.body, question.path)
        if not found:
            return
        kept = self.out_of_scope(source) or _kept(source, node, question, found, turned)
        if kept is not None:
            yield self.leave(source, node, kept)
        elif turned:
            reason = "the branches are the other way round: the file is opened in the `else`"
            yield self.review(source, node, reason, GUIDANCE)
        else:
            yield self._judge(source, node, question, found)

    def _judge(
        self, source: Source, node: ast.If, question: Question, found: list[ast.Call]
    ) -> Finding:
        doubt = _doubt(source, node, question, found[0])
        if doubt is not None:
            return self.review(source, node, doubt, GUIDANCE)
        edits = _edits(source, node)
        if edits is None:
            return self.review(source, node, "a comment stands in the condition", GUIDANCE)
        needed_names = obsolete_import_of(question.call.func) if question.call.args else ()
        if question.kind == "isfile":
            reason = "one step; but a folder of that name becomes an error"
            return self.unsafe(source, node, reason, edits, needed_names)
        reason = "one step: the file cannot go between the question and the opening"
        return self.fix(source, node, reason, edits, needed_names)


# ------------------------------------------------------------------------------ judgement


def _kept(
    source: Source, node: ast.If, question: Question, found: list[ast.Call], turned: bool
) -> Why | None:
    """Why the question stays."""
    if len(found) > 1 or not reads_only(found[0]):
        return "the file is written, or opened more than once"
    if not node.orelse:
        return "there is no `else`: without the file nothing is done"
    if _is_elif(source, node) or _is_elif(source, node.orelse[0]):
        return "it is one of several conditions (`elif`)"
    if is_text_itself(source, node.body if turned else node.orelse, question.path):
        return "without the file its own text is taken: no path, it may be too long to be opened"
    work = other_work(source, node.body if turned else node.orelse)
    if work is not None:
        return source.proof(work, "without the file other work is done", Reach.STATEMENT)
    if not is_stable(source, question.path):
        return "the path is computed at each call, and may be another one then"
    if source.lookup("FileNotFoundError", node):
        return "the name FileNotFoundError means something else here"
    return None


def _doubt(source: Source, node: ast.If, question: Question, opening: ast.Call) -> str | None:
    """Why a human has to look at it."""
    statement = node.body[0]
    if len(node.body) != 1 or not _opens_first(statement, opening):
        return "the block does more than to read the file"
    by_question = isinstance(question.call.func, ast.Attribute) and not question.call.args
    if (by_question and by_method(opening)) and not is_path(source, question.path):
        return f"`{clipped(ast.unparse(question.path))}` need not be a path of the file system"
    other = may_miss_another(source, node.body, opening)
    if other is not None:
        return f"{other} may miss a file of its own, which the handler would hide"
    if not all(is_plain(source, item) for item in node.orelse):
        return "the `else` does more than to set or return a plain value"
    test = replacing_test(source, "os.path.exists") or replacing_test(source, "os.path.isfile")
    return None if test is None else f"{test} replaces the question"


def _opens_first(statement: ast.stmt, opening: ast.Call) -> bool:
    """True for `with open(p) as f:`, and for a plain statement that reads the file."""
    if isinstance(statement, ast.With):
        return statement.items[0].context_expr is opening or (
            isinstance(opening.func, ast.Attribute) and opening.func.attr.startswith("read_")
        )
    simple = isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Return))
    return simple and any(inner is opening for inner in ast.walk(statement))


def _is_elif(source: Source, node: ast.stmt) -> bool:
    start = source.span(node).start
    return isinstance(node, ast.If) and source.body[start : start + 4] == b"elif"


# ------------------------------------------------------------------------------ the edits


def _edits(source: Source, node: ast.If) -> list[Edit] | None:
    """`try` for the condition and `except` for the `else`: all else stays as it is."""
    start, end = source.span(node).start, outer_parentheses(source, node.test).end
    if b"#" in source.body[start:end]:
        return None
    before, after = source.span(node.body[-1]).end, source.span(node.orelse[0]).start
    line = source.positions.line_end(source.positions.line(before))
    found = _ELSE.search(source.body[line:after])
    if found is None:
        return None
    first, last = line + found.start(1), line + found.end(1)
    return [
        source.edit(start, end, "try"),
        source.edit(first, last, "except FileNotFoundError"),
    ]
