"""The tokens of a piece of code without what a formatter changes, the same on every Python.

White space, comments, parentheses, commas before a closing bracket, semicolons, the quotes and prefixes
of strings, where a text is cut into several literals, and the case of numbers do not count. So a piece
of code and what Black makes of it have the same tokens; two that do different things nearly always have
others. It need not be whole: the text of any finding will do.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
    (?P<trivia>[\s\\]+|\#[^\r\n]*)
    |(?P<prefix>[A-Za-z]{0,2})(?P<string>\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}
        |"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*')
    |(?P<word>\w+)
    |(?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED_QUOTE = re.compile(r"\\([\"'])")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\})")
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
# What Black may write or leave out: a tuple's parentheses, the semicolon between two statements.
_DROPPED = frozenset("();")


def normalised_tokens(text: str) -> list[str]:
    """The tokens of a text.

    Of a function or a class those of its heading, up to the colon: a change of its body is none of it.
    """
    found: list[str] = []
    depth, heading = 0, False
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "trivia":
            continue
        token = match[0]
        if kind == "string":
            _add_string(found, match["prefix"].lower(), match["string"])
            continue
        if kind == "word":
            heading = heading or (token in ("def", "class") and _begins_heading(found))
            found.append(token.lower() if token[0].isdigit() else token)
            continue
        depth += (token in _OPENING) - (token in _CLOSING)
        if token == ":" and heading and depth == 0:
            break
        if token in _CLOSING and found and found[-1] == ",":
            found.pop()
        if token not in _DROPPED:
            found.append(token)
    if found and found[-1] == ",":
        found.pop()
    return found


def _begins_heading(before: list[str]) -> bool:
    """True for a `def` or `class` that a text begins with, decorators and `async` apart."""
    return not before or before == ["async"] or before[0] == "@"


def _add_string(found: list[str], prefix: str, literal: str) -> None:
    """Add a string, or its text to the string right before it."""
    size = 3 if literal[:3] in ('"""', "'''") else 1
    body = literal[size:-size]
    if "r" not in prefix:
        body = _ESCAPE.sub(lambda hit: hit[0].lower(), _ESCAPED_QUOTE.sub(r"\1", body))
    if size == 3:  # a docstring is indented anew
        body = " ".join(body.split())
    kind = "b" if "b" in prefix else "s"
    if found and found[-1].startswith(f"{kind}'"):
        found[-1] += body
    else:
        found.append(f"{kind}'{body}")
