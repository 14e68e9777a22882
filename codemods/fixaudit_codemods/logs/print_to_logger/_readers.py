"""Who reads what a print writes: doctests, and tests that capture the output."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit.authoring import WatchPattern, watching_calls, watching_files
from fixaudit_codemods.logs.print_to_logger._message import fragments

# What pytest, contextlib, unittest.mock and click take the output with, as their documents have it.
_WORDS = b"capsys capfd capteesys stdout stderr builtins.print CliRunner runner.invoke".split()
_CAPTURING = re.compile(
    r"capsys|capfd|capteesys|redirect_std(?:out|err)|builtins\.print|CliRunner|runner\.invoke"
    r"|\bsys\.std(?:out|err)\s*=[^=]|(?:patch|setattr)[\w.]*\([^)]*\bstd(?:out|err)"
)
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
