"""The other files of the project, each whole, as sources of their own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from fixaudit.errors import SourceError
from fixaudit.source.source import Source

T = TypeVar("T")
_ALL = 10_000_000


def files_naming(
    source: Source, word: str, about: Path | None = None, *, everywhere: bool = False
) -> tuple[Path, ...]:
    """The Python files whose text holds a word, tests among them and this file left out, in order.

    `about` is the file that they are asked about, this one by default: files of distributions that do
    not depend on its own are left out, but where `everywhere` is set.
    """
    own = source.project.facts_of_source(source).path
    found = source.project.mentions(word.encode(), _ALL, about=about or own, everywhere=everywhere)
    return tuple(dict.fromkeys(each.path for each in found if each.path != own))


def of_other_file(
    source: Source, path: Path, key: Hashable, read: Callable[[Source], T]
) -> T | None:
    """What `read` makes of another file of the project, as if that were the one being judged.

    None for a file that cannot be read or does not parse. It is parsed whole, so this is for questions
    that few files are asked; the answer, which must hold no nodes, is kept for the run under `key`.
    """
    project = source.project
    known = project.remembered.get(("other file", path, key))
    if known is not None and project.is_current(known[0], known[1]):
        project.replay(known[1])
        answer: T | None = known[2]
        return answer
    with project.recording() as dependencies:
        if project.facts_of(path) is None:
            return None
        with _other(source, path) as other:
            answer = None if other is None else read(other)
    # The other file was asked as if it were the one at hand: it counts by its content.
    dependencies.saw_own = False
    project.remembered["other file", path, key] = project.stamp(dependencies), dependencies, answer
    return answer


@contextmanager
def _other(source: Source, path: Path) -> Iterator[Source | None]:
    project, other = source.project, None
    data = project.read(path)
    if data is not None:
        inner = project.inner(path).as_posix()
        try:
            other = Source(
                inner,
                data,
                project=project,
                module=project.module_name(path),
                location=path,
                target_version=source.target_version,
            )
            other.tree  # noqa: B018
        except SourceError:
            other = None
    if other is None:
        yield None
        return
    with project.at_hand(other):
        try:
            yield other
        finally:
            other.close()
