"""Headers that are read without parsing a file: which are certain, and which are said to be unclear."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit.semantics.header_index import Headers
from fixaudit.semantics.headers import Outline
from fixaudit.semantics.project import Project

_TEXT = b'''\
from store import (
    load as fetch,
)
import yaml as conf


def top(a, *, b=1):
    def inner(c): ...


@register
class Marked:
    name = "x"


class Plain:
    """No constructor."""

    def method(self, a, b=(1, ")"), **rest): ...

    @classmethod
    def make(cls, a): ...

    @staticmethod
    def helper(self, a): ...


class Made(
    Plain,
):
    def __init__(self, first: dict[str, int] = {}) -> None: ...


if conf:
    def late(a): ...

with lock as held:
    pass
'''


def _shown(text: bytes, name: str) -> list[tuple[str, list[list[str]]]]:
    found = Outline(text).headers(name.encode(), text)
    return [(item.kind, [[one.name for one in taken] for taken in item.takes]) for item in found]


@pytest.mark.parametrize(
    ("name", "kind", "takes"),
    [
        ("top", "function", [["a", "b"]]),
        ("inner", "function", [["c"]]),
        ("method", "method", [["self", "a", "b", "rest"]]),
        ("make", "method", [["cls", "a"]]),
        ("Plain", "class", []),
        ("Made", "class", [["first"]]),
        # A decorator may make its constructor; a static method has no receiver, whatever its name.
        ("Marked", "unclear", []),
        ("helper", "unclear", []),
        # By its indentation it might belong to the class above.
        ("late", "unclear", []),
    ],
)
def test_kind_and_parameters(name: str, kind: str, takes: list[list[str]]) -> None:
    assert _shown(_TEXT, name) == [(kind, takes)]


def test_only_a_decorated_class_method_is_one() -> None:
    outline = Outline(_TEXT)
    assert [item.is_classmethod for item in outline.headers(b"make", _TEXT)] == [True]
    assert [item.is_classmethod for item in outline.headers(b"method", _TEXT)] == [False]


def test_imports_rename_and_with_does_not() -> None:
    outline = Outline(_TEXT)
    assert outline.renamed(b"fetch") == {"load"}
    assert outline.renamed(b"conf") == {"yaml"}
    assert outline.renamed(b"held") == frozenset()
    assert {b"fetch", b"top", b"Plain"} <= outline.words


@pytest.mark.parametrize(
    "text",
    [
        b"if a: \n    x = 1; \nclass A: pass\ndef f(self): ...\n",
        b"x = 1\rdef f(a): ...\r",
        b"class A:\n    pass\nx = 1\nif x:\n    def f(self): ...\n",
        b"class A:\n    def g(self):\n        '''\ndef h():\n'''\n    def f(self, a): ...\n",
        b"def f(a\n",
    ],
)
def test_what_the_lines_around_do_not_show_is_unclear(text: bytes) -> None:
    assert _shown(text, "f") == [("unclear", [])]


def test_classes_name_their_bases_and_methods_their_class() -> None:
    text = b"class A(lib.B[C], metaclass=M): ...\nclass D:\n    def f(self): ...\n# a class Z of\n"
    outline = Outline(text)
    assert [item.bases for item in outline.headers(b"A", text)] == [
        ("lib", "B", "C", "metaclass", "M")
    ]
    assert [item.bases for item in outline.headers(b"D", text)] == [()]
    assert [item.owner for item in outline.headers(b"f", text)] == ["D"]
    assert outline.headers(b"Z", text) == ()


def test_a_name_is_compared_as_python_reads_it() -> None:
    text = "def ﬁt(a): ...\n".encode()
    assert _shown(text, "fit") == [("function", [["a"]])]


def test_the_headers_of_all_files_follow_their_changes(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def load(a): ...\n")
    (tmp_path / "b.py").write_text("from a import load as fetch\n")
    project = Project(tmp_path)
    assert len(project.headers("load").found) == 1
    assert project.headers("fetch") == Headers((), frozenset({"load"}))
    with project.recording() as asked:
        project.headers("fetch")
    assert project.still_holds(asked)
    (tmp_path / "b.py").write_text("def fetch(a): ...\n")
    project.forget(tmp_path / "b.py")
    assert [item.kind for item in project.headers("fetch").found] == ["function"]
    assert not project.still_holds(asked)


def test_beyond_the_cap_none_is_read_but_renames_are_known(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def load(a): ...\n")
    (tmp_path / "b.py").write_text("class B:\n    def load(self): ...\nfrom a import x as load\n")
    project = Project(tmp_path)
    assert project.headers("load", 1) == Headers((), frozenset({"x"}), too_many=True)
    assert len(project.headers("load", 2).found) == 2
    assert not project.headers("load", 2).too_many
    with project.recording() as asked:
        project.headers("load", 1)
    assert project.still_holds(asked)
    (tmp_path / "a.py").write_text("")
    project.forget(tmp_path / "a.py")
    assert not project.still_holds(asked)


def test_definitions_are_searched_where_a_line_or_a_text_has_one(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("class A:\n    async def load(self): ...\n")
    (tmp_path / "b.py").write_text("# once there was def load(a)\nload(1)\n")
    (tmp_path / "c.py").write_text("def load_all(): ...\ndef loads(a): ...\n")
    found = Project(tmp_path).mentions(b"def load(")
    assert [(item.path.name, item.line) for item in found] == [("a.py", 2), ("b.py", 1)]


def test_a_word_that_ends_like_a_keyword_hides_no_header() -> None:
    text = b"import alias as short\n\n\n@dataclass\nclass Bare:\n    name: str\n\n\n@undef\ndef late(a): ...\n"
    assert _shown(text, "Bare") == [("unclear", [])]
    assert _shown(text, "late") == [("function", [["a"]])]
    assert Outline(text).renamed(b"short") == {"alias"}
