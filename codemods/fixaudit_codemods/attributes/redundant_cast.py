"""`cast(User, find_user(name))` becomes `find_user(name)` where that is annotated `-> User` already.

A cast to the type that the value has says nothing, and hides the day on which the function begins to
return something else: the checker believes the cast.

It goes only where the function called, or the parameter or variable cast, is one of the project and
annotated with the same type, however either is written. All other casts are left, with what removing them would break: a function from
outside or without an annotation gives `Any` as far as the code shows, one with another annotation
needs the cast (or a narrowing that runs, such as `isinstance`), a decorator or a type variable makes
the type another one at each call. Reports that call such a cast needless are wrong there.

It is off by default: the program runs the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Evidence, Finding, ObsoleteImport, ReportMatch, Role, Source
from fixaudit.authoring import (
    ClassFacts,
    FunctionFacts,
    Why,
    definition_of,
    is_outside,
    names_written,
    result_type,
    written_type,
)

_CASTS = frozenset({"typing.cast", "typing_extensions.cast"})
_CLOSED = (
    ast.Assign,
    ast.AnnAssign,
    ast.Return,
    ast.Expr,
    ast.Call,
    ast.keyword,
    ast.List,
    ast.Dict,
)


_CONDITIONS = (
    ast.If,
    ast.While,
    ast.Assert,
    ast.IfExp,
    ast.BoolOp,
    ast.Compare,
    ast.comprehension,
    ast.Match,
)


class RedundantCast(Codemod):
    name = "redundant-cast"
    code = "FA614"
    triggers = (b"cast",)
    names = frozenset({"cast"})
    visits = (ast.Call,)
    default = False  # a style: the code runs the same
    may_enable_others = False
    tags = frozenset({"types"})
    right_already = (
        "is annotated with, `Any`$",
        "without the cast (?:the check breaks|its result is)",
    )
    report_match = ReportMatch(
        rules=("redundant-cast",),
        keywords=(
            ("unnecessary|redundant|needless|superfluous|excessive|useless|überflüssig*|inutile*", "cast|casts|casting|`cast()`|`cast`|typing.cast|cast()"),
            ("typing.cast", "hide*|avoid|remove*"),
        ),
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) not in _CASTS:
            return
        if len(node.args) != 2 or node.keywords or isinstance(node.args[1], ast.Starred):
            return
        kept: Why | None = self.out_of_scope(source) or _ignored(source, node)
        kept = kept or _needed(source, *node.args)
        if kept is not None:
            yield self.leave(source, node, kept)
            return
        target, value = node.args
        text = ast.unparse(value)
        reason = f"`{_subject(value)}` is known as `{ast.unparse(target)}` without it"
        if _has_comment(source, node, value):
            guidance = f"Write `{text}` alone, and keep the comment."
            yield self.review(source, node, f"{reason}; a comment stands in the cast", guidance)
            return
        edit = _unwrapped(source, node, value)
        gone = [ObsoleteImport(name) for name in _names_gone(node.func, target)]
        yield self.fix(source, node, reason, [edit], gone)


def _ignored(source: Source, node: ast.Call) -> str | None:
    """A comment for the type checker that belongs to the cast, or to what it casts."""
    for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
        if "type: ignore" in source.comments_by_line.get(line, ""):
            return f"the `type: ignore` of line {line} belongs to it"
    return None


def _subject(value: ast.expr) -> str:
    plain = value.value if isinstance(value, ast.Await) else value
    return ast.unparse(plain.func if isinstance(plain, ast.Call) else plain)


def _names_gone(*parts: ast.expr) -> list[str]:
    nodes = (node for part in parts for node in ast.walk(part))
    return sorted({node.id for node in nodes if isinstance(node, ast.Name)})


# ------------------------------------------------------------------------------ what it is needed for


def _needed(source: Source, target: ast.expr, value: ast.expr) -> Evidence | str | None:
    """What the cast is needed for; None where the value is annotated with its type."""
    wanted = written_type(source, target)
    if wanted is None:
        return f"what `{ast.unparse(target)}` means is not known"
    call = value.value if isinstance(value, ast.Await) else value
    if isinstance(call, ast.Call):
        return _needed_for_call(source, wanted, call, awaited=call is not value)
    if isinstance(value, ast.Name):
        return _needed_for_name(source, wanted, value)
    return f"what `{_subject(value)}` is annotated with is not followed: a checker has to say"


def _needed_for_call(
    source: Source, wanted: str, call: ast.Call, *, awaited: bool
) -> Evidence | str | None:
    called = ast.unparse(call.func)
    if is_outside(source, call.func):
        return f"`{called}` is no code of this project: the cast is what names its type here"
    function = definition_of(source, call.func)
    if isinstance(function, ClassFacts) and not awaited:
        return _needed_for_instance(source, wanted, function)
    if not isinstance(function, FunctionFacts):
        if isinstance(call.func, ast.Attribute) and _is_any(source, call.func.value):
            owner = ast.unparse(call.func.value)
            return f"the cast is what names its type here: `{called}` gives what `{owner}` is annotated with, `Any`"
        return f"what `{called}` gives is not known: the cast is what names its type here"
    given = result_type(source, function)
    if function.returns is None:
        text = f"`{called}` has no return annotation: without the cast its result is `Any`"
    elif given is None or function.is_async != awaited:
        text = f"the annotation of `{called}` is not the type of the call"
    elif wanted == given:
        return None
    else:
        text = f"`{called}` is annotated `{given}`: without the cast the check breaks"
    return source.proof_at(function.path, function.line, text)


def _is_any(source: Source, value: ast.expr) -> bool:
    """True for a name that is annotated `Any`, and for an attribute that is given nothing but such."""
    if isinstance(value, ast.Name):
        found = source.lookup(value.id, value)
        annotations = [item.annotation for item in found if item.annotation is not None]
        return len(found) == 1 and any(_is_any_type(source, entry) for entry in annotations)
    cls = source.class_of(value)
    if cls is None or not isinstance(value, ast.Attribute) or not isinstance(value.value, ast.Name):
        return False
    text, given = ast.unparse(value), []
    for node in ast.walk(cls):
        if isinstance(node, ast.Assign) and any(ast.unparse(t) == text for t in node.targets):
            given.append(_is_any(source, node.value))
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.target) in (text, value.attr):
            given.append(_is_any_type(source, node.annotation))
    return bool(given) and all(given)


def _is_any_type(source: Source, annotation: ast.expr) -> bool:
    return written_type(source, annotation) == "typing.Any"


def _needed_for_instance(source: Source, wanted: str, cls: ClassFacts) -> Evidence | str | None:
    if not cls.mro().complete or "__new__" in cls.attributes or "[" in wanted:
        return f"what `{cls.name}(…)` makes is not known: the cast is what names its type here"
    if cls.qualified_name == wanted:
        return None
    text = f"it is a `{cls.name}`: without the cast the check may break"
    return source.proof_at(cls.path, cls.line, text)


def _needed_for_name(source: Source, wanted: str, name: ast.Name) -> Evidence | str | None:
    found = source.lookup(name.id, name)
    annotations = [item.annotation for item in found if item.annotation is not None]
    if len(found) != 1 or not annotations:
        return f"nothing annotates `{name.id}` for good: the cast is what names its type here"
    given = written_type(source, annotations[0])
    if given != wanted:
        text = f"`{name.id}` is annotated `{given}`: without the cast the check breaks"
        return text if given else f"what `{name.id}` is annotated with is not known"
    tested = _test_of(source, name)
    return None if tested is None else f"line {tested} may narrow `{name.id}`: the cast undoes that"


def _test_of(source: Source, name: ast.Name) -> int | None:
    """The line of a condition that names the variable, after which a checker knows more of it."""
    for use in names_written(source, name.id):
        for above in source.ancestors(use):
            if isinstance(above, _CONDITIONS):
                return use.lineno
            if isinstance(above, ast.stmt):
                break
    return None


# ------------------------------------------------------------------------------ the edit


def _has_comment(source: Source, node: ast.Call, value: ast.expr) -> bool:
    """True where a comment inside the cast would go with it."""
    first, last = value.lineno, value.end_lineno or value.lineno
    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    inside = {line for line in lines if not first <= line < last} - {node.end_lineno}
    return any(line in source.comments_by_line for line in inside)


def _unwrapped(source: Source, node: ast.Call, value: ast.expr) -> Edit:
    """The value alone, in parentheses where it could not stand without."""
    text = source.segment(value)
    parent, plain = source.parent(node), value.value if isinstance(value, ast.Await) else value
    # A chain over several lines lives on the parenthesis of the cast.
    broken = isinstance(plain, ast.Call) and plain.func.end_lineno != value.lineno
    if (
        broken
        or (isinstance(value, ast.Await) and not isinstance(parent, _CLOSED))
        or (isinstance(value, ast.Await) and isinstance(parent, ast.Call) and parent.func is node)
    ):
        text = f"({text})"
    span = source.span(node)
    return source.edit(span.start, span.end, text)
