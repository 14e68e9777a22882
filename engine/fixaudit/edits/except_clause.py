"""Exception handlers: who uses the handled exception's name, and how to do without it.

Codemods of different authors meet at `as e`: one drops its last use, another needs it for
`raise … from e`. Both carry an edit over it (`drop_name`, `hold_name`), so that the pass
loop never takes them together and judges the second on what the first has left.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from fixaudit.edits.statements import outer_parentheses
from fixaudit.model.finding import Edit, Span
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.source.uses import variable_uses
from fixaudit.syntax.namespace import Scope

_LOOKS_AT_NAMES = frozenset({"locals", "vars", "eval", "exec", "dir"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def name_uses(handler: ast.ExceptHandler) -> list[ast.Name]:
    """Every place in the handler that reads, rebinds or deletes its exception's name.

    Nested functions, f-strings and comprehensions count; a nested handler, or a function
    parameter, of the same name hides it.
    """
    if handler.name is None:
        return []
    return [node for child in handler.body for node in _uses(child, handler.name)]


def _uses(node: ast.AST, name: str) -> Iterator[ast.Name]:
    if isinstance(node, ast.Name) and node.id == name:
        yield node
    hidden: list[ast.stmt] | ast.expr | None = None
    if (isinstance(node, ast.ExceptHandler) and node.name == name) or (
        isinstance(node, _FUNCTIONS) and name in _parameters(node.args)
    ):
        hidden = node.body
    for child in ast.iter_child_nodes(node):
        concealed = child in hidden if isinstance(hidden, list) else child is hidden
        if not concealed:
            yield from _uses(child, name)


def _parameters(arguments: ast.arguments) -> set[str]:
    extra = [entry for entry in (arguments.vararg, arguments.kwarg) if entry is not None]
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]
    return {entry.arg for entry in named}


def rebinds_name(
    source: Source, handler: ast.ExceptHandler, before: ast.AST, *, by_handlers: bool = True
) -> bool:
    """True where the handler may have given its exception's name another meaning by then.

    `before` is a node of the handler: what is bound above it counts, and all of a loop it is in.
    Without `by_handlers` an inner handler of the same name, which only unbinds it, does not count.
    """
    if handler.name is None:
        return False
    body, reached = source.span(handler), source.span(before).start
    loop = source.loop(before)
    if loop is not None and source.span(loop).start > body.start:
        reached = source.span(loop).end
    return any(
        body.start < source.span(entry.node).start < reached
        for entry in source.lookup(handler.name, handler.body[0])
        if entry.node is not handler and (by_handlers or entry.kind != "except")
    )


def drop_name(source: Source, handler: ast.ExceptHandler) -> Edit | None:
    """Removes ` as e` from the handler's header; the caller has made sure that nothing needs it.

    None where it must stay: the name is `global` or `nonlocal`, code after the handler reads it,
    or something in the handler (`locals()`, `eval`) can see it without naming it.
    """
    span = name_span(source, handler)
    if span is None or _seen_from_outside(source, handler) or _seen_unnamed(handler):
        return None
    return Edit(span, "")


def hold_name(source: Source, handler: ast.ExceptHandler) -> Edit | None:
    """An edit that changes nothing but keeps others from dropping ` as e` in the same pass.

    It starts at `except`, so that the pass takes it before an edit that drops the name.
    """
    named = name_span(source, handler)
    if named is None:
        return None
    span = Span(source.span(handler).start, named.end)
    return Edit(span, source.slice(span))


def release_name(
    source: Source,
    handler: ast.ExceptHandler,
    gone: Sequence[ast.Name],
    alike: Sequence[Sequence[ast.Name]] = (),
) -> list[Edit]:
    """The edits that let ` as e` go together with its last use.

    `gone` are the uses that one finding takes away, `alike` those of each finding of the same
    codemod in the handler, in text order, `gone` among them. Where other findings may take the
    other uses away in the same pass, edits that change nothing make one wait for the next.
    """
    uses = name_uses(handler)
    left = [use for use in uses if use not in gone]
    if not left:
        dropped = drop_name(source, handler)
        return [dropped] if dropped is not None else []
    together = {use for entry in alike for use in entry}
    if together.issuperset(uses):
        ends = (alike[0], alike[-1])
        held = hold_name(source, handler) if gone in ends else None
        return [held] if held is not None else []
    if alike and gone != alike[-1]:
        return []
    spans = {_certain_span(source, use) for use in left if use not in together}
    return [Edit(span, source.slice(span)) for span in sorted(spans)]


def _certain_span(source: Source, node: ast.AST) -> Span:
    """The span of a node, or of the f-string around it: Python 3.11 counts wrong inside of them."""
    whole = node
    for above in source.ancestors(node):
        if isinstance(above, ast.stmt):
            break
        if isinstance(above, ast.JoinedStr):
            whole = above
    return source.span(whole)


def in_finally(source: Source, node: ast.AST, handler: ast.ExceptHandler) -> bool:
    """True in a `finally` block of the handler: there another exception may be on its way."""
    child = node
    for above in source.ancestors(node):
        if above is handler:
            return False
        if any(child is entry for entry in getattr(above, "finalbody", ())):
            return True
        child = above
    return False


def name_span(source: Source, handler: ast.ExceptHandler) -> Span | None:
    """The bytes of ` as e`; None where there is no name, or a comment stands in between."""
    if handler.name is None or handler.type is None:
        return None
    start = outer_parentheses(source, handler.type).end
    pattern = re.compile(rb"[ \t\f\\\r\n]*\bas[ \t\f\\\r\n]+" + re.escape(handler.name.encode()))
    found = pattern.match(source.body, start)
    return Span(found.start(), found.end()) if found else None


def _seen_from_outside(source: Source, handler: ast.ExceptHandler) -> bool:
    name = handler.name
    scope = source.scopes.scope_of(handler)
    if name in scope.global_names or name in scope.nonlocal_names:
        return True
    bound, bindings = source.scopes.lookup(str(name), handler.body[0])
    if all(entry.kind == "except" for entry in bindings):
        return False
    # Python deletes the name when the handler ends, so a variable of that name would live on.
    last = None if bound is None else _last_read(source, bound, str(name))
    return last is not None and source.span(last).start > source.span(handler).end


@memoized
def _last_read(source: Source, scope: Scope, name: str) -> ast.Name | None:
    """The last read of a variable that stands in no handler of that name."""
    return next(
        (
            node
            for node in reversed(variable_uses(source, scope, name))
            if isinstance(node.ctx, ast.Load) and not _in_handler_of(source, node)
        ),
        None,
    )


def _in_handler_of(source: Source, node: ast.Name) -> bool:
    return any(
        isinstance(above, ast.ExceptHandler) and above.name == node.id
        for above in source.ancestors(node)
    )


def _seen_unnamed(handler: ast.ExceptHandler) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id in _LOOKS_AT_NAMES
        for statement in handler.body
        for node in ast.walk(statement)
    )
