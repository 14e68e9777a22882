"""Which code runs only where a module is the program."""

from __future__ import annotations

import ast


def is_main_guard(node: ast.If) -> bool:
    """True for `if __name__ == "__main__":`, alone or joined to other conditions by `and`."""
    test = node.test
    tests = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    return any(_compares_name(entry) for entry in tests)


def _compares_name(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    if not isinstance(test.ops[0], (ast.Eq, ast.In)):
        return False
    sides = (test.left, test.comparators[0])
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return named and any(
        isinstance(part, ast.Constant) and part.value == "__main__"
        for side in sides
        for part in ast.walk(side)
    )
