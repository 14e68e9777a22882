"""What becomes of a value: who sees it besides the code that names it."""

from __future__ import annotations

import ast

from fixaudit.source.memo import memoized
from fixaudit.source.source import Source

_SHOWING = frozenset({"locals", "vars"})


def fate_of_value(source: Source, node: ast.expr) -> str:
    """What the code around an expression does with its value, in words that follow "the reason is that"."""
    for above in source.ancestors(node):
        match above:
            case ast.keyword() | ast.Starred():
                continue
            case ast.Call():
                return f"it is given to `{ast.unparse(above.func)}`"
            case ast.Return() | ast.Yield() | ast.YieldFrom():
                return "it is returned"
            case ast.Dict() | ast.List() | ast.Tuple() | ast.Set() | ast.DictComp():
                return "it is put in a collection"
            case ast.FormattedValue() | ast.JoinedStr():
                return "it is written in a text"
            case ast.BinOp() | ast.UnaryOp():
                return "it is part of other arithmetic"
            case ast.stmt():
                break
    return "it is used in another way"


def shows_all_names(source: Source, function: ast.AST) -> bool:
    """True where `locals()` or `vars()` in the function gives all its names to something."""
    return function in _functions_showing(source)


@memoized
def _functions_showing(source: Source) -> frozenset[ast.AST | None]:
    calls = ((name, source.parent(name)) for name in source.named(ast.Name, _SHOWING))
    return frozenset(
        source.function(name)
        for name, call in calls
        if isinstance(call, ast.Call) and call.func is name and not call.args
    )
