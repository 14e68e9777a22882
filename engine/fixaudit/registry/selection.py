"""Which codemods run: selectors are names, codes, code prefixes, sets, `all` and `default`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from fixaudit.errors import ConfigError
from fixaudit.text.suggest import did_you_mean

_CODE = re.compile(r"[A-Z]+[0-9]*|[a-z]+[0-9]+")


class Selectable(Protocol):
    """What selection needs to know of a codemod."""

    @property
    def name(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def tags(self) -> frozenset[str]: ...
    @property
    def default(self) -> bool: ...


C = TypeVar("C", bound=Selectable)


def select_codemods(
    available: Sequence[C],
    select: Iterable[str] | None = None,
    extend_select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> list[C]:
    """The codemods to run, in the order of `available`.

    `select` None stands for those that are on by default; what `ignore` names is off, whatever
    selected it, unless `select` or `extend_select` names it more exactly (`FA101` beats `FA1`, a
    name or code beats a prefix, a prefix beats a set).

    Raises:
        ConfigError: a selector that means nothing, with the nearest one that does.
    """
    wanted = _precision(available, ["default"] if select is None else select)
    for index, rank in _precision(available, extend_select).items():
        wanted[index] = max(rank, wanted.get(index, rank))
    ignored = _precision(available, ignore)
    return [
        codemod
        for index, codemod in enumerate(available)
        if index in wanted and wanted[index] > ignored.get(index, -1)
    ]


def matched_names(available: Sequence[Selectable], selectors: Iterable[str]) -> frozenset[str]:
    """The names of the codemods that any selector stands for, as in `per-file-ignores`.

    Raises:
        ConfigError: a selector that means nothing.
    """
    return frozenset(available[index].name for index in _precision(available, selectors))


def _precision(available: Sequence[Selectable], selectors: Iterable[str]) -> dict[int, int]:
    """Index of each codemod a selector stands for, and how exactly it was named."""
    ranks: dict[int, int] = {}
    for selector in selectors:
        found = _matches(available, selector)
        if not found and selector not in {"all", "default"}:
            raise ConfigError(f'unknown selector "{selector}"{_hint(available, selector)}')
        for index, rank in found.items():
            ranks[index] = max(rank, ranks.get(index, rank))
    return ranks


def _matches(available: Sequence[Selectable], selector: str) -> dict[int, int]:
    prefix = selector.upper() if _CODE.fullmatch(selector) else None
    found: dict[int, int] = {}
    for index, codemod in enumerate(available):
        if selector in {codemod.name, codemod.code} or prefix == codemod.code:
            found[index] = 1000
        elif selector == "all" or (selector == "default" and codemod.default):
            found[index] = 0
        elif selector in codemod.tags:
            found[index] = 1
    if not found and prefix is not None:
        starting = (index for index, entry in enumerate(available) if entry.code.startswith(prefix))
        found = {index: 1 + len(prefix) for index in starting}
    return found


def _hint(available: Sequence[Selectable], selector: str) -> str:
    known = {"all", "default"}
    for codemod in available:
        known |= {codemod.name, codemod.code, *codemod.tags}
    return did_you_mean(selector, sorted(known))
