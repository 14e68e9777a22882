"""Statements judged alone: what they let pass compiles as a whole file too."""

from __future__ import annotations

import random
import warnings

import pytest

from fixaudit.edits.changed_statements import are_plainly_sound
from fixaudit.edits.compose import apply_edits
from fixaudit.errors import SourceError
from fixaudit.model.finding import Edit, Span
from fixaudit.source.source import Source

STATEMENTS = (
    "from __future__ import annotations\n",
    '"""What the module is for."""\n',
    "import os; import sys\n",
    "total = 1; other = total\n",
    "total = 1 + \\\n    2\n",
    "\x0cdef first(count):\n    return count  # all\n",
    "def later(name: str) -> str:\n    global total\n    total = name\n    return name\n",
    "global total\n",
    "class Shelf:\n    __hidden = 1\n\n    def size(self):\n        return self.__hidden\n",
    "@property\ndef decorated(one):\n    yield one\n",
    "async def waits(one):\n    return [each async for each in one]\n",
    "if total:\n    other = 2\nelse:\n    other = 3\n",
    "try:\n    total = 4\nexcept ValueError:\n    pass\n",
    "text = '''one\ntwo'''\n",
    "# a comment alone\n\n",
)
REPLACEMENTS: tuple[str, ...] = (
    "",
    " ",
    "\n",
    "\\",
    ";",
    "'",
    '"""',
    "return",
    "yield",
    "await ",
    "global other\n",
)
REPLACEMENTS += ("(", ")", " -> None", "    ", "#", "pass\n", "other", "break", "lambda: ")


def _compiles(source: Source) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source.text, "m.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_is_sound_alone_compiles_as_a_whole(end: str) -> None:
    chance = random.Random(f"ends {end!r}")
    sound = broken = 0
    for _ in range(4000):
        text = "".join(chance.sample(STATEMENTS, 6)).replace("\n", end)
        before = Source("m.py", text.encode())
        if not _compiles(before):
            continue
        try:
            start = chance.randrange(len(before.body))
            length = chance.choice((0, 0, 1, 4, 12))
            edit = Edit(
                Span(start, min(start + length, len(before.body))), chance.choice(REPLACEMENTS)
            )
            after = Source("m.py", apply_edits(before.body, [edit]))
            plain = are_plainly_sound(before, after, [edit])
        except SourceError:
            continue
        compiles = _compiles(after)
        sound += plain
        broken += not compiles
        assert compiles or not plain, (text, edit)
    assert sound > 100
    assert broken > 500


def test_an_annotation_that_is_sound_stands_behind_parameters() -> None:
    chance = random.Random("annotations")
    added, sound, broken = " -> None", 0, 0
    for _ in range(2000):
        text = "".join(chance.sample(STATEMENTS, 6))
        before = Source("m.py", text.encode())
        ends = [at + 1 for at in range(len(text)) if text[at] == ")"]
        if not ends or not _compiles(before):
            continue
        at = chance.choice(ends)
        edit = Edit(Span(at, at), added)
        after = Source("m.py", apply_edits(before.body, [edit]))
        plain = are_plainly_sound(before, after, [edit], only_annotates=True)
        compiles = _compiles(after)
        sound += plain
        broken += not compiles
        assert plain is compiles, (text, edit)
    assert sound > 50
    assert broken > 50


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("total = 1\nother = 2\n", "1\n", "1 "),
        ("total = 1\nother = 2\n", "1", "1 \\"),
        ("total = 1\nshelf = 1\n", "shelf = 1", "global total"),
        ("total = 1\nshelf = 1\n", "shelf = 1", "from __future__ import annotations"),
        ("def size(one):\n    return one\n", "return one", "nonlocal one"),
    ],
)
def test_what_breaks_only_beside_the_others_is_not_sound(text: str, old: str, new: str) -> None:
    start = text.index(old)
    edit = Edit(Span(start, start + len(old)), new)
    before = Source("m.py", text.encode())
    after = Source("m.py", apply_edits(before.body, [edit]))
    assert not _compiles(after)
    assert not are_plainly_sound(before, after, [edit])


def test_the_compiler_is_told_of_future_imports() -> None:
    text = "from __future__ import annotations\n\n\ndef size(one: 'int'):\n    return one\n"
    start = text.index("'int'")
    edit = Edit(Span(start, start + 5), "(yield)")
    before = Source("m.py", text.encode())
    after = Source("m.py", apply_edits(before.body, [edit]))
    assert are_plainly_sound(before, after, [edit]) == _compiles(after)
