"""What a changed text must keep: it compiles, its comments are there, its names are bound."""

from __future__ import annotations

import pytest

from fixaudit.edits.compose import apply_edits
from fixaudit.edits.verify import verify
from fixaudit.model.finding import Edit, Span
from fixaudit.source.source import Source

TEXT = """\
import os
import sys


def size(path):  # in bytes
    here = os.stat(path)
    return here.st_size


def alike(path, other=sys):
    return size(path)
"""


def trouble(old: str, new: str, text: str = TEXT) -> str | None:
    start = text.index(old)
    edit = Edit(Span(start, start + len(old)), new)
    before = Source("m.py", text.encode())
    after = Source("m.py", apply_edits(before.body, [edit]))
    return verify(before, after, [edit])


def added(behind: str, new: str, text: str = TEXT) -> str | None:
    """What is wrong where `new` is put behind the first `behind`, and nothing is taken away."""
    start = text.index(behind) + len(behind)
    edit = Edit(Span(start, start), new)
    before = Source("m.py", text.encode())
    after = Source("m.py", apply_edits(before.body, [edit]))
    return verify(before, after, [edit])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("here.st_size", "here.st_size + 1"),
        ("return size(path)", "return [each for each in size(path)]"),
        ("import sys", "import sys as other_name\nimport sys"),
    ],
)
def test_sound_changes(old: str, new: str) -> None:
    assert trouble(old, new) is None


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("here.st_size", "there.st_size", "there"),
        ("import os\n", "", "os"),
        ("def size(", "def sizes(", "size"),
        ("import sys", "pass", "sys"),
        ("here = ", "gone = ", "here"),
    ],
)
def test_names_that_come_loose(old: str, new: str, name: str) -> None:
    assert trouble(old, new) == f"the name '{name}' would be used without being defined"


def test_names_that_were_loose_before() -> None:
    text = TEXT + "\n\nprint(loose)\n"
    assert trouble("print(loose)", "print(loose, 1)", text) is None
    assert trouble("here.st_size", "loose.st_size", text) is None


def test_a_star_import_may_bind_anything() -> None:
    text = "from os import *\n" + TEXT
    assert trouble("here.st_size", "there.st_size", text) is None
    found = trouble("from os import *\n", "", text + "print(path)\n")
    assert found == "the name 'path' would be used without being defined"


def test_return_annotations() -> None:
    assert added("def size(path)", " -> int") is None
    assert added("def alike(path, other=sys)", " -> None") is None


def test_return_annotations_of_unknown_names() -> None:
    found = added("def size(path)", " -> Size")
    assert found == "the name 'Size' would be used without being defined"


@pytest.mark.parametrize("tail", ["made = {size(1): 2}\n", "if size(1):\n    pass\n"])
def test_annotations_where_none_can_stand(tail: str) -> None:
    found = added("size(1)", " -> int", TEXT + tail)
    assert found is not None
    assert found.startswith("the result does not parse")


def test_an_annotation_in_a_comment_changes_the_comment() -> None:
    text = TEXT.replace("# in bytes", "# f(): in bytes")
    assert added("# f()", " -> int", text) == "the comment '# f(): in bytes' would be lost"


def test_comments_that_are_lost() -> None:
    assert trouble("  # in bytes", "") == "the comment '# in bytes' would be lost"
