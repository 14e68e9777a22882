"""Rate limiters that a project has already: of a library, or of its own on Redis."""

from __future__ import annotations

from pathlib import Path

from fixaudit import Source, memoized
from fixaudit.authoring import ModuleFacts

_LIBRARIES = (
    *(b"from slowapi", b"from fastapi_limiter", b"from flask_limiter", b"from limits"),
    *(b"from pyrate_limiter", b"from aiolimiter", b"from django_ratelimit", b"import slowapi"),
)
_COMMANDS = (b".incr(", b".zadd(", b".zcard(", b".evalsha(")
_MANY = 40


@memoized
def own_limiter(source: Source) -> tuple[str, Path, int] | None:
    """A class of the project that counts in Redis, with its place, by what limiters call.

    The name of the module stands for it where no class is around. It must be called a limiter, or
    stand in a file that is.
    """
    own = source.project.facts_of_source(source)
    here = [
        (own.path, number)
        for number, line in enumerate(source.body.splitlines(), 1)
        if any(command in line for command in _COMMANDS)
    ]
    there = [
        (mention.path, mention.line)
        for command in _COMMANDS
        for mention in source.project.mentions(command, _MANY, along=(*_COMMANDS, *_LIBRARIES))
        if not mention.is_test and not mention.text.startswith("#")
    ]
    for path, line in (*here, *there):
        module = own if path == own.path else source.project.facts_of(path)
        if module is None:
            continue
        name = _around(module, line)
        if "limit" in (name or "").lower() or "limit" in path.name:
            return name or module.name, path, line
    return None


@memoized
def library(source: Source) -> tuple[str, Path, int] | None:
    """The import of a library that limits, with its place."""
    for sign in _LIBRARIES:
        for mention in source.project.mentions(sign, _MANY, along=(*_COMMANDS, *_LIBRARIES)):
            if not mention.is_test:
                return mention.text.split()[1].partition(".")[0], mention.path, mention.line
    return None


def _around(module: ModuleFacts, line: int) -> str | None:
    """The name of the class around a line of a module."""
    records = module.contents.classes()
    names = [each.name for each in records if each.span[0] <= line <= each.span[2]]
    return names[-1] if names else None
