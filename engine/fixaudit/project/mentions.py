"""Textual questions over the whole project: who says this word?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit.project.layout import relative
from fixaudit.roles import is_test_path


@dataclass(frozen=True, slots=True)
class Mention:
    """One line that holds the needle; `text` is the line, stripped. `line` is 1-based."""

    path: Path
    line: int
    text: str
    is_test: bool


def find_mentions(
    needle: bytes,
    paths: Iterable[str],
    read: Callable[[str], bytes | None],
    root: Path | None,
    cap: int,
) -> tuple[Mention, ...]:
    """The first `cap` lines that hold `needle`, in the order of the paths."""
    found: list[Mention] = []
    for name in paths:
        content = read(name)
        if content is None or needle not in content:
            continue
        path = Path(name)
        is_test = is_test_path(relative(path, root))
        for line, text in _lines(needle, content):
            found.append(Mention(path, line, text, is_test))
            if len(found) == cap:
                return tuple(found)
    return tuple(found)


def _lines(needle: bytes, content: bytes) -> Iterator[tuple[int, str]]:
    at, line, counted = content.find(needle), 1, 0
    while at != -1:
        line += content.count(b"\n", counted, at)
        counted = at
        start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
        end = len(content) if end == -1 else end
        yield line, content[start:end].decode("utf-8", "replace").strip()
        # One mention a line: a needle with a newline in it goes on after its own end.
        at = content.find(needle, max(end, at + 1))
