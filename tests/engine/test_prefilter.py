"""Which codemods a text may concern, told without parsing it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from fixaudit.registry.prefilter import Prefilter, Triggered


@dataclass(frozen=True)
class _Named:
    triggers: tuple[bytes, ...]
    trigger_pattern: re.Pattern[bytes] | None = None
    name: str = "named"


class _Filter(Prefilter):
    def __init__(self, *triggered: Triggered) -> None:
        super().__init__(())
        self._triggered = triggered


@pytest.mark.parametrize(
    ("trigger", "text", "expected"),
    [
        (b"print", b"a = reprinted(1)\n", True),  # a part of a word
        (b"print", b"a = prin; t = 1\n", False),  # two words are none
        (b"def ", b"async def f(): ...\n", True),
        (b"def ", b"undef(1)\n", False),  # its word is there, the trigger is not
        (b"@app.get", b"@app.get('/')\n", True),
        (b"@app.get", b"app = 1\nget = app\n", False),
        (b"==", b"a == b\n", True),
        (b"==", b"a = b\n", False),
        (b"fs", "fähig = 1\n".encode(), False),
        ("ä".encode(), "fähig = 1\n".encode(), True),
    ],
)
def test_a_trigger_is_a_part_of_the_text(trigger: bytes, text: bytes, expected: bool) -> None:
    assert (trigger in text) is expected
    assert bool(_Filter(_Named((trigger,))).matching(text)) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (rb"(?i)token|_key\b", b"API_KEY = 1\n", True),
        (rb"(?i)token|_key\b", b"API_KEYS = 1\n", False),
        (rb"(?i)[cx]srf", b"a.XSRF_b\n", True),
        (rb"(?i)token", b"# the Token\n", False),  # a comment
        (rb"(?i)x[0-_]", b"XA\n", True),  # a range that holds capitals
        (rb"(?i)x\S", b"XA\n", True),
        (rb"token", b"Token\n", False),
    ],
)
def test_a_pattern_that_ignores_case_finds_what_it_says(
    pattern: bytes, text: bytes, expected: bool
) -> None:
    asked = _Named((b"",), re.compile(pattern))
    assert bool(_Filter(asked).matching(text)) is expected
