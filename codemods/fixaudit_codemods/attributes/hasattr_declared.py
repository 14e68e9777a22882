"""`hasattr(x, "a") and x.a` becomes `x.a` where the class of `x` declares the attribute.

The test is always true then: it hides a renamed attribute from the type checker, and tells the
reader of a case that does not exist. `x.a if hasattr(x, "a") else b` becomes `x.a` too.

Left alone: objects whose class is not known for certain or that may be None, attributes that only
some method sets, properties, and classes that make attributes up. An attribute that no class
declares is reported: what stands behind the test never runs. So is a test that is always true but
stands alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, ReportMatch, Role, Source
from fixaudit.authoring import outer_parentheses
from fixaudit_codemods.attributes._candidate_classes import candidates_of
from fixaudit_codemods.attributes._declared_attributes import Doubt, prove, unusable_name

_AND = re.compile(rb"\s*and\b[ \t\f]*(?:\r?\n[ \t\f]*)?")
_IF = re.compile(rb"[\s)]*if\b")
_ALWAYS = "where every object comes with it, drop the test and what stands in its `else`"


class HasattrDeclared(Codemod):
    """hasattr tests of declared attributes go."""

    name = "hasattr-declared"
    code = "FA606"
    triggers = (b"hasattr",)
    visits = (ast.Call,)
    names = frozenset({"hasattr"})
    default = False
    tags = frozenset({"types"})
    report_match = ReportMatch(
        keywords=(("hasattr", "type"), ("hasattr", "narrowing"), ("hasattr",))
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "tests may pass anything",
        Role.GENERATED: "generated code and migrations stay as they are",
        Role.MIGRATION: "generated code and migrations stay as they are",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) == "builtins.hasattr":
            yield self._judge(source, node)

    def _judge(self, source: Source, node: ast.Call) -> Finding:
        match node:
            case ast.Call(args=[owner, ast.Constant(value=str(name))], keywords=[]):
                pass
            case _:
                return self.leave(source, node, "the attribute's name is computed")
        if not _is_still(owner):
            return self.leave(source, node, "what it looks at is made anew each time")
        reason = unusable_name(name) or self.out_of_scope(source)
        if reason is not None:
            return self.leave(source, node, reason)
        any_of = candidates_of(source, owner)
        if any_of is not None and any_of.classes:
            text = f"`{ast.unparse(owner)}` may be any class that `{any_of.what}` can be: `dead-attribute-probe` tells of those"
            return self.leave(source, node, text)
        answer = prove(source, node, owner, name)
        if isinstance(answer, Doubt):
            evidence = answer.evidence(source, node)
            if answer.guidance is not None:
                return self.review(source, node, evidence, answer.guidance)
            return self.leave(source, node, evidence)
        edit = _without_test(source, node)
        reason = f"always true: `{answer.names}` declares `{name}`"
        if edit is None or "#" in source.slice(edit.span):
            return self.review(source, node, reason, _ALWAYS)
        finding = self.fix(source, node, reason, [edit])
        return self.doubt(source, node, finding, answer.hints, answer.verdict, answer.guidance)


def _is_still(owner: ast.expr) -> bool:
    """A name or a chain of attributes: looking at it once less changes nothing."""
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return isinstance(owner, ast.Name)


def _without_test(source: Source, test: ast.Call) -> Edit | None:
    """Take `hasattr(…) and` out, or ` if hasattr(…) else b`; None where the text is another."""
    around = source.parent(test)
    if source.slice(source.span(test)).partition("(")[0].strip() not in ("hasattr",):
        return None
    match around:
        case ast.BoolOp(op=ast.And(), values=[first, last]) if first is test and (
            edit := _unwrapped(source, around, last)
        ):
            return edit
        case ast.BoolOp(op=ast.And(), values=values) if test is not values[-1]:
            following = values[next(i for i, v in enumerate(values) if v is test) + 1]
            start, end = source.span(test).end, source.span(following).start
            found = _AND.match(source.body[start:end])
            if found is None:
                return None
            return source.edit(source.span(test).start, start + found.end(), "")
        case ast.IfExp(test=condition, body=body) if condition is test:
            if (edit := _unwrapped(source, around, body)) is not None:
                return edit
            start, end = source.span(body).end, source.span(test).start
            between = source.body[start:end]
            found = _IF.match(between)
            if found is None or between[found.end() :].strip():
                return None
            kept = between[: between.rindex(b"if")].rstrip().decode()
            return source.edit(start, source.span(around).end, kept)
    return None


_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)


def _unwrapped(source: Source, around: ast.expr, kept: ast.expr) -> Edit | None:
    """What is kept in place of the whole, without the parentheses that only its parts needed."""
    span, text = outer_parentheses(source, around), source.slice(source.span(kept))
    if span == source.span(around) or not isinstance(kept, _ATOMS) or "\n" in text:
        return None
    before = source.body[span.start - 1 : span.start]
    if before.isalnum() or before == b"_":
        return None
    return source.edit(span.start, span.end, text)
