"""`Mapped[X]` of a column whose type is the project's own says what that type gives: `Mapped[Y]`.

`id: Mapped[uuid.UUID] = mapped_column(GUID())` promises a UUID. Where `GUID.process_result_value` returns
a `str`, that is what callers get, and a type checker lets them write `row.id.hex`, which fails. What a type
gives is read from its class: the annotation of `process_result_value`, what it returns, and the type in
`TypeDecorator[…]`; where two of them differ, nothing is edited.

The column stays as it is, since its type is written in `mapped_column(…)`; without one the annotation *is*
the column's type, and is never touched. Whether it is optional is kept, because SQLAlchemy reads from it
whether the column may be NULL. Where code of the project, or a default, gives the attribute something
else, the new annotation makes a type checker complain there: `--unsafe` only. It is off by default: the
annotation alone changes nothing at run time.

It leaves alone: types from outside, those of which nothing says what they give, annotations that fit, `Any`, and forward references in
quotes. For a human are classes of the project (an enum may be a `str`) and types that say two things
of what they give.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import (
    Codemod,
    Finding,
    NeededName,
    ObsoleteImport,
    ReportMatch,
    Role,
    Source,
    access,
)
from fixaudit.authoring import ClassFacts, definition_of, dotted_name, keyword
from fixaudit_codemods.database._sqlalchemy import type_decorator_bases
from fixaudit_codemods.database.mapped_type._assigned import other_value
from fixaudit_codemods.database.mapped_type._result import Result, results_of, without_none

_ANY = frozenset({"typing.Any", "builtins.object"})
GUIDANCE = (
    "Say in the type what it gives (`def process_result_value(self, value, dialect) -> str | None`), and "
    "then the same in `Mapped[…]`; or convert there to what the models promise, which changes what all "
    "readers of the column get."
)


class MappedType(Codemod):
    name = "mapped-type"
    code = "FA508"
    triggers = (b"mapped_column(",)
    visits = (ast.AnnAssign,)
    default = False  # the annotation alone changes nothing at run time
    tags = frozenset({"database", "types"})
    right_already = ("^`Mapped[^ ]* is what ",)
    report_match = ReportMatch(
        keywords=(
            ("mapped[",),
            ("type confusion", "uuid|guid|column*|string|type decorator*|json"),
            ("returns string", "uuid|guid"),
            ("guid|uuid", "returns a string|returns str|string instead of|not uuid"),
            ("annotation*", "mapped_column|mapped column|column type"),
        ),
    )
    leaves: ClassVar[dict[Role, str]] = {
        Role.MIGRATION: "a migration stays as it ran",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.AnnAssign, source: Source) -> Iterator[Finding]:
        site = _site(source, node)
        if site is None:
            return
        written, cls, call = site
        inner = without_none(written)
        if inner is None:
            yield self.leave(source, node, "its annotation is a text, or names several types")
            return
        named = _meaning(source, inner)
        results = results_of(cls)
        result = results[0] if results else None
        if named in _ANY:
            yield self.leave(source, node, "`Any` promises nothing")
        elif result is None:
            yield self.leave(source, node, f"nothing says for good what `{cls.name}` gives")
        elif len(results) > 1:
            said = "; ".join(each.text for each in results)
            yield self.review(source, node, said, GUIDANCE)
        elif _fits(named, _given(result)):
            yield self.leave(
                source, node, f"`Mapped[{_text(source, inner)}]` is what `{cls.name}` gives"
            )
        elif named is None or isinstance(definition_of(source, _root(inner)), ClassFacts):
            reason = f"{result.text}; `{_text(source, inner)}` may be one"
            yield self.review(source, node, reason, GUIDANCE)
        else:
            yield self._edited(source, node, inner, result, call)

    def _edited(
        self, source: Source, node: ast.AnnAssign, inner: ast.expr, result: Result, call: ast.Call
    ) -> Finding:
        place = source.proof_at(result.owner.path, result.line, result.text)
        text = _written(source, node, result)
        if text is None:
            return self.review(source, node, place, GUIDANCE)
        name, needed = text
        root = _root(inner)
        first = root
        while isinstance(first, ast.Attribute):
            first = first.value
        needed_names: list[NeededName] = [*needed]
        if isinstance(first, ast.Name):
            needed_names.append(ObsoleteImport(first.id))
        edits = [source.replace(inner, name)]
        owner = source.class_of(node)
        assert owner is not None
        assert isinstance(node.target, ast.Name)
        given = other_value(source, owner, node.target.id, name, call)
        if given is None:
            return self.fix(source, node, f"{result.text}: the annotation alone changes", edits, needed_names)  # fmt: skip
        because = [place, given]
        reason = f"{result.text}; {given.text} ({given.path}:{given.line})"
        return self.unsafe(source, node, reason, edits, needed_names, because=because)


def _site(source: Source, node: ast.AnnAssign) -> tuple[ast.expr, ClassFacts, ast.Call] | None:
    """What `Mapped[…]` holds, the column's own type, and the call that makes the column."""
    annotation, call = node.annotation, node.value
    if not isinstance(annotation, ast.Subscript) or not isinstance(call, ast.Call):
        return None
    if not isinstance(node.target, ast.Name) or _last(annotation.value) != "Mapped":
        return None
    if not (source.qualified_name(call.func) or "").endswith(".mapped_column"):
        return None
    for each in _type_arguments(call):
        cls = definition_of(source, each.func if isinstance(each, ast.Call) else each)
        if isinstance(cls, ClassFacts) and type_decorator_bases(cls):
            return annotation.slice, cls, call
    return None


def _type_arguments(call: ast.Call) -> Iterator[ast.expr]:
    """The first argument, or the second behind a name, or `type_=`."""
    word = keyword(call, "type_")
    for each in (*call.args[:2], *([word.value] if word is not None else [])):
        func = each.func if isinstance(each, ast.Call) else each
        if isinstance(func, (ast.Name, ast.Attribute)):
            yield each


def _root(annotation: ast.expr) -> ast.expr:
    return annotation.value if isinstance(annotation, ast.Subscript) else annotation


def _last(node: ast.expr) -> str:
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def _text(source: Source, node: ast.expr) -> str:
    return source.segment(node)


def _meaning(source: Source, annotation: ast.expr) -> str | None:
    return source.qualified_name(_root(annotation))


def _given(result: Result) -> str:
    """The full name of what the type gives."""
    written = result.written.partition("[")[0]
    name = result.owner.module.qualify(written)
    return f"builtins.{name}" if "." not in name and hasattr(builtins, name) else name


def _fits(named: str | None, given: str) -> bool:
    """The same, or two names of it: `List` and `list`."""
    if named is None:
        return False
    plain = [
        name.removeprefix("typing.").removeprefix("builtins.").lower() for name in (named, given)
    ]
    return plain[0] == plain[1] or given in _ANY


def _written(source: Source, node: ast.AnnAssign, result: Result) -> tuple[str, tuple[NeededName, ...]] | None:  # fmt: skip
    """The type as this file writes it, with the imports that it needs."""
    name = _given(result)
    root, _, last = name.rpartition(".")
    if root == "builtins":
        inner = result.written.partition("[")[2]
        words = {each for each in _names(result.written) if not hasattr(builtins, each)}
        if inner and words:
            return None
        return (result.written, ()) if not source.lookup(last, node) else None
    if "[" in result.written or not root:
        return None
    found = access(source, node, root, last)
    return None if found is None else (found.text, found.needed_names)


def _names(written: str) -> set[str]:
    tree = ast.parse(written, mode="eval")
    return {name for node in ast.walk(tree) if (name := dotted_name(node)) is not None}
