"""Where a date comes from: through names, sums and `replace`; and whether it has a time zone."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit.authoring import assigned_literal, origin_match

_DELTA = re.compile(r"(?:datetime\.timedelta|dateutil\.relativedelta\.relativedelta)\(\)")


def values_of(source: Source, name: ast.Name) -> list[ast.expr] | None:
    """What a local name is ever set to; None where some of it cannot be seen."""
    values = []
    for binding in source.lookup(name.id, name):
        if binding.kind == "annotation":
            continue
        if binding.kind != "assign" or binding.value is None:
            return None
        if (
            isinstance(binding.statement, ast.Assign)
            and binding.node not in binding.statement.targets
        ):
            return None
        values.append(binding.value)
    return values


def origins_of(source: Source, node: ast.expr, depth: int = 0) -> list[ast.expr] | None:
    """The expressions a date comes from: through names, sums with durations and `replace`."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            if is_delta(source, right):
                return origins_of(source, left, depth)
            return origins_of(source, right, depth) if is_delta(source, left) else None
        case ast.Call(func=ast.Attribute(value=value, attr="replace"), keywords=words):
            if all(word.arg not in (None, "tzinfo") for word in words):
                return origins_of(source, value, depth)
            return [node]
        case ast.Name() if depth < 5:
            values = values_of(source, node) if source.lookup(node.id, node) else None
            if not values or source.function(node) is None:
                return None
            found: list[ast.expr] = []
            for value in values:
                found += origins_of(source, value, depth + 1) or [value]
            return found
        case ast.Call() | ast.Attribute():
            return [node]
    return None


def is_aware(source: Source, node: ast.expr) -> bool | None:
    """Whether a date certainly has a time zone, or certainly none; None for what cannot be told."""
    if isinstance(node, ast.Attribute):
        return False if source.qualified_name(node) in ("datetime.datetime.min", "datetime.datetime.max") else None  # fmt: skip
    if not isinstance(node, ast.Call):
        return None
    given = len(node.args) + len(node.keywords)
    words = {word.arg: word.value for word in node.keywords}
    match source.qualified_name(node.func):
        case "datetime.datetime.now":
            return given > 0 and not any(is_none(item) for item in [*node.args, *words.values()])
        case "datetime.datetime.today":
            return False
        case "datetime.datetime.fromtimestamp":
            return given > 1
        case "datetime.datetime":
            return (
                False
                if "tzinfo" not in words and None not in words and len(node.args) < 8
                else None
            )
        case "datetime.datetime.strptime" if len(node.args) == 2:
            pattern = node.args[1]
            text = pattern.value if isinstance(pattern, ast.Constant) else "%z"
            return None if "%z" in str(text) else False
        case "django.utils.timezone.now":
            return None
    zone = words.get("tzinfo")
    if isinstance(node.func, ast.Attribute) and node.func.attr == "replace" and zone is not None:
        return not is_none(zone) if isinstance(zone, (ast.Constant, ast.Attribute)) else None
    return None


def is_delta(source: Source, node: ast.expr, depth: int = 0) -> bool:
    """True for a duration: `timedelta(…)`, sums and multiples of such, and entries of a table of them."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return is_delta(source, left, depth) and is_delta(source, right, depth)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            return is_delta(source, left, depth) or is_delta(source, right, depth)
        case ast.Subscript(value=table):
            return depth < 3 and _holds_deltas(source, table, depth + 1)
        case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[_, *given]) if depth < 3:
            others = (is_delta(source, item, depth + 1) for item in given)
            if _holds_deltas(source, table, depth + 1) and all(others):
                return True
        case ast.Name() if depth < 3:
            found = source.lookup(node.id, node)
            sums = (
                entry.value is not None and is_delta(source, entry.value, depth + 1)
                for entry in found
            )
            if found and all(sums):
                return True
    if not isinstance(node, ast.Call | ast.Name | ast.Attribute):
        return False
    return origin_match(source, node, _DELTA) is not None


def _holds_deltas(source: Source, table: ast.expr, depth: int) -> bool:
    """True for a dict or list, written out once, of nothing but durations."""
    match assigned_literal(source, table):
        case ast.Dict(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            return bool(values) and all(is_delta(source, item, depth) for item in values)
    return False


def is_literal(source: Source, node: ast.expr) -> bool:
    """True for a naive date written out: `datetime(2016, 1, 2)`."""
    return (
        isinstance(node, ast.Call)
        and source.qualified_name(node.func) == "datetime.datetime"
        and len(node.args) < 8
        and all(isinstance(item, ast.Constant) for item in node.args)
        and all(word.arg and word.arg != "tzinfo" for word in node.keywords)
    )


def is_none(node: ast.expr) -> bool:
    """True for the constant None."""
    return isinstance(node, ast.Constant) and node.value is None
