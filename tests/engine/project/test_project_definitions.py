"""Names to definitions: re-exports, stars, relative and circular imports, fallbacks, overlays."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from project_trees import Grow

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts, VariableFacts
from fixaudit.semantics.project import Project
from fixaudit.semantics.query_log import Dependencies
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.source.source import Source
from fixaudit.syntax import parser
from fixaudit.syntax.parser import parse


def _class(project: Project, name: str, near: str | None = None) -> ClassFacts:
    assert project.root is not None
    found = project.definition(name, None if near is None else project.root / near)
    assert isinstance(found, ClassFacts)
    return found


def _parse_into(names: list[str]) -> Callable[[str, str], ast.Module]:
    """The parser, which names each file that it is given."""

    def parse_named(text: str, name: str) -> ast.Module:
        names.append(name)
        return parse(text)

    return parse_named


def test_re_export_chain_ends_at_the_class(grow: Grow) -> None:
    project = grow(
        {
            "app/__init__.py": "from .core import Conf as Configuration\n",
            "app/core/__init__.py": "from app.core.settings import Settings as Conf\n",
            "app/core/settings.py": "class Settings:\n    debug = False\n",
        }
    )
    found = _class(project, "app.Configuration")
    assert found.qualified_name == "app.core.settings.Settings"
    assert found.line == 1


def test_only_modules_on_the_way_are_parsed(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = {f"app/noise/mod_{n}.py": "class Settings: ...\n" for n in range(50)}
    project = grow(
        {
            "app/__init__.py": "",
            "app/noise/__init__.py": "",
            "app/conf.py": "from app.base import Base\nclass Settings(Base): ...\n",
            "app/base.py": "class Base:\n    debug = False\n",
            **noise,
        }
    )
    read: list[str] = []
    monkeypatch.setattr(parser, "parse", _parse_into(read))
    for _ in range(3):
        assert _class(project, "app.conf.Settings").declares("debug") is not None
    assert sorted(read) in (["__init__.py", "base.py", "conf.py"], ["base.py", "conf.py"])
    assert project.parses.whole == len(read)


def test_same_named_classes_in_two_packages_stay_apart(grow: Grow) -> None:
    project = grow(
        {
            "api/__init__.py": "",
            "api/models.py": "class User:\n    email = ''\n",
            "db/__init__.py": "",
            "db/models.py": "class User:\n    password = ''\n",
        }
    )
    assert _class(project, "api.models.User").declares("password") is None
    assert _class(project, "db.models.User").declares("password") is not None


def test_relative_imports_at_several_levels(grow: Grow) -> None:
    project = grow(
        {
            "app/__init__.py": "",
            "app/base.py": "class Base:\n    a = 1\n",
            "app/x/__init__.py": "",
            "app/x/mid.py": "from ..base import Base\nclass Mid(Base):\n    b = 1\n",
            "app/x/y/__init__.py": "from . import leaf\n",
            "app/x/y/leaf.py": "from ..mid import Mid\nfrom ... import base\nclass Leaf(Mid, base.Base):\n    c = 1\n",
        }
    )
    leaf = _class(project, "app.x.y.leaf.Leaf")
    assert leaf.base_names() == ("app.x.mid.Mid", "app.base.Base")
    assert [item.name for item in leaf.mro().own] == ["Leaf", "Mid", "Base"]
    assert leaf.mro().complete
    assert isinstance(project.definition("app.x.y.leaf"), ModuleFacts)


def test_circular_imports_end(grow: Grow) -> None:
    project = grow(
        {
            "p/__init__.py": "from p.a import Thing, Ghost\n",
            "p/a.py": "from p.b import Ghost\nfrom p import Thing as Again\nclass Thing:\n    x = 1\n",
            "p/b.py": "from p.a import Ghost\n",
        }
    )
    assert _class(project, "p.Thing").qualified_name == "p.a.Thing"
    assert _class(project, "p.a.Again").qualified_name == "p.a.Thing"
    assert project.definition("p.Ghost") is None


@pytest.mark.parametrize(
    ("star", "found"),
    [
        ("from app.a import *\n", "app.a.Settings"),
        ("from app.a import *\nfrom app.b import *\n", None),
        ("from app.a import *\nfrom outside import *\n", None),
        ("from app.hidden import *\n", None),
        ("from app.hidden import *\nfrom app.a import *\n", "app.a.Settings"),
        ("class Settings: ...\nfrom app.a import *\n", None),
        ("from app.a import *\nclass Settings: ...\n", "app.Settings"),
        ("from app.computed import *\n", None),
    ],
)
def test_star_imports(grow: Grow, star: str, found: str | None) -> None:
    project = grow(
        {
            "app/__init__.py": star,
            "app/a.py": "class Settings: ...\n",
            "app/b.py": "class Settings: ...\n",
            "app/hidden.py": "__all__ = ['Other']\nclass Settings: ...\nclass Other: ...\n",
            "app/computed.py": "__all__ = [n for n in dir()]\nclass Settings: ...\n",
        }
    )
    answer = project.definition("app.Settings")
    assert (None if answer is None else answer.qualified_name) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("try:\n    from app.a import S\nexcept ImportError:\n    from app.b import S\n", None),
        ("try:\n    from app.a import S\nexcept ImportError:\n    S = None\n", None),
        (
            "try:\n    from app.a import S\nexcept ImportError:\n    raise SystemExit(1)\n",
            "app.a.S",
        ),
        ("try:\n    from app.a import S\nexcept ImportError:\n    from .a import S\n", "app.a.S"),
        ("if TYPE_CHECKING:\n    from app.a import S\n", "app.a.S"),
        ("if TYPE_CHECKING:\n    from app.a import S\nelse:\n    S = object\n", None),
        ("from app.a import S\ndef reset():\n    global S\n    S = None\n", None),
        ("from app.a import S\nfor S in range(3): ...\n", None),
        ("S = 1\nS = 2\n", None),
        ("def __getattr__(name): ...\n", None),
    ],
)
def test_names_with_several_meanings_are_not_known(
    grow: Grow, text: str, found: str | None
) -> None:
    text = "from typing import TYPE_CHECKING\n" + text
    project = grow(
        {
            "app/__init__.py": "",
            "app/a.py": "class S: ...\n",
            "app/b.py": "class S: ...\n",
            "app/use.py": text,
        }
    )
    answer = project.definition("app.use.S")
    assert (None if answer is None else answer.qualified_name) == found


def test_package_attribute_comes_before_the_submodule_of_its_name(grow: Grow) -> None:
    project = grow(
        {
            "app/__init__.py": "from app.settings import settings\n",
            "app/settings.py": "class Settings: ...\nsettings = Settings()\n",
        }
    )
    assert isinstance(project.definition("app.settings"), VariableFacts)
    assert isinstance(project.definition("app.settings.Settings"), ClassFacts)


def test_kinds_of_definitions(grow: Grow) -> None:
    project = grow({"m.py": """
            from typing import overload
            LIMIT: int = 3
            class A:
                class Inner:
                    x = 1
                @classmethod
                def make(cls) -> "A": ...
            @overload
            def get(key: str) -> str: ...
            @overload
            def get(key: int) -> int: ...
            def get(key): ...
            """})
    limit = project.definition("m.LIMIT")
    assert isinstance(limit, VariableFacts)
    assert limit.annotation is not None
    assert isinstance(project.definition("m.A.Inner"), ClassFacts)
    make = project.definition("m.A.make")
    assert isinstance(make, FunctionFacts)
    assert (make.owner, make.decorators) == ("m.A", ("classmethod",))
    get = project.definition("m.get")
    assert isinstance(get, FunctionFacts)
    assert len(get.overloads) == 2
    assert project.definition("m.A.nothing") is None


def test_broken_file_is_unknown_and_costs_only_itself(grow: Grow) -> None:
    project = grow({"good.py": "class A: ...\n", "bad.py": "class A(:\n", "nul.py": "x = 1\0\n"})
    assert project.definition("bad.A") is None
    assert project.definition("nul.x") is None
    assert isinstance(project.definition("good.A"), ClassFacts)


def test_overlay_stands_for_the_file(grow: Grow, tmp_path: Path) -> None:
    project = grow({"m.py": "class A:\n    x = 1\n"})
    assert _class(project, "m.A").declares("y") is None
    project.overlay(tmp_path / "m.py", "class A:\n    y = 1\n")
    assert _class(project, "m.A").declares("y") is not None
    project.overlay(tmp_path / "new.py", "class B: ...\n")
    assert _class(project, "new.B").line == 1


def test_recording_names_what_an_answer_depends_on(grow: Grow, tmp_path: Path) -> None:
    project = grow(
        {
            "a/__init__.py": "",
            "a/base.py": "class Base:\n    x = 1\n",
            "a/c.py": "from .base import Base\nclass C(Base): ...\n",
            "a/other.py": "",
        }
    )
    with project.recording() as first:
        assert _class(project, "a.c.C").declares("x") is not None
    with project.recording() as again:
        _class(project, "a.c.C").declares("x")
    assert first.files == again.files
    assert {path.name for path in first.files} >= {"base.py", "c.py"}
    assert "other.py" not in {path.name for path in first.files}
    assert Project(tmp_path).still_holds(first)
    (tmp_path / "a/base.py").write_text("class Base:\n    y = 1\n")
    assert not Project(tmp_path).still_holds(first)


def test_recording_notices_a_module_that_appears(grow: Grow, tmp_path: Path) -> None:
    project = grow({"main.py": "from extra import Settings\n"})
    with project.recording() as needed:
        assert project.definition("extra.Settings", tmp_path / "main.py") is None
    assert Project(tmp_path).still_holds(needed)
    (tmp_path / "extra.py").write_text("class Settings: ...\n")
    assert not Project(tmp_path).still_holds(needed)


def test_mentions_are_counted_by_line_and_marked_as_tests(grow: Grow, tmp_path: Path) -> None:
    project = grow(
        {
            "app.py": "a = 1\nraise Boom() or Boom()\n",
            "tests/test_app.py": "\n\n  Boom\n",
            "z.py": "Boom\n",
        }
    )
    found = project.mentions(b"Boom")
    assert [
        (item.path.relative_to(tmp_path).as_posix(), item.line, item.is_test) for item in found
    ] == [
        ("app.py", 2, False),
        ("tests/test_app.py", 3, True),
        ("z.py", 1, False),
    ]
    assert found[1].text == "Boom"
    assert len(project.mentions(b"Boom", cap=2)) == 2
    assert project.mentions(b"Absent") == ()


def test_files_that_name_a_class_as_a_base_are_found_under_any_alias(
    grow: Grow, tmp_path: Path
) -> None:
    project = grow(
        {
            "a.py": "class Base: ...\nclass Own(Base, metaclass=M): ...\n",
            "b.py": "from a import (\n    Base\n    as\tRoot,\n)\nclass B(x.Generic[Root]):\n    pass\n",
            "c.py": "import a\ndef f():\n    class C(\n        a.Base,\n    ): ...\n",
            "d.py": "from a import Base\nclass D: base = Base\n",
            "e.py": "class Base2(Baseline): ...\n",
        }
    )
    assert [path.name for path in project.naming_as_base("Base")] == ["a.py", "b.py", "c.py"]
    assert project.renamed(tmp_path / "b.py", "Base") == {"Root"}
    project.overlay(tmp_path / "d.py", "class D(Base): ...\n")
    assert tmp_path / "d.py" in project.naming_as_base("Base")


def test_what_was_derived_of_a_module_is_read_once_and_counts_as_a_dependency(
    grow: Grow, tmp_path: Path
) -> None:
    project = grow({"a.py": "class A: ...\n", "broken.py": "class (\n"})
    read = []

    def names(module: ModuleFacts) -> tuple[str, ...]:
        read.append(module.name)
        return tuple(module.bindings)

    assert project.derived(tmp_path / "a.py", "names", names) == ("A",)
    with project.recording() as asked:
        assert project.derived(tmp_path / "a.py", "names", names) == ("A",)
        assert project.derived(tmp_path / "broken.py", "names", names) is None
    assert read == ["a"]
    assert {path.name for path in asked.files} == {"a.py", "broken.py"}
    (tmp_path / "a.py").write_text("class B: ...\n")
    project.forget(tmp_path / "a.py")
    assert project.derived(tmp_path / "a.py", "names", names) == ("B",)


def test_dependencies_are_the_same_after_they_were_written_down(grow: Grow, tmp_path: Path) -> None:
    project = grow({"a.py": "class A: ...\n", "tests/test_a.py": "A\xff\n"})
    with project.recording() as asked:
        project.definition("a.A", tmp_path / "tests/test_a.py")
        project.mentions(b"A\xc3", 7, tests_only=True)
        project.naming_as_base("A")
        project.facts_of(tmp_path / "absent.py")
    assert len(asked.searches) == 2
    assert Dependencies.from_json(asked.to_json(str), str) == asked
    for wrong in ("[]", "null", "[1, 2, 3]", '[{"a": 1}, [[1]], []]', "{"):
        with pytest.raises(ValueError, match="no dependencies"):
            Dependencies.from_json(wrong, str)


def test_needles_found_along_are_not_looked_for_again(
    grow: Grow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = grow({"a.py": "del x\ncopy(x)\ncopy(y)\n", "b.py": "copy(z)\n"})
    assert [item.line for item in project.mentions(b"del ", 2, along=(b"copy(", b"del "))] == [1]
    monkeypatch.setattr(project._texts, "text", lambda name: pytest.fail(f"{name} is read again"))
    found = project.mentions(b"copy(", 2)
    assert [(item.path.name, item.line) for item in found] == [("a.py", 2), ("a.py", 3)]


def test_stores_are_found_wherever_a_search_in_the_text_finds_them(
    grow: Grow, tmp_path: Path
) -> None:
    texts = {"a.py": "x.y.name = 1\n", "b.py": "name = 1\n", "c.py": "# it.name = 2, b.name = 3\n"}
    project = grow({**texts, "d.py": "o.name == 1; o.name= 2; o.name  = 3\n"})
    assert [item.path.name for item in project.mentions(b".name = ")] == ["a.py", "c.py"]
    assert project.mentions(b".y = ") == ()
    (tmp_path / "b.py").write_text("x.y = 1\n")
    project.forget(tmp_path / "b.py")
    assert [item.path.name for item in project.mentions(b".y = ")] == ["b.py"]


def test_mentions_follow_a_file_that_was_written_anew(grow: Grow, tmp_path: Path) -> None:
    project = grow({"app.py": "Boom\n"})
    assert len(project.mentions(b"Boom")) == 1
    (tmp_path / "app.py").write_text("Bang\n")
    project.forget(tmp_path / "app.py")
    assert project.mentions(b"Boom") == ()
    assert [item.text for item in project.mentions(b"Bang")] == ["Bang"]


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("    global S", False),
        ("    global A, S  # why", False),
        ("    if True: global S", False),
        ("    x = 1; global A, \\\n        S", False),
        ("    globals_of(S)", True),
        ("    '''the global settings'''", True),
        ("    print('global S here')", True),
    ],
)
def test_global_statements_make_a_name_uncertain(grow: Grow, line: str, known: bool) -> None:
    project = grow({"m.py": f"class S: ...\nA = 1\ndef f():\n{line}\n    pass\n"})
    assert (project.definition("m.S") is not None) is known


def test_edits_of_the_file_in_hand_are_seen_by_the_classes_that_inherit(
    grow: Grow, tmp_path: Path
) -> None:
    project = grow(
        {
            "base.py": "class Base:\n    x = 1\n",
            "child.py": "from base import Base\nclass Child(Base): ...\n",
        }
    )
    child = _class(project, "child.Child")
    assert child.declares("x") is not None
    for text, declared in (("class Base:\n    x = 1\n", True), ("class Base:\n    y = 1\n", False)):
        source = Source("base.py", text.encode(), project=project, module="base")
        project.facts_of_source(source)
        assert (child.declares("x") is not None) is declared


def test_star_sources_without_the_word_are_not_parsed(
    grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"app/m{n}.py": f"class Other{n}: ...\n" for n in range(30)}
    stars = "".join(f"from .m{n} import *\n" for n in range(30)) + "from .last import *\n"
    project = grow({"app/__init__.py": stars, "app/last.py": "class Wanted: ...\n", **many})
    parsed: list[str] = []
    monkeypatch.setattr(parser, "parse", _parse_into(parsed))
    with project.recording() as needed:
        assert _class(project, "app.Wanted").qualified_name == "app.last.Wanted"
    assert sorted(parsed) == ["__init__.py", "last.py"]
    assert len(needed.files) == 32


def test_async_names_follow_a_file_that_was_written_anew(grow: Grow, tmp_path: Path) -> None:
    project = grow(
        {
            "app.py": "async def load(): ...\ndef save(): ...\n",
            "bus.py": "class Bus:\n    async def run(self): ...\n",
        }
    )
    with project.recording() as asked:
        assert project.async_names() == {"load", "run"}
    assert project.still_holds(asked)
    (tmp_path / "app.py").write_text("async def save(): ...\n")
    project.forget(tmp_path / "app.py")
    assert project.async_names() == {"save", "run"}
    assert not project.still_holds(asked)
