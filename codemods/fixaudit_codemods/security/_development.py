"""Code that runs on a developer's machine only, where looser settings are meant."""

from __future__ import annotations

import ast
import re

from fixaudit import Source

_LOCAL = re.compile(r"debug|\bdev\b|develop|local|testing|\bis_dev|_dev\b", re.IGNORECASE)


def for_development(source: Source, node: ast.AST) -> bool:
    """True below an `if` that asks for debugging or development."""
    child = node
    for above in source.ancestors(node):
        if isinstance(above, ast.If) and any(entry is child for entry in above.body):
            test = ast.unparse(above.test)
            if _LOCAL.search(test) and "not " not in test and "!=" not in test:
                return True
        child = above
    return False
