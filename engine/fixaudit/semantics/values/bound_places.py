"""Where the bindings of one name stand, in order: a name bound a thousand times is read a thousand times."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from functools import cached_property

from fixaudit.semantics.tree_view import View
from fixaudit.syntax.namespace import Binding, is_absence

_DEFINING = frozenset({"import", "class", "function"})

Place = tuple[int, int]


class BoundPlaces:
    """The bindings that a name has in one scope, searched by place. Kept by the view, it holds none."""

    def __init__(self, view: View, bindings: list[Binding]) -> None:
        self.bindings = bindings
        self.kinds = frozenset(item.kind for item in bindings)
        self._places = sorted(start(item.node) for item in bindings if item.kind != "parameter")
        self._assignments: dict[ast.AST | None, list[Binding]] = {}
        for item in bindings:
            if item.kind == "assign" and isinstance(item.statement, (ast.Assign, ast.AnnAssign)):
                parent = view.parents.get(item.statement)
                self._assignments.setdefault(parent, []).append(item)
        for assignments in self._assignments.values():
            assignments.sort(key=_end_of)

    @cached_property
    def present(self) -> list[Binding]:
        """The bindings that put something under the name: without `x = None` and `del x`."""
        return [item for item in self.bindings if not is_absence(item)]

    @cached_property
    def target(self) -> str | None:
        """What all of those import; None where one does not."""
        targets = {item.target if item.kind == "import" else None for item in self.present}
        return (targets.pop() or None) if len(targets) == 1 else None

    @cached_property
    def is_definition(self) -> bool:
        """True where imports, classes and functions alone put something under the name."""
        return {item.kind for item in self.present or self.bindings} <= _DEFINING

    def last_assignment(self, view: View, node: ast.Name) -> Binding | None:
        """The nearest assignment before a use, in a block that the use stands in or below."""
        use, found = start(node), list[Binding]()
        for child, parent in view.ancestors(node):
            assignments = self._assignments.get(parent, [])
            for item in reversed(assignments[: bisect_right(assignments, use, key=_end_of)]):
                if _are_in_one_block(view, parent, child, item.statement):
                    found.append(item)
                    break
        return max(found, key=_end_of, default=None)

    def is_bound_between(self, first: Place, last: Place) -> bool:
        """True where a binding, no parameter, stands from the first place on and before the last."""
        index = bisect_left(self._places, first)
        return index < len(self._places) and self._places[index] < last

    def is_bound_in(self, loop: ast.AST) -> bool:
        """True where a loop, with its `else`, binds the name."""
        return self.is_bound_between(start(loop), end(loop))


def places_of(view: View, bindings: list[Binding]) -> BoundPlaces:
    """The places of bindings that a scope has for a name; worked out once for a view."""
    if not bindings:
        return BoundPlaces(view, bindings)
    known = view.bound_places.get(id(bindings))
    if not isinstance(known, BoundPlaces):
        # It holds the list, so that no other one gets its id.
        known = view.bound_places[id(bindings)] = BoundPlaces(view, bindings)
    return known


def start(node: ast.AST) -> Place:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def end(node: ast.AST) -> Place:
    return getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0


def _end_of(item: Binding) -> Place:
    return end(item.statement)


def _are_in_one_block(view: View, parent: ast.AST, child: ast.AST, statement: ast.AST) -> bool:
    for name in ("body", "orelse", "finalbody"):
        statements = getattr(parent, name, None)
        if isinstance(statements, list) and isinstance(statement, ast.stmt):
            block = view.block(statements)
            if block.place(statement) is not None:
                return isinstance(child, ast.stmt) and block.place(child) is not None
    return False
