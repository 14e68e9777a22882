"""Rate limiters that a project has already: of a library, or of its own on Redis."""

from __future__ import annotations

from pathlib import Path

from fixaudit import Source, memoized

_LIBRARIES = (
    *(b"from slowapi", b"from fastapi_limiter", b"from flask_limiter", b"from limits"),
    *(b"from pyrate_limiter", b"from aiolimiter", b"from django_ratelimit", b"import slowapi"),
)
_COMMANDS = (b".incr(", b".zadd(", b".zcard(", b".evalsha(")
_MANY = 40


@memoized
def own_limiter(source: Source) -> tuple[str, Path, int] | None:
    """A class or function of the project that counts in Redis, with its place, by what limiters call."""
    for command in _COMMANDS:
        for mention in source.project.mentions(command, _MANY, along=(*_COMMANDS, *_LIBRARIES)):
            if mention.is_test or mention.text.startswith("#"):
                continue
            module = source.project.facts_of(mention.path)
            if module is None or "limit" not in f"{module.path.name} {mention.text}".lower():
                name = _around(module, mention.line) if module is not None else None
                if name is None or "limit" not in name.lower():
                    continue
            if module is not None:
                return _around(module, mention.line) or module.name, mention.path, mention.line
    return None


@memoized
def library(source: Source) -> tuple[str, Path, int] | None:
    """The import of a library that limits, with its place."""
    for sign in _LIBRARIES:
        for mention in source.project.mentions(sign, _MANY, along=(*_COMMANDS, *_LIBRARIES)):
            if not mention.is_test:
                return mention.text.split()[1].partition(".")[0], mention.path, mention.line
    return None


def _around(module: object, line: int) -> str | None:
    """The name of the class around a line of a module."""
    records = module.contents.classes()  # type: ignore[attr-defined]
    names = [each.name for each in records if each.span[0] <= line <= each.span[2]]
    return names[-1] if names else None
