"""Other files of the project, as sources of their own."""

from __future__ import annotations

from pathlib import Path

from fixaudit import Source, SourceError, memoized


@memoized
def other_file(source: Source, path: Path) -> Source | None:
    """Another file of the project as a source of its own; None where it cannot be read or parsed."""
    project = source.project
    content = project.read(path)
    if content is None:
        return None
    try:
        module = project.module_name(path)
        found = Source(source.shown(path), content, project=project, module=module)
        _ = found.tree
    except SourceError:
        return None
    return found
