"""Imports that nothing needs any more: taken out only where that is certain."""

from __future__ import annotations

import ast
import re

from fixaudit.edits.statements import delete_lines, line_span
from fixaudit.model.finding import Edit
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import Binding

_EXECUTING = frozenset({"eval", "exec", "compile", "globals"})


def import_removals(source: Source, names: list[str]) -> list[Edit]:
    """The edits that take out the imports of names that provably nothing reads."""
    per_statement: dict[ast.stmt, list[ast.alias]] = {}
    for name in names:
        binding = _removable(source, name)
        if binding is not None:
            assert isinstance(binding.statement, ast.stmt)
            assert isinstance(binding.node, ast.alias)
            per_statement.setdefault(binding.statement, []).append(binding.node)
    edits = [_removal(source, statement, aliases) for statement, aliases in per_statement.items()]
    return [edit for edit in edits if edit is not None]


def _removable(source: Source, name: str) -> Binding | None:
    bindings = source.scopes.module.bindings.get(name, [])
    if len(bindings) != 1 or bindings[0].kind != "import" or source.path.endswith("__init__.py"):
        return None
    statement = bindings[0].statement
    if not isinstance(source.parent(statement), ast.Module):
        return None
    if isinstance(statement, ast.Import) and "." in getattr(bindings[0].node, "name", ""):
        return None
    if _is_read(source, name, statement) or _read_elsewhere(source, name):
        return None
    return bindings[0]


def _is_read(source: Source, name: str, statement: ast.AST) -> bool:
    if any(node.id == name for node in source.nodes(ast.Name)):
        return True
    if any(name in node.names for node in source.nodes(ast.Global)):
        return True
    word = re.compile(rf"\b{re.escape(name)}\b")
    executes = any(node.id in _EXECUTING for node in source.nodes(ast.Name))
    for constant in source.nodes(ast.Constant):
        text = constant.value
        if isinstance(text, str) and len(text) < 200 and word.search(text):
            if executes or _may_be_code(text):
                return True
    assert isinstance(statement, ast.stmt)
    lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    return any("noqa" in source.line_text(line) for line in lines)


def _may_be_code(text: str) -> bool:
    """True for a string that may stand for a name: in `__all__`, an annotation, a doctest.

    Prose and statements are not evaluated here: what executes them is asked for by the caller.
    """
    if ">>>" in text:
        return True
    try:
        ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _read_elsewhere(source: Source, name: str) -> bool:
    """Another file may import the name from here, or patch it by its dotted path."""
    tail = source.module.rpartition(".")[2]
    if tail == "__main__":
        return False
    listed = re.compile(rf"^\s*{re.escape(name)}(\s+as\s+\w+)?\s*,?\s*(#.*)?$")
    for mention in source.project.mentions(name.encode()):
        if f"/{mention.path.as_posix()}".endswith(f"/{source.path}"):
            continue
        line = mention.text
        if f"{tail}.{name}" in line or ("import" in line and tail in line) or listed.match(line):
            return True
    return False


def _removal(source: Source, statement: ast.stmt, aliases: list[ast.alias]) -> Edit | None:
    assert isinstance(statement, (ast.Import, ast.ImportFrom))
    if len(aliases) == len(statement.names):
        if "#" in source.slice(line_span(source, statement)):
            return None
        return delete_lines(source, statement)
    if len(aliases) != 1:
        return _without(source, statement, aliases)
    if statement.lineno != statement.end_lineno and "#" in source.line_text(aliases[0].lineno):
        return None  # the comment behind the name would end up behind another one
    position = statement.names.index(aliases[0])
    if position + 1 < len(statement.names):
        start, end = source.span(aliases[0]).start, source.span(statement.names[position + 1]).start
    else:
        start, end = source.span(statement.names[position - 1]).end, source.span(aliases[0]).end
    if b"#" in source.body[start:end]:
        return None
    return source.edit(start, end, "")


def _without(
    source: Source, statement: ast.Import | ast.ImportFrom, aliases: list[ast.alias]
) -> Edit | None:
    """The statement without several of its names; None where it has lines or comments to keep."""
    start, end = source.span(statement.names[0]).start, source.span(statement.names[-1]).end
    if statement.lineno != statement.end_lineno or b"\n" in source.body[start:end]:
        return None
    kept = [source.segment(alias) for alias in statement.names if alias not in aliases]
    return source.edit(start, end, ", ".join(kept))
