"""The closed set of texts that a column takes, as the code says it: an enumeration, or the texts it writes and asks for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import (
    ClassFacts,
    definition_of,
    outside_bases,
    static_type,
)
from fixaudit_codemods.database._models import Column, Table, sql_name
from fixaudit_codemods.database._other_files import other_file
from fixaudit_codemods.database._refused_values import of_refusal, shown
from fixaudit_codemods.database._statements import given_for, is_statement

_MOST_FILES = 12
_MOST_LINES = 200
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum"})


@dataclass
class Values:
    """The texts, in the order in which they are met; `said` names what says that they are all.

    `places` are the first line of each text that code writes or asks for; `unknown` is the first one at
    which it writes something else, so that there may be more.
    """

    texts: dict[str, None] = field(default_factory=dict)
    said: str = ""
    places: list[str] = field(default_factory=list)
    unknown: str = ""


def of_enumeration(source: Source, column: Column) -> Values | None:
    """From the type, the annotation or the default of a column; None where none of them is one."""
    candidates: list[ast.expr] = []
    if isinstance(column.type, ast.Call) and sql_name(source, column.type) == "Enum":
        given = column.type.args
        texts = [each.value for each in given if isinstance(each, ast.Constant)]
        if texts and len(texts) == len(given):
            return Values(dict.fromkeys(map(str, texts)), "its type")
        candidates += given[:1]
    if column.annotation is not None:
        literal = _literal(source, column.annotation)
        if literal:
            return Values(dict.fromkeys(literal), "its annotation")
        parts = ast.walk(column.annotation)
        candidates += [part for part in parts if isinstance(part, (ast.Name, ast.Attribute))]
    default = column.given("default")
    while isinstance(default, ast.Attribute):
        default = default.value
        candidates.append(default)
    for candidate in candidates:
        found = definition_of(source, candidate) if _is_name(candidate) else None
        if isinstance(found, ClassFacts) and outside_bases(found) & _ENUMS:
            return _members(source, found)
    return None


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute))


def _literal(source: Source, annotation: ast.expr) -> list[str]:
    for part in ast.walk(annotation):
        if isinstance(part, ast.Subscript) and source.qualified_name(part.value) in (
            "typing.Literal",
            "typing_extensions.Literal",
        ):
            found = [each.value for each in ast.walk(part.slice) if isinstance(each, ast.Constant)]
            return [text for text in found if isinstance(text, str)]
    return []


def _members(source: Source, cls: ClassFacts) -> Values | None:
    values = Values(said=f"`{cls.name}`, {_shown(source, cls.path, cls.line)}")
    for statement in source.project.parse_class(cls).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name[:1] != "_":
                if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
                    return None
                values.texts[value.value] = None
    return values if values.texts else None


def of_code(source: Source, table: Table, column: Column) -> Values | None:
    """From what code of the project writes into the column, and compares it with; None for too little."""
    values = Values(said="the code")
    for name in ("default", "insert_default"):
        text = _text(column.given(name))
        if text is not None:
            _note(values, text, None)
    if not isinstance(table.node, ast.ClassDef):
        return None
    for other in _files(source, table.node.name, column.name):
        path = None if other is source else other.path
        if (refused := of_refusal(other, table.node.name, column.name)) is not None:
            where = None if path is None else Path(path)
            return Values(dict.fromkeys(refused[0]), shown(other, refused[1], where))
        uses = sorted(_uses(other, table.node.name, column.name), key=lambda use: use[1])
        for text, line in uses:
            place = f"line {line}" if path is None else f"{path}:{line}"
            if text is None:
                values.unknown = values.unknown or place
            else:
                _note(values, text, place)
    return values


def _note(values: Values, text: str, place: str | None) -> None:
    if text not in values.texts:
        values.texts[text] = None
        values.places += [place] if place is not None else []


def _files(source: Source, cls: str, name: str) -> Iterator[Source]:
    """This file, and those that name the class and the column."""
    own = source.project.facts_of_source(source).path
    yield source
    word = re.compile(rf"\b{re.escape(name)}\b")
    found: dict[Path, None] = {}
    for mention in source.project.mentions(cls.encode(), _MOST_LINES):
        if mention.path != own and not mention.is_test:
            found[mention.path] = None
    for path in list(found)[:_MOST_FILES]:
        content = source.project.read(path) or b""
        if word.search(content.decode("utf-8", "replace")):
            other = other_file(source, path)
            if other is not None and not other.is_migration:
                yield other
    source.project.facts_of_source(source)


def _uses(source: Source, cls: str, name: str) -> Iterator[tuple[str | None, int]]:
    """The texts that are assigned to the attribute of an instance, given by keyword, or compared.

    None stands for something that is written and is no text.
    """
    for compare in source.nodes(ast.Compare):
        sides = [compare.left, *compare.comparators]
        if any(_is_column(source, side, cls, name) for side in sides):
            yield from _texts(sides)
    for assign in source.nodes(ast.Assign):
        if any(_is_column(source, target, cls, name) for target in assign.targets):
            yield from _written([assign.value])
    for call in source.nodes(ast.Call):
        last = getattr(call.func, "attr", None) or getattr(call.func, "id", "")
        if last == cls:
            yield from _written([word.value for word in call.keywords if word.arg == name])
        elif last == "values" and is_statement(source, call.func, cls):
            yield from _written(given_for(call, name))
        elif last in ("in_", "notin_", "not_in") and isinstance(call.func, ast.Attribute):
            if _is_column(source, call.func.value, cls, name):
                yield from _texts(call.args)


def _written(nodes: list[ast.expr]) -> Iterator[tuple[str | None, int]]:
    """The texts that a value may be: each of a choice between two."""
    for node in nodes:
        if isinstance(node, ast.IfExp):
            yield from _written([node.body, node.orelse])
        elif not (isinstance(node, ast.Constant) and node.value is None):
            yield _text(node), node.lineno


def _texts(nodes: list[ast.expr]) -> Iterator[tuple[str | None, int]]:
    for node in nodes:
        parts = node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else [node]
        for part in parts:
            text = _text(part)
            if text is not None:
                yield text, part.lineno


def _text(node: ast.expr | None) -> str | None:
    known = isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""
    return str(node.value) if known and isinstance(node, ast.Constant) else None


def _is_column(source: Source, node: ast.expr, cls: str, name: str) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr != name:
        return False
    if isinstance(node.value, ast.Name):
        if node.value.id == cls:
            return True
        around = source.class_of(node)
        if node.value.id == "self":
            return around is not None and around.name == cls
    known = static_type(source, node.value)
    return known is not None and [each.name for each in known.members] == [cls]


def _shown(source: Source, path: Path, line: int) -> str:
    own = source.project.facts_of_source(source).path
    return f"line {line}" if path == own else f"{source.shown(path)}:{line}"
