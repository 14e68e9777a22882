"""Does other code catch or expect an exception that a function raises? By names, never by running."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from fixaudit.model.evidence import Evidence, Reach, Strength
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.source.watching_tests import WatchPattern, watching_calls

_EXPECTS = re.compile(
    r"except\*?\s*\(?[^:#]*\bRuntimeError\b"
    r"|(?:raises|assertRaises(?:Regex)?|suppress)\(\s*\(?[^)#]*\bRuntimeError\b"
)
_TESTS = WatchPattern((b"RuntimeError",), _EXPECTS)
_MATCH = re.compile(r"match\s*=\s*[rRfF]*(['\"])(.*?)\1")
_LINES_AFTER, _LINES_BEFORE = 8, 25


def catcher_around(
    source: Source, statement: ast.stmt, names: tuple[str, ...] = ("RuntimeError", "AssertionError")
) -> int | None:
    """The line of a handler or `suppress` in the same function that names one of the exceptions."""
    child: ast.AST = statement
    for above in source.ancestors(statement):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return None
        if isinstance(above, (ast.Try, ast.TryStar)) and _stands_in(source, child, above.body):
            for handler in above.handlers:
                if _catches(source, handler, names):
                    return handler.lineno
        if isinstance(above, (ast.With, ast.AsyncWith)) and _expects(source, above, names):
            return above.lineno
        child = above
    return None


def _stands_in(source: Source, child: ast.AST, block: list[ast.stmt]) -> bool:
    return isinstance(child, ast.stmt) and source.block(child) is block


def _expects(source: Source, block: ast.With | ast.AsyncWith, names: tuple[str, ...]) -> bool:
    """True for `with suppress(RuntimeError):`, `with pytest.raises(RuntimeError):` and the like."""
    opened = (part for item in block.items for part in ast.walk(item.context_expr))
    return any(isinstance(part, ast.Name) and _is_one(source, part, names) for part in opened)


def _is_one(source: Source, kind: ast.expr, names: tuple[str, ...]) -> bool:
    return source.qualified_name(kind) in {f"builtins.{name}" for name in names}


def _catches(source: Source, handler: ast.ExceptHandler, names: tuple[str, ...]) -> bool:
    if handler.type is None:
        return False
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(_is_one(source, kind, names) for kind in kinds)


def expected_by(source: Source, statement: ast.stmt, message: str) -> Evidence | None:
    """Where code of this file or of the project expects the RuntimeError; None for nowhere found.

    What tests call is followed over the project: a proof. Callers are followed by name inside the
    file, and looked for by name in the other files: a hint, too many are found rather than too few.
    """
    names = _names(source, statement)
    if not names:
        return None
    return (
        _expected_by_test(source, statement, message)
        or _expected_here(source, names)
        or _expected_elsewhere(source, names, message)
    )


def _evidence(source: Source, strength: Strength, path: Path | None, line: int) -> Evidence:
    """That the exception is expected at a line of another file, or of this one."""
    place = source.path if path is None else source.project.inner(path).as_posix()
    by_name = ", as names go" if strength is Strength.HINT else ""
    text = f"it is expected: code catches it or tests for it{by_name}"
    return Evidence(strength, Reach.FUNCTION, place, line, text)


def _names(source: Source, statement: ast.stmt) -> frozenset[str]:
    """The function that holds the statement, and all in the file that call it, by name."""
    own = [
        above.name
        for above in source.ancestors(statement)
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    owner = source.class_of(statement)
    if owner is not None and any(name.startswith("__") for name in own):
        own.append(owner.name)
    names, todo = set(own), own
    while todo:
        callers = _callers(source).get(todo.pop(), set()) - names
        names |= callers
        todo += callers
    return frozenset(names)


@memoized
def _callers(source: Source) -> dict[str, set[str]]:
    """The functions of the file, by the last word of what is called in them."""
    callers: dict[str, set[str]] = {}
    for call in source.nodes(ast.Call):
        function = source.function(call)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            callers.setdefault(_last_word(call.func), set()).add(function.name)
    return callers


def _last_word(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _expected_here(source: Source, names: frozenset[str]) -> Evidence | None:
    guarded = _guarded_calls(source)
    found = min((guarded[name] for name in names if name in guarded), default=None)
    return _evidence(source, Strength.HINT, None, found[1]) if found else None


@memoized
def _guarded_calls(source: Source) -> dict[str, tuple[int, int]]:
    """What is called where a RuntimeError is expected, by its last word: the number of the first
    such block, handlers before `with` blocks, and the line that says so."""
    found: dict[str, tuple[int, int]] = {}
    for number, (body, line) in enumerate(_expecting_blocks(source)):
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Call):
                    found.setdefault(_last_word(node.func), (number, line))
    return found


def _expecting_blocks(source: Source) -> Iterator[tuple[list[ast.stmt], int]]:
    for handler in source.nodes(ast.ExceptHandler):
        tried = source.parent(handler)
        if isinstance(tried, (ast.Try, ast.TryStar)):
            if _catches(source, handler, ("RuntimeError",)):
                yield tried.body, handler.lineno
    blocks: list[ast.With | ast.AsyncWith] = [*source.nodes(ast.With), *source.nodes(ast.AsyncWith)]
    for block in blocks:
        if _expects(source, block, ("RuntimeError",)):
            yield block.body, block.lineno


def _expected_elsewhere(source: Source, names: frozenset[str], message: str) -> Evidence | None:
    called = re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in sorted(names))})\b")
    for mention in source.project.mentions(b"RuntimeError", 1000):
        if f"/{mention.path.as_posix()}".endswith(f"/{source.path}"):
            continue
        if not _EXPECTS.search(mention.text):
            continue
        content = source.project.read(mention.path) or b""
        lines = content.decode("utf-8", "replace").splitlines()
        near = any(called.search(line) for line in _near(lines, mention.line, mention.text))
        if near and _could_match(mention.text, message):
            return _evidence(source, Strength.HINT, mention.path, mention.line)
    return None


def _expected_by_test(source: Source, statement: ast.stmt, message: str) -> Evidence | None:
    """The call in a test that expects the exception there, and runs the function around."""
    for call in watching_calls(source, statement, _TESTS):
        for number, line in enumerate(call.text.splitlines(), call.first):
            guards = range(number, number + _LINES_AFTER)
            if "except" in line:
                guards = range(number - _LINES_BEFORE, number)
            if call.line in guards and _EXPECTS.search(line) and _could_match(line, message):
                return _evidence(source, Strength.PROOF, call.path, call.line)
    return None


def _near(lines: list[str], line: int, text: str) -> Iterator[str]:
    """The lines a `with raises(…)` guards, or those in front of an `except`."""
    if "except" in text:
        yield from lines[max(0, line - 1 - _LINES_BEFORE) : line]
    else:
        yield from lines[line - 1 : line + _LINES_AFTER]


def _could_match(text: str, message: str) -> bool:
    wanted = _MATCH.search(text)
    if wanted is None:
        return True
    try:
        return re.search(wanted[2], message) is not None
    except re.error:
        return True
