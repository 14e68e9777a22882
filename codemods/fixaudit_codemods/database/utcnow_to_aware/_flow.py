"""Where a naive UTC value goes in its function, and what an aware one would change there."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from fixaudit import Source, loggers
from fixaudit.authoring import variable_uses
from fixaudit_codemods.database.utcnow_to_aware._origins import (
    is_aware,
    is_delta,
    is_none,
    origins_of,
    values_of,
)
from fixaudit_codemods.database.utcnow_to_aware._sites import is_site

_SAME = frozenset({"date", "time", "year", "month", "day", "hour", "minute", "second", "microsecond", "weekday", "isoweekday", "isocalendar", "toordinal", "utctimetuple", "ctime"})  # fmt: skip
_TEXTS = frozenset({"builtins.str", "builtins.repr", "builtins.print", "builtins.format"})
_ZONE_LETTERS = re.compile(r"%[zZ:]|%[cx+]")
_MEETS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_PARSING = frozenset({"fromisoformat", "strptime", "isoparse"})


@dataclass
class Flow:
    """All that happens to the values of some sites that meet each other.

    `changes` are what `--unsafe` has to accept, `doubts` why a human has to look. `sites` are the
    calls whose values meet: all of them have to change together.
    """

    source: Source
    sites: list[ast.Call] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    _seen: set[ast.AST] = field(default_factory=set)

    def add_site(self, call: ast.Call) -> None:
        """Follow the value of a call of `utcnow` or `utcfromtimestamp`."""
        if call not in self.sites:
            self.sites.append(call)
            self._follow(call)

    # ------------------------------------------------------------------ one use

    def _follow(self, node: ast.expr) -> None:
        """Judge what the expression around `node`, an aware value from now on, makes of it."""
        if node in self._seen:
            return
        self._seen.add(node)
        parent = self.source.parent(node)
        match parent:
            case ast.Attribute(attr=name):
                self._attribute(parent, name)
            case ast.BinOp():
                self._sum(parent, node)
            case ast.Compare():
                self._compare(parent, node)
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                self._stored(target)
            case ast.FormattedValue():
                self._formatted(parent)
            case ast.Call() | ast.keyword():
                self._passed(parent)
            case ast.Expr():
                return
            case ast.Return() | ast.Yield():
                self.doubts.append("it is returned: callers may compare it with naive values")
            case ast.BoolOp() | ast.IfExp():
                self.doubts.append("it is one of several values, and the others may be naive")
            case ast.Dict() | ast.List() | ast.Tuple() | ast.Set():
                self.doubts.append(
                    "it goes into a collection, and what reads that may expect it naive"
                )
            case _:
                self.doubts.append("where it goes cannot be followed")

    def _attribute(self, node: ast.Attribute, name: str) -> None:
        call = self.source.parent(node)
        called = isinstance(call, ast.Call) and call.func is node
        if name in _SAME:
            return
        if not called or not isinstance(call, ast.Call):
            self.doubts.append(f"`.{name}` may differ for an aware value")
        elif name == "replace":
            if not any(word.arg == "tzinfo" for word in call.keywords):
                self._follow(call)
        elif name == "strftime":
            self._pattern(call.args[0] if call.args else None)
        elif name == "isoformat":
            self._text(call, "the text gains `+00:00`")
        elif name == "timestamp":
            self.changes.append(
                "`.timestamp()` took the naive value for local time: it is right now"
            )
        elif name == "astimezone":
            self.changes.append(
                "`.astimezone()` took the naive value for local time: it is right now"
            )
        else:
            self.doubts.append(f"`.{name}()` may differ for an aware value")

    def _pattern(self, node: ast.expr | None) -> None:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            self.changes.append("its format is chosen elsewhere, and may show the time zone")
        elif _ZONE_LETTERS.search(node.value):
            self.changes.append("the text shows the time zone, which was empty")

    def _text(self, node: ast.expr, change: str) -> None:
        """A text of the value: wrong where somebody adds the zone by hand."""
        if _cut_up(self.source, node):
            self.doubts.append(
                "the text is cut or changed behind it: `+00:00` would get in the way"
            )
        elif _zone_added(self.source, node):
            self.doubts.append("`Z` is put behind the text, which would end in `+00:00Z`")
        elif isinstance(self.source.parent(node), ast.Compare):
            self.doubts.append("the text is compared with others, which may lack `+00:00`")
        elif (line := _parsing_line(self.source)) is not None:
            self.doubts.append(f"line {line} parses such texts: what it gets would be aware")
        else:
            self.changes.append(change)

    def _formatted(self, node: ast.FormattedValue) -> None:
        match node.format_spec:
            case ast.JoinedStr(values=[ast.Constant(value=str() as pattern)]) if "%" in pattern:
                if _ZONE_LETTERS.search(pattern):
                    self.changes.append("the text shows the time zone, which was empty")
            case _:
                self._text(node, "the text gains `+00:00`")

    def _passed(self, node: ast.Call | ast.keyword) -> None:
        call = self.source.parent(node) if isinstance(node, ast.keyword) else node
        if not isinstance(call, ast.Call):
            self.doubts.append("where it goes cannot be followed")
            return
        func = call.func
        if self.source.qualified_name(func) in _TEXTS:
            self._text(call, "the text gains `+00:00`")
        elif isinstance(func, ast.Attribute) and loggers.kind_of(self.source, func.value):
            self.changes.append("the text gains `+00:00`")
        else:
            told = ast.unparse(func) if isinstance(func, (ast.Name, ast.Attribute)) else "a call"
            self.doubts.append(f"it is passed to `{told[:40]}`, which may expect it naive")

    # ------------------------------------------------------------------ other dates

    def _sum(self, node: ast.BinOp, value: ast.expr) -> None:
        other = node.right if node.left is value else node.left
        if isinstance(node.op, ast.Add):
            self._follow(node)
        elif isinstance(node.op, ast.Sub):
            if node.left is value and is_delta(self.source, other):
                self._follow(node)
            else:
                self._meet(other)
        else:
            self.doubts.append("where it goes cannot be followed")

    def _compare(self, node: ast.Compare, value: ast.expr) -> None:
        for other in [node.left, *node.comparators]:
            if other is not value and not is_none(other):
                if all(isinstance(item, _MEETS) for item in node.ops):
                    self._meet(other)
                else:
                    self.doubts.append("where it goes cannot be followed")

    def _meet(self, other: ast.expr) -> None:
        """`other` is compared with the value, or subtracted: both have to be of one kind."""
        origins = origins_of(self.source, other)
        if origins is None:
            told = ast.unparse(other)[:40]
            self.doubts.append(f"it meets `{told}`, which may be naive: that would be a TypeError")
            return
        for origin in origins:
            known = is_aware(self.source, origin)
            if is_site(self.source, origin):
                assert isinstance(origin, ast.Call)
                self.add_site(origin)
            elif known is False:
                line = origin.lineno
                self.doubts.append(
                    f"it meets a naive value (line {line}): that would be a TypeError"
                )
            elif known:
                self.changes.append(
                    f"it meets an aware value (line {origin.lineno}): that fails so far"
                )
            else:
                told = ast.unparse(other)[:40]
                self.doubts.append(
                    f"it meets `{told}`, which may be naive: that would be a TypeError"
                )

    # ------------------------------------------------------------------ names

    def _stored(self, target: ast.expr) -> None:
        if isinstance(target, ast.Attribute):
            told = ast.unparse(target)[:40]
            self.doubts.append(
                f"it is kept in `{told}`, which may be a naive column or be compared"
            )
            return
        if not isinstance(target, ast.Name) or self._is_global(target):
            self.doubts.append("it is kept where other code may compare it with naive values")
            return
        values = values_of(self.source, target)
        if values is None:
            self.doubts.append(f"`{target.id}` holds other values too, which may be naive")
            return
        for value in values:
            for origin in origins_of(self.source, value) or [value]:
                if is_site(self.source, origin):
                    assert isinstance(origin, ast.Call)
                    self.add_site(origin)
                elif not is_none(origin):
                    self.doubts.append(f"`{target.id}` holds other values too, which may be naive")
        scope, _ = self.source.scopes.lookup(target.id, target)
        for use in variable_uses(self.source, scope, target.id) if scope is not None else ():
            if isinstance(use.ctx, ast.Load):
                self._follow(use)

    def _is_global(self, name: ast.Name) -> bool:
        scope = self.source.scopes.lookup(name.id, name)[0]
        return scope is None or scope is self.source.scopes.module or scope.is_class


# ------------------------------------------------------------------------------ texts


def _zone_added(source: Source, node: ast.expr) -> bool:
    """`isoformat() + "Z"`, `f"{now.isoformat()}Z"` and the like."""
    parent = source.parent(node)
    if isinstance(parent, ast.FormattedValue):
        node, parent = parent, source.parent(parent)
    if isinstance(parent, ast.BinOp) and parent.left is node:
        return isinstance(parent.op, ast.Add)
    if isinstance(parent, ast.JoinedStr):
        position = next(index for index, item in enumerate(parent.values) if item is node)
        after = parent.values[position + 1 : position + 2]
        text = after[0].value if after and isinstance(after[0], ast.Constant) else ""
        return str(text)[:1] in ("Z", "+", "z") and str(text) != ""
    return False


def _parsing_line(source: Source) -> int | None:
    """The line where the file makes dates of texts: perhaps of those it writes itself."""
    for node in source.nodes(ast.Attribute):
        if node.attr in _PARSING:
            return node.lineno
    return None


def _cut_up(source: Source, node: ast.expr) -> bool:
    """`isoformat()[:19]`, `.split(".")`, `.replace("T", " ")`: somebody expects a form."""
    parent = source.parent(node)
    if isinstance(parent, ast.Attribute):
        return True
    return isinstance(parent, ast.Subscript)
