"""Whether Loguru writes tracebacks in this project: a `format` that is a function must do so itself.

Loguru's documentation: "{exception}" is added to a `format` that is a text, never to one that is a
function.
"""

from __future__ import annotations

import ast
from pathlib import Path

from fixaudit import Evidence, Reach, Source, memoized
from fixaudit.authoring import FunctionFacts, ModuleFacts, dotted_name, keyword, walk
from fixaudit_codemods.logs._message_cleaning import logger_kind

_ADDED = "logger.add("
_SHOWN = "{exception}"
_MOST = 50


def silent_sinks(source: Source, call: ast.Call) -> list[Evidence]:
    """Where the message of a log call is all that is written, for all that the call says."""
    found = _silent_sink(source) if logger_kind(source, call) == "loguru" else None
    return [] if found is None else [found]


@memoized
def _silent_sink(source: Source) -> Evidence | None:
    """The first sink of the project whose format is a function that writes no traceback."""
    for mention in source.project.mentions(_ADDED.encode(), _MOST):
        if not mention.is_test and _is_silent(source, mention.path, mention.line):
            text = "the function that formats loguru's records writes no traceback"
            return source.proof_at(mention.path, mention.line, text, Reach.DISTRIBUTION)
    return None


def _is_silent(source: Source, path: Path, line: int) -> bool:
    facts = source.project.facts_of(path)
    given = None if facts is None else _format_at(source, facts, line)
    if facts is None or given is None:
        return False
    if isinstance(given, ast.Lambda):
        return _SHOWN not in ast.unparse(given)
    dotted = dotted_name(given)
    if dotted is None:
        return False
    if not _defines(source, facts, dotted.rpartition(".")[2]):
        found = source.project.definition(facts.qualify(dotted), path)
        if not isinstance(found, FunctionFacts):
            return False
        path = found.path
    content = source.project.read(path)
    return content is not None and _SHOWN.encode() not in content


def _format_at(source: Source, facts: ModuleFacts, line: int) -> ast.expr | None:
    """The `format=` of the `logger.add(…)` in a line of a module."""
    for statement in source.project.naming(facts, (_ADDED,)):
        for node in walk(statement):
            if isinstance(node, ast.Call) and node.lineno == line:
                given = keyword(node, "format")
                if given is not None and isinstance(node.func, ast.Attribute):
                    if node.func.attr == "add":
                        return given.value
    return None


def _defines(source: Source, facts: ModuleFacts, name: str) -> bool:
    """True where a function of that name stands anywhere in a module."""
    return any(
        isinstance(node, ast.FunctionDef) and node.name == name
        for statement in source.project.naming(facts, (name,))
        for node in walk(statement)
    )
