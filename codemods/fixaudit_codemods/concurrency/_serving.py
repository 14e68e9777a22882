"""How a project runs: behind a server that may have several processes, and on how many event loops."""

from __future__ import annotations

import re

from fixaudit import Evidence, Source, memoized
from fixaudit.authoring import clipped, is_migration_path, lines_in_commands

_SERVERS = (
    *(b"from fastapi", b"import fastapi", b"from starlette", b"from litestar", b"from sanic"),
    *(b"from quart", b"from aiohttp import web", b"from flask", b"import flask", b"from django"),
    *(b"from robyn", b"from blacksheep", b"from falcon", b"import falcon", b"from ninja"),
)
_LOOPS = (b"asyncio.run(", b"new_event_loop(", b"asyncio.Runner(")
_MAKERS = frozenset({"run", "new_event_loop", "Runner"})
_MAIN = re.compile(r"^\s*(?:sys\.exit\(|raise SystemExit\(|return )?asyncio\.run\([\w.]*main\w*\(")
# Not in a comment, a docstring's example or a message.
_CODE = re.compile(r"(?!#|>>>|\.\.\.)[^\"'`#]*\b(?:asyncio\.run|new_event_loop|asyncio\.Runner)\(")
_MANY = 30


@memoized
def served(source: Source) -> Evidence | None:
    """Where the project shows that it is behind a web server; None where nothing does."""
    for sign in _SERVERS:
        for mention in source.project.mentions(sign, _MANY, along=_SERVERS):
            if not mention.is_test and mention.text.startswith(sign.decode()):
                text = f"a web server may run it in several processes (`{clipped(mention.text)}`)"
                return source.proof_at(mention.path, mention.line, text)
    for number, line in enumerate(source.body.splitlines(), 1):
        if line.startswith(_SERVERS):
            text = f"a web server may run it in several processes (`{clipped(line.decode())}`)"
            return source.proof_at(source.project.facts_of_source(source).path, number, text)
    return None


@memoized
def loops(source: Source) -> tuple[Evidence, ...]:
    """The places that make an event loop, where that is more than the one that a program starts with,
    as `main` does, a command of a terminal, and a migration."""
    found = [
        source.proof_at(
            mention.path, mention.line, f"a loop is made here: `{clipped(mention.text)}`"
        )
        for sign in _LOOPS
        for mention in source.project.mentions(sign, _MANY, along=_LOOPS)
        if not mention.is_test and _CODE.match(mention.text) and not _MAIN.match(mention.text)
        if not is_migration_path(source.shown(mention.path))
        if mention.line not in lines_in_commands(source, mention.path, _MAKERS)
    ]
    return tuple(sorted(found, key=lambda each: (each.path, each.line)))
