"""The old name beside the new one, for those who import it from outside of the project."""

from __future__ import annotations

import ast

from fixaudit import Edit, Source, rewriting
from fixaudit.authoring import Symbol, Written, identifiers


def with_alias(source: Source, symbol: Symbol, edits: list[Edit]) -> list[Edit]:
    """The edits of a file that leave the old name where it is defined and where packages pass it on."""
    changed = {edit.span: edit for edit in edits}
    last: ast.stmt | None = None
    own = source.project.facts_of_source(source).path
    for each in identifiers(source, symbol.old):
        if not each.spans or each.spans[0] not in changed:
            continue
        span, text = each.spans[0], ""
        if each.kind is Written.STRING and isinstance(
            source.parent(each.node), ast.List | ast.Tuple
        ):
            quote = source.body[span.end : span.end + 1].decode()
            text = f"{symbol.new}{quote}, {quote}{symbol.old}"
        elif each.kind is Written.IMPORTED and own in symbol.homes and own.stem == "__init__":
            assert isinstance(each.node, ast.alias)
            text = f"{symbol.new}, {symbol.old}"
            if each.node.asname is not None:
                text = f"{symbol.new} as {symbol.new}, {symbol.old}"
        elif own == symbol.path and source.scopes.scope_of(each.node) is source.scopes.module:
            if each.kind is Written.DEFINITION or _is_assigned(each.node):
                last = source.statement(each.node)
        if text:
            changed[span] = source.edit(span.start, span.end, text)
    found = list(changed.values())
    if last is not None:
        edit = rewriting.insert_after(source, last, f"{symbol.old} = {symbol.new}")
        found += [edit] if edit is not None else []
    return found


def _is_assigned(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
