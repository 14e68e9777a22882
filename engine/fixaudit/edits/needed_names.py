"""Needed names: the imports and module-level names that edits need, or no longer need."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from fixaudit.edits.compose import apply_edits
from fixaudit.edits.import_block import ImportPlacer
from fixaudit.edits.import_removal import import_removals
from fixaudit.edits.module_header import header_end
from fixaudit.edits.relative_imports import as_imported_here
from fixaudit.edits.statements import line_span
from fixaudit.model.finding import (
    Edit,
    NeededImport,
    NeededModuleName,
    NeededName,
    ObsoleteImport,
    Span,
)
from fixaudit.source.source import Source

# What `typing` has under the same name as an alias.
_SAME = {
    f"collections.abc.{name}": (f"typing.{name}",)
    for name in (
        "Awaitable",
        "Callable",
        "Coroutine",
        "Iterable",
        "Iterator",
        "Mapping",
        "Sequence",
    )
}


def settle(source: Source, needed_names: Iterable[NeededName]) -> list[Edit]:
    """The edits that fulfil `needed_names` in a text whose other edits are done already.

    Each import and name is added once whoever asked for it, and not at all where it is there.
    Imports are removed only when nothing in the file, `__all__` or another file reads them.
    """
    unique = dict.fromkeys(_with_needs(source, needed_names))
    edits: list[Edit] = []
    imports = [
        as_imported_here(source, needed)
        for needed in unique
        if isinstance(needed, NeededImport) and not _has(source, needed)
    ]
    if imports:
        edits += ImportPlacer(source).place(imports)
    names = {needed.name: needed for needed in unique if isinstance(needed, NeededModuleName)}
    missing = [
        needed for needed in names.values() if needed.name not in source.scopes.module.bindings
    ]
    if missing:
        edits.append(_place_names(source, missing, edits))
    bound = list(
        dict.fromkeys(needed.bound for needed in unique if isinstance(needed, ObsoleteImport))
    )
    removals = import_removals(source, bound)
    if any(one.span.overlaps(other.span) for one in edits for other in removals):
        return [_removed_after(source, edits, bound)]
    return edits + removals


def _with_needs(source: Source, needed_names: Iterable[NeededName]) -> Iterator[NeededName]:
    """The names, each behind what its own text needs; what is defined already needs nothing."""
    for needed in needed_names:
        if (
            isinstance(needed, NeededModuleName)
            and needed.name not in source.scopes.module.bindings
        ):
            yield from _with_needs(source, needed.needs)
        yield needed


def is_met(edit: Edit, gone: str, needed: NeededName) -> bool:
    """True where `edit`, one of those `settle` gave, serves `needed`; `gone` is the text it removes."""
    if isinstance(needed, ObsoleteImport):
        return _says(gone, needed.bound)
    if isinstance(needed, NeededModuleName):
        return any(is_met(edit, gone, n) for n in needed.needs) or _says(edit.text, needed.name)
    return _says(edit.text, needed.bound) and not _says(gone, needed.bound)


def _says(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text) is not None


def _removed_after(source: Source, edits: list[Edit], bound: list[str]) -> Edit:
    """One edit for lines that gain a name and lose another, such as `from hashlib import md5`."""
    middle = Source(
        source.path,
        source.decoded.encode(apply_edits(source.body, edits)),
        project=source.project,
        module=source.module,
        target_version=source.target_version,
    )
    return _difference(source.body, apply_edits(middle.body, import_removals(middle, bound)))


def _difference(before: bytes, after: bytes) -> Edit:
    """The whole lines in which two texts differ, as one edit."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    start = sum(map(len, old[:head]))
    end = len(before) - sum(map(len, old[len(old) - tail :]))
    text = b"".join(new[head : len(new) - tail]).decode("utf-8")
    return Edit(Span(start, end), text, drops_comments=False)


def has_room_for(source: Source, needed: NeededModuleName) -> bool:
    """True where a definition and all that it needs can be added to a module: no name is taken."""
    bound = source.scopes.module.bindings
    for each in needed.needs:
        if isinstance(each, NeededModuleName):
            if not has_room_for(source, each):
                return False
        elif each.bound in bound and not _has(source, each):
            return False
    return needed.name not in bound


def _has(source: Source, needed: NeededImport) -> bool:
    target = f"{needed.module}.{needed.name}" if needed.name else needed.module
    targets = {target, *_SAME.get(target, ())}
    for binding in source.scopes.module.bindings.get(needed.bound, ()):
        alias = binding.node
        whole = (
            alias.name
            if isinstance(alias, ast.alias) and isinstance(binding.statement, ast.Import)
            else None
        )
        if binding.kind == "import" and not targets.isdisjoint((binding.target, whole)):
            if not source.in_type_checking(binding.statement):
                return True
    return False


# --------------------------------------------------------------------------- module-level names


def _place_names(source: Source, needed_names: list[NeededModuleName], others: list[Edit]) -> Edit:
    position = header_end(source)
    first_use = _first_module_level_use(source, {needed.name for needed in needed_names})
    if first_use is not None and first_use < position:
        position = first_use
    # An import added at the very same place goes first.
    above = "".join(edit.text for edit in others if edit.span.start == position)
    before = source.body[:position] + above.encode("utf-8")
    gap = 2 if any(_is_definition(needed.text) for needed in needed_names) else 1
    gap_above = 2 if _is_definition(needed_names[0].text) else 1
    text = ("\n" * (gap + 1)).join(needed.text.rstrip("\n") for needed in needed_names) + "\n"
    lead = _missing_blank_lines(before, gap_above) if before.strip() else ""
    following = source.body[position:]
    trail = _missing_blank_lines_after(source, following, position, gap)
    if not before.endswith((b"\n", b"\r")) and before:
        lead = "\n" + lead
    return source.edit(position, position, lead + text + trail)


def _is_definition(text: str) -> bool:
    return text.startswith(("def ", "async def ", "class ", "@"))


def _missing_blank_lines(before: bytes, gap: int) -> str:
    lines = re.split(rb"\r\n|\r|\n", before)
    blank = 0
    for line in reversed(lines[:-1]):
        if line.strip():
            break
        blank += 1
    return "\n" * max(0, gap - blank)


def _missing_blank_lines_after(source: Source, following: bytes, position: int, gap: int) -> str:
    stripped = following.lstrip(b" \t\f\r\n")
    if not stripped:
        return ""
    blank = len(re.findall(rb"\r\n|\r|\n", following[: len(following) - len(stripped)]))
    line = source.positions.line(position + len(following) - len(stripped))
    starts_definition = stripped.startswith((b"def ", b"async def ", b"class ", b"@"))
    wanted = (
        2 if starts_definition or (source.line_text(line).startswith("#") and blank >= 2) else gap
    )
    return "\n" * max(0, wanted - blank)


def _first_module_level_use(source: Source, names: set[str]) -> int | None:
    starts = [
        line_span(source, source.statement(node)).start
        for node in source.nodes(ast.Name)
        if node.id in names and source.scopes.scope_of(node) is source.scopes.module
    ]
    return min(starts, default=None)
