"""Whatever `print` showed, the logger's message shows: literals, separators, quotes, percent signs.

But for blanks that only a screen needs, and for the names of values that have no words beside them.
"""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.logs.print_to_logger.codemod import PrintToLogger

HEADS = {
    "stdlib": "import logging\nlogger = logging.getLogger(__name__)\n",
    "loguru": "from loguru import logger\n",
    "structlog": "import structlog\nlogger = structlog.get_logger()\n",
    "unknown": "from vendor import get_logger\nlogger = get_logger('a')\n",
}
VALUES: dict[str, Any] = {
    "name": "Ada",
    "count": 7,
    "ratio": 0.5,
    "table": {"key": "value"},
    "pair": ("a", 1),
    "odd": "100%s {name} {}",
}
ARGUMENTS = [
    '"plain words"', "'single'", '"it\'s"', "'say \"hi\"'", '"10% of"', '"{braces} {}"', '"tab\\there"', "r'raw \\d %'",
    '"""three"""', "'''it's \"\"'''", '"two " "parts"', "'mixed' \"quotes\"", '("in parentheses")', '"é µ \\N{BULLET} \\x25"', "u'old'",
    'f"{name} is here"', "f'{count:>3}%'", 'f"{{literal}} {ratio!r}"', "f\"{table['key']}\" 'tail'", 'rf"{name}\\d"', '""',
    'f"{name}" "tail"',
    "name", "count", "ratio", "table", "pair", "odd", "table['key']", "(count + 1)", "count if name else ratio", "None", "3.5",
    "[c for c in name]", "(lambda: count)()", '"%d%%" % count', '"{} {{}}".format(name)', "pair[0] + name", "-count", "not count",
]  # fmt: skip
SEPARATORS = [
    "",
    "",
    "",
    ', sep=""',
    ', sep=", "',
    ', sep=" % "',
    ", sep='{}'",
    ', sep="\\n"',
    ", sep=None",
    ', sep="\'"',
]
NAMED = {"name", "count", "ratio", "table", "pair", "odd", "table['key']"}
SHAPES = ["print({0})", "print(\n        {1},\n    )", "print({0},\n          )"]


class Recorder:
    """A logger that formats as the real ones do."""

    def __init__(self, style: str) -> None:
        self.style = style
        self.messages: list[str] = []

    def __getattr__(self, level: str) -> Any:
        return self.record

    def record(self, message: object, *arguments: Any) -> None:
        if not arguments:
            self.messages.append(str(message))
        elif self.style == "stdlib":
            mapping = len(arguments) == 1 and isinstance(arguments[0], dict) and arguments[0]
            self.messages.append(str(message) % (mapping or arguments))
        else:
            assert self.style == "loguru", f"a {self.style} logger takes no arguments"
            self.messages.append(str(message).format(*arguments))


def rewritten(style: str, call: str) -> str | None:
    text = f"{HEADS[style]}\n\ndef ship(name, count, ratio, table, pair, odd):\n    {call}\n"
    outcome = process(Source("pkg/service.py", text.encode()), Plan([PrintToLogger()], unsafe=True))
    assert not outcome.problems, (call, outcome.problems)  # type: ignore[union-attr]
    return outcome.after.decode() if isinstance(outcome, Changed) else None


def shown_as(arguments: list[str], separator: str, shown: str) -> set[str]:
    """What the message may be for what was printed: as it is, or each value behind its name."""
    between = eval(f"dict({separator.removeprefix(', ')})").get("sep") or " "
    if separator == ', sep=""':
        between = ""
    joint = ", " if between == " " else between
    values = (f"{argument}: {eval(argument, dict(VALUES))}" for argument in arguments)
    named = joint.join(values) if set(arguments) <= NAMED else shown
    return {plain(shown), plain(named)}


def plain(text: str) -> str:
    """A text with one blank for several, and none at its ends."""
    return re.sub(" {2,}", " ", text).strip()


def run(text: str, logger: Recorder | None) -> None:
    scope: dict[str, Any] = {"logger": logger}
    exec(text, scope)
    scope["ship"](**VALUES)


@pytest.mark.parametrize("style", HEADS)
def test_the_message_is_what_print_showed(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(f"print2 {style}")
    changed = 0
    for _ in range(250):
        arguments = chance.choices(ARGUMENTS, k=chance.choice([1, 2, 2, 3, 3, 4]))
        shape, separator = chance.choice(SHAPES), chance.choice(SEPARATORS)
        inline = ", ".join(arguments) + separator
        call = shape.format(inline, ",\n        ".join(arguments) + separator)
        after = rewritten(style, call)
        if after is None:
            continue
        changed += 1
        run(f"def ship(name, count, ratio, table, pair, odd):\n    {call}\n", None)
        shown = capsys.readouterr().out
        recorder = Recorder(style)
        body = after[after.index("def ship") :]
        run(body, recorder)
        [message] = recorder.messages
        assert plain(message) in shown_as(arguments, separator, shown), (call, body)
    assert changed > 120
