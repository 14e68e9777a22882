"""Where a date comes from: through names, sums and `replace`; and whether it has a time zone."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit.authoring import origin_match

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
    """True for a duration: `timedelta(…)`, and sums and multiples of such."""
    match node:
        case ast.Call():
            return origin_match(source, node, _DELTA) is not None
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return is_delta(source, left, depth) and is_delta(source, right, depth)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            return is_delta(source, left, depth) or is_delta(source, right, depth)
        case ast.Name() if depth < 3:
            found = source.lookup(node.id, node)
            sums = (
                entry.value is not None and is_delta(source, entry.value, depth + 1)
                for entry in found
            )
            return origin_match(source, node, _DELTA) is not None or (bool(found) and all(sums))
    return False


def is_none(node: ast.expr) -> bool:
    """True for the constant None."""
    return isinstance(node, ast.Constant) and node.value is None
