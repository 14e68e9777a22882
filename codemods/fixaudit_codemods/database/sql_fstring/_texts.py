"""SQL in f-strings: where each placeholder stands, and the literal with parameters in their place."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fixaudit import Edit, Evidence, Source, Span
from fixaudit.authoring import (
    Leaf,
    Reader,
    Style,
    Unit,
    UnreadableError,
    assigned_literal,
    clipped,
    value_of,
)

STATEMENT = re.compile(
    r"\s*(?:\(\s*)*(?:select|insert|update|delete|with|merge|replace|create|drop|alter|truncate|grant"
    r"|revoke|vacuum|analyze|explain|pragma|set|show|lock|copy|call|refresh|reindex|attach|listen"
    r"|notify|use)\b",
    re.IGNORECASE,
)
TAKES_PARAMETERS = re.compile(
    r"\s*(?:\(\s*)*(?:select|insert|update|delete|with|merge|replace)\b", re.IGNORECASE
)
_OPERATOR = r"(?:[=<>]|\b(?:like|between|limit|offset)|\bbetween\s+\S+\s+and)\s*$"
_BEFORE_VALUE = re.compile(_OPERATOR, re.IGNORECASE)
_BEFORE_TEXT = re.compile(_OPERATOR.replace("like", "i?like"), re.IGNORECASE)
_IN_VALUES = re.compile(r"\bvalues\s*\((?:[^()]|\([^()]*\))*[(,]?\s*$", re.IGNORECASE)
_AFTER_VALUE = re.compile(r"\s*(?:$|[),;]|\s[A-Za-z])")
_NUMBERS = re.compile(r"builtins\.(?:int|float|bool|len)\(\)|decimal\.Decimal\(\)")
_STR = re.compile(r"builtins\.str\(\)")
_HOLE = "\x00"
_HOLE_IN_QUOTES = re.compile(r"\s*'\x00'\s*")


class UnfitError(Exception):
    """The statement cannot get parameters; says why, for a reviewer."""

    def __init__(self, why: str | Evidence) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Value:
    """A placeholder in the position of a value; `quoted` where quotes around it go with it.

    `touches` says that a word follows right behind the quote.
    """

    unit: Unit
    node: ast.expr
    quoted: bool
    touches: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """An f-string that holds SQL: its literals, and its placeholders that are values."""

    leaves: tuple[Leaf, ...]
    values: tuple[Value, ...]
    text: str


def skeleton(node: ast.expr) -> str | None:
    """The text of dynamic SQL with a mark for what is put in; None for anything else."""
    match node:
        case ast.JoinedStr(values=parts) if any(isinstance(p, ast.FormattedValue) for p in parts):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else _HOLE for part in parts
            )
        case ast.BinOp(left=left, op=ast.Mod(), right=_):
            return left.value if _is_text(left) else None  # type: ignore[attr-defined]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            sides = [_side(left), _side(right)]
            return "".join(sides) if any(side.strip(_HOLE) for side in sides) else None
        case ast.Call(func=ast.Attribute(value=inner, attr="format")) if _is_text(inner):
            return inner.value  # type: ignore[attr-defined,no-any-return]
    return None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _side(node: ast.expr) -> str:
    if _is_text(node):
        return str(node.value)  # type: ignore[attr-defined]
    return skeleton(node) or _HOLE


def inserted(node: ast.expr) -> list[ast.expr]:
    """The expressions that are put into the text."""
    match node:
        case ast.JoinedStr(values=parts):
            return [part.value for part in parts if isinstance(part, ast.FormattedValue)]
        case ast.BinOp(op=ast.Mod(), right=right):
            if isinstance(right, ast.Dict):
                return list(right.values)
            return list(right.elts) if isinstance(right, ast.Tuple) else [right]
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return [part for side in (left, right) for part in inserted(side)]
        case ast.Call(func=ast.Attribute(attr="format"), args=args, keywords=keywords):
            return [*args, *(entry.value for entry in keywords)]
    return [] if _is_text(node) else [node]


# ----------------------------------------------------------------------------- constants


def is_constant(source: Source, node: ast.expr, depth: int = 0) -> bool:
    """True for what this code itself writes out: literals, names of them, mapped tables' names."""
    match node:
        case ast.Constant():
            return True
        case ast.Attribute(attr="__tablename__"):
            return True
        case ast.Attribute(value=ast.Attribute(attr="__table__"), attr="name" | "fullname"):
            return True
        case ast.IfExp(body=body, orelse=other):
            return is_constant(source, body, depth) and is_constant(source, other, depth)
        case ast.JoinedStr():
            return all(is_constant(source, part, depth + 1) for part in inserted(node))
        case ast.Call(func=ast.Attribute(value=separator, attr="join"), args=[parts]):
            # `", ".join("?" for _ in ids)`: as many marks as there are values.
            element = parts.elt if isinstance(parts, (ast.GeneratorExp, ast.ListComp)) else parts
            return is_constant(source, separator) and _is_literal_list(source, element, depth)
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mult()):
            return True
        case ast.Name(id=name) if depth < 4:
            bindings = source.lookup(name, node)
            return bool(bindings) and all(
                _bound_to_constant(source, binding.kind, binding.value, binding.statement, depth)
                for binding in bindings
            )
    return False


def _bound_to_constant(
    source: Source, kind: str, value: ast.expr | None, statement: ast.AST, depth: int
) -> bool:
    if kind == "assign" and value is not None:
        return isinstance(statement, (ast.Assign, ast.AnnAssign)) and (
            is_constant(source, value, depth + 1)
        )
    if kind in ("loop", "comprehension"):
        target = getattr(statement, "target", None)
        iterated = getattr(statement, "iter", None)
        if isinstance(target, ast.Name) and iterated is not None:
            return _is_literal_list(source, iterated, depth)
    return False


def _is_literal_list(source: Source, node: ast.expr, depth: int) -> bool:
    if isinstance(node, ast.Constant):
        return True
    value = assigned_literal(source, node)
    return isinstance(value, (ast.List, ast.Tuple, ast.Set)) and all(
        is_constant(source, entry, depth + 1) for entry in value.elts
    )


# ----------------------------------------------------------------------------- reading


def read(source: Source, node: ast.JoinedStr, *, is_operand: bool = False) -> Statement:
    """The statement of an f-string; with `is_operand` it may be a single quoted value, too.

    Raises:
        UnfitError: where a placeholder is no value, or a value that no parameter can stand for.
    """
    try:
        leaves = Reader(source, Style.NONE).leaves(node)
    except UnreadableError as error:
        raise UnfitError(str(error)) from error
    units = [unit for leaf in leaves for unit in leaf.units]
    placed = [unit for unit in units if unit.expression is not None]
    nodes = inserted(node)
    if len(placed) != len(nodes):
        raise UnfitError("the literal is too unusual")
    text = "".join(_HOLE if unit.expression is not None else unit.value for unit in units)
    if "--" in text or "/*" in text or "$$" in text or "\\" in text:
        raise UnfitError("the statement holds comments or escapes that are not read here")
    values = []
    for unit, value in zip(placed, nodes, strict=True):
        if is_operand and _HOLE_IN_QUOTES.fullmatch(text):
            values.append(Value(unit, value, True))
        elif not is_constant(source, value):
            values.append(_value(source, units, unit, value))
    return Statement(leaves, tuple(values), text)


def _value(source: Source, units: Sequence[Unit], unit: Unit, node: ast.expr) -> Value:
    words = clipped(ast.unparse(node))
    where = next(index for index, entry in enumerate(units) if entry is unit)
    before = "".join(_read(entry) for entry in units[:where])
    after = "".join(_read(entry) for entry in units[where + 1 :])
    if unit.raw.replace(" ", "") != "{" + (unit.expression or "").replace(" ", "") + "}":
        raise UnfitError(f"`{words}` is formatted on its way")
    if any(isinstance(part, (ast.Await, ast.Yield, ast.NamedExpr)) for part in ast.walk(node)):
        raise UnfitError(f"`{words}` does more than give a value")
    inside = before.count("'") % 2 == 1
    if before.count('"') % 2 == 1 or before.count("`") % 2 == 1:
        raise UnfitError(f"`{words}` is a name of a table or column")
    if not inside:
        return _unquoted(source, Value(unit, node, False), before, after, words)
    if not before.endswith("'") or not after.startswith("'"):
        raise UnfitError(f"`{words}` is a part of a quoted text, such as a pattern")
    return _quoted(Value(unit, node, True), before[:-1], after[1:], words)


def _quoted(value: Value, before: str, after: str, words: str) -> Value:
    if not _BEFORE_TEXT.search(before) and not _IN_VALUES.search(before):
        raise UnfitError(f"`{words}` is quoted where no parameter is certain to be allowed")
    if after[:1].isalpha():
        return replace(value, touches=True)
    if not _AFTER_VALUE.match(after):
        raise UnfitError(f"what follows `{words}` would run into its parameter")
    return value


def _unquoted(source: Source, value: Value, before: str, after: str, words: str) -> Value:
    if re.search(r"\bin\s*\(?\s*$", before, re.IGNORECASE):
        raise UnfitError(f"`{words}` is a list of values: `IN` needs an expanding parameter")
    at_value = _BEFORE_VALUE.search(before) or _IN_VALUES.search(before)
    if not at_value or not _AFTER_VALUE.match(after):
        raise UnfitError(f"`{words}` is a name or a piece of SQL, which no parameter can stand for")
    if not is_number(source, value.node):
        raise UnfitError(f"`{words}` has no quotes around it: it may be a piece of SQL")
    return value


def _read(unit: Unit) -> str:
    return _HOLE if unit.expression is not None else unit.value


def is_number(source: Source, node: ast.expr) -> bool:
    """True for what is annotated or made as a number."""
    return _is_one(source, node, _NUMBERS)


def is_text(source: Source, node: ast.expr) -> bool:
    """True for what is annotated as a `str`, or a call of `str`."""
    return isinstance(node, ast.JoinedStr) or _is_one(source, node, _STR)


def _is_one(source: Source, node: ast.expr, origin: re.Pattern[str]) -> bool:
    value = value_of(source, node)
    return value is not None and not value.optional and value.matches(origin) is not None


# ----------------------------------------------------------------------------- writing


def edits(statement: Statement, mark: Callable[[Value], str]) -> list[Edit]:
    """The literals with `mark` of each value in its place, quotes around it gone."""
    by_unit = {id(value.unit): value for value in statement.values}
    changed = []
    for leaf in statement.leaves:
        if any(id(unit) in by_unit for unit in leaf.units):
            changed.append(Edit(Span(leaf.start, leaf.end), _written(leaf, by_unit, mark)))
    return changed


def _written(leaf: Leaf, by_unit: dict[int, Value], mark: Callable[[Value], str]) -> str:
    units = list(leaf.units)
    kept = [unit for unit in units if unit.expression is not None and id(unit) not in by_unit]
    prefix = leaf.prefix if kept else re.sub("[fF]", "", leaf.prefix)
    parts = [unit.raw if kept or unit.raw not in ("{{", "}}") else unit.raw[0] for unit in units]
    for index, unit in enumerate(units):
        value = by_unit.get(id(unit))
        if value is None:
            continue
        parts[index] = mark(value) + (" " if value.touches else "")
        if value.quoted:
            if not 0 < index < len(units) - 1:
                raise UnfitError("its quotes stand in another literal")
            parts[index - 1] = parts[index + 1] = ""
    return f"{prefix}{leaf.quote}{''.join(parts)}{leaf.quote}"
