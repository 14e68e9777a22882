"""A file that gets a definition for other files of the run, and no other edit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.edits.compose import apply_edits
from fixaudit.edits.helper_function import in_style_of
from fixaudit.edits.needed_names import has_room_for, is_met, settle
from fixaudit.edits.verify import verify
from fixaudit.errors import FixauditError
from fixaudit.files.plain_file import read_source
from fixaudit.model.finding import Edit, NeededModuleName
from fixaudit.model.outcome import Changed
from fixaudit.source.source import Source
from fixaudit.text.source_map import MappedEdit, Owner, SourceMap, in_file_bytes, line_edits

if TYPE_CHECKING:
    from fixaudit.pipeline.runner import Worker

Wanted = Mapping[NeededModuleName, tuple[Owner, ...]]
"""Definitions, each with the findings of other files that need it."""


def defined_in(worker: Worker, path: Path, wanted: Wanted) -> Changed | None:
    """The file with the definitions; None where they do not fit in or it cannot be read."""
    try:
        config = worker.resolver.for_file(str(path))
        source = _read(worker, path, read_source(path))
        if source.is_generated or not all(has_room_for(source, each) for each in wanted):
            return None
        quoted = {in_style_of(source, each): owners for each, owners in wanted.items()}
        edits = settle(source, quoted)
        body = apply_edits(source.body, edits)
        after = _read(worker, path, source.decoded.encode(body))
        if verify(source, after, edits) is not None:
            return None
        format = worker.formatter_of(path, config)
    except (FixauditError, OSError):
        return None
    trace = SourceMap(len(source.body))
    everyone = tuple(dict.fromkeys(owner for owners in wanted.values() for owner in owners))
    trace.add(
        MappedEdit(e.span.start, e.span.end, e.text.encode(), _owners(e, quoted) or everyone)
        for e in edits
    )
    if format is not None and (formatted := format(source.body, body)) != body:
        trace.add(line_edits(body, formatted, everyone))
        body = formatted
    mapped = in_file_bytes(source.decoded, trace.edits())
    return Changed(source.path, source.data, source.decoded.encode(body), mapped)


def _read(worker: Worker, path: Path, data: bytes) -> Source:
    project = worker.project
    module = project.module_name(path)
    return Source(worker.relative(path), data, project=project, module=module, location=path)


def _owners(edit: Edit, wanted: Wanted) -> tuple[Owner, ...]:
    met = [owners for needed, owners in wanted.items() if is_met(edit, "", needed)]
    return tuple(dict.fromkeys(owner for owners in met for owner in owners))
