"""Where the readings of a clock go: to each other, so that only a duration is left, or out."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from fixaudit import Evidence, Reach, Source, memoized
from fixaudit.authoring import (
    PrivateAttribute,
    fate_of_value,
    keyword,
    private_attribute,
    shows_all_names,
    variable_uses,
)
from fixaudit_codemods.database.monotonic_durations._clock import is_call, is_reading, line_setting

_NUMBER = re.compile(r"[\d._]+(?: \* [\d._]+)*")
_SPACE = 60
# What makes a field of a class, with its default inside.
_DEFAULTS = frozenset({"PrivateAttr", "Field", "field"})


@dataclass
class Group:
    """Readings that meet each other, so that they change together or not at all.

    `meets` says that a difference of two of them is taken, or that they are compared; `attributes` are
    the private ones that keep some; `zeros` the places at which 0 stands for "long ago".
    `against` is why they stay.
    """

    source: Source
    calls: list[ast.Call] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    zeros: list[ast.expr] = field(default_factory=list)
    against: list[Evidence] = field(default_factory=list)
    meets: bool = False


@memoized
def groups_of(source: Source) -> dict[ast.AST, Group]:
    """The group of each call of the clock in the file."""
    found: dict[ast.AST, Group] = {}
    for node in source.named(ast.Call, frozenset({"time"})):
        if is_call(source, node) and node not in found:
            flow = _Flow(source)
            flow.collect(node)
            group = flow.group
            group.calls.sort(key=lambda call: (call.lineno, call.col_offset))
            found.update(dict.fromkeys(group.calls, group))
    return found


class _Flow:
    """Follows the readings of one group through one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.group = Group(source)
        self.seen: set[object] = set()

    def collect(self, node: ast.expr) -> None:
        """Have all readings followed that an expression is made of."""
        match node:
            case ast.BinOp(left=left, right=right):
                self.collect(left)
                self.collect(right)
            case ast.IfExp(body=body, orelse=orelse):
                self.collect(body)
                self.collect(orelse)
            case ast.Call() if is_call(self.source, node) and node not in self.seen:
                self.seen.add(node)
                self.group.calls.append(node)
                self._up(node)
            case ast.Name() if is_reading(self.source, node):
                self._variable(node)
            case ast.Attribute() if is_reading(self.source, node):
                self._attribute(node)

    def _variable(self, name: ast.Name) -> None:
        source = self.source
        scope, bindings = source.scopes.lookup(name.id, name)
        if scope is None or (scope, name.id) in self.seen:
            return
        self.seen.add((scope, name.id))
        if scope.is_class or isinstance(scope.node, ast.Module):
            what = "class" if scope.is_class else "module"
            self._against(name, f"`{name.id}` is a name of the {what}, which others may read")
            return
        for binding in bindings:
            if binding.kind == "annotation":
                continue
            if binding.kind != "assign" or binding.value is None:
                self._against(binding.node, f"`{name.id}` is also set by something else")
            else:
                self._value(binding.value, f"`{name.id}`")
        for use in variable_uses(source, scope, name.id):
            if isinstance(use.ctx, ast.Load):
                self._up(use)
        if shows_all_names(source, scope.node):
            self._against(name, "`locals()` shows it")

    def _value(self, value: ast.expr, name: str) -> None:
        """One of the values that a name or an attribute gets."""
        value = _default_in(value)
        match value:
            case ast.Constant(value=None):
                return
            case ast.Constant(value=0):
                self.group.zeros.append(value)
                return
            case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value="inf" | "-inf")]):
                return
        if is_reading(self.source, value):
            self.collect(value)
        else:
            text = f"{name} is also set to `{self._text(value)}`, which may be of another clock"
            self._against(value, text)

    def _attribute(self, node: ast.Attribute) -> None:
        if (key := (self.source.class_of(node), node.attr)) in self.seen:
            return
        self.seen.add(key)
        found = private_attribute(self.source, node)
        if not isinstance(found, PrivateAttribute):
            self.group.against.append(found)
            return
        self.group.attributes.append(found.name)
        for value in found.values:
            self._value(value, f"`{found.name}`")
        for use in found.uses:
            self._up(use)

    def _up(self, node: ast.expr) -> None:
        """Judge what the expression around a reading makes of it."""
        source, above = self.source, self.source.parent(node)
        match above:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                self._sum(above, node, right if node is left else left)
            case ast.Compare(left=left, comparators=others):
                self._compared(above, [item for item in (left, *others) if item is not node])
            case ast.IfExp(test=test) if node is test:
                return
            case ast.IfExp(body=body, orelse=orelse):
                self._value(orelse if node is body else body, "it")
                self._up(above)
            case ast.If() | ast.While() | ast.Assert() | ast.Expr() | ast.UnaryOp(op=ast.Not()):
                return
            case ast.BoolOp(op=ast.And(), values=values) if node is not values[-1]:
                return  # where it is what `and` gives, it is None or 0
            case ast.Assign(targets=targets):
                for each in targets:
                    self._target(each)
            case ast.AnnAssign(target=target):
                self._target(target)
            case _:
                self._against(node, fate_of_value(source, node))

    def _target(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._variable(target)
        elif isinstance(target, ast.Attribute):
            self._attribute(target)
        else:
            self._against(target, f"it is stored in `{self._text(target)}`")

    def _sum(self, above: ast.BinOp, node: ast.expr, other: ast.expr) -> None:
        if is_reading(self.source, other):
            if isinstance(above.op, ast.Sub):
                self.group.meets = True
                self.collect(other)
            else:
                self._against(above, "two readings are added")
        elif isinstance(above.op, ast.Add) or (
            node is above.left and _NUMBER.fullmatch(self._text(other))
        ):
            self._up(above)
        elif not self._is_kept_elsewhere(other):
            self._foreign(above, f"its difference with `{self._text(other)}` is taken")

    def _compared(self, above: ast.Compare, others: Sequence[ast.expr]) -> None:
        if all(self._text(item) == "None" for item in others):
            return
        for other in others:
            if is_reading(self.source, other):
                self.group.meets = True
                self.collect(other)
            elif not self._is_kept_elsewhere(other):
                self._foreign(above, f"it is compared with `{self._text(other)}`")

    def _is_kept_elsewhere(self, other: ast.expr) -> bool:
        """True (and noted) for an attribute of another object that this file sets to readings."""
        for part in ast.walk(other):
            line = line_setting(self.source, getattr(part, "attr", ""))
            if line is not None:
                self.group.meets = True
                text = f"`{self._text(part)}` (set on line {line}) is kept in another object"
                self._against(other, text)
                return True
        return False

    def _foreign(self, node: ast.AST, text: str) -> None:
        self._against(node, f"{text}, which may be a time of another source")

    def _against(self, node: ast.AST, text: str) -> None:
        self.group.against.append(self.source.proof(node, text, Reach.FUNCTION))

    def _text(self, node: ast.AST) -> str:
        text = " ".join(ast.unparse(node).split())
        return text if len(text) <= _SPACE else f"{text[: _SPACE - 1]}…"


def _default_in(value: ast.expr) -> ast.expr:
    """The default of `PrivateAttr(default=None)` and `field(default=0.0)`; other values as they are."""
    if isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] in _DEFAULTS:
        given = keyword(value, "default")
        if given is not None or len(value.args) == 1:
            return value.args[0] if given is None else given.value
    return value
