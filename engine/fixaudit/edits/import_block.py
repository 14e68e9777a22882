"""Where a new import goes: in the right section, in the order the file already keeps."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fixaudit.edits.module_header import (
    after_leading_comments,
    header_statements,
    is_docstring,
)
from fixaudit.edits.statements import line_span, stands_alone
from fixaudit.model.finding import Edit, NeededImport
from fixaudit.source.source import Source

_FUTURE, _STDLIB, _THIRD_PARTY, _FIRST_PARTY, _LOCAL = range(5)
_LINE_LIMIT = 88

Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True)
class _Entry:
    statement: Import
    section: int
    module: str


class ImportPlacer:
    """Places needed imports in one file; `place` gives the edits."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._entries = self._direct_imports()

    def place(self, needed_names: Iterable[NeededImport]) -> list[Edit]:
        """The edits that add all needed imports: extended `from` lines, new lines in their sections."""
        edits: list[Edit] = []
        lines: dict[int, list[NeededImport]] = {}
        extended: dict[ast.ImportFrom, list[str]] = {}
        for needed in needed_names:
            host = self._host(needed)
            if host is not None:
                extended.setdefault(host, []).append(_alias_text(needed))
            else:
                lines.setdefault(self._section(needed.module), []).append(needed)
        for host, names in extended.items():
            edits += self._extend(host, sorted(names))
        for section, group in lines.items():
            for imports_of_line in _by_line(sorted(group, key=_import_key)):
                edits.append(self._new_line(section, imports_of_line))
        return _merge_same_place(self._source, edits)

    # ------------------------------------------------------------------ what is there

    def _direct_imports(self) -> list[_Entry]:
        tree, source = self._source.tree, self._source
        header = header_statements(tree)
        start = self._after_path_lines(header)
        entries = []
        for statement in header:
            if isinstance(statement, ast.Import):
                module = statement.names[0].name
            elif isinstance(statement, ast.ImportFrom):
                module = "." * statement.level + (statement.module or "")
            else:
                continue
            section = self._section(module)
            if stands_alone(source, statement) and (
                section <= _STDLIB or source.span(statement).start >= start
            ):
                entries.append(_Entry(statement, section, module))
        return entries

    def _after_path_lines(self, header: Sequence[ast.stmt]) -> int:
        """Offset behind the last `sys.path` line; what is not the standard library goes below it."""
        end = 0
        for statement in header:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                if (self._source.qualified_name(statement.value.func) or "").startswith(
                    "sys.path."
                ):
                    end = line_span(self._source, statement).end
        return end

    def _section(self, module: str) -> int:
        if module.startswith("."):
            return _LOCAL
        if module == "__future__":
            return _FUTURE
        top = module.partition(".")[0]
        if top in sys.stdlib_module_names:
            return _STDLIB
        own = self._source.module.partition(".")[0]
        project = self._source.project
        if top == own or project.path_of(top, self._source.location) is not None:
            return _FIRST_PARTY
        return _THIRD_PARTY

    # ------------------------------------------------------------------ extending `from` lines

    def _host(self, needed: NeededImport) -> ast.ImportFrom | None:
        if needed.name is None:
            return None
        for entry in self._entries:
            statement = entry.statement
            if isinstance(statement, ast.ImportFrom) and entry.module == needed.module:
                if statement.names[0].name != "*" and not self._has_backslash(statement):
                    return statement
        return None

    def _has_backslash(self, statement: ast.stmt) -> bool:
        return "\\" in self._source.segment(statement)

    def _extend(self, host: ast.ImportFrom, names: list[str]) -> list[Edit]:
        source = self._source
        if host.end_lineno == host.lineno:
            text = source.segment(host)
            whole = self._single_line(host, names)
            if len(source.indent(host)) + len(whole) <= _LINE_LIMIT or "(" in text:
                return [source.replace(host, whole)]
            if "#" in source.line_text(host.lineno):
                return [source.replace(host, whole)]
            listed = "".join(f"    {name},\n" for name in self._merged(host, names))
            opening = text[: text.index("import") + len("import")]
            return [source.replace(host, f"{opening} (\n{listed})")]
        return self._extend_lines(host, names)

    def _merged(self, host: ast.ImportFrom, names: list[str]) -> list[str]:
        present = [self._source.segment(alias) for alias in host.names]
        return _insert_in_order(present, names)

    def _single_line(self, host: ast.ImportFrom, names: list[str]) -> str:
        source = self._source
        start, end = source.span(host.names[0]).start, source.span(host.names[-1]).end
        own = source.span(host)
        before = source.body[own.start : start].decode("utf-8")
        after = source.body[end : own.end].decode("utf-8")
        return before + ", ".join(self._merged(host, names)) + after

    def _extend_lines(self, host: ast.ImportFrom, names: list[str]) -> list[Edit]:
        """Add lines to a parenthesised import that has one name a line, comments left in place."""
        source = self._source
        present = [source.segment(alias) for alias in host.names]
        merged = _insert_in_order(present, names)
        edits: list[Edit] = []
        for name in names:
            following = merged[merged.index(name) + 1 :]
            anchor = next((entry for entry in following if entry in present), None)
            if anchor is not None:
                alias = host.names[present.index(anchor)]
                start = source.span(alias).start
                separator = self._separator(alias)
                edits.append(source.edit(start, start, f"{name},{separator}"))
            else:
                edits.append(self._append_name(host.names[-1], name))
        return edits

    def _separator(self, alias: ast.alias) -> str:
        """What parts names in this list: a new line with its indentation, or a space."""
        line = self._source.line_text(alias.lineno)
        indent = line[: len(line) - len(line.lstrip())]
        starts_line = not line.encode("utf-8")[: alias.col_offset].strip()
        return f"\n{indent}" if starts_line else " "

    def _append_name(self, last: ast.alias, name: str) -> Edit:
        source = self._source
        end = source.span(last).end
        separator = self._separator(last)
        if separator != " ":
            # A comment behind the last name stays behind it.
            rest = source.body[end : source.positions.line_end(last.lineno)]
            if rest.lstrip().startswith(b",") and b")" not in rest.partition(b"#")[0]:
                below = source.positions.line_end(last.lineno)
                return source.edit(below, below, f"{separator[1:]}{name},\n")
        return source.edit(end, end, f",{separator}{name}")

    # ------------------------------------------------------------------ new lines

    def _new_line(self, section: int, needed_names: list[NeededImport]) -> Edit:
        source, needed = self._source, needed_names[0]
        text = _import_text(needed_names)
        same = [entry for entry in self._entries if entry.section == section]
        if same:
            before = self._predecessor(same, needed)
            if before is not None:
                return self._after(before.statement, text, blank=False)
            start = line_span(source, same[0].statement).start
            return source.edit(start, start, text + "\n")
        earlier = [entry for entry in self._entries if entry.section < section]
        if earlier:
            return self._after(earlier[-1].statement, text, blank=True)
        later = [entry for entry in self._entries if entry.section > section]
        if later:
            start = self._above_comments(later[0].statement)
            return source.edit(start, start, text + "\n\n")
        return self._first_import(text)

    def _predecessor(self, same: list[_Entry], needed: NeededImport) -> _Entry | None:
        new_key = _import_key(needed)
        by_type = [_entry_key(entry) for entry in same]
        if by_type == sorted(by_type):
            smaller = [entry for entry in same if _entry_key(entry) <= new_key]
            return smaller[-1] if smaller else None
        by_name = [key[1:] for key in by_type]
        if by_name == sorted(by_name):
            smaller = [entry for entry in same if _entry_key(entry)[1:] <= new_key[1:]]
            return smaller[-1] if smaller else None
        alike = [entry for entry in same if _entry_key(entry)[0] == new_key[0]]
        return (alike or same)[-1]

    def _after(self, statement: ast.stmt, text: str, *, blank: bool) -> Edit:
        source = self._source
        end = line_span(source, statement).end
        if source.body[end - 1 : end] not in (b"\n", b"\r"):
            return source.edit(end, end, ("\n\n" if blank else "\n") + text)
        lead = "\n" if blank else ""
        following = source.body[end:]
        next_line = following.splitlines()[0].strip() if following.strip() else b""
        trail = "\n" if blank and next_line else ""
        return source.edit(end, end, f"{lead}{text}\n{trail}")

    def _above_comments(self, statement: ast.stmt) -> int:
        """The start of the comment lines that stand directly on a statement, headers excepted."""
        source = self._source
        line = statement.lineno
        while line > 1 and source.line_text(line - 1).lstrip().startswith("#"):
            line -= 1
        if line == 1:
            return source.positions.line_start(statement.lineno)
        return source.positions.line_start(line)

    def _first_import(self, text: str) -> Edit:
        source = self._source
        body = source.tree.body
        if body and is_docstring(body[0], 1):
            return self._after(body[0], text, blank=True)
        position = after_leading_comments(source)
        following = source.body[position:]
        trail = "\n" if following.strip() and not following.startswith((b"\n", b"\r")) else ""
        lead = (
            "\n" if position and not source.body[:position].endswith((b"\n\n", b"\r\n\r\n")) else ""
        )
        return source.edit(position, position, f"{lead}{text}\n{trail}")


def _insert_in_order(present: list[str], names: list[str]) -> list[str]:
    """`names` put where a sorted list keeps them; at the end of an unsorted one."""
    for key in (_isort_key, str, str.lower):
        if present == sorted(present, key=key):
            return sorted([*present, *names], key=key)
    return [*present, *names]


def _isort_key(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then functions: what isort and ruff keep by default."""
    plain = name.partition(" ")[0]
    if plain.isupper() and len(plain) > 1:
        return 0, name
    return (1, name) if plain[:1].isupper() else (2, name)


def _merge_same_place(source: Source, edits: list[Edit]) -> list[Edit]:
    """Insertions at one offset become one edit, in the order given."""
    merged: dict[tuple[int, int], str] = {}
    for edit in edits:
        key = (edit.span.start, edit.span.end)
        merged[key] = merged.get(key, "") + edit.text
    return [source.edit(start, end, text) for (start, end), text in merged.items()]


def _by_line(needed_names: Iterable[NeededImport]) -> list[list[NeededImport]]:
    """Imports that one statement brings: the names of one module together."""
    lines: dict[object, list[NeededImport]] = {}
    for needed in needed_names:
        lines.setdefault((needed.module, needed.name is None and needed.bound), []).append(needed)
    return list(lines.values())


def _import_text(needed_names: Sequence[NeededImport]) -> str:
    needed = needed_names[0]
    if needed.name is None:
        plain = needed.bound == needed.module.partition(".")[0]
        return f"import {needed.module}" if plain else f"import {needed.module} as {needed.bound}"
    names = sorted((_alias_text(entry) for entry in needed_names), key=_isort_key)
    return f"from {needed.module} import {', '.join(names)}"


def _alias_text(needed: NeededImport) -> str:
    assert needed.name is not None
    return needed.name if needed.bound == needed.name else f"{needed.name} as {needed.bound}"


def _import_key(needed: NeededImport) -> tuple[int, str]:
    return (0 if needed.name is None else 1), needed.module.lower()


def _entry_key(entry: _Entry) -> tuple[int, str]:
    return (0 if isinstance(entry.statement, ast.Import) else 1), entry.module.lower()
