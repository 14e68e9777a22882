"""Code that runs on a developer's machine only, by the names that a branch asks for."""

from __future__ import annotations

import ast
import re

from fixaudit import Evidence, Reach, Source

FOR_DEVELOPMENT = "for debugging and local development only"
_LOCAL = re.compile(r"debug|\bdev\b|develop|local|testing|\bis_dev|_dev\b", re.IGNORECASE)


def for_development(source: Source, node: ast.AST) -> Evidence | None:
    """The `if` around `node` that asks for debugging or development, by its words: looser settings
    may be meant there, or be left over."""
    child = node
    for above in source.ancestors(node):
        if isinstance(above, ast.If) and any(entry is child for entry in above.body):
            test = ast.unparse(above.test)
            if _LOCAL.search(test) and "not " not in test and "!=" not in test:
                return source.hint(above.test, FOR_DEVELOPMENT, Reach.STATEMENT)
        child = above
    return None
