"""After its edits a file is judged again, unless they are of a kind that gives nothing new to find."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, Source
from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process

TEXT = b"def first(a):\n    return a\n\n\ndef second(a):\n    return a\n"


class Annotating(Codemod):
    """Annotates what gives its argument back, and counts how often it is asked."""

    name = "annotating"
    code = "XX001"
    triggers = (b"def ",)
    visits = (ast.Module,)
    may_enable_others: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def judge(self, node: ast.Module, source: Source) -> Iterator[Finding]:
        self.asked += 1
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef) and statement.returns is None:
                end = source.body.index(b":", source.span(statement).start)
                edit = source.edit(end, end, " -> int")
                yield self.fix(source, statement, "it gives a number", [edit])


class Rippling(Annotating):
    """The same, of which nothing is promised."""

    may_enable_others = True


class Overlapping(Annotating):
    """Its second finding has to wait: both replace the first `def` too."""

    def judge(self, node: ast.Module, source: Source) -> Iterator[Finding]:
        for finding in super().judge(node, source):
            held = source.edit(0, 3, "def")
            yield self.fix(source, node.body[0], finding.reason, [held, *finding.edits])


def outcome(*codemods: Annotating) -> bytes:
    done = process(Source("m.py", TEXT), Plan(codemods))
    assert isinstance(done, Changed)
    assert not done.problems
    return done.after


ANNOTATED = TEXT.replace(b"):", b") -> int:")


def test_edits_without_ripples_need_one_look() -> None:
    codemod = Annotating()
    assert outcome(codemod) == ANNOTATED
    assert codemod.asked == 1


def test_other_edits_are_looked_at_again() -> None:
    codemod = Rippling()
    assert outcome(codemod) == ANNOTATED
    assert codemod.asked == 2


def test_who_has_to_wait_is_judged_again() -> None:
    codemod = Overlapping()
    assert outcome(codemod) == ANNOTATED
    assert codemod.asked == 2
