"""Comments that have mypy ignore a missing annotation, and what becomes of them once it stands.

`warn_unused_ignores`, a part of mypy's strict mode, reports an ignore that covers nothing any more.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from fixaudit import Edit, Evidence, Source, memoized
from fixaudit.authoring import mypy_is_told

Function = ast.FunctionDef | ast.AsyncFunctionDef

_IGNORE = re.compile(rb"[ \t]*#[ \t]*type:[ \t]*ignore(?:\[(?P<codes>[^\]\r\n]*)\])?")
_UNTYPED = "no-untyped-def"
# An ignore without codes, or with the one for calls of functions without annotations.
_OF_CALL = re.compile(r"#\s*type:\s*ignore(?!\[)|\bno-untyped-call\b")
_CALLED = re.compile(r"(?<!\bdef )\b(\w+)(?:\.__init__)?\(")
_MANY = 2_000


class Ignored(NamedTuple):
    """What goes with an annotation: edits of the comment, and why the annotation is in doubt."""

    edits: list[Edit]
    doubts: tuple[Evidence, ...] = ()


def ignored(source: Source, node: Function, annotated: Collection[str] = ()) -> Ignored:
    """What becomes of the ignores of a function that gets its return annotation, and of those parameters.

    `no-untyped-def` goes out of the comment behind the `def` once nothing in the signature is missing.
    An ignore without codes may be there for more than that.
    """
    edits: list[Edit] = []
    told = mypy_is_told(source, "warn_unused_ignores")
    first = source.positions.line_start(node.lineno), source.positions.line_end(node.lineno)
    comment = _IGNORE.search(source.body, *first)
    if (
        comment is not None
        and node.body[0].lineno > node.lineno
        and _is_whole(source, node, annotated)
    ):
        codes = comment["codes"]
        if codes is not None:
            edits = list(_without_code(source, comment))
        elif told is not None:
            text = f"mypy ({told}) may report the `type: ignore` of its signature as unused then"
            return Ignored([], (source.hint(node, text),))
    call = None if told is None else _ignored_call(source, node, told)
    return Ignored(edits, () if call is None else (call,))


def _is_whole(source: Source, node: Function, annotated: Collection[str]) -> bool:
    """True where no annotation is missing from the signature any more."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args]
    if source.class_of(node) is source.parent(node) and named and not _is_static(source, node):
        named = named[1:]
    extra = [entry for entry in (arguments.vararg, arguments.kwarg) if entry is not None]
    every = [*named, *arguments.kwonlyargs, *extra]
    return all(entry.annotation is not None or entry.arg in annotated for entry in every)


def _is_static(source: Source, node: Function) -> bool:
    return any(
        source.qualified_name(item) == "builtins.staticmethod" for item in node.decorator_list
    )


def _without_code(source: Source, comment: re.Match[bytes]) -> Iterator[Edit]:
    codes = re.findall(r"[\w-]+", comment["codes"].decode())
    rest = [code for code in codes if code != _UNTYPED]
    if rest == codes:
        return
    if rest:
        text = comment[0].decode()
        kept = f"{text[: text.index('[')]}[{', '.join(rest)}]"
        yield source.edit(*comment.span(), kept, drops_comments=True)
        return
    # Two spaces stand before a comment; one that follows keeps those of the first.
    following = source.body[comment.end() :].lstrip(b" \t")
    start, end = comment.span()
    if following.startswith(b"#"):
        yield source.edit(start, len(source.body) - len(following), "  ", drops_comments=True)
    else:
        yield source.edit(start, end, "", drops_comments=True)


def _ignored_call(source: Source, node: Function, told: str) -> Evidence | None:
    """A line whose ignore may be there because it calls the function without annotations."""
    owner = source.class_of(node)
    name = node.name
    if name == "__init__" and owner is not None:
        name = owner.name
    return _ignored_calls(source, told).get(name)


@memoized
def _ignored_calls(source: Source, told: str) -> dict[str, Evidence]:
    """The names that are called on lines with such an ignore."""
    found: dict[str, Evidence] = {}
    for mention in source.project.mentions(b"type: ignore", _MANY):
        ignore = _OF_CALL.search(mention.text)
        for called in _CALLED.finditer(mention.text) if ignore is not None else ():
            text = f"mypy ({told}) may report the `type: ignore` of a call of it as unused then"
            found.setdefault(called[1], source.hint_at(mention.path, mention.line, text))
    return found
