"""A name for an exception whose handler has none: the file's own habit, and nothing it would hide."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from fixaudit import Edit, Source, memoized, rewriting
from fixaudit.authoring import children

_USUAL = ("exc", "err", "error", "ex", "e", "cause", "original_error")
_LOOKS_AT_NAMES = frozenset({"locals", "vars", "eval", "exec"})
_PYLINT = re.compile(rb"#[^\n]*pylint: *disable=[^\n#]*\b(?:raise-missing-from|W0707)\b")


def free_name(source: Source, handler: ast.ExceptHandler, wanted: str) -> str | None:
    """A name that the handler can bind without touching any other use of it; None for none.

    `wanted` comes first, then what most handlers of the file use, then the usual ones.
    """
    whole = _namespace(source, handler)
    names = _names_outside(source, whole, handler)
    if names & _LOOKS_AT_NAMES:
        return None
    choices = [wanted] if wanted else []
    return next((name for name in [*choices, *_habit(source), *_USUAL] if name not in names), None)


def _namespace(source: Source, handler: ast.ExceptHandler) -> ast.AST:
    for above in source.ancestors(handler):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            return above
    return source.tree


def _names_outside(source: Source, whole: ast.AST, handler: ast.ExceptHandler) -> frozenset[str]:
    """Every name of the function (of nested ones too), but those that other handlers keep to themselves."""
    around = [inner for inner in ast.walk(handler) if isinstance(inner, ast.ExceptHandler)]
    for above in source.ancestors(handler):
        if above is whole:
            break
        if isinstance(above, ast.ExceptHandler):
            around.append(above)
    return _names_kept_by_none(source, whole) | {entry.name for entry in around if entry.name}


@memoized
def _names_kept_by_none(source: Source, whole: ast.AST) -> frozenset[str]:
    found: set[str] = set()
    todo: list[tuple[ast.AST, frozenset[str]]] = [(whole, frozenset())]
    while todo:
        node, own = todo.pop()
        if isinstance(node, ast.ExceptHandler) and node.name is not None:
            own |= {node.name}
        found.update(name for name in _said(node) if name not in own)
        todo += ((child, own) for child in children(node))
    return frozenset(found)


def _said(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names
        case ast.alias():
            yield (node.asname or node.name).partition(".")[0]


@memoized
def _habit(source: Source) -> list[str]:
    used = Counter(entry.name for entry in source.nodes(ast.ExceptHandler) if entry.name)
    return [name for name, _ in used.most_common() if name in _USUAL]


def name_edit(source: Source, handler: ast.ExceptHandler, name: str) -> Edit | None:
    """Writes ` as name` behind what the handler catches; None where something else stands there."""
    assert handler.type is not None
    end = rewriting.outer_parentheses(source, handler.type).end
    if re.match(rb"[ \t\f]*:", source.body[end:]) is None:
        return None
    return source.edit(end, end, f" as {name}")


def pylint_off(source: Source, node: ast.stmt) -> bool:
    """True where a pylint comment in the statement, or alone on a line above it, says so."""
    span = source.span(node)
    line_end = source.positions.line_end(node.end_lineno or node.lineno)
    for found in _comments(source):
        alone = not source.body[: found.start()].rpartition(b"\n")[2].strip()
        if (found.start() < span.start and alone) or span.start <= found.start() < line_end:
            return True
    return False


@memoized
def _comments(source: Source) -> list[re.Match[bytes]]:
    return list(_PYLINT.finditer(source.body))
