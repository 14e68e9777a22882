"""Codemods of single words whose edits get into each other's way, and a run of some of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, Source
from fixaudit.model.outcome import Outcome
from fixaudit.pipeline.pipeline import Plan, process


class _OfWords(Codemod):
    """Judges names, builtins all of them; the codes say who goes first."""

    triggers = (b"=", b"(")
    visits: ClassVar[tuple[type[ast.AST], ...]] = (ast.Name,)


class Removing(_OfWords):
    """`max` becomes `min`."""

    name = "removing"
    code = "XX500"

    def judge(self, node: ast.Name, source: Source) -> Iterator[Finding]:
        if node.id == "max":
            yield self.fix(source, node, "it goes", [source.replace(node, "min")])


class _Resting(_OfWords):
    """`abs` stays as long as there is a `max`."""

    def judge(self, node: ast.Name, source: Source) -> Iterator[Finding]:
        if node.id != "abs":
            return
        if b"max" in source.body:
            yield self.leave(source, node, "a witness speaks for it")
        else:
            yield self.fix(source, node, "nobody speaks for it", [source.replace(node, "any")])


class RestingFirst(_Resting):
    name = "resting-first"
    code = "XX100"


class RestingLast(_Resting):
    name = "resting-last"
    code = "XX900"


class Back(_OfWords):
    """Takes back what `Removing` writes."""

    name = "back"
    code = "XX700"

    def judge(self, node: ast.Name, source: Source) -> Iterator[Finding]:
        if node.id == "min":
            yield self.fix(source, node, "it comes back", [source.replace(node, "max")])


class Breaking(_OfWords):
    """Loses a comment."""

    name = "breaking"
    code = "XX200"
    visits: ClassVar[tuple[type[ast.AST], ...]] = (ast.Call,)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if node.args:
            yield self.fix(source, node, "it becomes another call", [source.replace(node, "abs()")])


class _Around(_OfWords):
    """`print(x)` becomes `all`, whatever `x` is."""

    visits: ClassVar[tuple[type[ast.AST], ...]] = (ast.Call,)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if ast.unparse(node.func) == "print":
            yield self.fix(source, node, "it is held", [source.replace(node, "all")])


class AroundFirst(_Around):
    name = "around-first"
    code = "XX100"


class AroundLast(_Around):
    name = "around-last"
    code = "XX900"


class Whole(_OfWords):
    """`(a, b)` becomes `all`, but only with a `max` in it."""

    name = "whole"
    code = "XX900"
    visits: ClassVar[tuple[type[ast.AST], ...]] = (ast.Tuple,)

    def judge(self, node: ast.Tuple, source: Source) -> Iterator[Finding]:
        if any(isinstance(entry, ast.Name) and entry.id == "max" for entry in node.elts):
            yield self.fix(source, node, "it is held", [source.replace(node, "all")])


def run(body: bytes, *codemods: Codemod, write: bool = True) -> Outcome:
    return process(Source("pkg/m.py", body), Plan(codemods, write=write))
