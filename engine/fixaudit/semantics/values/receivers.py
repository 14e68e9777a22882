"""The class that `cls` stands for, and what class methods store on it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.signatures import nodes_below
from fixaudit.semantics.stores import STORING, stores
from fixaudit.semantics.tree_view import View

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Stores = dict[str, list[ast.expr | None]]
# What class methods store, by class, for as long as its tree is there.
_STORES: WeakKeyDictionary[ast.ClassDef, _Stores] = WeakKeyDictionary()


def class_receiver(view: View, node: ast.expr) -> ast.ClassDef | None:
    """The class whose class method (or validator) takes `node` as its first parameter."""
    if not isinstance(node, ast.Name):
        return None
    _, bindings = view.lookup(node.id, node)
    function = bindings[0].statement if len(bindings) == 1 else None
    if not isinstance(function, _FUNCTIONS) or bindings[0].kind != "parameter":
        return None
    if first_parameter(function) != node.id or not takes_class(function, node.id):
        return None
    return view.enclosing_class(function)


def first_parameter(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """The name of the first positional parameter."""
    parameters = [*function.args.posonlyargs, *function.args.args]
    return parameters[0].arg if parameters else None


def takes_class(function: ast.FunctionDef | ast.AsyncFunctionDef, first: str) -> bool:
    """True for a class method, a validator and the like, whose first parameter is the class."""
    decorators = [ast.unparse(item) for item in function.decorator_list]
    if "staticmethod" in decorators:
        return False
    named = function.name in ("__new__", "__init_subclass__", "__class_getitem__")
    return named or "classmethod" in decorators or (first == "cls" and bool(decorators))


def class_stores(cls: ClassFacts, name: str) -> list[ast.expr | None]:
    """The values that class methods give to `cls.name`; None for what is no plain assignment."""
    node = cls.parse()
    found = _STORES.get(node)
    if found is None:
        found = _STORES[node] = {}
        for stored, value in _all_stores(node):
            found.setdefault(stored, []).append(value)
    return found.get(name, [])


def _all_stores(owner: ast.ClassDef) -> Iterator[tuple[str, ast.expr | None]]:
    for function in owner.body:
        if not isinstance(function, _FUNCTIONS) or not function.decorator_list:
            continue
        first = first_parameter(function)
        if first is None or not takes_class(function, first):
            continue
        for node in nodes_below(function):
            if node.__class__ in STORING:
                yield from ((stored, value) for stored, _, value in stores(node, first))
