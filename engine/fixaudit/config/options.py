"""TOML tables to typed dataclasses: for the settings themselves and for each codemod's options."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass, make_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from fixaudit.config.toml import Where
from fixaudit.errors import CodemodError, ConfigError
from fixaudit.text.suggest import did_you_mean

T = TypeVar("T")

# The field of the one option that all codemods have that leave tests alone.
INCLUDE_TESTS = "include_tests"


def with_test_policy(options_type: type[Any], module: str, qualified_name: str) -> type[Any]:
    """The options of a codemod with `include-tests` behind them; as they are where they have it.

    The new class stands in `module` under `qualified_name`, where pickles look for it.
    """
    if has_test_policy(options_type):
        return options_type
    added = (INCLUDE_TESTS, bool, field(default=False, kw_only=True))
    made = make_dataclass("Options", [added], bases=(options_type,), frozen=True)
    made.__module__, made.__qualname__ = module, qualified_name
    return made


def has_test_policy(options_type: type[Any]) -> bool:
    """True where the options say whether tests are judged like other code."""
    return any(
        entry.name == INCLUDE_TESTS and entry.type in (bool, "bool")
        for entry in fields(options_type)
    )


def parse_options(options_type: type[T], table: Mapping[str, Any], where: Where) -> T:
    """An instance of a dataclass from a TOML table; `kebab-case` keys fill `snake_case` fields.

    Fields may be `str`, `int`, `float`, `bool`, `Literal[…]`, `tuple[X, ...]` (also of tuples),
    `dict[str, X]`, another such dataclass, and any of these `| None`.

    Raises:
        ConfigError: an unknown key, a value of another type, a missing key that has no default.
        CodemodError: the dataclass has a field of a type that TOML cannot fill.
    """
    values = parse_values(options_type, table, where)
    for name, entry in _fields(options_type).items():
        required = entry.default is MISSING and entry.default_factory is MISSING
        if required and entry.name not in values:
            raise where.error(f'needs "{name}"')
    return _built(options_type, values, where)


def parse_values(options_type: type[Any], table: Mapping[str, Any], where: Where) -> dict[str, Any]:
    """Field names and checked values of the keys that stand in `table`, defaults left out."""
    known = _fields(options_type)
    hints = get_type_hints(options_type)
    values: dict[str, Any] = {}
    for key, value in table.items():
        entry = known.get(key) or known.get(key.replace("_", "-"))
        if entry is None:
            raise where.unknown("key", key, known)
        values[entry.name] = _checked(hints[entry.name], value, where, key)
    return values


def _built(options_type: type[T], values: dict[str, Any], where: Where) -> T:
    try:
        return options_type(**values)
    except ValueError as error:  # a __post_init__ that looks closer than the types do
        raise where.error(str(error)) from error


def _fields(options_type: type[Any]) -> dict[str, Field[Any]]:
    return {entry.name.replace("_", "-"): entry for entry in fields(options_type) if entry.init}


def _checked(kind: Any, value: Any, where: Where, key: str) -> Any:
    """`value` as a value of type `kind`, lists becoming tuples."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _of_union(kind, value, where, key)
    if origin is Literal:
        return _of_literal(kind, value, where, key)
    if origin is tuple and isinstance(value, list):
        item = get_args(kind)[0]
        for entry in value:
            if not _may_be_item(item, entry):
                raise where.error(f'"{key}" must be {_words(kind)}, but holds {_shown(entry)}', key)
        return tuple(_checked(item, entry, where, key) for entry in value)
    if origin is dict and isinstance(value, dict):
        item = get_args(kind)[1]
        return {name: _checked(item, entry, where / key, name) for name, entry in value.items()}
    if is_dataclass(kind) and isinstance(kind, type) and isinstance(value, dict):
        return parse_options(kind, value, where / key)
    if kind is Any or _is_plain(kind, value):
        return float(value) if kind is float else value
    raise where.error(f'"{key}" must be {_words(kind)}, not {_shown(value)}', key)


def _may_be_item(item: Any, entry: Any) -> bool:
    """False for an entry of a list that is no value of the list's kind, whatever it holds."""
    if get_origin(item) is tuple:
        inner = get_args(item)[0]
        return isinstance(entry, list) and all(_may_be_item(inner, each) for each in entry)
    return not _is_scalar(item) or _is_plain(item, entry)


def _is_plain(kind: Any, value: Any) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, int | float if kind is float else kind) if _is_scalar(kind) else False


def _is_scalar(kind: Any) -> bool:
    return kind in (str, int, float, bool)


def _of_union(kind: Any, value: Any, where: Where, key: str) -> Any:
    for member in get_args(kind):
        if member is type(None):
            continue
        try:
            return _checked(member, value, where, key)
        except ConfigError:
            if len([entry for entry in get_args(kind) if entry is not type(None)]) == 1:
                raise
    raise where.error(f'"{key}" must be {_words(kind)}, not {_shown(value)}', key)


def _of_literal(kind: Any, value: Any, where: Where, key: str) -> Any:
    choices = get_args(kind)
    if any(value == choice and type(value) is type(choice) for choice in choices):
        return value
    hint = (
        did_you_mean(value, [str(choice) for choice in choices]) if isinstance(value, str) else ""
    )
    raise where.error(f'"{key}" must be {_words(kind)}, not {_shown(value)}{hint}', key)


def _words(kind: Any) -> str:
    """A type in the words of TOML."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        members = [entry for entry in get_args(kind) if entry is not type(None)]
        return " or ".join(_words(entry) for entry in members)
    if origin is Literal:
        return "one of " + ", ".join(_shown(choice) for choice in get_args(kind))
    if origin is tuple:
        return f"a list of {_plural(get_args(kind)[0])}"
    if origin is dict or is_dataclass(kind):
        return "a table"
    words = {str: "a string", int: "an integer", float: "a number", bool: "true or false"}
    if kind not in words:
        raise CodemodError(f"an option of type {kind} cannot be given in TOML")
    return words[kind]


def _plural(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return f"lists of {_plural(get_args(kind)[0])}"
    return f"{_words(kind).removeprefix('a ').removeprefix('an ')}s"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "a table" if isinstance(value, dict) else str(value)
