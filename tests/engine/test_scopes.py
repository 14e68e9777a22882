"""Which names a scope binds: the compiler's own symbol tables say what is right."""

from __future__ import annotations

import ast
import re
import symtable
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixaudit.source.source import Source
from fixaudit.syntax.namespace import COMPREHENSIONS, FUNCTIONS

CASES = {
    "blocks": "try:\n    a = 1\nexcept E as e:\n    b = 2\nelse:\n    c = 3\nfinally:\n    d = 4\n"
    "for i, (j, *k) in x:\n    l = 1\nwhile q:\n    m = 1\nwith o as (n, [p]), o as r.s:\n    t: int = 1\n",
    "targets": "a.b = c[d] = e = f\n(g, h), [i, *j] = k\ndel l, m.n\no += 1\np: int\nq.r: int = 1\n",
    "definitions": "@d(lambda x: (y := x))\ndef f(a, /, b=1, *c, d, **e):\n    g = a\n    def h(): ...\n"
    "    class I:\n        j = 1\n        def k(self): l = 1\n",
    "comprehensions": "def f(a):\n    b = [c for d in a for c, e in d]\n    g = {h: i for h, i in b if (j := h)}\n"
    "    return lambda k=[l for l in b]: {m for m in k}\n",
    "no walrus": "def f(a):\n    b = [c for d in a for c, e in d]\n    return lambda k: {m for m in k}\n",
    "globals": "def f():\n    global a, b\n    a = 1\n    for b in c: pass\n    def g():\n        nonlocal d\n"
    "        d = 1\n        import e as a\n    d = 2\n",
    "match": "match a:\n    case {'x': b, **c}:\n        d = 1\n    case [e, *f] | E(g=e, h=f) as i:\n        j = 2\n"
    "    case _:\n        pass\n",
    "imports": "import a.b, c.d as e\nfrom f import g, h as i\ndef j():\n    import k.l\n    from . import m\n",
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_scopes_bind_what_the_compiler_says(text: str) -> None:
    _compare(text)


def test_scopes_of_real_code_bind_what_the_compiler_says() -> None:
    texts = [path.read_text("utf-8") for path in sorted(Path(symtable.__file__).parent.glob("[a-f]*.py"))]  # fmt: skip
    assert sum(_compare(text) for text in texts) > 1000


def test_a_binding_is_found_whatever_was_asked_before() -> None:
    text = "def f():\n    global a\n    a = 1\n\ndef g():\n    return a\n"
    source = Source("x.py", text.encode())
    reading = next(node for node in source.nodes(ast.Name) if isinstance(node.ctx, ast.Load))
    scope, bindings = source.scopes.lookup("a", reading)
    assert scope is source.scopes.module
    assert [binding.node.lineno for binding in bindings] == [3]  # type: ignore[attr-defined]


def _compare(text: str) -> int:
    """How many scopes were compared."""
    source = Source("x.py", text.encode())
    scopes = {scope.node: scope for scope in source.scopes.scopes()}
    count = 0
    for table, node in _tables(symtable.symtable(text, "x.py", "exec"), source.tree):
        scope = scopes.get(node) or source.scopes.own_scope(node)
        expected = {
            _plain(symbol.get_name())
            for symbol in table.get_symbols()
            if (symbol.is_assigned() or symbol.is_imported() or symbol.is_parameter())
            and not (_is_declared(symbol) and table.get_type() != "module")
        }
        if table.get_type() == "module":
            expected |= _made_global(source)
        # From Python 3.12 on a comprehension's names are among those of the scope it stands in.
        inlined = {_plain(name) for name in _of_comprehensions(source, node)}
        found = {_plain(name) for name in scope.bindings}
        assert found | inlined == expected | inlined, table
        assert found - inlined <= expected, table
        count += 1
    return count


def _plain(name: str) -> str:
    """A private name without what the compiler puts in front of it."""
    return _MANGLED.sub("", name)


_MANGLED = re.compile(r"^_[^_]\w*?(?=__\w)")


def _is_declared(symbol: symtable.Symbol) -> bool:
    return symbol.is_declared_global() or symbol.is_free() or symbol.is_nonlocal()


def _of_comprehensions(source: Source, node: ast.AST) -> set[str]:
    names: set[str] = set()
    for scope in source.scopes.scopes() if sys.version_info >= (3, 12) else ():
        around = scope
        while isinstance(around.node, COMPREHENSIONS) and around.parent is not None:
            around = around.parent
        if around.node is node and around is not scope:
            names |= scope.bindings.keys()
    return names


def _made_global(source: Source) -> set[str]:
    names: set[str] = set()
    for scope in source.scopes.scopes():
        names |= scope.global_names & set(source.scopes.module.bindings)
    return names


def _tables(table: symtable.SymbolTable, tree: ast.AST) -> Iterator[tuple[symtable.SymbolTable, ast.AST]]:  # fmt: skip
    """Symbol tables with the node that opens each; those that cannot be told apart are left out."""
    yield table, tree
    opening = [node for node in ast.walk(tree) if isinstance(node, (*FUNCTIONS[:2], ast.ClassDef))]
    by_key: dict[tuple[str, int], list[ast.AST]] = {}
    for node in opening:
        # A table counts its line from the first decorator on.
        line = min([node.lineno, *(item.lineno for item in node.decorator_list)])
        by_key.setdefault((node.name, line), []).append(node)
    waiting = list(table.get_children())
    while waiting:
        child = waiting.pop()
        waiting += child.get_children()
        nodes = by_key.get((child.get_name(), child.get_lineno()), [])
        if len(nodes) == 1:
            yield child, nodes[0]
