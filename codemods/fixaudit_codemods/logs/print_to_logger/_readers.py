"""Who reads what a print writes: doctests, and tests that capture the output."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit.authoring import WatchPattern, watching_calls, watching_files
from fixaudit_codemods.logs.print_to_logger._message import fragments, visible

# What pytest, contextlib, unittest.mock and click take the output with, as their documents have it.
_WORDS = b"capsys capfd capteesys stdout stderr builtins.print CliRunner runner.invoke".split()
_CAPTURING = re.compile(
    r"capsys|capfd|capteesys|redirect_std(?:out|err)|builtins\.print|CliRunner|runner\.invoke"
    r"|\bsys\.std(?:out|err)\s*=[^=]|(?:patch|setattr)[\w.]*\([^)]*\bstd(?:out|err)"
)
# What a program puts into its output for another one, and how that one looks for it.
_MARK = re.compile(r"<[A-Za-z][\w.:-]{5,}|::[a-z][\w-]{4,}|\[\[[\w-]{5,}|#{2,}[A-Z_]{5,}")
_PARSING = re.compile(
    r"\bre\.\w+\(|\.(?:startswith|endswith|find|index|r?split|r?partition|search|match)\("
    r"|\bin\b|=="
)
_MANY = 20
_CAPTURES = WatchPattern(tuple(_WORDS), _CAPTURING)


def expected_by(source: Source, call: ast.Call) -> str | None:
    """The doctest or test that looks for the printed text; None where there is none."""
    texts = list(fragments(call.args))
    name = getattr(source.function(call), "name", "")
    for owner in [call, *source.ancestors(call)]:
        if isinstance(owner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)):
            documentation = ast.get_docstring(owner) or ""
            if ">>>" not in documentation:
                continue
            if any(text in documentation for text in texts):
                return "the doctest in the docstring expects this output"
            if name and re.search(rf">>>.*\b{name}\(", documentation):
                return f"a doctest runs `{name}` and shows what it prints"
    for path, content in watching_files(source, _CAPTURES):
        if any(text in content for text in texts):
            return f"{path.name} looks for this text in the captured output"
    return _parsed_by(source, call)


def _parsed_by(source: Source, call: ast.Call) -> str | None:
    """The other code of the project that looks for a mark in the text: `<session id="…"/>`."""
    for argument in call.args:
        bindings = source.lookup(argument.id, argument) if isinstance(argument, ast.Name) else []
        values = [bound.value for bound in bindings if bound.value is not None]
        for mark in filter(None, map(_MARK.search, map(visible, (argument, *values)))):
            for mention in source.project.mentions(mark[0].encode(), _MANY):
                shown = source.shown(mention.path)
                if shown != source.path and _PARSING.search(mention.text):
                    return f"{shown}:{mention.line} looks for `{mark[0]}` in what is printed"
    return None


def captured_by(source: Source, call: ast.Call) -> str | None:
    """The test that captures the output of the function around, whatever it looks for in it."""
    calls = watching_calls(source, call, _CAPTURES)
    if not calls:
        return None
    place, name = calls[0].place(source.project), getattr(source.function(call), "name", "it")
    is_called = calls[0].calls == 0
    output = f"what `{name}` prints" if is_called else f"the output of a call that runs `{name}`"
    return f"{place} captures {output}"
