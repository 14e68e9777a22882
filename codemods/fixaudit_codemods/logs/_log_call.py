"""A log call's message and arguments, and the edits that take one value out of both."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from fixaudit import Edit, Source, Span, rewriting
from fixaudit.authoring import HOLE, OTHER, Reader, Style, Unit, UnreadableError, phrase_to_remove
from fixaudit_codemods.logs._given_back import GivenBack, given_back
from fixaudit_codemods.logs._message_edits import (
    Arguments,
    KeptError,
    Operand,
    argument_edits,
    text_edits,
)


@dataclass(frozen=True, slots=True)
class Removal:
    """The edits, and how many mentions of the exception they take out."""

    edits: tuple[Edit, ...]
    mentions: int


def is_exception(source: Source, expression: ast.expr, name: str, at: ast.AST) -> bool:
    """True for exactly `e`, `str(e)` and `repr(e)`."""
    if isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name):
        called = expression.func.id
        if called not in ("str", "repr") or expression.keywords or len(expression.args) != 1:
            return False
        return not source.lookup(called, at) and _is_name(expression.args[0], name)
    return _is_name(expression, name)


def _is_name(expression: ast.expr, name: str) -> bool:
    return isinstance(expression, ast.Name) and expression.id == name


def exact_among(source: Source, values: Iterable[ast.expr], name: str, at: ast.AST) -> bool:
    """True where one of the values is exactly the exception."""
    return any(is_exception(source, value, name, at) for value in values)


# ----------------------------------------------------------------------------- reading


def is_text(node: ast.expr) -> bool:
    """True for a string literal or f-string."""
    plain = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return plain or isinstance(node, ast.JoinedStr)


def template(source: Source, message: ast.expr) -> tuple[ast.expr, Arguments | None]:
    """The text of a message, and the arguments of the `%` or `.format` that fills it."""
    match message:
        case ast.BinOp(left=left, op=ast.Mod(), right=right) if _text_inside(left):
            values = right.elts if isinstance(right, ast.Tuple) else [right]
            end = rewriting.outer_parentheses(source, left).end
            whole = Span(end, source.span(message).end)
            found = _numbered(values)
            within = right if isinstance(right, ast.Tuple) else None
            return left, Arguments(Style.PERCENT, found, within, whole)
        case ast.Call(func=ast.Attribute(value=text, attr="format")) if _text_inside(text):
            found = _numbered(message.args) + _named(message.keywords)
            end = rewriting.outer_parentheses(source, text).end
            whole = Span(end, source.span(message).end)
            return text, Arguments(Style.BRACE, found, message, whole)
    return message, None


def _text_inside(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text_inside(node.left) or _text_inside(node.right)
    return is_text(node)


def of_call(style: Style, call: ast.Call, values: Sequence[ast.expr]) -> Arguments:
    """The arguments of the log call itself, which follow the message."""
    return Arguments(style, _numbered(values), call, None, others=len(call.keywords))


def _numbered(values: Sequence[ast.expr]) -> tuple[tuple[int | str, ast.expr], ...]:
    return tuple(enumerate(values))


def _named(keywords: list[ast.keyword]) -> tuple[tuple[int | str, ast.expr], ...]:
    return tuple((word.arg or "**", word.value) for word in keywords)


def _operands(source: Source, node: ast.expr, reader: Reader) -> list[Operand]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_operands(source, node.left, reader), *_operands(source, node.right, reader)]
    span = rewriting.outer_parentheses(source, node)
    if is_text(node):
        leaves = reader.leaves(node)
        return [Operand(span, leaves, tuple(unit for leaf in leaves for unit in leaf.units))]
    unit = Unit(source.segment(node), OTHER, expression=source.segment(node))
    return [Operand(span, (), (unit,))]


# ----------------------------------------------------------------------------- taking out


def helper_calls(source: Source, text: ast.expr, name: str) -> list[tuple[ast.Call, GivenBack]]:
    """The calls in a text that hand the exception to a function of the project, with what comes back."""
    found = []
    for call in (part for part in ast.walk(text) if isinstance(part, ast.Call)):
        given = [*call.args, *(word.value for word in call.keywords)]
        for part in (entry for entry in given if is_exception(source, entry, name, text)):
            back = given_back(source, call, part)
            found += [(call, back)] if back is not None else []
    return found


def without_exception(source: Source, call: ast.Call, name: str, text: ast.expr, arguments: Arguments, said: Collection[str] = ()) -> Removal:  # fmt: skip
    """The edits that take every mention of exactly the exception out of the message, and those of what
    is `said` to be no more than it.

    Raises:
        KeptError: where none is there, or the message would not read on without it.
    """
    try:
        operands = _operands(source, text, Reader(source, arguments.style))
    except UnreadableError as error:
        raise KeptError(str(error)) from error
    if not any(operand.leaves for operand in operands):
        raise KeptError("its text is not written here")
    units = [unit for operand in operands for unit in operand.units]
    stray: list[Edit] = []
    if _is_stray(source, call, name, units, arguments):
        stray = argument_edits(source, arguments, {slot for slot, _ in arguments.values})
        arguments = Arguments(Style.NONE, (), call, None)
        if not any(_is_wanted(source, call, name, unit, set()) for unit in units):
            return Removal(tuple(stray), 1)
    _check_slots(units, arguments)
    exact = {slot for slot, value in arguments.values if is_exception(source, value, name, call) or ast.unparse(value) in said}  # fmt: skip
    wanted = {id(unit) for unit in units if _is_wanted(source, call, name, unit, exact, said)}
    gone = _sentence_without(units, wanted)
    slots = {unit.slot for unit in units if id(unit) in wanted and unit.slot is not None}
    slots -= {unit.slot for unit in units if id(unit) not in gone}
    undouble = Style.NONE
    if arguments.values and not arguments.others and len(slots) == len(arguments.values):
        undouble = arguments.style
    edits = [
        *text_edits(source, operands, gone, undouble),
        *argument_edits(source, arguments, slots),
        *stray,
    ]
    inline = [unit for unit in units if id(unit) in wanted and unit.slot is None]
    return Removal(tuple(edits), len(inline) + len(slots) + bool(stray))


def _is_stray(source: Source, call: ast.Call, name: str, units: list[Unit], arguments: Arguments) -> bool:  # fmt: skip
    """True for `logger.error("Update failed!", e)`: no placeholder takes the exception.

    A log that formats such a message shows an error of its own in its place.
    """
    if arguments.style is not Style.PERCENT or arguments.within is not call:
        return False
    values = [value for _, value in arguments.values]
    if len(values) != 1 or any(unit.slot is not None for unit in units):
        return False
    return all(is_exception(source, value, name, call) for value in values)


def _check_slots(units: list[Unit], arguments: Arguments) -> None:
    slots = {unit.slot for unit in units if unit.slot is not None}
    if any(isinstance(value, ast.Starred) or slot == "**" for slot, value in arguments.values):
        raise KeptError("the arguments are unpacked from elsewhere")
    given = {slot for slot, _ in arguments.values}
    if arguments.style is not Style.NONE and given != slots and arguments.values:
        raise KeptError("placeholders and arguments do not match")


def _is_wanted(source: Source, call: ast.Call, name: str, unit: Unit, exact: set[int | str], said: Collection[str] = ()) -> bool:  # fmt: skip
    if unit.slot is not None:
        return unit.whole and unit.slot in exact
    if unit.expression is None:
        return False
    try:
        expression = ast.parse(f"({unit.expression.strip()})", mode="eval").body
    except SyntaxError:
        return False
    return is_exception(source, expression, name, call) or ast.unparse(expression) in said


def _sentence_without(units: list[Unit], wanted: set[int]) -> set[int]:
    """The units (by id) that go when each wanted one is cut out of the sentence."""
    gone: set[int] = set()
    while True:
        seen = [unit for unit in units if id(unit) not in gone and unit.value]
        here = next((index for index, unit in enumerate(seen) if id(unit) in wanted), None)
        if here is None:
            return gone
        text = "".join(HOLE if index == here else unit.value for index, unit in enumerate(seen))
        found = phrase_to_remove(text)
        if isinstance(found, str):
            raise KeptError(found)
        first = next(i for i, unit in enumerate(units) if unit is seen[found.start])
        last = next(i for i, unit in enumerate(units) if unit is seen[found.end - 1])
        gone |= {id(unit) for unit in units[first : last + 1]}
