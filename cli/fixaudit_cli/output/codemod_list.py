"""The codemods, one line each: what `fixaudit list` prints."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.text.visible import safe_json, visible
from fixaudit_cli.options.selection_request import Selection, check_format, request, words

if TYPE_CHECKING:
    from fixaudit.registry.manifest import ManifestEntry


def show(select: Sequence[str] | None = None, selection: Selection | None = None, output_format: str = "text") -> int:  # fmt: skip
    """Print the codemods that `select` stands for, all by default."""
    from fixaudit.registry.selection import select_codemods
    from fixaudit_cli.output.terminal import write

    check_format(output_format)
    found: Sequence[ManifestEntry] = known_codemods(selection)
    if select:
        found = select_codemods(found, words(select))
    write(_as_json(found) if output_format == "json" else _as_text(found))
    return 0


def known_codemods(
    selection: Selection | None = None, folder: Path | None = None
) -> list[ManifestEntry]:
    """The codemods available in the current folder.

    For a `folder` that is given, configured folders of codemods may not exist yet.
    """
    from fixaudit.registry.manifest import manifest_under

    paths = configured_folders(folder or Path.cwd(), selection)
    return manifest_under([path for path in paths if folder is None or path.is_dir()])


def configured_folders(folder: Path, selection: Selection | None = None) -> Sequence[Path]:
    """The folders of codemods that the configuration of a folder names."""
    from fixaudit.config.resolve import ConfigResolver

    given = request(None, selection or Selection())
    resolver = ConfigResolver(given.config, isolated=given.isolated)
    return resolver.for_path(folder).codemod_paths


def _as_json(entries: Sequence[ManifestEntry]) -> str:
    import json

    rows = [
        {
            "code": entry.code,
            "name": entry.name,
            "default": entry.default,
            "sets": sorted(entry.tags),
            "summary": entry.summary,
        }
        for entry in entries
    ]
    return safe_json(json.dumps(rows, indent=2, ensure_ascii=False)) + "\n"


def _as_text(entries: Sequence[ManifestEntry]) -> str:
    from fixaudit_cli.output.terminal import Painter

    paint = Painter(sys.stdout)
    width = max((len(entry.name) for entry in entries), default=0)
    lines = []
    for entry in entries:
        mark = paint("on ", "green") if entry.default else paint("off", "dim")
        tags = visible(",".join(sorted(entry.tags)))
        code = paint(visible(entry.code), "bold")
        name, summary = visible(entry.name), visible(entry.summary)
        lines.append(f"{code}  {name:<{width}}  {mark}  {tags:<16}  {summary}\n")
    return "".join(lines)
