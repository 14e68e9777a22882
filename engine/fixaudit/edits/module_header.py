"""The head of a module: its docstring, its imports and what guards them; new names stand below."""

from __future__ import annotations

import ast

from fixaudit.edits.statements import line_span
from fixaudit.source.source import Source
from fixaudit.syntax.tree import walk


def header_end(source: Source) -> int:
    """The offset of the line after the module's leading docstring, imports and what guards them.

    Imports below other code count too, as long as no function or class stands above them.
    """
    last: ast.stmt | None = None
    for position, statement in enumerate(source.tree.body, start=1):
        if is_docstring(statement, position) or _imports(statement) or _guards_imports(statement):
            last = statement
        elif any(isinstance(entry, _DEFINITIONS) for entry in walk(statement)):
            break
    return line_span(source, last).end if last is not None else after_leading_comments(source)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _imports(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Import, ast.ImportFrom))


def first_statement(source: Source) -> ast.stmt:
    """The statement that a new module-level name will stand above; the last where there is none.

    Only what runs before it may be used by what is added there.
    """
    end = header_end(source)
    for statement in source.tree.body:
        if source.span(statement).start >= end:
            return statement
    return source.tree.body[-1]


def header_statements(tree: ast.Module) -> list[ast.stmt]:
    """The leading statements up to the last import that only imports and set-up precede."""
    last = 0
    for position, statement in enumerate(tree.body, start=1):
        if _imports(statement) or is_docstring(statement, position) or _guards_imports(statement):
            last = position
        elif not _is_set_up(statement):
            break
    return tree.body[:last]


def is_docstring(statement: ast.stmt, position: int) -> bool:
    """True for a string at the 1-based position 1 of a module."""
    if position != 1 or not isinstance(statement, ast.Expr):
        return False
    return isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


def _guards_imports(statement: ast.stmt) -> bool:
    """`if TYPE_CHECKING:` and `try: import …` blocks that hold imports and little else."""
    if isinstance(statement, ast.If):
        blocks = [statement.body, statement.orelse]
    elif isinstance(statement, ast.Try):
        blocks = [statement.body, *(handler.body for handler in statement.handlers)]
    else:
        return False
    inner = [entry for block in blocks for entry in block]
    simple = (ast.Import, ast.ImportFrom, ast.Assign, ast.Pass, ast.Expr, ast.AnnAssign, ast.Raise)
    has_import = any(isinstance(entry, (ast.Import, ast.ImportFrom)) for entry in inner)
    return has_import and all(
        isinstance(entry, simple) or _guards_imports(entry) for entry in inner
    )


def _is_set_up(statement: ast.stmt) -> bool:
    """`__all__ = …`, `sys.path` lines, warning filters: what people keep between imports."""
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        return (
            isinstance(target, ast.Name) and target.id.startswith("__") and target.id.endswith("__")
        )
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)


def after_leading_comments(source: Source) -> int:
    """Behind the shebang, cookie and licence comment at the top of a file without imports."""
    first = source.tree.body[0].lineno if source.tree.body else source.positions.line_count + 1
    decorators = getattr(source.tree.body[0], "decorator_list", []) if source.tree.body else []
    first = min([first, *(entry.lineno for entry in decorators)])
    end_line = 0
    for line in range(1, min(first, source.positions.line_count + 1)):
        text = source.line_text(line).strip()
        if text.startswith("#"):
            end_line = line
        elif text:
            break
        else:
            break
    return source.positions.line_end(end_line) if end_line else 0
