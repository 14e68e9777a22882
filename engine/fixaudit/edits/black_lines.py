"""Black on the lines that were rewritten, and on no other line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.edits.black_config import BlackSettings, black_settings
from fixaudit.errors import SourceError
from fixaudit.files.nearest_ancestor import NearestAncestor
from fixaudit.text.encoding import decode
from fixaudit.text.line_diff import Change, changes

if TYPE_CHECKING:
    from black.mode import Mode

_LINE_END = re.compile(r"\r\n|\r|\n")
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Formatted:
    """The file's bytes, and a note where Black could not do what was asked of it."""

    data: bytes
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Formatter:
    """`format_touched` with the settings of one project; a callable that can be pickled."""

    settings: BlackSettings

    def __call__(self, before: bytes, after: bytes) -> bytes:
        return format_touched(before, after, self.settings).data


def formatter(
    path: Path, wanted: bool | None = None, nearest: NearestAncestor[BlackSettings] | None = None
) -> Formatter | None:
    """What formats a file (absolute path): Black as its project has it, or nothing.

    Args:
        wanted: True formats by Black's defaults where the project configures none; False never
            formats; None formats where the project uses Black on this file.
        nearest: what remembers the settings from one file to the next, from `black_above`.

    Raises:
        ConfigError: the project's Black settings cannot be used.
    """
    if wanted is False:
        return None
    settings = black_settings(path, nearest)
    if settings is None:
        return Formatter(BlackSettings()) if wanted else None
    return None if settings.excludes(path) else Formatter(settings)


def format_touched(before: bytes, after: bytes, settings: BlackSettings) -> Formatted:
    """`after` with the lines that differ from `before` formatted by Black.

    A statement of several lines that Black would have left alone before, but reflows now, is
    formatted as a whole, so that a file that passed `black --check` goes on passing. Apart from
    that no line changes that was not touched. Newline styles and a missing final newline stay.
    Where Black fails, or its result does not mean the same, `after` comes back with a note.
    """
    try:
        old, new = _Lines.of(before), _Lines.of(after)
    except SourceError as error:
        return Formatted(after, str(error))
    differing = changes(old.encoded, new.encoded)
    touched = [(change.new_start + 1, change.new_end) for change in differing if change.new_end > change.new_start]  # fmt: skip
    if not touched:
        return Formatted(after)
    try:
        return _formatted(old, new, differing, touched, settings)
    except Exception as error:
        # Black raises what it likes on input it does not understand; the rewrite itself is sound.
        return Formatted(after, f"Black left it unformatted: {_first_line(error)}")


def _formatted(
    old: _Lines, new: _Lines, differing: list[Change], touched: list[Range], settings: BlackSettings
) -> Formatted:
    import black

    mode = _mode(settings)
    lines = _contents(black.format_str(new.text, mode=mode, lines=touched))
    wanted = changes(new.encoded, _encode(lines))
    allowed = touched
    if not all(_within(change, allowed) for change in wanted) and _was_clean(old, differing, mode):
        allowed = _whole_statements(new.text, touched)
    if any(_spaces_out(change, lines) for change in wanted):
        whole = _contents(black.format_str(new.text, mode=mode))
        spaced = {_spaces_out(change, whole) for change in changes(new.encoded, _encode(whole))}
        wanted = [change for change in wanted if _spaces_out(change, lines) in {None, *spaced}]
    chosen = [change for change in wanted if _within(change, allowed)]
    note = None
    if len(chosen) < len(wanted):
        strange = next(change for change in wanted if change not in chosen)
        note = f"Black would also change line {strange.old_start + 1}, which was not touched"
    if not chosen:
        return Formatted(new.data, note)
    result = new.replaced(chosen, lines)
    black.assert_equivalent(new.text, _LINE_END.sub("\n", result))
    return Formatted(new.encode(result), note)


def _spaces_out(change: Change, lines: Sequence[str]) -> tuple[int, int] | None:
    """Where nothing but blank lines is put in, and how many; None for any other change.

    Black that formats a range takes what stands above for a comment: it parts a method from its `class`
    line, an overload from the one before. The whole file's format tells which blank lines it means.
    """
    added = lines[change.new_start : change.new_end]
    if change.old_start < change.old_end or any(map(str.strip, added)):
        return None
    return change.old_start, len(added)


def _was_clean(old: _Lines, differing: list[Change], mode: Mode) -> bool:
    """True where Black had nothing to say about the statements before they were rewritten."""
    import black

    ranges = [
        (change.old_start + 1, change.old_end)
        for change in differing
        if change.old_end > change.old_start
    ]
    return (
        bool(ranges) and _contents(black.format_str(old.text, mode=mode, lines=ranges)) == old.lines
    )


def _within(change: Change, ranges: Iterable[Range]) -> bool:
    """True for lines inside a range, and for lines inserted at its edges."""
    if change.old_start == change.old_end:
        return any(first - 1 <= change.old_start <= last for first, last in ranges)
    return any(first <= change.old_start + 1 and change.old_end <= last for first, last in ranges)


def _whole_statements(text: str, touched: Sequence[Range]) -> list[Range]:
    """The ranges, grown over every simple statement and compound header they reach into."""
    extents = [_extent(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    grown = list(touched)
    for first, last in touched:
        reached = [entry for entry in extents if entry[0] <= last and first <= entry[1]]
        grown.append(
            (min([first, *(e[0] for e in reached)]), max([last, *(e[1] for e in reached)]))
        )
    return grown


def _extent(node: ast.stmt) -> Range:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(entry.lineno for entry in decorators)])
    body: list[ast.AST] = getattr(node, "body", None) or getattr(node, "cases", [])
    if not body:
        return first, node.end_lineno or first
    below = getattr(body[0], "lineno", None) or body[0].pattern.lineno  # type: ignore[attr-defined]
    return first, max(first, below - 1)


@dataclass(frozen=True, slots=True)
class _Lines:
    """A file as lines without their ends, and what is needed to put it together again."""

    data: bytes
    lines: list[str]
    ends: list[str]
    newline: str

    @classmethod
    def of(cls, data: bytes) -> _Lines:
        decoded = decode(data)
        text = decoded.body.decode("utf-8")
        lines, ends = _LINE_END.split(text), _LINE_END.findall(text)
        if lines[-1]:
            ends.append("")
        else:
            lines.pop()
        return cls(data, lines, ends, decoded.newline)

    @property
    def text(self) -> str:
        return "\n".join([*self.lines, ""])

    @property
    def encoded(self) -> list[bytes]:
        return _encode(self.lines)

    def replaced(self, chosen: Iterable[Change], lines: Sequence[str]) -> str:
        """The text with these changes from `lines`; every other line keeps its own line end."""
        pieces: list[str] = []
        at = 0
        for change in chosen:
            pieces += self._own(at, change.old_start)
            pieces += [line + self.newline for line in lines[change.new_start : change.new_end]]
            at = change.old_end
        pieces += self._own(at, len(self.lines))
        if pieces and not self.ends[-1]:
            pieces[-1] = _LINE_END.sub("", pieces[-1])
        return "".join(pieces)

    def _own(self, start: int, end: int) -> list[str]:
        own = zip(self.lines[start:end], self.ends[start:end], strict=True)
        return [line + line_end for line, line_end in own]

    def encode(self, text: str) -> bytes:
        return decode(self.data).encode(text.encode("utf-8"))


def _contents(text: str) -> list[str]:
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]


def _encode(lines: Iterable[str]) -> list[bytes]:
    return [line.encode("utf-8") for line in lines]


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _mode(settings: BlackSettings) -> Mode:
    from black.mode import Mode, Preview, TargetVersion

    known = TargetVersion.__members__
    versions = {known[name.upper()] for name in settings.target_versions if name.upper() in known}
    if not versions and settings.minimum is not None:
        versions = {
            version
            for name, version in known.items()
            if name.startswith("PY3") and int(name.removeprefix("PY3")) >= settings.minimum
        }
    features = {
        Preview[name] for name in settings.enable_unstable_feature if name in Preview.__members__
    }
    return Mode(
        target_versions=versions,
        line_length=settings.line_length,
        string_normalization=not settings.skip_string_normalization,
        magic_trailing_comma=not settings.skip_magic_trailing_comma,
        preview=settings.preview or settings.unstable,
        unstable=settings.unstable,
        enabled_features=features,
    )
