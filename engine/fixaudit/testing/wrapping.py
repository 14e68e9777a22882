"""Variants that put a fixture's code somewhere else: a function, a method, a decorator, a string."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from fixaudit.source.source import Source
from fixaudit.syntax.namespace import BUILTINS, Binding
from fixaudit.testing import text_lines


def body_below(*headers: str) -> Callable[[Source], bytes | None]:
    """The code below the imports, indented below these lines, each a level deeper."""

    def vary(source: Source) -> bytes | None:
        opening = "".join(f"{'    ' * depth}{header}\n" for depth, header in enumerate(headers))
        return _wrapped(source, opening, "    " * len(headers))

    return vary


def shadowed(source: Source) -> bytes | None:
    """The code in a function whose parameters are called as the modules and builtins it uses."""
    names = shadowable(source)
    if not names:
        return None
    return _wrapped(source, f"def _outer({', '.join(sorted(names))}):\n", "    ")


def shadowable(source: Source) -> set[str]:
    """Imported modules and functions, and builtins called, that nothing else in the file binds."""
    module = source.scopes.module
    called = {node.func.id for node in source.nodes(ast.Call) if isinstance(node.func, ast.Name)}
    imported = {name for name, found in module.bindings.items() if _only_imported(source, found)}
    bound = {name for scope in source.scopes.scopes() for name in scope.bindings}
    global_names = {name for node in source.nodes(ast.Global) for name in node.names}
    return (imported | ((called & BUILTINS) - bound)) - global_names - {"__debug__"}


def _only_imported(source: Source, bindings: list[Binding]) -> bool:
    kept = leading_statements(source.tree)
    return all(entry.kind == "import" and entry.statement in kept for entry in bindings)


def leading_statements(tree: ast.Module) -> list[ast.stmt]:
    """The docstring and the imports a module begins with."""
    kept: list[ast.stmt] = []
    for statement in tree.body:
        docstring = not kept and isinstance(statement, ast.Expr)
        if not docstring and not isinstance(statement, (ast.Import, ast.ImportFrom)):
            break
        kept.append(statement)
    return kept


def _first_body_line(source: Source) -> int | None:
    """The 1-based line the code below the imports begins on; None where it has no line of its own."""
    leading = leading_statements(source.tree)
    rest = source.tree.body[len(leading) :]
    if not rest:
        return None
    first = min(
        [rest[0].lineno, *(entry.lineno for entry in getattr(rest[0], "decorator_list", ()))]
    )
    return None if leading and leading[-1].end_lineno == first else first


def _wrapped(source: Source, opening: str, by: str) -> bytes | None:
    first = _first_body_line(source)
    if first is None or "\r" in source.text:
        return None
    head = "".join(text_lines.split(source.text)[: first - 1])
    try:
        return _whole(source, head + opening + text_lines.indent(source.text, first, by))
    except SyntaxError:
        return None


def _whole(source: Source, text: str) -> bytes | None:
    """The file with this text, unless Python takes it for no program."""
    if "import *" in text:  # not allowed in a function
        try:
            compile(text, "<variant>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return None
    return source.decoded.encode(text.encode())


# ---------------------------------------------------------------- decorator


def in_decorator(source: Source) -> bytes | None:
    """The outermost calls of the file, as arguments of a decorator and nothing else."""
    calls = [source.segment(node) for node in _outer_calls(source)]
    first = _first_body_line(source)
    if not calls or first is None or "\r" in source.text:
        return None
    head = "".join(text_lines.split(source.text)[: first - 1])
    arguments = "".join(f"    {call},\n" for call in calls)
    text = f"{head}@_register(\n{arguments})\ndef _registered() -> None:\n    return None\n"
    return _whole(source, text)


def _outer_calls(source: Source) -> Iterator[ast.Call]:
    for node in source.nodes(ast.Call):
        inside = any(
            isinstance(above, (ast.Call, ast.JoinedStr)) for above in source.ancestors(node)
        )
        if not inside and not any(_needs_its_place(part) for part in ast.walk(node)):
            yield node


def _needs_its_place(node: ast.AST) -> bool:
    if isinstance(node, ast.comprehension):
        return bool(node.is_async)
    return isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr))


# ---------------------------------------------------------------- text that is no code


def in_string(source: Source) -> bytes:
    return f'EXAMPLE = """\n{_quoted(source.text)}"""\n'.encode()


def in_docstring(source: Source) -> bytes:
    text = f'def documented() -> None:\n    """Shows how it was.\n\n{_quoted(source.text)}    """\n'
    return text.encode()


def _quoted(text: str) -> str:
    text = text if text.endswith("\n") else text + "\n"
    return text.replace("\\", "\\\\").replace('"', '\\"')


def in_comments(source: Source) -> bytes:
    commented = "".join(f"# {line.lstrip()}" for line in text_lines.split(source.text))
    # A `coding:` in the first lines would make it a cookie.
    return f"VERSION = 1\nDEBUG = False\n{commented}\n".encode()
