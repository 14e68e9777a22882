"""One file: its bytes, its tree, and what stands and is bound where in it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, TypeVar

from fixaudit.syntax.module_text import ModuleText
from fixaudit.syntax.namespace import BUILTINS, Binding, Scope, is_absence
from fixaudit.syntax.parser import parse
from fixaudit.syntax.scopes import Scopes
from fixaudit.syntax.tree import TreeIndex

Function = ast.FunctionDef | ast.AsyncFunctionDef
N = TypeVar("N", bound=ast.AST)


class Module(ModuleText):
    """A Python file, read and parsed once; see `ModuleText` for its text.

    Attributes:
        module: dotted module name; `__main__` where the layout does not tell.

    Raises:
        SourceError: as `ModuleText`, or the text does not parse (at the first question about the
            tree).
    """

    def __init__(self, path: str, data: bytes, *, module: str | None = None) -> None:
        super().__init__(path, data)
        self.module = module or "__main__"

    @cached_property
    def tree(self) -> ast.Module:
        """The tree. Raises SourceError where the text does not parse."""
        return parse(self.text, self.path)

    # ---------------------------------------------------------------- the tree and who is where

    @cached_property
    def index(self) -> TreeIndex:
        """Parents, and nodes by type."""
        return TreeIndex(self.tree)

    @cached_property
    def scopes(self) -> Scopes:
        """Scopes and bindings."""
        return Scopes(self.tree, self.index, self.package)

    @property
    def package(self) -> str:
        """The dotted package relative imports start from; empty where it is not known."""
        if self.module == "__main__":
            return ""
        if PurePosixPath(self.path).name == "__init__.py":
            return self.module
        return self.module.rpartition(".")[0]

    def nodes(self, kind: type[N]) -> Sequence[N]:
        """All nodes of one exact type, in source order."""
        return self.index.of_type(kind)

    def named(self, kind: type[N], names: frozenset[str]) -> Sequence[N]:
        """Those nodes of a type that may mean one of `names`, in source order.

        A call counts by what it calls, a name or attribute by itself: by the last part of its
        dotted name, or where that stands for one of `names` in this file (`import md5 as m`,
        `m = hashlib.md5`). All nodes of other types count.
        """
        nodes = self.nodes(kind)
        pick = _PICKS.get(kind)
        if pick is None or not nodes:
            return nodes
        key = ("named", names)
        if key not in self.memo:
            self.memo[key] = self._standing_for(names)
        return pick(nodes, self.memo[key])  # type: ignore[return-value]

    def _standing_for(self, names: frozenset[str]) -> frozenset[str]:
        """`names` with their aliases in this file."""
        pairs = [
            (alias.name.rpartition(".")[2], alias.asname)
            for alias in self.nodes(ast.alias)
            if alias.asname is not None
        ]
        assigned: list[ast.Assign | ast.NamedExpr] = [*self.nodes(ast.Assign)]
        assigned += self.nodes(ast.NamedExpr)
        for node in assigned:
            last = getattr(node.value, "attr", None) or getattr(node.value, "id", None)
            if last is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                pairs += [(last, item.id) for item in targets if isinstance(item, ast.Name)]
        found, before = set(names), 0
        while len(found) > before:
            before = len(found)
            found.update(bound for last, bound in pairs if last in found)
        return frozenset(found)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that directly holds `node`; None for the module."""
        return self.index.parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Parent, grandparent, … up to the module."""
        parents = self.index.parents
        above = parents.get(node)
        while above is not None:
            yield above
            above = parents.get(above)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that is or holds `node`."""
        while not isinstance(node, ast.stmt):
            node = self.index.parents[node]
        return node

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """The list of statements (body, orelse, finalbody, …) in which `statement` stands."""
        blocks: dict[ast.stmt, list[ast.stmt]] = self.memo.setdefault(("blocks",), {})
        if statement not in blocks:
            # All that stand beside it are noted too: a long block is gone through once.
            parent = self.index.parents[statement]
            for field in ("body", "orelse", "finalbody", "handlers", "cases"):
                block = getattr(parent, field, None)
                if isinstance(block, list):
                    blocks.update(dict.fromkeys(block, block))
        if statement not in blocks:
            raise LookupError(f"line {statement.lineno} stands in no block")
        return blocks[statement]

    def function(self, node: ast.AST) -> Function | ast.Lambda | None:
        """The function or lambda whose body `node` is evaluated in (not one it decorates)."""
        scope: Scope | None = self.scopes.scope_of(node)
        while scope is not None:
            if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                return scope.node
            if isinstance(scope.node, (ast.ClassDef, ast.Module)):
                return None
            scope = scope.parent
        return None

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """The class whose body or method holds `node`."""
        scope: Scope | None = self.scopes.scope_of(node)
        while scope is not None:
            if isinstance(scope.node, ast.ClassDef):
                return scope.node
            scope = scope.parent
        return None

    def in_coroutine(self, node: ast.AST) -> bool:
        """True directly in an `async def`: not in a nested def, lambda or generator expression."""
        scope = self.scopes.scope_of(node)
        while isinstance(scope.node, (ast.ListComp, ast.SetComp, ast.DictComp)) and scope.parent:
            scope = scope.parent
        return isinstance(scope.node, ast.AsyncFunctionDef)

    def handler(self, node: ast.AST) -> ast.ExceptHandler | None:
        """The innermost `except` handler around `node`, within the same function."""
        for above in self._within_function(node):
            if isinstance(above, ast.ExceptHandler):
                return above
        return None

    def loop(self, node: ast.AST) -> ast.For | ast.AsyncFor | ast.While | None:
        """The innermost loop around `node`, within the same function."""
        for above in self._within_function(node):
            if isinstance(above, (ast.For, ast.AsyncFor, ast.While)):
                return above
        return None

    def _within_function(self, node: ast.AST) -> Iterator[ast.AST]:
        for above in self.ancestors(node):
            if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
                return
            yield above

    def in_type_checking(self, node: ast.AST) -> bool:
        """True under `if TYPE_CHECKING:` (code that never runs)."""
        child = node
        for above in self.ancestors(node):
            if isinstance(above, ast.If):
                test = above.test
                last = test.id if isinstance(test, ast.Name) else getattr(test, "attr", "")
                if last == "TYPE_CHECKING" and any(child is entry for entry in above.body):
                    return True
            child = above
        return False

    # ---------------------------------------------------------------- names

    def lookup(self, name: str, node: ast.AST) -> list[Binding]:
        """Every place that binds what `name` means at `node`; empty for builtins and unknowns."""
        return self.scopes.lookup(name, node)[1]

    def qualified_name(
        self, expression: ast.expr, *, through_assignments: bool = True
    ) -> str | None:
        """The dotted name an expression certainly means, such as `hashlib.md5` or `builtins.print`.

        Imports and aliases are followed, and (unless `through_assignments` is false) a name bound
        once to a dotted name. None where the name may mean more than one thing: a parameter, a
        variable, a conditional import, anything a star import may have replaced.
        """
        return self._qualified(expression, through_assignments, 0)

    def _qualified(self, expression: ast.expr, through: bool, depth: int) -> str | None:
        if isinstance(expression, ast.Attribute):
            base = self._qualified(expression.value, through, depth)
            return f"{base}.{expression.attr}" if base else None
        if not isinstance(expression, ast.Name) or depth > 8:
            return None
        scope, bindings = self.scopes.lookup(expression.id, expression)
        if scope is None:
            known = expression.id in BUILTINS and not self.scopes.has_star_import()
            return f"builtins.{expression.id}" if known else None
        # A name that is bound often is looked at once, not once a use.
        key = ("meaning", scope, expression.id, through, depth)
        if key not in self.memo:
            self.memo[key] = self._meaning(scope, bindings, expression.id, through, depth)
        meaning: str | None = self.memo[key]
        return meaning

    def _meaning(
        self, scope: Scope, bindings: list[Binding], name: str, through: bool, depth: int
    ) -> str | None:
        # `try: import x / except ImportError: x = None` still means x wherever it is used.
        solid = [entry for entry in bindings if not is_absence(entry)] or bindings
        if any(entry.kind == "import" for entry in solid):
            targets = {entry.target for entry in solid}
            return targets.pop() if len(targets) == 1 else None
        first = solid[0]
        if through and len(solid) == 1 and first.kind == "assign" and first.annotation is None:
            if isinstance(first.value, (ast.Name, ast.Attribute)):
                followed = self._qualified(first.value, through, depth + 1)
                if followed is not None:
                    return followed
        if scope is self.scopes.module:
            return f"{self.module}.{name}"
        around = scope.outer
        if scope.is_class and isinstance(scope.node, ast.ClassDef) and around is not None:
            outer = self._meaning(
                around,
                [Binding("class", scope.node, scope.node)],
                scope.node.name,
                through,
                depth,
            )
            return f"{outer}.{name}" if outer else None
        return None


def _called(nodes: Sequence[Any], names: frozenset[str]) -> list[ast.AST]:
    return [
        node
        for node in nodes
        if (
            node.func.id in names
            if node.func.__class__ is ast.Name
            else node.func.__class__ is ast.Attribute and node.func.attr in names
        )
    ]


# One pass over all nodes of a type, for each codemod: no call for each of them.
_PICKS: dict[type[ast.AST], Callable[[Sequence[Any], frozenset[str]], list[ast.AST]]] = {
    ast.Call: _called,
    ast.Name: lambda nodes, names: [node for node in nodes if node.id in names],
    ast.Attribute: lambda nodes, names: [node for node in nodes if node.attr in names],
}
