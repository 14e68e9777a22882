"""The imports of a file as its lines tell them, without a parse.

A line of a docstring that reads like an import counts as one: who shows a line proves it first.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)", re.MULTILINE)
# Bounded: a file of opening brackets alone would be searched to its end from each of them.
_STATEMENT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]{0,4000}\)|[^\n#;]*)|import[ \t]+([^\n#;]*))",
    re.MULTILINE,
)
_WORD = re.compile(r"[\w.]+")


def imported_tops(data: bytes) -> frozenset[str]:
    """The topmost names of what a file imports; relative imports aside."""
    found = _IMPORT.findall(data)
    parts = (part.strip() for item in found for part in item.split(b","))
    tops = (part.partition(b".")[0].decode("utf-8", "replace") for part in parts)
    return frozenset(top for top in tops if top)


def imported_modules(data: bytes) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Where a statement begins, a module that it imports, and the names that it takes from that one.

    `import a, b.c as d` gives `a` and `b.c` without names. Relative imports are left out.
    """
    for found in _STATEMENT.finditer(data):
        module, names, plain = (_text(part) for part in found.groups())
        if not module:
            for part in plain.split(","):
                word = _WORD.match(part.strip())
                if word and not word[0].startswith("."):
                    yield found.start(), word[0], ()
        elif not module.startswith("."):
            lines = (line.partition("#")[0] for line in names.strip("()").splitlines())
            words = (_WORD.match(part.strip()) for part in " ".join(lines).split(","))
            yield found.start(), module, tuple(word[0] for word in words if word)


def _text(part: bytes | None) -> str:
    return (part or b"").decode("utf-8", "replace")


def import_statement_lines(data: bytes) -> frozenset[int] | None:
    """The lines on which import statements begin; None for a file that does not parse."""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    kinds = (ast.Import, ast.ImportFrom)
    return frozenset(node.lineno for node in ast.walk(tree) if isinstance(node, kinds))
