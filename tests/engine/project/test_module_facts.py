"""Facts of modules are data: they survive as text, from run to run, and no tree is held for them."""

from __future__ import annotations

import ast
import gc
import json
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from project_trees import Grow, Reveal

from fixaudit import Codemod, Finding
from fixaudit.errors import SourceError
from fixaudit.pipeline.judge import judge
from fixaudit.semantics import facts_row, module_cache
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.facts_reader import read_module
from fixaudit.semantics.module_facts import ModuleFacts, Span
from fixaudit.semantics.parts import parts_of
from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.semantics.tree_contents import TreeContents
from fixaudit.source.source import Source
from fixaudit.syntax import parser
from fixaudit.syntax.module import Module
from fixaudit.syntax.parser import parse

FIXTURES = sorted((Path(__file__).parents[3] / "fixtures" / "before").rglob("*.py"))[::3]

TREE = {
    "app/__init__.py": "from app.models import *\n",
    "app/base.py": """
        from dataclasses import dataclass, field
        class Root:
            name: str = "r"
        @dataclass(init=False)
        class Data(Root):
            size: int = field(init=False)
        """,
    "app/models.py": """
        from app.base import Data, Root
        from app.tools import made
        class User(Root):
            def __init__(self, other: "User | None" = None) -> None:
                super().__init__()
                self.other = other
                self.data = made()
            @property
            def twin(self):
                return self.other or self
            def __getattr__(self, name): ...
        default = User()
        """,
    "app/tools.py": """
        import app.base as base
        def made():
            if base:
                return base.Data()
            raise ValueError
        async def later() -> base.Data: ...
        """,
    "use.py": """
        from app import User, default
        from app.tools import later, made
        reveal(default)
        reveal(default.twin)
        reveal(default.data)
        reveal(default.other.other)
        reveal(made().name)
        async def f(user: User):
            reveal(await later())
            reveal(user.data)
        """,
}
TYPES = ["User", "User", "Data", "User | None", None, "Data", "Data"]


class _Memory:
    """A store in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def facts(self, key: str) -> str | None:
        return self.rows.get(key)

    def keep_facts(self, key: str, row: str) -> None:
        self.rows[key] = row


def _again(project: Project, store: _Memory) -> Project:
    found = Project(project.root)
    found.keep_facts_in(store)
    return found


def _nowhere(span: Span) -> NoReturn:
    raise LookupError


def _read(text: bytes) -> ModuleFacts:
    module = Module("m.py", text)
    tree, body = module.tree, module.body
    contents = TreeContents(lambda: tree, body)
    return read_module(tree, Path("m.py"), "m", body, contents, parts_of(tree, body))


def _data(facts: ModuleFacts) -> object:
    """Everything that facts say, in plain types."""
    bodies = [
        json.loads(facts_row.encode_body(facts.contents.body(facts, record, _nowhere)))
        for record in facts.contents.classes()
    ]
    slots = ("bindings", "imports", "exports", "exports_unclear", "is_package", "parts", "package")
    plain = [getattr(facts, name) for name in slots]
    return plain, facts.contents.classes(), facts.contents.imported_names(), bodies


def test_facts_survive_as_text() -> None:
    classes = 0
    for path in FIXTURES:
        try:
            facts = _read(path.read_bytes())
        except SourceError:
            continue
        bodies = {
            record: facts_row.encode_body(facts.contents.body(facts, record, _nowhere))
            for record in facts.contents.classes()
        }
        again = facts_row.decode(
            facts_row.encode(facts),
            facts.path,
            facts.name,
            lambda _, record, locate: facts_row.decode_body(bodies[record], locate),  # noqa: B023
        )
        assert _data(again) == _data(facts)
        classes += len(bodies)
    assert classes > 100


# -------------------------------------------------------------------- from run to run


def test_each_module_is_parsed_once_and_never_again_with_a_store(
    grow: Grow, reveal: Reveal
) -> None:
    project, store = grow(TREE), _Memory()
    project.keep_facts_in(store)
    for _ in range(2):
        assert reveal(project, "use.py") == TYPES
    assert project.parses.whole == 4
    warm = _again(project, store)
    assert reveal(warm, "use.py") == TYPES
    assert (warm.parses.whole, warm.parses.read) == (0, 4)


def test_answers_hang_on_nothing_that_is_in_memory(
    grow: Grow, reveal: Reveal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module_cache, "_DECODED", 1)
    monkeypatch.setattr(module_cache, "FRAGMENT_BYTES", 0)
    project = grow(TREE)
    for _ in range(3):
        assert reveal(project, "use.py") == TYPES
    assert project.parses.whole == 4


def test_a_changed_module_is_read_anew(grow: Grow, reveal: Reveal) -> None:
    project, store = grow(TREE), _Memory()
    project.keep_facts_in(store)
    reveal(project, "use.py")
    grow({"app/tools.py": "async def later(): ...\ndef made() -> int: ...\n"})
    warm = _again(project, store)
    changed = reveal(warm, "use.py")
    assert changed == ["User", "User", None, "User | None", None, None, None]
    assert (warm.parses.whole, warm.parses.read) == (1, 3)


def _damaged(row: str) -> Iterator[str]:
    """The row with each of its scalars, and each list, put out of shape in turn."""
    yield from (
        "",
        "[]",
        "{}",
        "null",
        row[:-1],
        row + "]",
        "[" * 100_000,
        "\x00",
        "[1,2,3,4,5,6,7]",
    )

    def spoilt(value: Any) -> Iterator[Any]:
        yield {"no": "such"} if not isinstance(value, dict) else [value]
        if isinstance(value, list):
            for at, item in enumerate(value):
                for worse in spoilt(item):
                    yield [*value[:at], worse, *value[at + 1 :]]
        elif isinstance(value, dict):
            for key, item in value.items():
                for worse in spoilt(item):
                    yield {**value, key: worse}

    yield from map(json.dumps, spoilt(json.loads(row)))


def test_a_row_out_of_shape_is_no_row(grow: Grow, reveal: Reveal) -> None:
    project, store = grow(TREE), _Memory()
    project.keep_facts_in(store)
    reveal(project, "use.py")
    modules = {key: row for key, row in store.rows.items() if len(key.split()) == 2}
    assert len(modules) == 4
    assert len(store.rows) > len(modules)
    taken = []
    for key, row in store.rows.items():
        for worse in _damaged(row):
            try:
                if key in modules:
                    facts_row.decode(worse, Path("m.py"), "m", lambda *_: NotImplemented)
                else:
                    facts_row.decode_body(worse, _nowhere)
            except ValueError:
                continue
            taken.append((row, worse))
    assert taken == []


@pytest.mark.parametrize(
    "rows", ["", "[]", "[[[", '[{"a":[["class",1,true]]},[],null,false,[],[],[]]']
)
def test_broken_rows_are_built_anew(grow: Grow, reveal: Reveal, rows: str) -> None:
    project, store = grow(TREE), _Memory()
    project.keep_facts_in(store)
    reveal(project, "use.py")
    good = dict(store.rows)
    store.rows = dict.fromkeys(good, "[" if rows.startswith("[{") else rows)
    warm = _again(project, store)
    assert reveal(warm, "use.py") == TYPES
    assert (warm.parses.whole, warm.parses.read) == (4, 0)
    assert store.rows == good


def test_rows_that_are_too_large_are_neither_kept_nor_taken(
    grow: Grow, reveal: Reveal, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, store = grow(TREE), _Memory()
    project.keep_facts_in(store)
    reveal(project, "use.py")
    monkeypatch.setattr(module_cache, "MOST_ROW_CHARACTERS", 10)
    warm = _again(project, store)
    assert reveal(warm, "use.py") == TYPES
    assert warm.parses.read == 0
    empty = _Memory()
    assert reveal(_again(project, empty), "use.py") == TYPES
    assert empty.rows == {}


# -------------------------------------------------------------------- nothing is held


@contextmanager
def _without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_no_tree_of_another_file_is_held(
    grow: Grow, reveal: Reveal, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees: list[weakref.ref[object]] = []

    def watched(text: str, path: str = "") -> object:
        tree = parse(text, path)
        trees.append(weakref.ref(tree))
        trees.extend(weakref.ref(statement) for statement in tree.body)
        return tree

    monkeypatch.setattr(parser, "parse", watched)
    with _without_collector():
        project = grow(TREE)
        assert reveal(project, "use.py") == TYPES
        assert len(trees) > 10
        assert [tree() for tree in trees if tree() is not None] == []


def test_parts_that_were_asked_for_long_ago_go(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_cache, "FRAGMENT_BYTES", 1)
    with _without_collector():
        project = grow({f"m{n}.py": f"def f{n}():\n    return {n}\n" for n in range(9)})
        nodes = []
        for n in range(9):
            found = project.definition(f"m{n}.f{n}")
            nodes.append(weakref.ref(found.node))  # type: ignore[union-attr]
            del found
            project.settle()
        assert [number for number, node in enumerate(nodes) if node() is not None] == [8]


def test_a_class_does_not_keep_the_file_that_was_judged(grow: Grow, tmp_path: Path) -> None:
    project = grow(
        {
            "base.py": "class Base:\n    x = 1\n",
            "child.py": "from base import Base\nclass C(Base): ...\n",
        }
    )
    with _without_collector():
        source = Source("base.py", b"class Base:\n    y = 1\n", project=project, module="base")
        project.facts_of_source(source)
        child = project.definition("child.C")
        assert isinstance(child, ClassFacts)
        assert child.declares("y") is not None
        tree = weakref.ref(source.tree)
        source.close()
        del source
        assert tree() is None
    assert child.declares("y") is None
    assert child.declares("x") is not None


def test_nothing_of_a_judged_file_waits_for_a_collection(grow: Grow) -> None:
    project = grow({"base.py": "class Base:\n    x = 1\n"})
    text = b"from base import Base\nclass Child(Base):\n    y = 1\n"
    with _without_collector():
        source = Source("child.py", text, project=project, module="child")
        facts = project.facts_of_source(source)
        child = project.definition("child.Child") or project.resolve(facts, "Child")
        assert isinstance(child, ClassFacts)
        assert [entry.name for entry in child.mro().own] == ["Child", "Base"]
        locate = child.body.found["y"][0].locate
        known: list[weakref.ref[Any]] = [weakref.ref(child), weakref.ref(locate)]
        known += [weakref.ref(facts.contents), weakref.ref(source)]
        source.close()
        del source, facts, child, locate
        assert [item() for item in known if item() is not None] == []


def test_code_of_a_file_written_since_is_not_taken_for_that_of_its_facts(
    grow: Grow, tmp_path: Path
) -> None:
    project = grow({"a.py": "def f():\n    return 1\n"})
    found = project.definition("a.f")
    (tmp_path / "a.py").write_text("def g():\n    return 2\n")
    with pytest.raises(LookupError, match=r"a\.py has changed"):
        found.node  # type: ignore[union-attr]  # noqa: B018


class _Nosy(Codemod):
    """Asks for the code of `a.f`, which is written anew between two looks at it the first time."""

    name = "nosy"
    code = "X1"
    triggers = (b"call",)
    visits = (ast.Call,)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.asked = 0

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        self.asked += 1
        found = source.project.definition("a.f")
        assert isinstance(found, FunctionFacts)
        if self.asked == 1:
            self.path.write_text("\n\ndef f():\n    return 2\n")
        yield self.leave(source, node, ast.unparse(found.node))


def test_a_site_is_judged_again_where_another_file_is_written_meanwhile(
    grow: Grow, tmp_path: Path
) -> None:
    project = grow({"a.py": "def f():\n    return 1\n", "b.py": "call()\n"})
    source = Source("b.py", b"call()\n", project=project, module="b")
    codemod = _Nosy(tmp_path / "a.py")
    findings, problems = judge(source, [codemod])
    assert (problems, codemod.asked) == ([], 2)
    assert [finding.reason for finding in findings] == ["def f():\n    return 2"]


def test_a_class_is_not_parsed_for_a_name_that_its_file_lacks(grow: Grow) -> None:
    project = grow(
        {
            "base.py": "class Base:\n    def __init__(self):\n        self.size = 1\n",
            "one.py": "from base import Base\n\nclass One(Base):\n    def f(self):\n        return 1\n",
            "two.py": "from base import Base\n\nclass Two(Base):\n    ﬁle = 2\n",
        }
    )
    one = project.definition("one.One")
    assert isinstance(one, ClassFacts)
    assert one.lacks("size", "colour")
    assert not one.lacks("size", "f")
    assert one.declares("colour") is None
    assert "body" not in vars(one)
    found = one.declares("size")
    assert found is not None
    assert found.certain
    # An identifier is the same in all its compatible spellings.
    two = project.definition("two.Two")
    assert isinstance(two, ClassFacts)
    assert not two.lacks("file")
    spelled = two.declares("file")
    assert spelled is not None
    assert spelled.certain
