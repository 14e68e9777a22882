"""The records of module facts from the plain types that JSON gives, with every shape checked.

All raise ValueError, TypeError, AttributeError, IndexError or KeyError for anything out of shape.
"""

from __future__ import annotations

from typing import Any

from fixaudit.semantics.attributes import AttributeFacts, ClassBody, Field, Where
from fixaudit.semantics.module_facts import (
    Binding,
    ClassRecord,
    FunctionRecord,
    ImportFacts,
    Locate,
    ParameterKind,
    Part,
    Span,
    interned_parameter,
)

_NOTHING = (None,) * 5
_KINDS = frozenset({"import", "class", "function", "variable", "opaque"})


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _optional_text(value: Any) -> str | None:
    return None if value is None else text(value)


def items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    return value


def strings(value: Any) -> tuple[str, ...]:
    return tuple(map(text, items(value)))


def _number_of(value: Any) -> int:
    if value.__class__ is not int:
        raise ValueError(f"{value!r} is no number")
    found: int = value
    return found


def flag(value: Any) -> bool:
    if value.__class__ is not bool:
        raise ValueError(f"{value!r} is neither true nor false")
    found: bool = value
    return found


def _span(value: Any) -> Span:
    line, column, end_line, end_column = map(_number_of, items(value))
    return line, column, end_line, end_column


def _optional_span(value: Any) -> Span | None:
    return None if value is None else _span(value)


def import_of(row: Any) -> ImportFacts:
    bound, module, name, line, conditional, typing_only = row
    return ImportFacts(
        text(bound),
        text(module),
        _optional_text(name),
        _number_of(line),
        flag(conditional),
        flag(typing_only),
    )


def binding_of(row: Any, imports: tuple[ImportFacts, ...]) -> Binding:
    if row[0] not in _KINDS or len(row) > 8:
        raise ValueError(f"{row!r} is no binding")
    kind, line, conditional, imported, function, place, annotation, value = [*row, *_NOTHING][:8]
    return Binding(
        kind,
        _number_of(line),
        flag(conditional),
        None if imported is None else imports[_number_of(imported)],
        None if function is None else _function(function),
        None if place is None else (_number_of(place[0]), _number_of(place[1])),
        _optional_span(annotation),
        _optional_span(value),
    )


def _function(row: Any) -> FunctionRecord:
    name, span, is_async, is_generator, hands_over, parameters, decorators, returns = row
    return FunctionRecord(
        text(name),
        _span(span),
        flag(is_async),
        flag(is_generator),
        flag(hands_over),
        tuple(
            interned_parameter(text(n), ParameterKind(kind), flag(d))
            for n, kind, d in map(items, items(parameters))
        ),
        tuple(map(_optional_text, items(decorators))),
        _optional_span(returns),
    )


def class_of(row: Any) -> ClassRecord:
    qualified, name, span, scoped, decorators, bases, keywords, methods = row
    return ClassRecord(
        text(qualified),
        text(name),
        _span(span),
        flag(scoped),
        strings(decorators),
        strings(bases),
        tuple((_optional_text(key), text(value)) for key, value in map(items, items(keywords))),
        strings(methods),
    )


def part_of(row: Any) -> Part:
    start, end, count, shows, names = row
    if not 0 < _number_of(start) <= _number_of(end) or _number_of(count) < 1:
        raise ValueError(f"{row!r} is no part")
    return Part(start, end, count, flag(shows), strings(names))


def body_of(row: Any, locate: Locate) -> ClassBody:
    attributes, dynamic, deleted, slots, bypasses, extra, initialisers, functions = row
    records = [_function(item) for item in items(functions)]
    body = ClassBody(
        dynamic=list(strings(dynamic)),
        deleted=set(strings(deleted)),
        slots=None if slots is None else strings(slots),
        bypasses_init=flag(bypasses),
        allows_extra=flag(extra),
        initialisers={text(key): records[_number_of(at)] for key, at in initialisers.items()},
    )
    for item in items(attributes):
        body.add(_attribute(item, records, locate))
    return body


def _attribute(row: Any, functions: list[FunctionRecord], locate: Locate) -> AttributeFacts:
    name, line, where, conditional, annotation, written, value, field, number, decorators, direct = row  # fmt: skip
    return AttributeFacts(
        name=text(name),
        line=_number_of(line),
        where=Where(where),
        conditional=flag(conditional),
        locate=locate,
        annotation_at=_optional_span(annotation),
        written=text(written),
        value_at=_optional_span(value),
        is_field=Field(field),
        function=None if number is None else functions[_number_of(number)],
        decorators=tuple(map(_optional_text, items(decorators))),
        direct=flag(direct),
    )
