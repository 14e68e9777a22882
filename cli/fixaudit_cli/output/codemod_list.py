"""The codemods, one line each: what `fixaudit list` prints."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit_cli.options.selection_request import Selection, check_format, request, words

if TYPE_CHECKING:
    from fixaudit.registry.manifest import Card


def show(select: Sequence[str] | None = None, selection: Selection | None = None, output_format: str = "text") -> int:  # fmt: skip
    """Print the codemods that `select` stands for, all by default."""
    from fixaudit.registry.selection import select_codemods
    from fixaudit_cli.output.terminal import write

    check_format(output_format)
    found: Sequence[Card] = known_codemods(selection)
    if select:
        found = select_codemods(found, words(select))
    write(_as_json(found) if output_format == "json" else _as_text(found))
    return 0


def known_codemods(selection: Selection | None = None, folder: Path | None = None) -> list[Card]:
    """The codemods available in a folder, the current one by default."""
    from fixaudit.config.resolve import ConfigResolver
    from fixaudit.registry.manifest import cards_under

    given = request(None, selection or Selection())
    resolver = ConfigResolver(given.config, isolated=given.isolated)
    return cards_under(resolver.for_path(folder or Path.cwd()).codemod_paths)


def _as_json(cards: Sequence[Card]) -> str:
    import json

    rows = [
        {
            "code": card.code,
            "name": card.name,
            "default": card.default,
            "sets": sorted(card.sets),
            "summary": card.summary,
        }
        for card in cards
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _as_text(cards: Sequence[Card]) -> str:
    from fixaudit_cli.output.terminal import Painter

    paint = Painter(sys.stdout)
    width = max((len(card.name) for card in cards), default=0)
    lines = []
    for card in cards:
        mark = paint("on ", "green") if card.default else paint("off", "dim")
        sets = ",".join(sorted(card.sets))
        code = paint(card.code, "bold")
        lines.append(f"{code}  {card.name:<{width}}  {mark}  {sets:<16}  {card.summary}\n")
    return "".join(lines)
