"""Whether Loguru writes tracebacks in this project: a `format` that is a function must do so itself.

Loguru's documentation: "{exception}" is added to a `format` that is a text, never to one that is a
function.
"""

from __future__ import annotations

import ast
from pathlib import Path

from fixaudit import Evidence, Reach, Source, Strength, memoized
from fixaudit.authoring import FunctionFacts, dotted_name
from fixaudit_codemods.logs._message_cleaning import logger_kind

_SHOWN = b"{exception}"
_MOST = 50


def silent_sinks(source: Source, call: ast.Call) -> list[Evidence]:
    """Where the message of a log call is all that is written, for all that the call says."""
    found = _silent_sink(source) if logger_kind(source, call) == "loguru" else None
    return [] if found is None else [found]


@memoized
def _silent_sink(source: Source) -> Evidence | None:
    """The first sink of the project whose format is a function that writes no traceback."""
    for mention in source.project.mentions(b"logger.add(", _MOST):
        content = None if mention.is_test else source.project.read(mention.path)
        if content is not None and _is_silent(source, mention.path, content, mention.line):
            root = source.project.root
            path = mention.path.relative_to(root) if root is not None else mention.path
            text = "the function that formats loguru's records writes no traceback"
            place = path.as_posix()
            return Evidence(Strength.PROOF, Reach.DISTRIBUTION, place, mention.line, text)
    return None


def _is_silent(source: Source, path: Path, content: bytes, line: int) -> bool:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return False
    given = next((_format_of(node) for node in ast.walk(tree) if _adds(node, line)), None)
    if isinstance(given, ast.Lambda):
        return _SHOWN.decode() not in ast.unparse(given)
    dotted = dotted_name(given) if given is not None else None
    if dotted is None:
        return False
    if dotted.rpartition(".")[2] in _functions(tree):
        return _SHOWN not in content
    facts = source.project.facts_of(path)
    found = source.project.definition(facts.qualify(dotted), path) if facts is not None else None
    if not isinstance(found, FunctionFacts):
        return False
    return _SHOWN not in (source.project.read(found.path) or _SHOWN)


def _adds(node: ast.AST, line: int) -> bool:
    """True for `logger.add(…)` in that line, with a format."""
    return (
        isinstance(node, ast.Call)
        and node.lineno == line
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "add"
        and _format_of(node) is not None
    )


def _format_of(node: ast.AST) -> ast.expr | None:
    words = node.keywords if isinstance(node, ast.Call) else []
    return next((word.value for word in words if word.arg == "format"), None)


def _functions(tree: ast.Module) -> frozenset[str]:
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
