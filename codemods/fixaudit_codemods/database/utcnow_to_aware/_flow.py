"""Where a naive UTC value goes, and what an aware one would change there."""

from __future__ import annotations

import ast

from fixaudit import Source, loggers
from fixaudit.authoring import clipped, keyword, variable_uses
from fixaudit_codemods.database.utcnow_to_aware import _consumers as consumers
from fixaudit_codemods.database.utcnow_to_aware import _containers as containers
from fixaudit_codemods.database.utcnow_to_aware import _field_flow as field_flow
from fixaudit_codemods.database.utcnow_to_aware import _fields as fields
from fixaudit_codemods.database.utcnow_to_aware import _text_flow as text_flow
from fixaudit_codemods.database.utcnow_to_aware._group import Group
from fixaudit_codemods.database.utcnow_to_aware._origins import (
    is_aware,
    is_delta,
    is_literal,
    is_none,
    origins_of,
    values_of,
)
from fixaudit_codemods.database.utcnow_to_aware._sites import is_site

_SAME = frozenset({"date", "time", "year", "month", "day", "hour", "minute", "second", "microsecond", "weekday", "isoweekday", "isocalendar", "toordinal", "utctimetuple", "ctime"})  # fmt: skip
_TEXTS = frozenset({"builtins.str", "builtins.repr", "builtins.print", "builtins.format"})
_MEETS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


class Flow:
    """Follows the values of one file's sites, and notes in their group what happens to them."""

    def __init__(self, source: Source, group: Group) -> None:
        self.source = source
        self.group = group

    def of(self, source: Source) -> Flow:
        """The flow of another file, of the same group."""
        return self if source is self.source else Flow(source, self.group)

    def doubt(self, node: ast.AST, text: str) -> None:
        """Note what the code at a node proves against an edit."""
        self.group.doubt(self.source, node, text)

    def add_site(self, site: ast.expr) -> None:
        """Follow the value of a call of `utcnow` or `utcfromtimestamp`."""
        if all(entry is not site for _, entry in self.group.sites):
            self.group.sites.append((self.source, site))
            if isinstance(site, ast.Call):
                self.follow(site)

    # ------------------------------------------------------------------ one use

    def follow(self, node: ast.expr) -> None:
        """Judge what the expression around `node`, an aware value from now on, makes of it."""
        if node in self.group.seen:
            return
        self.group.seen.add(node)
        parent = self.source.parent(node)
        match parent:
            case ast.Attribute(attr=name):
                self._attribute(parent, name)
            case ast.BinOp():
                self._sum(parent, node)
            case ast.Compare():
                self._compare(parent, node)
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                if not consumers.is_claim(self.source, node):
                    self._stored(target)
            case ast.FormattedValue():
                text_flow.formatted(self, parent)
            case ast.Call() | ast.keyword():
                self._passed(parent, node)
            case ast.Expr() | ast.UnaryOp(op=ast.Not()) | ast.Assert():
                return
            case ast.If(test=test) | ast.While(test=test) if test is node:
                return
            case ast.Return() | ast.Yield():
                self.doubt(node, "it is returned: callers may compare it with naive values")
            case ast.BoolOp() | ast.IfExp():
                self._chosen(parent, node)
            case ast.Dict():
                self._entry(parent, node)
            case ast.ListComp() if containers.is_counted_or_kept(self.source, parent):
                return
            case _:
                self._elsewhere(parent, node)

    def _elsewhere(self, parent: ast.AST | None, node: ast.expr) -> None:
        if isinstance(parent, ast.List | ast.Tuple | ast.Set):
            self._collected(node)
        else:
            self.doubt(node, "where it goes cannot be followed")

    def _collected(self, node: ast.expr) -> None:
        self.doubt(node, "it goes into a collection, and what reads that may expect it naive")

    def _chosen(self, node: ast.BoolOp | ast.IfExp, value: ast.expr) -> None:
        """One of several values: the others must be dates that change too, or none at all."""
        if isinstance(node, ast.IfExp):
            if node.test is value:
                return
            others = [node.body, node.orelse]
        else:
            if isinstance(node.op, ast.And) and node.values[-1] is not value:
                # `date and …`: what comes out of it is the date only where it is falsy.
                return
            others = node.values if isinstance(node.op, ast.Or) else node.values[-1:]
        for other in others:
            if other is not value and not self.is_ours(other):
                text = "it is one of several values, and the others may be naive"
                self.doubt(other, text)
                return
        self.follow(node)

    def _attribute(self, node: ast.Attribute, name: str) -> None:
        call = self.source.parent(node)
        called = isinstance(call, ast.Call) and call.func is node
        if name in _SAME:
            return
        if not called or not isinstance(call, ast.Call):
            self.doubt(node, f"`.{name}` may differ for an aware value")
        elif name == "replace":
            if not any(word.arg == "tzinfo" for word in call.keywords):
                self.follow(call)
        elif name == "strftime":
            given = keyword(call, "format")
            text_flow.patterned(
                self, call, call.args[0] if call.args else given.value if given else None
            )
        elif name == "isoformat":
            text_flow.shown(self, call, text_flow.GAINS)
        elif name in ("timestamp", "astimezone"):
            told = f"`.{name}()` took the naive value for local time: it is right now"
            self.group.changes.append(told)
        else:
            self.doubt(node, f"`.{name}()` may differ for an aware value")

    def _passed(self, node: ast.Call | ast.keyword, value: ast.expr) -> None:
        call = self.source.parent(node) if isinstance(node, ast.keyword) else node
        if not isinstance(call, ast.Call):
            self.doubt(node, "where it goes cannot be followed")
            return
        func = call.func
        if consumers.is_made_dict(self.source, call):
            if not consumers.is_claim(self.source, value):
                self._collected(value)
        elif self.source.qualified_name(func) in _TEXTS:
            text_flow.shown(self, call, text_flow.GAINS)
        elif isinstance(func, ast.Attribute) and loggers.kind_of(self.source, func.value):
            self.group.changes.append(text_flow.GAINS)
        elif self.source.qualified_name(func) == "builtins.bool" or consumers.takes_either(
            self.source, call
        ):
            return
        elif (kept := containers.added_to(call)) is not None:
            containers.follow(self, kept)
        elif not self._constructs(call, node, value):
            told = ast.unparse(func) if isinstance(func, (ast.Name, ast.Attribute)) else "a call"
            self.doubt(value, f"it is passed to `{clipped(told)}`, which may expect it naive")

    def _constructs(self, call: ast.Call, node: ast.Call | ast.keyword, value: ast.expr) -> bool:
        """Follow a value that makes a field of a new object; False where no class takes it."""
        owner = fields.called_class(self.source, call)
        if owner is None:
            return False
        if isinstance(node, ast.keyword):
            name = node.arg
        else:
            names = fields.parameters_of(owner) or []
            hidden = any(isinstance(item, ast.Starred) for item in call.args)
            index = call.args.index(value)
            name = names[index] if index < len(names) and not hidden else None
        if name is None or owner.declares(name) is None:
            return False
        field_flow.follow(self, value, name, owner)
        return True

    def _entry(self, node: ast.Dict, value: ast.expr) -> None:
        """An entry of a dict: a token's claim, or a field where a method of its object takes the dict."""
        if consumers.is_claim(self.source, value):
            return
        key = next((k for k, v in zip(node.keys, node.values, strict=True) if v is value), None)
        call = self.source.parent(node)
        call = self.source.parent(call) if isinstance(call, ast.keyword) else call
        if isinstance(key, ast.Constant) and isinstance(call, ast.Call):
            match call.func:
                case ast.Attribute(value=receiver):
                    owner = fields.class_of_value(self.source, receiver)
                    stored = fields.storage_of(owner, str(key.value)) if owner else None
                    if owner is not None and stored and stored[0] is not fields.Storage.PLAIN:
                        field_flow.follow(self, value, str(key.value), owner)
                        return
        self._collected(value)

    # ------------------------------------------------------------------ other dates

    def _sum(self, node: ast.BinOp, value: ast.expr) -> None:
        other = node.right if node.left is value else node.left
        if isinstance(node.op, ast.Add):
            self.follow(node)
        elif isinstance(node.op, ast.Sub):
            if node.left is value and is_delta(self.source, other):
                self.follow(node)
            else:
                self._meet(other)
        else:
            self.doubt(node, "where it goes cannot be followed")

    def _compare(self, node: ast.Compare, value: ast.expr) -> None:
        for other in [node.left, *node.comparators]:
            if other is not value and not is_none(other):
                if all(isinstance(item, _MEETS) for item in node.ops):
                    self._meet(other)
                else:
                    self.doubt(node, "where it goes cannot be followed")

    def _meet(self, other: ast.expr) -> None:
        """`other` is compared with the value, or subtracted: both have to be of one kind."""
        kept = containers.element_of(self.source, other)
        if kept is not None:
            containers.follow(self, kept)
            return
        origins = origins_of(self.source, other)
        if origins is None:
            self._unknown(other)
            return
        for origin in origins:
            known = is_aware(self.source, origin)
            if is_site(self.source, origin):
                self.add_site(origin)
            elif is_none(origin) or (known is False and self._literal(origin)):
                continue
            elif known is False:
                told = f"it meets a naive value (line {origin.lineno}): that would be a TypeError"
                self.doubt(origin, told)
            elif known:
                told = f"it meets an aware value (line {origin.lineno}): that fails so far"
                self.group.changes.append(told)
            elif isinstance(origin, ast.Attribute):
                self._meet_field(origin, other)
            elif (kept := containers.element_of(self.source, origin)) is not None:
                containers.follow(self, kept)
            else:
                self._unknown(other)

    def _unknown(self, other: ast.expr) -> None:
        told = clipped(ast.unparse(other))
        self.doubt(other, f"it meets `{told}`, which may be naive: that would be a TypeError")

    def _literal(self, node: ast.expr) -> bool:
        """Follow a date written out, which becomes aware with the site; False where `node` is none."""
        if not isinstance(node, ast.Call) or self.source is not self.group.home:
            return False
        if not is_literal(self.source, node):
            return False
        if all(entry is not node for entry in self.group.literals):
            self.group.literals.append(node)
            self.follow(node)
        return True

    def _meet_field(self, node: ast.Attribute, other: ast.expr) -> None:
        owner = fields.class_of_value(self.source, node.value)
        if node.attr in self.group.fields or (owner is not None and owner.declares(node.attr)):
            if owner is not None:
                field_flow.follow(self, node, node.attr, owner, meets=True)
        else:
            self._unknown(other)

    # ------------------------------------------------------------------ names and fields

    def _stored(self, target: ast.expr) -> None:
        if isinstance(target, ast.Attribute):
            owner = fields.class_of_value(self.source, target.value)
            if owner is not None and owner.declares(target.attr) is not None:
                field_flow.follow(self, target, target.attr, owner)
            else:
                told = clipped(ast.unparse(target))
                text = f"it is kept in `{told}`, which may be a naive column or be compared"
                self.doubt(target, text)
            return
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute):
            containers.follow(self, target.value)
            return
        if not isinstance(target, ast.Name) or self._is_global(target):
            self.doubt(target, "it is kept where other code may compare it with naive values")
            return
        values = values_of(self.source, target)
        if values is None:
            self.doubt(target, f"`{target.id}` holds other values too, which may be naive")
            return
        for value in values:
            if not self.is_ours(value):
                self.doubt(value, f"`{target.id}` holds other values too, which may be naive")
        self.follow_name(target)

    def follow_name(self, name: ast.Name) -> None:
        """Follow a local variable."""
        scope, _ = self.source.scopes.lookup(name.id, name)
        for use in variable_uses(self.source, scope, name.id) if scope is not None else ():
            if isinstance(use.ctx, ast.Load):
                self.follow(use)

    def _is_global(self, name: ast.Name) -> bool:
        scope = self.source.scopes.lookup(name.id, name)[0]
        return scope is None or scope is self.source.scopes.module or scope.is_class

    def is_ours(self, value: ast.expr) -> bool:
        """True for None, for dates that are aware, and for those that the group makes aware."""
        if isinstance(value, ast.BoolOp | ast.IfExp):
            parts = value.values if isinstance(value, ast.BoolOp) else [value.body, value.orelse]
            return all(self.is_ours(part) for part in parts)
        if isinstance(value, ast.Name) and fields.is_own_parameter(self.source, value):
            self.follow_name(value)
            return True
        for origin in origins_of(self.source, value) or [value]:
            if is_site(self.source, origin):
                self.add_site(origin)
            elif isinstance(origin, ast.Attribute) and origin.attr in self.group.fields:
                continue
            elif (kept := containers.element_of(self.source, origin)) is not None:
                containers.follow(self, kept)
            elif self._literal(origin):
                continue
            elif not is_none(origin) and not is_aware(self.source, origin):
                return False
        return True
