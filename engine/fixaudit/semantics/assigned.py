"""Which attributes a body of statements has set for sure by the time it returns."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from fixaudit.semantics.stores import stores

Names = frozenset[str]


@dataclass(slots=True)
class _Flow:
    """Walks statements; `returned` collects what was set at each early return."""

    receiver: str
    returned: list[Names] = field(default_factory=list)

    def block(self, body: list[ast.stmt], before: Names) -> Names | None:
        """What is set after the block, or None where its end is never reached."""
        after: Names | None = before
        for statement in body:
            if after is None:
                return None
            after = self.statement(statement, after)
        return after

    def statement(self, node: ast.stmt, before: Names) -> Names | None:
        match node:
            case ast.Return():
                self.returned.append(before)
                return None
            case ast.Raise() | ast.Continue() | ast.Break():
                # A loop's body never counts, so leaving a turn early changes nothing there.
                return None
            case ast.If():
                return _meet([self.block(node.body, before), self.block(node.orelse, before)])
            case ast.With() | ast.AsyncWith():
                return self.inside(node, before | self.stored(node))
            case ast.Try() | ast.TryStar():
                return self.attempt(node, before)
            case ast.For() | ast.AsyncFor() | ast.While():
                self.block(node.body, before)
                return before
            case ast.Match():
                ends = [self.block(case.body, before) for case in node.cases]
                return _meet([*ends, before])
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return before
        return before | self.stored(node)

    def inside(self, node: ast.With | ast.AsyncWith, before: Names) -> Names | None:
        after = self.block(node.body, before)
        # `suppress` goes on behind its body after an exception, whatever was set by then.
        quiet = any("suppress" in ast.dump(item.context_expr) for item in node.items)
        return before if quiet else after

    def attempt(self, node: ast.Try | ast.TryStar, before: Names) -> Names | None:
        body = self.block(node.body, before)
        ends = [None if body is None else self.block(node.orelse, body)]
        ends += [self.block(handler.body, before) for handler in node.handlers]
        final = self.block(node.finalbody, before)
        end = _meet(ends)
        return None if end is None or final is None else end | final

    def stored(self, node: ast.stmt) -> Names:
        places: list[ast.AST] = [node]
        if isinstance(node, ast.Expr):
            places.append(node.value)
        names = {name for place in places for name, _, _ in stores(place, self.receiver)}
        return frozenset() if isinstance(node, ast.Delete) else frozenset(names)


def assigned_for_sure(body: list[ast.stmt], receiver: str) -> Names:
    """Attributes of `receiver` that are set on every way through `body` that does not raise."""
    flow = _Flow(receiver)
    end = flow.block(body, frozenset())
    return _meet([end, *flow.returned]) or frozenset()


def _meet(ends: list[Names | None]) -> Names | None:
    reached = [end for end in ends if end is not None]
    if not reached:
        return None
    return frozenset.intersection(*reached)
