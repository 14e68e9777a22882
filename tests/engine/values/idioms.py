"""Ways in which an object reaches a name, and kinds of objects: each pair is one row of the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Answer = Literal["sure", "maybe", "assumed", "maybe assumed"] | None
"""`sure`: it is one; `maybe`: or None; `assumed`: a default or fallback says so; None: not known."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: how code makes one, and what its annotation is.

    `origins` are the expressions an answer may name; empty for a class of the project.
    """

    imports: str
    make: str
    cls: str
    origins: frozenset[str] = frozenset()
    enters: bool = False
    enters_async: bool = False


KINDS: dict[str, Kind] = {
    "project class": Kind("from app.parts import Gauge", "Gauge()", "Gauge", enters=True, enters_async=True),
    "connection": Kind(
        "import sqlite3", "sqlite3.connect('a')", "sqlite3.Connection",
        frozenset({"sqlite3.connect()", "sqlite3.Connection()"}), enters=True,
    ),
    "redis": Kind("import redis", "redis.Redis()", "redis.Redis", frozenset({"redis.Redis()"}), enters=True),
    "http client": Kind(
        "import httpx", "httpx.AsyncClient()", "httpx.AsyncClient",
        frozenset({"httpx.AsyncClient()"}), enters_async=True,
    ),
    "http session": Kind(
        "import requests", "requests.Session()", "requests.Session",
        frozenset({"requests.Session()"}), enters=True,
    ),
    "logger": Kind(
        "import logging", "logging.getLogger('a')", "logging.Logger",
        frozenset({"logging.getLogger()", "logging.Logger()"}),
    ),
    "bound logger": Kind(
        "import structlog", "structlog.get_logger().bind(a=1)", "structlog.stdlib.BoundLogger",
        frozenset({"structlog.get_logger().bind()", "structlog.stdlib.BoundLogger()"}),
    ),
    "engine": Kind(
        "import sqlalchemy", "sqlalchemy.create_engine('a')", "sqlalchemy.Engine",
        frozenset({"sqlalchemy.create_engine()", "sqlalchemy.Engine()"}),
    ),
    "database session": Kind(
        "from sqlalchemy.orm import Session", "Session()", "Session",
        frozenset({"sqlalchemy.orm.Session()"}), enters=True,
    ),
    "router": Kind("import fastapi", "fastapi.APIRouter()", "fastapi.APIRouter", frozenset({"fastapi.APIRouter()"})),
    "event loop": Kind(
        "import asyncio", "asyncio.new_event_loop()", "asyncio.AbstractEventLoop",
        frozenset({"asyncio.new_event_loop()", "asyncio.AbstractEventLoop()"}),
    ),
    "task group": Kind(
        "import asyncio", "asyncio.TaskGroup()", "asyncio.TaskGroup",
        frozenset({"asyncio.TaskGroup()"}), enters_async=True,
    ),
}  # fmt: skip

PARTS = """
class Gauge:
    def __enter__(self): return self
    def __exit__(self, *exc): ...
    async def __aenter__(self): return self
    async def __aexit__(self, *exc): ...
"""


@dataclass(frozen=True, slots=True)
class Idiom:
    """`text` is module `app.here` with one `reveal(…)`; `{make}`, `{cls}` stand for the kind.

    `other` is module `app.there`. `entered` says which `with` the kind has to know.
    """

    text: str
    answer: Answer
    other: str = ""
    entered: Literal["", "with", "async with"] = ""


IDIOMS: dict[str, Idiom] = {
    # --------------------------------------------------------------- assignments
    "assignment": Idiom("x = {make}\nreveal(x)", "sure"),
    "assignment through a name": Idiom("y = {make}\nx = y\nreveal(x)", "sure"),
    "the expression itself": Idiom("reveal({make})", "sure"),
    "annotated assignment": Idiom("x: {cls} = unknown()\nreveal(x)", "sure"),
    "annotation of no use": Idiom("from typing import Any\nx: Any = {make}\nreveal(x)", "sure"),
    "walrus": Idiom("if (x := {make}):\n    reveal(x)", "sure"),
    "`or` after an unknown": Idiom("def f(x):\n    y = x or {make}\n    reveal(y)", "assumed"),
    "`or` after None": Idiom("def f(x: {cls} | None = None):\n    y = x or {make}\n    reveal(y)", "sure"),
    "`or` over itself": Idiom("def f(x=None):\n    x = x or {make}\n    reveal(x)", "assumed"),
    "conditional expression": Idiom("x = {make} if flag else {make}\nreveal(x)", "sure"),
    "conditional expression with None": Idiom("x = {make} if flag else None\nreveal(x)", "maybe"),
    "tuple unpacking": Idiom("x, y = {make}, 1\nreveal(x)", "sure"),
    "tuple unpacking of a call": Idiom("x, y = unknown()\nreveal(x)", None),
    "both branches": Idiom("if flag:\n    x = {make}\nelse:\n    x = {make}\nreveal(x)", "sure"),
    "loop variable of a display": Idiom("for x in [{make}, {make}]:\n    reveal(x)", "sure"),
    "loop variable of a list": Idiom("def f(xs: list[{cls}]):\n    for x in xs:\n        reveal(x)", "sure"),
    "comprehension": Idiom("def f(xs: list[{cls}]):\n    return [reveal(x) for x in xs]", "sure"),
    "item of a mapping": Idiom("def f(xs: dict[str, {cls}]):\n    reveal(xs['a'])", "sure"),
    # --------------------------------------------------------------- parameters and annotations
    "parameter": Idiom("def f(x: {cls}):\n    reveal(x)", "sure"),
    "quoted": Idiom("def f(x: '{cls}'):\n    reveal(x)", "sure"),
    "quoted whole": Idiom("def f(x: '{cls} | None'):\n    reveal(x)", "maybe"),
    "Optional": Idiom("from typing import Optional\ndef f(x: Optional[{cls}]):\n    reveal(x)", "maybe"),
    "Optional, narrowed": Idiom(
        "from typing import Optional\ndef f(x: Optional[{cls}]):\n    if x is not None:\n        reveal(x)", "sure"
    ),
    "`| None`, left early": Idiom("def f(x: {cls} | None):\n    if not x:\n        return\n    reveal(x)", "sure"),
    "`| None`, filled": Idiom(
        "def f(x: {cls} | None = None):\n    if x is None:\n        x = {make}\n    reveal(x)", "sure"
    ),
    "default None, filled": Idiom("def f(x=None):\n    if x is None:\n        x = {make}\n    reveal(x)", "assumed"),
    "Annotated": Idiom("from typing import Annotated\ndef f(x: Annotated[{cls}, 1]):\n    reveal(x)", "sure"),
    "union with another class": Idiom("def f(x: {cls} | int):\n    reveal(x)", None),
    "Union with None": Idiom("from typing import Union\ndef f(x: Union[{cls}, None]):\n    reveal(x)", "maybe"),
    "parameter default": Idiom("def f(x={make}):\n    reveal(x)", "assumed"),
    "parameter without a word": Idiom("def f(x):\n    reveal(x)", None),
    "parameter over a global": Idiom("x = {make}\ndef f(x):\n    reveal(x)", None),
    "isinstance": Idiom("def f(x):\n    if isinstance(x, {cls}):\n        reveal(x)", "sure"),
    "isinstance, left early": Idiom(
        "def f(x: {cls} | int):\n    if not isinstance(x, {cls}):\n        return\n    reveal(x)", "sure"
    ),
    "isinstance of the container": Idiom(
        "def f(xs: list[{cls}] | None):\n    if isinstance(xs, list):\n        for x in xs:\n            reveal(x)", "sure"
    ),
    "star parameter": Idiom("def f(*x: {cls}):\n    reveal(x)", None),
    "imported for annotations only": Idiom(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {imports}\n\ndef f(x: '{cls}'):\n    reveal(x)", "sure"
    ),
    "imported if it is there": Idiom(
        "try:\n    {imports}\nexcept ImportError:\n    {root} = None\n\nx = {make}\nreveal(x)", "sure"
    ),
    # --------------------------------------------------------------- with
    "with": Idiom("with {make} as x:\n    reveal(x)", "sure", entered="with"),
    "with over an annotated": Idiom("def f(y: {cls}):\n    with y as x:\n        reveal(x)", "sure", entered="with"),
    "async with": Idiom("async def f():\n    async with {make} as x:\n        reveal(x)", "sure", entered="async with"),
    "with a manager of the project": Idiom(
        "from contextlib import contextmanager\nfrom typing import Iterator\n@contextmanager\n"
        "def opened() -> Iterator[{cls}]: ...\n\nwith opened() as x:\n    reveal(x)", "sure"
    ),
    # --------------------------------------------------------------- modules
    "global in a function": Idiom("x = {make}\ndef f():\n    reveal(x)", "sure"),
    "global None, then set": Idiom("x = None\nx = {make}\ndef f():\n    reveal(x)", "maybe"),
    "global statement": Idiom(
        "x = None\ndef g():\n    global x\n    x = {make}\ndef f():\n    reveal(x)", "maybe"
    ),
    "global statement in place": Idiom("x = None\ndef g():\n    global x\n    x = {make}\n    reveal(x)", "maybe"),
    "closure": Idiom("def f():\n    x = {make}\n    def g():\n        reveal(x)\n    return g", "sure"),
    "nonlocal": Idiom(
        "def f():\n    x = {make}\n    def g():\n        nonlocal x\n        x = {make}\n    reveal(x)", "sure"
    ),
    "lambda": Idiom("x = {make}\ng = lambda: reveal(x)", "sure"),
    "imported": Idiom("from app.there import x\nreveal(x)", "sure", "x = {make}"),
    "imported under an alias": Idiom("from app.there import x as y\nreveal(y)", "sure", "x = {make}"),
    "imported in a function": Idiom("def f():\n    from app.there import x\n    reveal(x)", "sure", "x = {make}"),
    "attribute of a module": Idiom("import app.there\nreveal(app.there.x)", "sure", "x = {make}"),
    "re-exported": Idiom("from app import shown\nreveal(shown)", "sure", "shown = {make}"),
    "star import": Idiom("from app.there import *\nreveal(x)", "sure", "x = {make}"),
    "imported, annotated there": Idiom("from app.there import x\nreveal(x)", "sure", "x: {cls} = unknown()"),
    # --------------------------------------------------------------- classes
    "class attribute by self": Idiom("class A:\n    x = {make}\n    def f(self):\n        reveal(self.x)", "sure"),
    "class attribute by the class": Idiom("class A:\n    x = {make}\n\nreveal(A.x)", "sure"),
    "class attribute by cls": Idiom(
        "class A:\n    x = {make}\n    @classmethod\n    def f(cls):\n        reveal(cls.x)", "sure"
    ),
    "set on cls in a class method": Idiom(
        "class A:\n    x = None\n    @classmethod\n    def f(cls):\n        cls.x = {make}\n    def g(self):\n"
        "        reveal(self.x)", "maybe"
    ),
    "set on cls to another thing": Idiom(
        "class A:\n    x = {make}\n    @classmethod\n    def f(cls):\n        cls.x = 1\n    def g(self):\n"
        "        reveal(self.x)", None
    ),
    "set later, of an unknown base": Idiom(
        "from elsewhere import Base\nclass A(Base):\n    x = None\n    def g(self):\n        self.x = {make}\n"
        "    def f(self):\n        reveal(self.x)", "maybe"
    ),
    "class annotation": Idiom("class A:\n    x: {cls}\n    def f(self):\n        reveal(self.x)", "sure"),
    "set in __init__": Idiom(
        "class A:\n    def __init__(self):\n        self.x = {make}\n    def f(self):\n        reveal(self.x)", "sure"
    ),
    "set in __init__ from a parameter": Idiom(
        "class A:\n    def __init__(self, x: {cls}):\n        self.x = x\n    def f(self):\n        reveal(self.x)", "sure"
    ),
    "set in __init__, annotated": Idiom(
        "class A:\n    def __init__(self, x):\n        self.x: {cls} = x\n    def f(self):\n        reveal(self.x)", "sure"
    ),
    "set later": Idiom(
        "class A:\n    def __init__(self):\n        self.x = None\n    def open(self):\n        self.x = {make}\n"
        "    def f(self):\n        reveal(self.x)", "maybe"
    ),
    "set in __init__ with a fallback": Idiom(
        "class A:\n    def __init__(self, x=None):\n        self.x = x or {make}\n    def f(self):\n        reveal(self.x)",
        "assumed",
    ),
    "inherited": Idiom(
        "from app.there import Base\nclass A(Base):\n    def f(self):\n        reveal(self.x)", "sure",
        "class Base:\n    def __init__(self):\n        self.x = {make}",
    ),
    "class with a base from elsewhere": Idiom(
        "from elsewhere import Base\nclass A(Base):\n    def __init__(self):\n        self.x = {make}\n"
        "    def f(self):\n        reveal(self.x)", "sure"
    ),
    "attribute of an instance": Idiom(
        "class A:\n    def __init__(self):\n        self.x = {make}\n\ndef f(a: A):\n    reveal(a.x)", "sure"
    ),
    "self in a nested function": Idiom(
        "class A:\n    def __init__(self):\n        self.x = {make}\n    def f(self):\n        def g():\n"
        "            reveal(self.x)\n        return g", "sure"
    ),
    "property": Idiom(
        "class A:\n    @property\n    def x(self) -> {cls}: ...\n    def f(self):\n        reveal(self.x)", "sure"
    ),
    "property without annotation": Idiom(
        "class A:\n    @property\n    def x(self):\n        return {make}\n    def f(self):\n        reveal(self.x)", "sure"
    ),
    "annotation of no use, then another value": Idiom(
        "from typing import Any\nclass A:\n    def __init__(self):\n        self.x: Any = {make}\n"
        "    def g(self):\n        self.x = 1\n    def f(self):\n        reveal(self.x)", None
    ),
    "two values of one attribute": Idiom(
        "class A:\n    def __init__(self):\n        self.x = {make}\n    def g(self):\n        self.x = 1\n"
        "    def f(self):\n        reveal(self.x)", None
    ),
    # --------------------------------------------------------------- functions
    "annotated function": Idiom("def g() -> {cls}: ...\n\nx = g()\nreveal(x)", "sure"),
    "function": Idiom("def g():\n    return {make}\n\nx = g()\nreveal(x)", "sure"),
    "function through a local": Idiom("def g():\n    y = {make}\n    return y\n\nx = g()\nreveal(x)", "sure"),
    "function of another module": Idiom(
        "from app.there import g\nx = g()\nreveal(x)", "sure", "def g():\n    return {make}"
    ),
    "nested function": Idiom("def f():\n    def g():\n        return {make}\n    reveal(g())", "sure"),
    "static method": Idiom(
        "class A:\n    @staticmethod\n    def g():\n        return {make}\n\nreveal(A.g())", "sure"
    ),
    "method": Idiom(
        "class A:\n    def g(self):\n        return {make}\n    def f(self):\n        reveal(self.g())", "sure"
    ),
    "function that may give None": Idiom(
        "def g(a):\n    if a:\n        return {make}\n    return None\n\nreveal(g(1))", "maybe"
    ),
    "cached function": Idiom(
        "from functools import lru_cache\n@lru_cache\ndef g():\n    return {make}\n\nreveal(g())", "sure"
    ),
    "awaited": Idiom("async def g():\n    return {make}\nasync def f():\n    reveal(await g())", "sure"),
    "not awaited": Idiom("async def g():\n    return {make}\nasync def f():\n    reveal(g())", None),
    "awaited in time": Idiom(
        "import asyncio\nasync def g():\n    return {make}\nasync def f():\n    reveal(await asyncio.wait_for(asyncio.shield(g()), 5))", "sure"
    ),
    "awaited in time, a parameter": Idiom(
        "import asyncio\nfrom collections.abc import Awaitable\nasync def f(x: 'Awaitable[{cls} | None]'):\n    y = await asyncio.wait_for(x, timeout=5)\n    reveal(y)", "maybe"
    ),
    "async, annotated": Idiom("async def g() -> {cls}: ...\nasync def f():\n    x = await g()\n    reveal(x)", "sure"),
    "generator": Idiom("def g():\n    yield {make}\n\nreveal(g())", None),
    # --------------------------------------------------------------- not known
    "bound to another thing": Idiom("x = {make}\nx = 3\nreveal(x)", None),
    "bound to one of two": Idiom("if flag:\n    x = {make}\nelse:\n    x = 3\nreveal(x)", None),
    "bound to another thing in a loop": Idiom(
        "x = {make}\nfor i in y:\n    reveal(x)\n    x = unknown(i)", None
    ),
    "builtin beside a module's `__getattr__`": Idiom(
        "def __getattr__(name): ...\ndef f(xs: 'list[{cls}]'):\n    for x in xs:\n        reveal(x)", "sure"
    ),
    "the class itself": Idiom("x = {cls}\nreveal(x)", None),
    "name of the project's own": Idiom(
        "def f({root}):\n    x = {make}\n    reveal(x)", None
    ),
}  # fmt: skip
