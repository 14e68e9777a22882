"""Text from files, shown so that it cannot act on what shows it: a terminal, a log, a page.

Names, reasons, reports and messages hold whatever a file's author wrote: an escape sequence that
moves the cursor, an override that turns the order of letters, a line that a runner of builds takes
for a command. Every writer of the command line shows such text through `visible`.
"""

from __future__ import annotations

import re

# C0 and C1 controls, line separators, marks that turn or hide text, and what UTF-8 has no form for.
_UNSEEN = (
    "\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff"
)
_ONE_LINE = re.compile(f"[{_UNSEEN}]")
_SEVERAL_LINES = re.compile(f"(?![\n\t])[{_UNSEEN}]")
_NO_FORM = re.compile("[\ud800-\udfff]")
_IN_JSON = re.compile(f"(?!\n)[{_UNSEEN}]")
# `::` at a line's start speaks to GitHub's runner; `##[`, `##vso[`, `##teamcity[` anywhere to others.
_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#\w*\[)", re.MULTILINE)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str, *, lines: bool = False) -> str:
    """The text with its control characters as escapes (`\\x1b`), commands to runners disarmed.

    The result is one line, but with `lines`, which keeps line ends and tabs. A byte of a name that
    is no UTF-8 (a surrogate, from `os.fsdecode`) is shown as `\\xNN`.
    """
    if text.isascii() and text.isprintable() and "::" not in text and "##" not in text:
        return text
    shown = (_SEVERAL_LINES if lines else _ONE_LINE).sub(_escape, text)
    return without_commands(shown)


def encodable(text: str) -> str:
    """The text with every byte of a name that is no UTF-8 as `\\xNN`: what all of Unicode's forms can hold."""
    return text if text.isascii() else _NO_FORM.sub(_escape, text)


def encoded(text: str, encoding: str = "utf-8") -> bytes:
    """The text as bytes; what the encoding has no form for as an escape, as `visible` shows it."""
    return encodable(text).encode(encoding, "backslashreplace")


def without_commands(text: str) -> str:
    """The text, in which no line is a command to a runner of builds any more."""
    return _COMMAND.sub(_disarmed, text)


def safe_json(document: str) -> str:
    """A JSON document that holds the same strings, control characters as JSON's own escapes."""
    return _IN_JSON.sub(_json_escape, document)


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    code = ord(char)
    if char in _NAMED:
        return _NAMED[char]
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _disarmed(found: re.Match[str]) -> str:
    return "\\x23" if found[1] is None else f"{found[1]}\\x3a"


def _json_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at:at + 2].hex()}" for at in range(0, len(units), 2))
