"""The classes of a module, read from its tree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cached_property

from fixaudit.semantics.attributes import ClassBody
from fixaudit.semantics.class_reader import ClassTexts, read_body
from fixaudit.semantics.module_facts import ClassRecord, Locate, ModuleFacts, span_of
from fixaudit.semantics.tree_view import path_to_class

_SIMPLE = (ast.Expr, ast.Assign, ast.Return, ast.AnnAssign, ast.AugAssign, ast.Raise, ast.Import)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class TreeContents:
    """Reads classes from a tree when they are asked for; holds none of its nodes.

    Args:
        tree: gives the tree. Raises ReferenceError when it is gone.
        body: the text of the module.
    """

    def __init__(self, tree: Callable[[], ast.Module], body: bytes) -> None:
        self._tree = tree
        self._texts = ClassTexts(body)
        self._found: dict[tuple[int, int], ClassRecord] = {}

    @cached_property
    def _outline(self) -> tuple[tuple[ClassRecord, ...], frozenset[str]]:
        records: list[ClassRecord] = []
        names: set[str] = set()
        for node, qualified, scoped in _outline(self._tree().body, "", False):
            if isinstance(node, ast.ClassDef):
                records.append(self._record(node, qualified, scoped))
            else:
                for alias in node.names:
                    names.add(alias.name)
                    names.add(alias.asname or alias.name)
        return tuple(records), frozenset(names)

    def classes(self) -> tuple[ClassRecord, ...]:
        return self._outline[0]

    def class_at(self, line: int, column: int) -> ClassRecord | None:
        known = self._found.get((line, column))
        if known is None:
            path = path_to_class(self._tree().body, line, column)
            if not path:
                return None
            outer = "".join(
                f"{item.name}." if isinstance(item, ast.ClassDef) else f"{item.name}.<locals>."
                for item in path[:-1]
            )
            node = path[-1]
            assert isinstance(node, ast.ClassDef)
            known = self._record(node, outer + node.name, len(path) > 1)
            self._found[line, column] = known
        return known

    def imported_names(self) -> frozenset[str]:
        return self._outline[1]

    def body(self, module: ModuleFacts, record: ClassRecord, locate: Locate) -> ClassBody:
        path = path_to_class(self._tree().body, *record.span[:2])
        if not path:
            raise LookupError(f"no class stands in line {record.span[0]}")
        node = path[-1]
        assert isinstance(node, ast.ClassDef)
        return read_body(node, module, self._texts, locate)

    def _record(self, node: ast.ClassDef, qualified: str, scoped: bool) -> ClassRecord:
        return ClassRecord(
            qualified,
            node.name,
            span_of(node),
            scoped,
            tuple(map(self._texts.text, node.decorator_list)),
            tuple(map(self._texts.text, node.bases)),
            tuple((item.arg, self._texts.text(item.value)) for item in node.keywords),
            tuple(item.name for item in node.body if isinstance(item, ast.FunctionDef)),
        )


def _outline(
    body: list[ast.stmt], outer: str, scoped: bool
) -> Iterator[tuple[ast.ClassDef | ast.ImportFrom, str, bool]]:
    """The classes and `from` imports in a block and below, with qualified names of the classes."""
    for node in body:
        if isinstance(node, _SIMPLE):
            continue
        if isinstance(node, ast.ImportFrom):
            yield node, "", scoped
        elif isinstance(node, ast.ClassDef):
            qualified = f"{outer}{node.name}"
            yield node, qualified, scoped
            yield from _outline(node.body, f"{qualified}.", True)
        elif isinstance(node, _FUNCTIONS):
            yield from _outline(node.body, f"{outer}{node.name}.<locals>.", True)
        else:
            for name in ("body", "orelse", "finalbody"):
                yield from _outline(getattr(node, name, []), outer, scoped)
            for below in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
                yield from _outline(below.body, outer, scoped)
