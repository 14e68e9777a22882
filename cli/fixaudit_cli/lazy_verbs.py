"""Verbs that are imported when they are called, and their options read without Pydantic."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from fixaudit_cli.verbs import ACTIONS, VERBS

SETTINGS: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
}
_FEW = 10
"""So many parameters need no panels in the help."""
_WIDEST = 28
"""The longest option that shares its line with its help, with which the others align."""
_UNREAD = object()


class _PlainlyRead:
    """Reads its options without Pydantic where that is possible, and prints its help as all output."""

    def get_help_option(self, ctx: Any) -> Any:
        found = super().get_help_option(ctx)  # type: ignore[misc]
        if found is not None:
            found.callback = _show_help
        return found

    def get_params(self, ctx: Any) -> list[Any]:
        parameters: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for parameter in parameters:
            _read_plainly(parameter)
        return parameters


def _show_help(context: Any, _parameter: Any, value: Any) -> None:
    """Print the help and end. Raises OutputError where standard output takes no more."""
    if value and not context.resilient_parsing:
        from fixaudit_cli.output.terminal import write

        write(context.get_help() + "\n")
        context.exit()


class _Verb(_PlainlyRead, TyperCommand):
    """One verb. The help of one with many options shows them by their panels."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        parameters = self.get_params(ctx)
        grouped = len(parameters) > _FEW
        for parameter in parameters:
            row = parameter.get_help_record(ctx)
            if row is not None:
                title = "Arguments" if parameter.param_type_name == "argument" else "Options"
                panel = getattr(parameter, "rich_help_panel", None) if grouped else None
                sections.setdefault(panel or title, []).append(row)
        names = [name for rows in sections.values() for name, _ in rows]
        width = max((len(name) for name in names if len(name) <= _WIDEST), default=0)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), text) for name, text in rows])


class LazyVerbs(_PlainlyRead, TyperGroup):
    """The verbs by name and one line of help; the module of one is imported when it is called."""

    verbs: Mapping[str, tuple[str, str]] = VERBS
    package = "fixaudit_cli.commands"

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, (_, line) in self.verbs.items():
            self.add_command(TyperCommand(name=name, help=line))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, known, rest = super().resolve_command(ctx, args)
        return name, known if name is None else _made(self, name), rest


def command_of(name: str) -> Any:
    """The command of a verb; of one that has actions, the group of these."""
    return _made(LazyVerbs, name)


def _made(group: LazyVerbs | type[LazyVerbs], name: str) -> Any:
    place, about = group.verbs[name]
    path = f"{group.package}.{place}"
    if group.verbs is VERBS and name in ACTIONS:
        return _group(name, path, ACTIONS[name], about)
    module = import_module(path)
    alone = typer.Typer(**SETTINGS)
    alone.command(name, cls=_Verb)(module.command)
    return get_command(alone)


def _group(name: str, package: str, actions: Mapping[str, tuple[str, str]], about: str) -> Any:
    kind = type("_Actions", (LazyVerbs,), {"verbs": actions, "package": package})
    alone = typer.Typer(name=name, cls=kind, help=about, no_args_is_help=True, **SETTINGS)
    alone.callback()(_nothing)
    return get_command(alone)


def _nothing() -> None:
    """A group of actions has no options of its own."""


def _read_plainly(parameter: Any) -> None:
    """Take what needs no conversion as it is.

    Typer 0.29 builds a Pydantic adapter for each option, given or not: a fifth of a second.
    """
    kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if kind is not None and not parameter.required and "process_value" not in vars(parameter):
        parameter.process_value = partial(_processed, parameter, kind, parameter.process_value)


def _processed(
    parameter: Any, kind: Any, otherwise: Callable[[Any, Any], Any], context: Any, value: Any
) -> Any:
    if value is None:
        read: Any = () if parameter.multiple or parameter.nargs == -1 else None
    elif kind is int and type(value) is str:
        read = _number(parameter.type_descriptor.parameter_info, value)
    else:
        read = _plain(kind, value)
    if read is _UNREAD:
        return otherwise(context, value)
    return read if parameter.callback is None else parameter.callback(context, parameter, read)


def _number(limits: Any, value: str) -> Any:
    """A whole number within its limits."""
    if not (value.isascii() and value.isdecimal()):
        return _UNREAD
    number = int(value)
    low, high = limits.min, limits.max
    inside = (low is None or number >= low) and (high is None or number <= high)
    return number if inside else _UNREAD


def _plain(kind: Any, value: Any) -> Any:
    if kind in (list[str], list[Path]) and isinstance(value, (tuple, list)):
        item = str if kind == list[str] else Path
        items = [_plain(item, entry) for entry in value]
        return _UNREAD if _UNREAD in items else items
    if kind is Path and type(value) is str:
        readable = not os.path.lexists(value) or os.access(value, os.R_OK)
        return Path(value) if readable else _UNREAD  # Typer reports what is wrong with it
    return value if kind in (str, int, float, bool) and type(value) is kind else _UNREAD
