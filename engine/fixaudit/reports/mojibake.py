"""Repair of text whose UTF-8 bytes were once read as cp1252 or Mac Roman, sequence by sequence.

Whole-text repair fails on audit reports: sound characters stand between broken ones, and bytes
that cp1252 leaves undefined were dropped on the way. So every broken *sequence* (a character that
is a UTF-8 lead byte in the wrong code page, with its continuation characters) is put right alone.
Lines are never joined or split, so line numbers stay true.
"""

from __future__ import annotations

import re
from functools import lru_cache

_DROPPED = (0x9D, 0x90, 0x8F, 0x8D, 0x81)
"""The bytes cp1252 leaves undefined: converters drop them or pass them through as C1 controls."""

_TWINS = {"Ω": 0xBD, "Δ": 0xC6, "¤": 0xDB, "µ": 0xB5}
"""Mac Roman characters that text often carries under a second code point."""


@lru_cache(maxsize=2)
def _bytes_of(codec: str) -> dict[str, int]:
    table: dict[str, int] = {}
    for byte in range(0x80, 0x100):
        try:
            table[bytes([byte]).decode(codec)] = byte
        except UnicodeDecodeError:
            table[chr(byte)] = byte
    if codec == "mac_roman":
        table.update({char: byte for char, byte in _TWINS.items() if char not in table})
    return table


def _chars(codec: str, low: int, high: int) -> str:
    return "".join(re.escape(c) for c, b in _bytes_of(codec).items() if low <= b <= high)


@lru_cache(maxsize=2)
def _long(codec: str) -> re.Pattern[str]:
    """Three and four byte sequences; a continuation may be missing, a no-break space be a space."""
    tail = f"[{_chars(codec, 0x80, 0xBF)}]"
    lossy = f"|[{_chars(codec, 0xE0, 0xEF)}]{tail}|[{_chars(codec, 0xF0, 0xF4)}]{tail}{{2}}"
    whole = f"[{_chars(codec, 0xE0, 0xEF)}]{tail}{{2}}|[{_chars(codec, 0xF0, 0xF4)}]{tail}{{3}}"
    if codec == "cp1252":
        spaced = f"|[{_chars(codec, 0xE0, 0xEF)}]{tail} |[{_chars(codec, 0xF0, 0xF4)}]{tail}{{2}} "
        return re.compile(whole + spaced + lossy)
    return re.compile(whole)


@lru_cache(maxsize=2)
def _short(codec: str) -> re.Pattern[str]:
    # Only leads that give Latin and, for cp1252, Greek and Cyrillic letters: a sharp s before a
    # closing quote is a valid two-byte sequence too, and so is a dash before a letter.
    leads = "".join(
        c for c, b in _bytes_of(codec).items() if b in (0xC2, 0xC3, 0xC4, 0xC5, 0xCE, 0xCF)
    )
    if codec == "mac_roman":
        leads = "¬√"
    return re.compile(f"[{leads}][{_chars(codec, 0x80, 0xBF)}]")


def _is_mark(char: str) -> bool:
    """True for the arrows, dingbats, emoji and emoji selectors reports are full of."""
    code = ord(char)
    return (
        0x2190 <= code <= 0x21FF
        or 0x2600 <= code <= 0x27BF
        or 0x1F300 <= code <= 0x1FAFF
        or code == 0xFE0F
    )


def _decode(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _with_lost_byte(raw: bytes) -> str | None:
    """The mark `raw` was before one undefined byte fell out, or None."""
    for lost in _DROPPED:
        for at in range(len(raw), 0, -1):
            char = _decode(raw[:at] + bytes([lost]) + raw[at:])
            if char is not None and len(char) == 1 and _is_mark(char):
                return char
    return None


def _mended(match: re.Match[str], codec: str) -> str:
    text, table = match.group(), _bytes_of(codec)
    spaced = text.endswith(" ")
    raw = bytes(table[c] for c in text.rstrip(" "))
    if spaced:
        char = _decode(raw + b"\xa0")
        if char is not None and _is_mark(char[0]):
            return char + " "
    whole = _decode(raw)
    if whole is None and codec == "cp1252":
        whole = _with_lost_byte(raw)
        return text if whole is None else whole + " " * spaced
    return text if whole is None else whole


def _evidence(codec: str, text: str) -> int:
    whole = sum(
        1 for found in _long(codec).finditer(text) if _mended(found, codec) != found.group()
    )
    pairs = len(_short(codec).findall(text)) if codec == "cp1252" else 0
    return whole or (pairs if pairs > 2 else 0)


def _unmangled(text: str, codec: str) -> str:
    longer = _long(codec).sub(lambda found: _mended(found, codec), text)
    return _short(codec).sub(lambda found: _mended(found, codec), longer)


def repair(text: str) -> str:
    """`text` with every mangled sequence put right; sound text comes back unchanged.

    Two-character sequences could be meant (a root sign before a letter), so they are only touched
    in a text that shows longer ones of the same code page, or several of them.
    """
    for _ in range(3):  # a report can have been mangled twice, by different code pages
        if text.isascii():
            break
        weights = {codec: _evidence(codec, text) for codec in ("cp1252", "mac_roman")}
        codec = max(weights, key=lambda name: weights[name])
        if not weights[codec]:
            break
        text = _unmangled(text, codec)
    return text
