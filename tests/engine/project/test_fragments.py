"""Parts that are parsed alone give the nodes, places and names of the whole tree."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit.errors import SourceError
from fixaudit.semantics.facts_reader import read_module
from fixaudit.semantics.fragments import Fragments, Parses
from fixaudit.semantics.module_facts import ModuleFacts, span_of
from fixaudit.semantics.parts import parts_of
from fixaudit.semantics.tree_contents import TreeContents
from fixaudit.semantics.tree_view import View
from fixaudit.syntax.module import Module
from fixaudit.syntax.namespace import Binding, Scope
from fixaudit.text.encoding import decode

FIXTURES = sorted((Path(__file__).parents[3] / "fixtures" / "before").rglob("*.py"))

TRICKY = [
    "a = 1; b = 2\nc = 3; d = a\n",
    "a = 1; \\\nb = a\n",
    "a = 1 # why \\\nb = a\n",
    "@(\n    trace\n)\ndef f(): return g\ng = f\n",
    "(\n    a,\n    b,\n) = 1, 2\nprint(a, b)\n",
    "x = '''\n  # no comment\nif a:\n'''\ny = x\n",
    "def f():\n\tglobal n\n\tn = 1\n\tdef g():\n\t\treturn n\nn = 2\nm = n\n",
    "def f():\n    n = 1\n    def g():\n        nonlocal n\n        n = 2\n    return n\n",
    "class A:\n    x = 1\n    def f(self):\n        return x\n    y = x\nx = A\n",
    "class A: x = 1; y = x\n",
    "class A:\n    global g\n    g = 1\nprint(g)\n",
    "if (n := 1):\n    m = n\nprint(n, m)\n",
    "r = [k for q in n if (k := q)]\nprint(k, [k for k in r])\nn = r\n",
    "try:\n    import a\nexcept ImportError as e:\n    a = None\nb = a\n",
    "with open(p) as f, g() as (h, i):\n    for j in f: pass\n    while j: j = h\nprint(i)\ndel h\n",
    "match v:\n    case {'a': b, **c}: d = b\n    case [e, *f] | (e, f): pass\n    case str() as g: pass\nprint(b, c, d, e, f, g)\n",
    "from x import *\nfrom . import y as z\nimport a.b, c.d as e\nprint(a, e, z)\n",
    "\ufeffa = 'ä'; b = a\n",
    "a = 1\r\nb = (\r\n    a\r\n)\r\n",
    "a = 1\rb = a\r",
    "# only a comment\n",
    "",
    "x: int\nx += 1\ny: 'str' = x\nz = lambda x=x: x + y\n",
    "def f[T](a: T) -> T: ...\n" if hasattr(ast, "TypeVar") else "f = 1\n",
    "async def f():\n    async with a as b:\n        return [c async for c in b]\na = f\n",
    "a = 1\n\x0c\ndef f():\n    return a\n",
]


def _views(text: bytes) -> tuple[Module, View, Fragments, Parses]:
    module = Module("m.py", text, module="m")
    body = module.body
    contents = TreeContents(lambda: module.tree, body)
    parts = parts_of(module.tree, body)
    facts: ModuleFacts = read_module(module.tree, Path("m.py"), "m", body, contents, parts)
    parses = Parses()
    whole = View(module.tree, module.index, module.scopes)
    return module, whole, Fragments(facts, decode(text).body, parses), parses


def _told(found: tuple[Scope | None, list[Binding]]) -> object:
    scope, bindings = found
    kinds = [(b.kind, b.target, getattr(b.node, "lineno", 0), ast.dump(b.node)) for b in bindings]
    return (
        None if scope is None else (scope.node.__class__, getattr(scope.node, "lineno", 0))
    ), kinds


def _compare(text: bytes) -> Parses:
    module, whole, fragments, parses = _views(text)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.expr) and not _in_f_string(whole, node):
            same = fragments.node(span_of(node))
            assert ast.dump(same, include_attributes=True) == ast.dump(
                whole.node(span_of(node)), include_attributes=True
            )
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            assert ast.dump(fragments.node(span_of(node))) == ast.dump(node)
        if isinstance(node, ast.Name) and not _in_f_string(whole, node):
            anchor = fragments.node(span_of(node))
            if isinstance(anchor, ast.Name):
                names = (node.id, "x", "n")
                told = [_told(fragments.lookup(name, anchor)) for name in names]
                assert told == [_told(whole.lookup(name, node)) for name in names]
    return parses


def _in_f_string(view: View, node: ast.AST) -> bool:
    return any(isinstance(above, ast.JoinedStr) for _, above in view.ancestors(node))


@pytest.mark.parametrize("text", TRICKY)
def test_parts_say_what_the_whole_says(text: str) -> None:
    _compare(text.encode())


@pytest.mark.parametrize("reverse", [False, True])
def test_each_name_is_found_though_nothing_else_was_asked_for(reverse: bool) -> None:
    for text in TRICKY:
        module, whole, _, _ = _views(text.encode())
        names = [node for node in ast.walk(module.tree) if isinstance(node, ast.Name)]
        for node in reversed(names) if reverse else names:
            if not _in_f_string(whole, node):
                _, _, alone, _ = _views(text.encode())
                anchor = alone.node(span_of(node))
                if isinstance(anchor, ast.Name):
                    found = _told(alone.lookup(node.id, anchor))
                    assert found == _told(whole.lookup(node.id, node))


def test_parts_of_all_fixtures_say_what_the_whole_says() -> None:
    whole = 0
    for path in FIXTURES:
        try:
            whole += _compare(path.read_bytes()).whole
        except SourceError:
            continue
    assert whole == 0
    assert len(FIXTURES) > 500


def test_only_the_part_asked_for_is_parsed() -> None:
    _, _, fragments, parses = _views(b"def f():\n    return a\n\n\ndef g():\n    return 2\na = 3\n")
    name = fragments.node((2, 11, 2, 12))
    assert parses.parts == 1
    assert [item.node.lineno for item in fragments.lookup("a", name)[1]] == [7]  # type: ignore[attr-defined]
    assert (parses.parts, parses.whole) == (2, 0)


def test_a_test_before_a_part_is_there_for_who_asks_what_it_shows() -> None:
    _, _, fragments, parses = _views(b"a = f()\nassert a\nb = a.c\n")
    name = fragments.node((3, 4, 3, 5))
    child, parent = list(fragments.ancestors(name))[-1]
    assert isinstance(parent, ast.Module)
    fragments.complete(parent, child)
    assert [type(item) for item in parent.body] == [ast.Pass, ast.Assert, ast.Assign]
    assert parses.parts == 2


def test_a_node_that_is_not_there_is_an_error() -> None:
    _, _, fragments, _ = _views(b"a = 1\n")
    with pytest.raises(LookupError):
        fragments.node((1, 3, 1, 4))
