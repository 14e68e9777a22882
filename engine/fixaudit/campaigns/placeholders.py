"""What stands in braces in the arguments of a campaign's commands, by what a command is for."""

from __future__ import annotations

import re

from fixaudit.campaigns.settings import Command
from fixaudit.text.suggest import did_you_mean

PLACEHOLDER = re.compile(r"\{([a-z]+(?:[-_][a-z]+)*)\}")
_OPTION = re.compile(r"--[A-Za-z][A-Za-z0-9-]*=")

NAMES = ("branch", "base", "batch", "campaign", "remote")
_TEXTS = ("title", "body", "labels", "owners")
_FILES = tuple(f"{name}-file" for name in _TEXTS)

PACKAGE_WORDS = frozenset({"package", "folder"})
BASE_WORDS = frozenset({"base"})
HOST_WORDS = frozenset({*NAMES, *_TEXTS, *_FILES})


def placeholder_problem(command: Command, words: frozenset[str]) -> str | None:
    """What is wrong with the placeholders of a command that knows `words`, behind "KEY has"; or None."""
    for argument in command:
        for name in PLACEHOLDER.findall(argument):
            if name not in words:
                return f'"{{{name}}}", {_known(name, words)}'
    if words is not HOST_WORDS:
        return None
    if PLACEHOLDER.search(command[0]):
        return f'"{command[0]}" for a program; write its name'
    for argument in command[1:]:
        for name in PLACEHOLDER.findall(argument):
            # Text of others is kept apart from what a program, or a shell, acts on.
            if name in _TEXTS and _OPTION.match(argument) is None:
                return (
                    f'"{argument}", which could be taken for an option, or be read as a command;'
                    f' write "--{name}={{{name}}}", or "{{{name}-file}}"'
                )
    return None


def _known(name: str, words: frozenset[str]) -> str:
    if not words:
        return "and no placeholder is known there"
    shown = ", ".join(f"{{{word}}}" for word in sorted(words))
    return f"which is no placeholder{did_you_mean(name, words) or f'; there are {shown}'}"
