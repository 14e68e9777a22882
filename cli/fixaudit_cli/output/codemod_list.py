"""The codemods, one line each: what `fixaudit list` prints."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.text.visible import safe_json, visible
from fixaudit_cli.options.selection_request import Selection, check_format, request, words

if TYPE_CHECKING:
    from fixaudit.registry.local_code import LocalCode
    from fixaudit.registry.manifest_entry import ManifestEntry


def show(select: Sequence[str] | None = None, selection: Selection | None = None, output_format: str = "text") -> int:  # fmt: skip
    """Print the codemods that `select` stands for, all by default."""
    from fixaudit_cli.output.terminal import write, write_document

    check_format(output_format)
    known = Known(selection)
    found: Sequence[ManifestEntry] = known.entries
    if select:
        found = known.chosen(words(select))
    shown = [entry for entry in found if entry.folder is None]
    if output_format == "json":
        write_document(_as_json(shown))
    else:
        write(_as_text(shown))
    return known.told(found)


class Known:
    """The codemods available in a folder, the current one by default; `entries` holds them all.

    For a `folder` that is given, configured folders of codemods may not exist yet.
    """

    def __init__(self, selection: Selection | None = None, folder: Path | None = None) -> None:
        from fixaudit.config.resolve import ConfigResolver
        from fixaudit.registry.manifest import installed_manifest, manifest_under

        given = request(None, selection or Selection())
        resolver = ConfigResolver(given.config, isolated=given.isolated)
        config = resolver.for_path(folder or Path.cwd())
        self._notes = config.notes
        self._request = given
        self._local: LocalCode | None = None
        paths = [path for path in config.codemod_paths if folder is None or path.is_dir()]
        if paths:
            from fixaudit.registry.local_code import LocalCode

            self._local = LocalCode(given.local_code)
            self.entries = manifest_under(paths, self._local, config.typed_paths)
        else:
            self.entries = installed_manifest()

    def chosen(self, selectors: Sequence[str]) -> list[ManifestEntry]:
        """The entries that the words stand for. Raises ConfigError: one means nothing."""
        from fixaudit.registry.manifest_entry import matching_vaguely
        from fixaudit.registry.selection import select_codemods

        return select_codemods(matching_vaguely(self.entries, selectors), selectors)

    def told(self, wanted: Sequence[ManifestEntry]) -> int:
        """2 where code of what is wanted may not run, which is said on stderr; 0 otherwise.

        Settings that are not heeded are named there too.
        """
        from fixaudit_cli.output.terminal import note

        for line in self._notes:
            note(line)
        problems = [] if self._local is None else self._local.withheld(wanted, self._request.base)
        for problem in problems:
            note(f"{problem.path}: {problem.kind}: {problem.message}")
        return 2 if problems else 0


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
