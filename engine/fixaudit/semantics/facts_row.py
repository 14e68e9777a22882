"""Module facts as text, for memory and for a store: one row of JSON a module, and one a class body.

What is read is input: shapes are checked, and anything else raises ValueError.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from fixaudit.semantics.attributes import AttributeFacts, ClassBody, Field, Where
from fixaudit.semantics.module_facts import (
    Binding,
    ClassRecord,
    FunctionRecord,
    ImportFacts,
    Locate,
    ModuleFacts,
    ParameterKind,
    Part,
    Span,
    interned_parameter,
)

Body = Callable[[ModuleFacts, ClassRecord, Locate], ClassBody]

_NOTHING = (None,) * 5
_KINDS = frozenset({"import", "class", "function", "variable", "opaque"})


def encode(facts: ModuleFacts) -> str:
    """The row of a module, without what the bodies of its classes say."""
    imports = {id(item): at for at, item in enumerate(facts.imports)}
    bindings = {
        name: [_binding_row(item, imports) for item in found]
        for name, found in facts.bindings.items()
    }
    head = (
        bindings,
        facts.imports,
        facts.exports,
        facts.exports_unclear,
        facts.parts,
        sorted(facts.contents.imported_names()),
        facts.contents.classes(),
    )
    return _dumps(head)


def decode(row: str, path: Path, name: str, body: Body) -> ModuleFacts:
    """The facts of a row; `body` gives what the body of a class says.

    Raises ValueError for what `encode` did not write.
    """
    try:
        bindings, imports, exports, unclear, parts, imported, classes = _items(json.loads(row))
        items = tuple(_import(item) for item in _items(imports))
        records = tuple(_class(item) for item in _items(classes))
        is_package = path.stem == "__init__"
        return ModuleFacts(
            name=name,
            package=name if is_package else name.rpartition(".")[0],
            path=path,
            bindings={
                _text(key): tuple(_binding(item, items) for item in _items(found))
                for key, found in bindings.items()
            },
            imports=items,
            exports=None if exports is None else _strings(exports),
            exports_unclear=_flag(unclear),
            is_package=is_package,
            parts=tuple(_part(item) for item in _items(parts)),
            contents=_RowContents(records, frozenset(_strings(imported)), body),
        )
    except (TypeError, AttributeError, IndexError, KeyError, RecursionError) as error:
        raise ValueError(f"these are no module facts: {error}") from error


def detached(facts: ModuleFacts, body: Body) -> ModuleFacts:
    """The facts as `decode` gives them for their row: without the tree that they were read from."""
    contents = facts.contents
    own = _RowContents(contents.classes(), contents.imported_names(), body)
    return replace(facts, contents=own)


def encode_body(body: ClassBody) -> str:
    """The row of a class body."""
    return _dumps(_body_row(body))


def decode_body(row: str, locate: Locate) -> ClassBody:
    """The class body of a row. Raises ValueError for what `encode_body` did not write."""
    try:
        return _body(json.loads(row), locate)
    except (TypeError, AttributeError, IndexError, KeyError, RecursionError) as error:
        raise ValueError(f"this is no class body: {error}") from error


class _RowContents:
    """The classes of a row."""

    def __init__(
        self, records: tuple[ClassRecord, ...], imported: frozenset[str], body: Body
    ) -> None:
        self._records = records
        self._imported = imported
        self._body = body

    def classes(self) -> tuple[ClassRecord, ...]:
        return self._records

    def class_at(self, line: int, column: int) -> ClassRecord | None:
        at = (line, column)
        return next((record for record in self._records if record.span[:2] == at), None)

    def body(self, module: ModuleFacts, record: ClassRecord, locate: Locate) -> ClassBody:
        return self._body(module, record, locate)

    def imported_names(self) -> frozenset[str]:
        return self._imported


# -------------------------------------------------------------------- writing


def _dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _binding_row(item: Binding, imports: dict[int, int]) -> tuple[object, ...]:
    row: tuple[object, ...] = (
        item.kind,
        item.line,
        item.conditional,
        None if item.imported is None else imports[id(item.imported)],
        item.function,
        item.place,
        item.annotation,
        item.value,
    )
    while row[-1] is None:
        row = row[:-1]
    return row


def _body_row(body: ClassBody) -> tuple[object, ...]:
    functions: dict[Span, tuple[int, FunctionRecord]] = {}
    attributes = [
        (
            item.name,
            item.line,
            item.where,
            item.conditional,
            item.annotation_at,
            item.written,
            item.value_at,
            item.is_field,
            _number(item.function, functions),
            item.decorators,
            item.direct,
        )
        for found in body.found.values()
        for item in found
    ]
    initialisers = {name: _number(item, functions) for name, item in body.initialisers.items()}
    return (
        attributes,
        body.dynamic,
        sorted(body.deleted),
        body.slots,
        body.bypasses_init,
        body.allows_extra,
        initialisers,
        [record for _, record in functions.values()],
    )


def _number(
    record: FunctionRecord | None, functions: dict[Span, tuple[int, FunctionRecord]]
) -> int | None:
    if record is None:
        return None
    return functions.setdefault(record.span, (len(functions), record))[0]


# -------------------------------------------------------------------- reading


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _optional_text(value: Any) -> str | None:
    return None if value is None else _text(value)


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    return value


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, _items(value)))


def _number_of(value: Any) -> int:
    if value.__class__ is not int:
        raise ValueError(f"{value!r} is no number")
    found: int = value
    return found


def _flag(value: Any) -> bool:
    if value.__class__ is not bool:
        raise ValueError(f"{value!r} is neither true nor false")
    found: bool = value
    return found


def _span(value: Any) -> Span:
    line, column, end_line, end_column = map(_number_of, _items(value))
    return line, column, end_line, end_column


def _optional_span(value: Any) -> Span | None:
    return None if value is None else _span(value)


def _import(row: Any) -> ImportFacts:
    bound, module, name, line, conditional, typing_only = row
    return ImportFacts(
        _text(bound),
        _text(module),
        _optional_text(name),
        _number_of(line),
        _flag(conditional),
        _flag(typing_only),
    )


def _binding(row: Any, imports: tuple[ImportFacts, ...]) -> Binding:
    if row[0] not in _KINDS or len(row) > 8:
        raise ValueError(f"{row!r} is no binding")
    kind, line, conditional, imported, function, place, annotation, value = [*row, *_NOTHING][:8]
    return Binding(
        kind,
        _number_of(line),
        _flag(conditional),
        None if imported is None else imports[_number_of(imported)],
        None if function is None else _function(function),
        None if place is None else (_number_of(place[0]), _number_of(place[1])),
        _optional_span(annotation),
        _optional_span(value),
    )


def _function(row: Any) -> FunctionRecord:
    name, span, is_async, is_generator, hands_over, parameters, decorators, returns = row
    return FunctionRecord(
        _text(name),
        _span(span),
        _flag(is_async),
        _flag(is_generator),
        _flag(hands_over),
        tuple(
            interned_parameter(_text(n), ParameterKind(kind), _flag(d))
            for n, kind, d in map(_items, _items(parameters))
        ),
        tuple(map(_optional_text, _items(decorators))),
        _optional_span(returns),
    )


def _class(row: Any) -> ClassRecord:
    qualified, name, span, scoped, decorators, bases, keywords, methods = row
    return ClassRecord(
        _text(qualified),
        _text(name),
        _span(span),
        _flag(scoped),
        _strings(decorators),
        _strings(bases),
        tuple((_optional_text(key), _text(value)) for key, value in map(_items, _items(keywords))),
        _strings(methods),
    )


def _part(row: Any) -> Part:
    start, end, count, shows, names = row
    if not 0 < _number_of(start) <= _number_of(end) or _number_of(count) < 1:
        raise ValueError(f"{row!r} is no part")
    return Part(start, end, count, _flag(shows), _strings(names))


def _body(row: Any, locate: Locate) -> ClassBody:
    attributes, dynamic, deleted, slots, bypasses, extra, initialisers, functions = row
    records = [_function(item) for item in _items(functions)]
    body = ClassBody(
        dynamic=list(_strings(dynamic)),
        deleted=set(_strings(deleted)),
        slots=None if slots is None else _strings(slots),
        bypasses_init=_flag(bypasses),
        allows_extra=_flag(extra),
        initialisers={_text(key): records[_number_of(at)] for key, at in initialisers.items()},
    )
    for item in _items(attributes):
        body.add(_attribute(item, records, locate))
    return body


def _attribute(row: Any, functions: list[FunctionRecord], locate: Locate) -> AttributeFacts:
    name, line, where, conditional, annotation, written, value, field, number, decorators, direct = row  # fmt: skip
    return AttributeFacts(
        name=_text(name),
        line=_number_of(line),
        where=Where(where),
        conditional=_flag(conditional),
        locate=locate,
        annotation_at=_optional_span(annotation),
        written=_text(written),
        value_at=_optional_span(value),
        is_field=Field(field),
        function=None if number is None else functions[_number_of(number)],
        decorators=tuple(map(_optional_text, _items(decorators))),
        direct=_flag(direct),
    )
