"""The comments at the top of a fixture that say more about it than its name does."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from fixaudit.errors import FixauditError

_LINE = re.compile(
    r"^# (reason|guidance|options|path|target-version|variants): *(.*?)[ \t]*$", re.MULTILINE
)
_OFF = re.compile(r"off\(([a-z0-9, -]+)\)\s*(.*)")
_VERSION = re.compile(r"3\.(\d+)")


class CaseError(FixauditError):
    """A fixture that says something the kit cannot use; one line."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a fixture's first comments ask for.

    Attributes:
        reasons: texts; each must be part of some finding's reason.
        guidance: texts; each must be part of some finding's guidance.
        options: the codemod's options as a TOML table.
        path: where the file pretends to stand; None for a neutral place in a package.
        target_version: oldest Python the code must run on.
        off: names of variants that are not tried; the header has to say why.
    """

    reasons: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    path: str | None = None
    target_version: tuple[int, int] = (3, 11)
    off: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self != Header()


def parse_header(data: bytes) -> Header:
    """The header of a fixture's bytes.

    Raises:
        CaseError: a header line that cannot be read; the message names it.
    """
    values: dict[str, list[str]] = {}
    for key, value in _LINE.findall(_leading_comments(data)):
        if not value:
            raise CaseError(f'the header line "# {key}:" says nothing')
        values.setdefault(key, []).append(value)
    for key in ("options", "path", "target-version", "variants"):
        if len(values.get(key, ())) > 1:
            raise CaseError(f'the header line "# {key}:" stands there more than once')
    return Header(
        reasons=tuple(values.get("reason", ())),
        guidance=tuple(values.get("guidance", ())),
        options=_options(values.get("options", ["{}"])[0]),
        path=values.get("path", [None])[0],
        target_version=_version(values.get("target-version", ["3.11"])[0]),
        off=_off(values["variants"][0]) if "variants" in values else frozenset(),
    )


def _leading_comments(data: bytes) -> str:
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        lines.append(line)
    return "\n".join(lines)


def _options(text: str) -> dict[str, Any]:
    try:
        table = json.loads(text)
    except ValueError:
        try:
            table = tomllib.loads(f"options = {text}")["options"]
        except tomllib.TOMLDecodeError as error:
            raise CaseError(f"# options: is neither JSON nor a TOML table: {error}") from error
    if not isinstance(table, dict):
        raise CaseError("# options: must be a table")
    return table


def _version(text: str) -> tuple[int, int]:
    match = _VERSION.fullmatch(text)
    if match is None:
        raise CaseError(f"# target-version: must look like 3.12, not {text}")
    return 3, int(match[1])


def _off(text: str) -> frozenset[str]:
    match = _OFF.fullmatch(text)
    if match is None:
        raise CaseError(f'# variants: must look like "off(crlf, tabs) because …", not {text!r}')
    if not match[2]:
        raise CaseError("# variants: off(…) needs a reason behind it")
    return frozenset(name.strip() for name in match[1].split(","))
