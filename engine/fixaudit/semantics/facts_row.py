"""Module facts as text, for memory and for a store: one row of JSON a module, and one a class body.

What is read is input: shapes are checked, and anything else raises ValueError.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fixaudit.semantics import row_fields
from fixaudit.semantics.attributes import ClassBody
from fixaudit.semantics.module_facts import (
    Binding,
    ClassRecord,
    FunctionRecord,
    Locate,
    ModuleFacts,
    Span,
)

Body = Callable[[ModuleFacts, ClassRecord, Locate], ClassBody]


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
        bindings, imports, exports, unclear, parts, imported, classes = row_fields.items(
            json.loads(row)
        )
        items = tuple(row_fields.import_of(item) for item in row_fields.items(imports))
        records = tuple(row_fields.class_of(item) for item in row_fields.items(classes))
        is_package = path.stem == "__init__"
        return ModuleFacts(
            name=name,
            package=name if is_package else name.rpartition(".")[0],
            path=path,
            bindings={
                row_fields.text(key): tuple(
                    row_fields.binding_of(item, items) for item in row_fields.items(found)
                )
                for key, found in bindings.items()
            },
            imports=items,
            exports=None if exports is None else row_fields.strings(exports),
            exports_unclear=row_fields.flag(unclear),
            is_package=is_package,
            parts=tuple(row_fields.part_of(item) for item in row_fields.items(parts)),
            contents=_RowContents(records, frozenset(row_fields.strings(imported)), body),
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
        return row_fields.body_of(json.loads(row), locate)
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
