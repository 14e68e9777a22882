"""Text of others inside of Markdown, which stays text: no markup, no HTML, and nobody is told of it."""

from __future__ import annotations

import re

from fixaudit.text.visible import visible

_CODE = re.compile("(?<!`)(`[^`]+`)(?!`)")
_PUNCTUATION = re.compile(r"[\\`*_{}\[\]<>&#|~!]")
# Names of people, issues and requests, addresses: hosts make links and notifications of them.
_LINKING = re.compile(r"[@#!$%&~]\w|://|www\.|\bGH-\d|^/", re.IGNORECASE)
_SIGN = re.compile(r"[!-,:-@\[-`{-~]")  # ASCII punctuation, but for that of paths
_WORDS = re.compile(r"(\s+)")


def prose(text: str) -> str:
    """A sentence whose code between backticks stays code, and all else stays plain text."""
    parts = _CODE.split(visible(" ".join(text.split())))
    return "".join(
        code(part[1:-1]) if at % 2 else _PUNCTUATION.sub(r"\\\g<0>", part)
        for at, part in enumerate(parts)
    )


def code(text: str) -> str:
    """Text in which nothing is Markdown or HTML, whatever it holds."""
    text = visible(text)
    run = longest_run(text)
    if not run:
        return f"`{text}`"
    fence = "`" * (run + 1)
    return f"{fence} {text} {fence}"


def quiet(text: str) -> str:
    """As `prose`, and no word of it becomes a mention, a reference, a link or an order to the host."""
    shown = ""
    for at, part in enumerate(_CODE.split(visible(" ".join(text.split())))):
        for piece in [code(part[1:-1])] if at % 2 else map(_quiet_word, _WORDS.split(part)):
            # The backticks of two would count as one run.
            between = " " if shown.endswith("`") and piece.startswith("`") else ""
            shown += between + piece
    return shown


def html_code(text: str) -> str:
    """As `code`, where HTML stands around it, or a bar would end the cell of a table."""
    return f"<code>{_SIGN.sub(lambda found: f'&#{ord(found[0])};', visible(text))}</code>"


def cell(text: str) -> str:
    """As `code`, for a cell of a table. A backslash would undo the escape of a bar."""
    return html_code(text) if "|" in text or "\\" in text else code(text)


def fenced(text: str, language: str = "") -> str:
    """Lines as a block of code that nothing in them ends, with a line end."""
    fence = "`" * max(3, 1 + longest_run(text))
    return f"{fence}{language}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}\n"


def _quiet_word(word: str) -> str:
    if _LINKING.search(word):
        return code(word)
    return _PUNCTUATION.sub(r"\\\g<0>", word)


def longest_run(text: str) -> int:
    """The length of the longest run of backticks; 0 where there is none."""
    return max(map(len, re.findall("`+", text)), default=0)
