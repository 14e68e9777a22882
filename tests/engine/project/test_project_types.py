"""Static types: what the code proves, across files, and everything that must stay unknown."""

from __future__ import annotations

import pytest
from project_trees import Grow, Reveal

SETTINGS = {
    "app/__init__.py": "",
    "app/core/__init__.py": "from .settings import Settings, get_settings, settings\n",
    "app/core/settings.py": """
        from __future__ import annotations
        from contextlib import asynccontextmanager, contextmanager
        from functools import lru_cache
        from typing import AsyncIterator, Iterator, Optional, Self
        from pydantic_settings import BaseSettings

        class Redis:
            url: str = ""
            def __enter__(self): return self
            def __exit__(self, *exc): ...
            async def __aenter__(self) -> Self: return self
            async def __aexit__(self, *exc): ...

        class Settings(BaseSettings):
            debug: bool = False
            redis: Redis = Redis()
            spare: Optional[Redis] = None
            pool: list[Redis] = []
            named: dict[str, Redis] = {}

            @property
            def main(self) -> Redis: ...

            @classmethod
            def load(cls) -> Self: ...

            def copy_of(self) -> "Settings": ...

        @lru_cache(maxsize=1)
        def get_settings() -> Settings:
            return Settings()

        @lru_cache
        def bare_factory():
            return Settings()

        def mixed_factory(a):
            if a:
                return Settings()
            return Redis()

        def falling_factory(a):
            if a:
                return Settings()

        async def fetch() -> Settings: ...

        @contextmanager
        def opened() -> Iterator[Redis]: ...

        @asynccontextmanager
        async def aopened() -> AsyncIterator[Redis]: ...

        settings = get_settings()
    """,
    "app/other.py": "class Settings:\n    pass\nclass Other:\n    pass\n",
}
HEAD = """\
from __future__ import annotations
from typing import TYPE_CHECKING, Annotated, Any, Optional, Union, TypeVar, Iterable
from app.core import Settings, get_settings, settings
from app.core.settings import Redis, bare_factory, mixed_factory, falling_factory, fetch, opened, aopened
from app.other import Other
import app.core.settings as conf
import app.core
"""


def _types(grow: Grow, reveal: Reveal, text: str) -> list[str | None]:
    project = grow(SETTINGS)
    assert project.root is not None
    (project.root / "app/use.py").write_text(HEAD + text)
    project.forget(project.root / "app/use.py")
    return reveal(project, "app/use.py")


def _body(*lines: str) -> str:
    return "def use(a: Any, s: Settings, o: Optional[Settings], d: Settings = None):\n" + "".join(
        f"    {line}\n" for line in "\n".join(lines).splitlines()
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("s", "Settings"),
        ("o", "Settings | None"),
        ("d", "Settings | None"),
        ("a", None),
        ("s.redis", "Redis"),
        ("s.spare", "Redis | None"),
        ("s.main", "Redis"),
        ("s.pool", None),
        ("s.pool[0]", "Redis"),
        ("s.pool[1:][0]", "Redis"),
        ("s.named['x']", "Redis"),
        ("s.named.get('x')", "Redis | None"),
        ("s.debug", None),
        ("s.copy_of", None),
        ("s.copy_of()", "Settings"),
        ("s.copy_of().redis", "Redis"),
        ("s.model_copy()", "Settings"),
        ("Settings", None),
        ("Settings()", "Settings"),
        ("Settings.load()", "Settings"),
        ("Settings.model_validate(a)", "Settings"),
        ("Settings.model_construct()", None),
        ("get_settings()", "Settings"),
        ("app.core.get_settings()", "Settings"),
        ("conf.get_settings()", "Settings"),
        ("bare_factory()", "Settings"),
        ("mixed_factory(a)", "Settings | Redis"),
        ("falling_factory(a)", "Settings | None"),
        ("fetch()", None),
        ("settings", "Settings"),
        ("conf.settings.redis", "Redis"),
        ("app.core.settings.redis", "Redis"),
        ("o or Settings()", "Settings"),
        ("o or d", "Settings | None"),
        ("s if a else o", "Settings | None"),
        ("s if a else Other()", "Settings | Other"),
        ("s if a else a", None),
        ("(n := Settings())", "Settings"),
        ("o and o.redis", None),
        ("unknown()", None),
        ("lambda: s", None),
        ("sorted(s.pool)[0]", "Redis"),
        ("next(iter(s.pool))", "Redis"),
        ("[Settings()][0]", "Settings"),
        ("[r for r in s.pool][0]", "Redis"),
    ],
)
def test_expressions(grow: Grow, reveal: Reveal, expression: str, expected: str | None) -> None:
    assert _types(grow, reveal, _body(f"reveal({expression})")) == [expected]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("Settings", "Settings"),
        ("'Settings'", "Settings"),
        ("conf.Settings", "Settings"),
        ("Settings | None", "Settings | None"),
        ("'Settings | None'", "Settings | None"),
        ("Optional['Settings']", "Settings | None"),
        ("Union[Settings, Other]", "Settings | Other"),
        ("Settings | Unknown", None),
        ("Settings | str", None),
        ("Annotated[Settings, Depends(get_settings)]", "Settings"),
        ("Alias", "Settings"),
        ("Bound", "Settings"),
        ("Free", None),
        ("type[Settings]", None),
        ("list[Settings]", None),
        ("Any", None),
        ("object", None),
        ("Late", "Settings"),
        ("Inner.Deep", "Deep"),
    ],
)
def test_annotations(grow: Grow, reveal: Reveal, annotation: str, expected: str | None) -> None:
    text = f"""
Alias = Settings
Bound = TypeVar("Bound", bound="Settings")
Free = TypeVar("Free")
if TYPE_CHECKING:
    from app.core.settings import Settings as Late
class Inner:
    class Deep: ...
def use(x: {annotation}):
    reveal(x)
"""
    assert _types(grow, reveal, text) == [expected]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("if o is None:\n    return\nreveal(o)", "Settings"),
        ("if o is None:\n    raise ValueError\nreveal(o)", "Settings"),
        ("if not o:\n    return\nreveal(o)", "Settings"),
        ("if o is None:\n    print()\nreveal(o)", "Settings | None"),
        ("if o:\n    reveal(o)", "Settings"),
        ("if o is not None and a:\n    reveal(o)", "Settings"),
        ("if o is not None or a:\n    reveal(o)", "Settings | None"),
        ("if o is None or a:\n    return\nreveal(o)", "Settings"),
        ("if a:\n    pass\nelif o is None:\n    return\nreveal(o)", "Settings | None"),
        ("if o is None:\n    pass\nelse:\n    reveal(o)", "Settings"),
        ("if o is None:\n    reveal(o)", "Settings | None"),
        ("assert o is not None\nreveal(o)", "Settings"),
        ("assert o\nreveal(o)", "Settings"),
        ("reveal(o) if o is not None else 0", "Settings"),
        ("o is not None and reveal(o)", "Settings"),
        ("o is None or reveal(o)", "Settings"),
        ("o is None and reveal(o)", "Settings | None"),
        ("[reveal(o) for _ in a if o is not None]", "Settings"),
        ("for _ in a:\n    if o is None:\n        continue\n    reveal(o)", "Settings"),
        ("while o is not None:\n    reveal(o)", "Settings"),
        ("if o is None:\n    return\no = None\nreveal(o)", None),
        ("if o is None:\n    return\no = a\nreveal(o)", None),
        ("if o is None:\n    return\nfor _ in a:\n    reveal(o)\n    o = d", "Settings | None"),
        ("if o is None:\n    return\ndef f():\n    reveal(o)", "Settings"),
        ("if o is None:\n    return\ndef f():\n    reveal(o)\no = d", "Settings | None"),
        ("if o is None:\n    o = Settings()\nreveal(o)", "Settings"),
        ("if o is None:\n    o = d\nreveal(o)", "Settings | None"),
        ("if not o:\n    o = get_settings()\nreveal(o)", "Settings"),
        ("o = o or get_settings()\nreveal(o)", "Settings"),
        ("if (n := o) is not None:\n    reveal(n)", "Settings"),
        ("if isinstance(a, Settings):\n    reveal(a)", "Settings"),
        ("if not isinstance(a, Settings):\n    return\nreveal(a)", "Settings"),
        ("if isinstance(a, (Settings, Other)):\n    reveal(a)", "Settings | Other"),
        ("if isinstance(a, Settings):\n    pass\nreveal(a)", None),
        ("if isinstance(a, Settings):\n    a = 1\n    reveal(a)", None),
        ("try:\n    o = Settings()\nexcept Exception:\n    reveal(o)", "Settings | None"),
        ("if s.spare is not None:\n    reveal(s.spare)", "Redis"),
        ("if s.spare is not None:\n    a()\n    reveal(s.spare)", "Redis | None"),
        ("s.spare and reveal(s.spare)", "Redis"),
    ],
)
def test_narrowing(grow: Grow, reveal: Reveal, lines: str, expected: str | None) -> None:
    assert _types(grow, reveal, _body(lines)) == [expected]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("x = get_settings()\nreveal(x)", "Settings"),
        ("x = get_settings()\nx = Other()\nreveal(x)", "Other"),
        ("x = get_settings()\nif a:\n    x = Other()\nreveal(x)", None),
        ("if a:\n    x = Settings()\nelse:\n    x = get_settings()\nreveal(x)", "Settings"),
        ("x = None\nif a:\n    x = Settings()\nreveal(x)", "Settings | None"),
        ("x = Settings()\nx += 1\nreveal(x)", None),
        ("x = Settings()\nfor _ in a:\n    reveal(x)\n    x = Other()", None),
        ("x = Settings()\ndef f():\n    reveal(x)\nx = Other()", None),
        ("x = Settings()\ndef f():\n    nonlocal x\n    x = None\nreveal(x)", "Settings | None"),
        ("x = Settings()\ndef f():\n    nonlocal x\n    x = Other()\nreveal(x)", None),
        ("x: Settings = a()\nreveal(x)", "Settings"),
        ("x: Settings\nx = a()\nreveal(x)", "Settings"),
        ("for x in s.pool:\n    reveal(x)", "Redis"),
        ("for k, x in s.named.items():\n    reveal(x)", "Redis"),
        ("for k, x in s.named.items():\n    reveal(k)", None),
        ("for i, x in enumerate(s.pool):\n    reveal(x)", "Redis"),
        ("for x in s.named.values():\n    reveal(x)", "Redis"),
        ("for x in s.named:\n    reveal(x)", None),
        ("[reveal(x) for x in s.pool]", "Redis"),
        ("with Redis() as x:\n    reveal(x)", "Redis"),
        ("with opened() as x:\n    reveal(x)", "Redis"),
        ("with opened() as x, a as y:\n    reveal(y)", None),
        ("x, y = Settings(), 1\nreveal(x)", "Settings"),
        ("x, *y = Settings(), 1\nreveal(x)", None),
        ("s = a\nreveal(s)", None),
        ("del s\nreveal(s)", None),
        ("try:\n    pass\nexcept Boom as e:\n    reveal(e)", "Boom"),
        ("try:\n    pass\nexcept (Boom, ValueError) as e:\n    reveal(e)", None),
        ("from app.other import Settings as S\nx = S()\nreveal(x.nothing)", None),
        ("get_settings = a\nreveal(get_settings())", None),
        ("class Local:\n    x = 1\nreveal(Local())", "Local"),
    ],
)
def test_local_names(grow: Grow, reveal: Reveal, lines: str, expected: str | None) -> None:
    assert _types(grow, reveal, "class Boom(Exception): ...\n" + _body(lines)) == [expected]


def test_async_results_only_under_await(grow: Grow, reveal: Reveal) -> None:
    text = """
async def use(xs: list[Settings]):
    reveal(await fetch())
    reveal(fetch())
    async with Redis() as r:
        reveal(r)
    async with aopened() as r2:
        reveal(r2)
    with opened as r3:
        reveal(r3)
"""
    assert _types(grow, reveal, text) == ["Settings", None, "Redis", "Redis", None]


def test_self_and_its_attributes(grow: Grow, reveal: Reveal) -> None:
    text = """
class Base:
    shared: Settings
    def __init__(self, late: Other): self.late = late
class Service(Base):
    kept = Other()
    def __init__(self, settings: Settings, loose, maybe: Settings | None = None):
        self.settings = settings
        self.loose = loose
        self.maybe = maybe
        self.lazy = None
        self.changed = settings
        self.made: Redis = loose
    def run(self):
        reveal(self)
        reveal(self.settings)
        reveal(self.loose)
        reveal(self.maybe)
        reveal(self.lazy)
        reveal(self.changed)
        reveal(self.made)
        reveal(self.shared)
        reveal(self.late)
        reveal(self.kept)
        reveal(self.settings.redis)
        reveal(self.absent)
        [reveal(self) for _ in ()]
        def inner(): reveal(self.settings)
    def fill(self):
        self.lazy = Redis()
        self.changed = Other()
    @staticmethod
    def free(self): reveal(self)
    @classmethod
    def make(cls): reveal(cls)
    @retry
    def again(self): reveal(self)
    @field_validator("x")
    def check(cls): reveal(cls)
    @app.task(bind=True)
    def job(self): reveal(self)
"""
    assert _types(grow, reveal, text) == [
        "Service",
        "Settings",
        None,
        "Settings | None",
        "Redis | None",
        "Settings | Other",
        "Redis",
        "Settings",
        "Other",
        "Other",
        "Redis",
        None,
        "Service",
        "Settings",
        None,
        None,
        "Service",
        None,
        None,
    ]


def test_module_level_names(grow: Grow, reveal: Reveal) -> None:
    text = """
client = Redis()
lazy: Redis | None = None
again = Redis()
again = Other()
if TYPE_CHECKING:
    from app.core.settings import Settings as Late
def get():
    global lazy
    lazy = Redis()
    reveal(lazy)
    reveal(client)
    reveal(again)
def shadow(client):
    reveal(client)
def late(x: "Late"):
    reveal(x)
reveal(client)
reveal(again)
"""
    assert _types(grow, reveal, text) == [
        "Redis | None",
        "Redis",
        None,
        None,
        "Settings",
        "Redis",
        "Other",
    ]


def test_descriptors_and_enum_members_are_not_their_values(grow: Grow, reveal: Reveal) -> None:
    text = """
import enum
from orm import Field
class Lazy:
    def __get__(self, obj, owner): return 1
class Column(Field): ...
class Kind(enum.Enum):
    A = Other()
class Model:
    lazy = Lazy()
    column = Column()
    plain = Other()
def use(m: Model):
    reveal(m.lazy)
    reveal(m.column)
    reveal(m.plain)
    reveal(Kind.A)
"""
    assert _types(grow, reveal, text) == [None, None, "Other", None]


def test_things_that_make_themselves_end(grow: Grow, reveal: Reveal) -> None:
    text = """
def a(): return b()
def b(): return a()
def loop(x=None):
    for _ in range(3):
        x = x or step(x)
        reveal(x)
def step(x): return step(x)
y = y
reveal(a())
reveal(y)
class Node:
    def __init__(self, parent: "Node"):
        self.parent = parent
        reveal(self.parent.parent.parent)
"""
    assert _types(grow, reveal, text) == [None, None, None, "Node"]


def test_new_and_metaclasses_may_give_something_else(grow: Grow, reveal: Reveal) -> None:
    text = """
from x import Meta
class Single:
    def __new__(cls): return Other()
class Odd(metaclass=Meta): ...
reveal(Single())
reveal(Odd())
"""
    assert _types(grow, reveal, text) == [None, None]


def test_without_a_project_the_file_still_knows_itself(reveal: Reveal) -> None:
    import ast

    from fixaudit.source.source import Source
    from fixaudit.source.static_type import definition_of, static_type

    text = b"class A:\n    x = 1\n    def m(self): ...\ndef f(a: A):\n    return a.m()\n"
    source = Source("-", text)
    call = source.nodes(ast.Call)[0]
    assert isinstance(call.func, ast.Attribute)
    found = static_type(source, call.func.value)
    assert found is not None
    assert found.names == "A"
    declared = found.declares("x")[0]
    assert declared is not None
    assert declared.certain
    method = definition_of(source, call.func)
    assert method is not None
    assert method.qualified_name.endswith("A.m")


def test_unannotated_functions_are_followed_two_deep_and_no_further(
    grow: Grow, reveal: Reveal
) -> None:
    text = """
def one(): return Settings()
def two(): return one()
def three(): return two()
reveal(one())
reveal(two())
reveal(three())
"""
    assert _types(grow, reveal, text) == ["Settings", "Settings", None]


def test_a_question_that_branches_without_end_is_given_up(grow: Grow, reveal: Reveal) -> None:
    chain = "".join(
        f"def f{n}(a) -> Settings: ...\nx{n} = [x{n - 1}, x{n - 1}][0] if f{n}(0) else x{n - 1}\n"
        for n in range(1, 40)
    )
    assert _types(grow, reveal, f"x0 = Settings()\n{chain}reveal(x39)\nreveal(x1)\n") == [
        None,
        "Settings",
    ]
