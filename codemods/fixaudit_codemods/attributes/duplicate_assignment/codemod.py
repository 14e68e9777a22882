"""A name that is given the constant it already has: the second, equal assignment goes.

Two definitions of one constant look like two settings. Whoever changes one of them changes nothing,
or breaks the other half of the module, depending on which one is found first.

The second goes only where it provably does nothing: both stand in one block, and nothing in between
gives the name another value. Of an attribute of `self` it goes where only plain assignments stand in
between, in a class that has no setter. It leaves alone: resets after a change, parts of a function that each
set the value they use, code in between that may change the name unseen (`global`, star imports,
other modules), tests, and the cells of notebooks. For a human: two different values, computed values, values that can be changed in place, and a second
definition that has comments or an annotation of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, ReportMatch, Role, Source
from fixaudit.authoring import ClassKind, Why, line_span, orphans, stands_alone
from fixaudit_codemods.attributes.duplicate_assignment._assigned_twice import (
    Assignment,
    Pair,
    is_captured,
    is_mentioned,
    pair_at,
    read_between,
    rebound_between,
    rebound_from_afar,
    runs_nothing,
)
from fixaudit_codemods.attributes.duplicate_assignment._constants import (
    is_constant,
    is_equal,
    is_literal,
)
from fixaudit_codemods.attributes.duplicate_assignment._set_twice import attribute_pair

KEEP_ONE = "Keep the one that is meant, with its comment, and delete the other."
_FOR_TOOLS = ("# noqa", "# type: ignore", "# pylint:", "# nosec", "# pragma:")


class DuplicateAssignment(Codemod):
    name = "duplicate-assignment"
    code = "FA603"
    triggers = (b"=",)
    visits = (ast.Assign, ast.AnnAssign)
    default = False  # it runs the same, and to find it every file has to be read
    tags = frozenset({"style"})
    report_match = ReportMatch(
        keywords=(
            ("duplicate", "constant"),
            ("duplicate", "assignment"),
            ("duplicated", "constant"),
            ("constant", "defined twice"),
            ("assigned twice",),
            (
                (
                    "defined twice|assigned twice|set twice|declared twice|defined two times|"
                    "zweimal definiert|zweimal gesetzt|doppelt definiert|défini deux fois|"
                    "définie deux fois|definida dos veces|definido dos veces"
                ),
            ),
            (
                "duplicate*|twice|doppelt*|en double|duplicad*",
                "constant|assignment|konstante*|zuweisung*|constante*|asignaci*",
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.GENERATED: "the file is generated",
        Role.NOTEBOOK: "cells of a notebook are run in any order",
        Role.TEST: "a test spells out what each of its cases needs",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Assignment, source: Source) -> Iterator[Finding]:
        if (pair := attribute_pair(source, node)) is not None:
            reason = self.out_of_scope(source)
            yield self.leave(source, node, reason) if reason else self._removed(source, pair)
            return
        pair = pair_at(source, node)
        if pair is None or pair.first.value is None or pair.second.value is None:
            return
        equal = is_equal(pair.first.value, pair.second.value)
        if equal and (is_literal(pair.second.value) or _is_logger(source, pair.second.value)):
            yield self._equal(source, pair)
        elif _is_constant_name(source, pair) and not is_mentioned(pair):
            yield from self._other_value(source, pair, equal)

    def _equal(self, source: Source, pair: Pair) -> Finding:
        kept = self._kept(source, pair)
        if kept is not None:
            return self.leave(source, pair.second, kept)
        doubt = _doubt(source, pair)
        if doubt is not None:
            return self.review(source, pair.second, doubt, KEEP_ONE)
        return self._removed(source, pair)

    def _removed(self, source: Source, pair: Pair) -> Finding:
        line, name = pair.first.lineno, pair.name
        if _own_words(source, pair):
            reason = f"it is the same as in line {line}, but its comment may mean something else"
            return self.review(source, pair.second, reason, KEEP_ONE)
        removed = _removal(source, pair.second)
        if removed is None:
            reason = f"`{name}` is the same as in line {line}, but shares its line with other code"
            return self.review(source, pair.second, reason, KEEP_ONE)
        reason = f"`{name}` has this value since line {line}: nothing in between changes it"
        return self.fix(source, pair.second, reason, [removed])

    def _kept(self, source: Source, pair: Pair) -> Why | None:
        changed = rebound_between(source, pair)
        if changed is not None:
            return f"a reset: line {changed} changes `{pair.name}` in between"
        if (reason := self.out_of_scope(source)) is not None:
            return reason
        if source.function(pair.second) is not None:
            line = read_between(source, pair)
            if line is not None:
                return f"line {line} uses it in between: each part sets a value of its own"
        return rebound_from_afar(source, pair)

    def _other_value(self, source: Source, pair: Pair, equal: bool) -> Iterator[Finding]:
        """A constant that is defined anew before anything can have read it."""
        assert pair.first.value is not None
        assert pair.second.value is not None
        if rebound_between(source, pair) is not None:
            return
        line = pair.first.lineno
        if equal:
            reason = f"`{pair.name}` is computed in line {line} already: a second time may differ"
            yield self.review(source, pair.second, reason, KEEP_ONE)
        elif is_constant(pair.first.value) and is_constant(pair.second.value):
            reason = f"`{pair.name}` has another value in line {line}, which nothing reads"
            yield self.review(source, pair.second, reason, KEEP_ONE)


# ------------------------------------------------------------------------------ judgement


def _is_logger(source: Source, value: ast.expr) -> bool:
    """`logging.getLogger(…)` gives the same object each time."""
    return (
        isinstance(value, ast.Call)
        and not value.keywords
        and all(isinstance(item, (ast.Constant, ast.Name)) for item in value.args)
        and source.qualified_name(value.func) == "logging.getLogger"
    )


def _is_constant_name(source: Source, pair: Pair) -> bool:
    parent = source.parent(pair.second)
    return pair.name.isupper() and isinstance(parent, (ast.Module, ast.ClassDef))


def _doubt(source: Source, pair: Pair) -> str | None:
    """Why a human has to look before the second assignment can go."""
    line = pair.first.lineno
    assert pair.second.value is not None
    immutable = is_constant(pair.second.value) or _is_logger(source, pair.second.value)
    if not immutable and not runs_nothing(pair) and _may_change(source, pair):
        return f"the value of line {line} may have been changed in place: this makes a new one"
    if isinstance(pair.second, ast.AnnAssign) and not _same_annotation(pair):
        return f"it is the same as in line {line}, but has an annotation of its own"
    return _counted(source, pair)


def _may_change(source: Source, pair: Pair) -> bool:
    """True where code in between can reach the value; a local name has to be named for that."""
    if isinstance(source.scopes.scope_of(pair.second).node, (ast.Module, ast.ClassDef)):
        return True
    return is_mentioned(pair) or is_captured(source, pair)


def _same_annotation(pair: Pair) -> bool:
    if not isinstance(pair.first, ast.AnnAssign) or not isinstance(pair.second, ast.AnnAssign):
        return False
    return is_equal(pair.first.annotation, pair.second.annotation)


def _counted(source: Source, pair: Pair) -> str | None:
    """A metaclass can see every assignment of a class body."""
    parent = source.parent(pair.second)
    if not isinstance(parent, ast.ClassDef) or not (parent.bases or parent.keywords):
        return None
    module = source.project.facts_of_source(source)
    facts = source.project.class_of(parent, module)
    if facts.mro().complete and facts.kind is not ClassKind.ENUM:
        return None
    return "the metaclass may see both assignments: not all bases of the class are known"


def _own_words(source: Source, pair: Pair) -> bool:
    """True where the second has comments or a docstring that would be lost or left hanging."""
    first, second = _comment_behind(source, pair.first), _comment_behind(source, pair.second)
    if second and second != first and not second.startswith(_FOR_TOOLS):
        return True
    block, next_one = pair.block.statements, pair.position + 1
    after = block[next_one] if next_one < len(block) else None
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
        return True
    return orphans(source, pair.second) is not None


def _comment_behind(source: Source, statement: ast.stmt) -> str:
    end = source.positions.line_end(statement.end_lineno or statement.lineno)
    rest = source.body[source.span(statement).end : end].decode("utf-8")
    rest = rest.strip(" \t\r\n;")
    return rest if rest.startswith("#") else ""


# ------------------------------------------------------------------------------ the edit


def _removal(source: Source, statement: ast.stmt) -> Edit | None:
    """The statement's lines, and of the blank lines around it the smaller gap."""
    if not stands_alone(source, statement):
        return None
    span, count = line_span(source, statement), source.positions.line_count
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    above, below = first - 1, last + 1
    while above >= 1 and not source.line_text(above).strip():
        above -= 1
    while below <= count and not source.line_text(below).strip():
        below += 1
    if below > count:  # nothing follows: the gap above would end the file
        return source.edit(source.positions.line_end(above), span.end, "", drops_comments=True)
    gap = min(first - 1 - above, below - last - 1)
    end = source.positions.line_end(last + gap)
    return source.edit(span.start, end, "", drops_comments=True)
