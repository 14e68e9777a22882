"""The check of every changed text: it compiles, its comments are there, its names are bound."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator

from fixaudit.edits.changed_statements import are_plainly_sound
from fixaudit.edits.changed_statements import unbound_names as unbound_names
from fixaudit.errors import SourceError
from fixaudit.model.finding import Edit, Span
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import BUILTINS
from fixaudit.syntax.tree import walk
from fixaudit.text.comments import comment_texts

# What stands around a return annotation: there it can be nothing else.
_COLON = re.compile(rb"[ \t]*:")
_ANNOTATION = re.compile(r" -> (\w+)")


def verify(before: Source, after: Source, edits: Iterable[Edit]) -> str | None:
    """None when the changed text is sound, else one line that says what is broken.

    `edits` are those that led to it; comments in spans marked `drops_comments` may be gone.
    """
    edits = tuple(edits)
    # Builtins as return annotations leave names and comments as they are.
    only_annotates = all(_annotates(before.body, edit) for edit in edits)
    if are_plainly_sound(before, after, edits, only_annotates=only_annotates):
        return None
    try:
        tree = after.tree
    except SourceError as error:
        return f"the result does not parse: line {error.line}: {error}"
    problem = _compiles(tree, before.path)
    if problem is None:
        problem = lost_comment(before, after, edits)
    if problem is None:
        problem = _names_bound(before, after)
    return problem


def _annotates(body: bytes, edit: Edit) -> bool:
    start, end = edit.span.start, edit.span.end
    added = _ANNOTATION.fullmatch(edit.text)
    if start != end or added is None or not (added[1] == "None" or added[1] in BUILTINS):
        return False
    line = body[max(body.rfind(b"\n", 0, start), body.rfind(b"\r", 0, start)) + 1 : start]
    return line.endswith(b")") and b"#" not in line and _COLON.match(body, start) is not None


def _compiles(tree: ast.Module, path: str) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(tree, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError) as error:
            return f"the result does not compile: {error}"
    return None


def lost_comment(before: Source, after: Source, edits: Iterable[Edit]) -> str | None:
    if b"#" not in before.body:
        return None
    lost = Counter(comment_texts(before.text)) - Counter(comment_texts(after.text))
    if not lost:
        return None
    allowed = Counter[str]()
    for edit in edits:
        if edit.drops_comments:
            # The removed piece may be part of a statement, so it is searched as text.
            allowed.update({text: _removed(before, edit.span, text) for text in lost})
    gone = lost - allowed
    if not gone:
        return None
    return f"the comment {next(iter(gone))[:60]!r} would be lost"


def _removed(before: Source, span: Span, comment: str) -> int:
    """How often a comment begins in the span; one that goes on behind it is another then."""
    line, _ = before.positions.line_column(span.end)
    reached = before.slice(Span(span.start, max(span.end, before.positions.line_end(line))))
    length = len(before.slice(span))
    starts = (match.start() for match in re.finditer(re.escape(comment), reached))
    return sum(start < length for start in starts)


def _names_bound(before: Source, after: Source) -> str | None:
    """A name that is read in the changed text, that nothing there binds, and that was bound before.

    In a statement of the module that stands as it was, only names that the module has lost can
    have come loose.
    """
    found = unbound_names(after, _may_be_loose(before, after))
    new = found - unbound_names(before, before.nodes(ast.Name)) if found else found
    if new:
        return f"the name {sorted(new)[0]!r} would be used without being defined"
    return _bound_before_use(before, after)


def _may_be_loose(before: Source, after: Source) -> Iterable[ast.Name]:
    if before.scopes.has_star_import():
        return after.nodes(ast.Name)
    lost = before.scopes.module.bindings.keys() - after.scopes.module.bindings.keys()
    names = [node for node in after.nodes(ast.Name) if node.id in lost] if lost else []
    inner = (node for statement in _changed(before, after) for node in walk(statement))
    return [*names, *(node for node in inner if isinstance(node, ast.Name))]


def _changed(before: Source, after: Source) -> list[ast.stmt]:
    """The statements of the module whose lines are not, as they are, those of one before."""
    known = {text for _, text in _statements(before)}
    return [statement for statement, text in _statements(after) if text not in known]


def _statements(source: Source) -> Iterator[tuple[ast.stmt, bytes]]:
    positions = source.positions
    for statement in source.tree.body:
        decorators = getattr(statement, "decorator_list", ())
        first = min((entry.lineno for entry in decorators), default=statement.lineno)
        end = positions.line_end(statement.end_lineno or statement.lineno)
        yield statement, source.body[positions.line_start(first) : end]


def _bound_before_use(before: Source, after: Source) -> str | None:
    """Names that the edits brought in at module level must be bound above their first use there."""
    old = set(before.scopes.module.bindings)
    for name, bindings in after.scopes.module.bindings.items():
        if name in old:
            continue
        first = min(after.span(entry.statement).start for entry in bindings)
        for node in after.nodes(ast.Name):
            if node.id != name or not isinstance(node.ctx, ast.Load):
                continue
            runs_now = after.scopes.scope_of(node) is after.scopes.module
            if runs_now and after.span(node).start < first:
                return f"the name {name!r} would be used before it is defined"
    return None
