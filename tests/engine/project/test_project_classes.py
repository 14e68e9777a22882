"""Attributes of classes: who declares them, and is every finished instance sure to have them?"""

from __future__ import annotations

import pytest
from project_trees import Grow

from fixaudit.semantics.attributes import Where
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.known_classes import ClassKind
from fixaudit.semantics.project import Project


def _class(project: Project, name: str) -> ClassFacts:
    found = project.definition(name)
    assert isinstance(found, ClassFacts)
    return found


def _doubt(project: Project, name: str, attribute: str) -> str | None:
    found = _class(project, name).declares(attribute)
    assert found is not None
    return found.doubt


def test_where_attributes_come_from(grow: Grow) -> None:
    project = grow({"m.py": """
            import functools
            class C:
                plain = 1
                bare: int
                a, b = 1, 2
                def __init__(self, size: int) -> None:
                    self.size = size
                    self.width: int = size
                    self.x, self.y = 0, 0
                    if size:
                        self.maybe = 1
                def later(self):
                    self.late = 1
                    for self.item in (): ...
                    with open("f") as self.handle: ...
                @property
                def area(self) -> int: ...
                @area.setter
                def area(self, value): self._area = value
                @functools.cached_property
                def cached(self): ...
                class Meta: ...
            """})
    cls = _class(project, "m.C")
    where = {name: (found[0].where, found[0].conditional) for name, found in cls.attributes.items()}
    assert where == {
        "plain": (Where.CLASS_BODY, False),
        "bare": (Where.CLASS_BODY, False),
        "a": (Where.CLASS_BODY, False),
        "b": (Where.CLASS_BODY, False),
        "__init__": (Where.METHOD, False),
        "size": (Where.INIT, False),
        "width": (Where.INIT, False),
        "x": (Where.INIT, False),
        "y": (Where.INIT, False),
        "maybe": (Where.INIT, True),
        "later": (Where.METHOD, False),
        "late": (Where.METHOD_ASSIGNMENT, True),
        "item": (Where.METHOD_ASSIGNMENT, True),
        "handle": (Where.METHOD_ASSIGNMENT, True),
        "area": (Where.PROPERTY, False),
        "_area": (Where.METHOD_ASSIGNMENT, True),
        "cached": (Where.PROPERTY, False),
        "Meta": (Where.NESTED_CLASS, False),
    }


@pytest.mark.parametrize(
    ("body", "certain"),
    [
        ("self.x = 1", True),
        ("if a:\n    self.x = 1\nelse:\n    self.x = 2", True),
        ("if a:\n    self.x = 1\nelse:\n    raise ValueError", True),
        ("if a:\n    self.x = 1", False),
        ("if a:\n    return\nself.x = 1", False),
        ("if a:\n    self.x = 1\n    return\nself.x = 2", True),
        ("try:\n    self.x = f()\nexcept OSError:\n    self.x = None", True),
        ("try:\n    self.x = f()\nexcept OSError:\n    pass", False),
        ("try:\n    self.x = f()\nexcept OSError:\n    raise", True),
        ("try:\n    f()\nfinally:\n    self.x = 1", True),
        ("for _ in a:\n    self.x = 1", False),
        ("while True:\n    self.x = 1\n    break", False),
        ("with lock:\n    self.x = 1", True),
        ("with suppress(OSError):\n    self.x = f()", False),
        ("with open(a) as self.x:\n    pass", True),
        ("def f():\n    self.x = 1", False),
        ("self.x: int", None),
        ("self.x += 1", True),
        ("object.__setattr__(self, 'x', 1)", True),
        ("setattr(self, 'x', 1)", True),
        ("match a:\n    case 1:\n        self.x = 1", False),
        ("a.x = 1", None),
    ],
)
def test_what_init_sets_for_sure(grow: Grow, body: str, certain: bool | None) -> None:
    lines = "\n".join("        " + line for line in body.splitlines())
    project = grow({"m.py": f"class C:\n    def __init__(self, a, lock):\n{lines}\n"})
    found = _class(project, "m.C").declares("x")
    assert (None if found is None else found.certain) is certain


def test_annotation_alone_makes_an_attribute_only_where_a_library_reads_it(grow: Grow) -> None:
    project = grow({"m.py": """
            from dataclasses import dataclass, field, InitVar
            from typing import ClassVar, NamedTuple, Protocol, TypedDict
            from pydantic import BaseModel
            from pydantic_settings import BaseSettings
            import enum

            class Plain:
                x: int
            @dataclass(frozen=True)
            class Data:
                x: int
                given: InitVar[int]
                shared: ClassVar[int]
                skipped: int = field(init=False)
                made: list = field(init=False, default_factory=list)
            class Model(BaseModel):
                x: int
                _secret: int
            class Settings(BaseSettings):
                x: int
            class Row(NamedTuple):
                x: int
            class Keys(TypedDict):
                x: int
            class Has(Protocol):
                x: int
            class Implements(Has):
                y = 1
            class Color(enum.Enum):
                RED = 1
            class Child(Data):
                z: int
            """})
    kinds = {
        name: _class(project, f"m.{name}").kind
        for name in ("Plain", "Data", "Model", "Row", "Keys", "Has", "Implements", "Color", "Child")
    }
    assert kinds == {
        "Plain": ClassKind.PLAIN,
        "Data": ClassKind.DATACLASS,
        "Model": ClassKind.PYDANTIC,
        "Row": ClassKind.NAMED_TUPLE,
        "Keys": ClassKind.TYPED_DICT,
        "Has": ClassKind.PROTOCOL,
        "Implements": ClassKind.PLAIN,
        "Color": ClassKind.ENUM,
        "Child": ClassKind.PLAIN,
    }
    certain = ("Data", "Model", "Settings", "Row", "Child")
    assert [name for name in certain if _doubt(project, f"m.{name}", "x") is not None] == []
    assert _doubt(project, "m.Plain", "x") == "it is only annotated, never set"
    assert _doubt(project, "m.Keys", "x") == "it is a key of a TypedDict, not an attribute"
    for name in ("given", "shared", "skipped"):
        assert _doubt(project, "m.Data", name) is not None
    assert _doubt(project, "m.Data", "made") is None
    assert _doubt(project, "m.Model", "_secret") is not None
    assert _doubt(project, "m.Child", "z") is not None
    assert "promises" in (_doubt(project, "m.Has", "x") or "")
    assert _doubt(project, "m.Color", "name") is None
    assert _doubt(project, "m.Model", "model_dump") is None


def test_bases_across_modules_and_an_unknown_one(grow: Grow) -> None:
    project = grow(
        {
            "app/__init__.py": "",
            "app/base.py": "class Base:\n    shared = 1\n    def __init__(self):\n        self.own = 1\n",
            "app/mid.py": "from .base import Base as Root\nfrom outside import Mixin\nclass Mid(Root): ...\nclass Odd(Root, Mixin): ...\n",
        }
    )
    mid, odd = _class(project, "app.mid.Mid"), _class(project, "app.mid.Odd")
    found = mid.declares("own")
    assert found is not None
    assert (found.owner.qualified_name, found.certain) == ("app.base.Base", True)
    assert mid.mro().complete
    assert not odd.mro().complete
    assert odd.mro().unknown == ("base Mixin",)
    assert odd.base_names() == ("app.base.Base", None)
    assert odd.declares("shared") is not None
    assert odd.declares("missing") is None


def test_diamond_follows_c3(grow: Grow) -> None:
    project = grow(
        {
            "m.py": "class A: ...\nclass B(A): ...\nclass C(A): ...\nclass D(B, C): ...\nclass X(A, B): ...\nclass L(L): ...\n"
        }
    )
    assert [item.name for item in _class(project, "m.D").mro().own] == ["D", "B", "C", "A"]
    assert not _class(project, "m.X").mro().complete
    assert not _class(project, "m.L").mro().complete


@pytest.mark.parametrize(
    ("child", "certain"),
    [
        ("class C(B): ...", True),
        ("class C(B):\n    def __init__(self):\n        super().__init__()", True),
        ("class C(B):\n    def __init__(self):\n        self.y = 1", False),
        (
            "class C(B):\n    def __init__(self, a):\n        if a:\n            super().__init__()",
            False,
        ),
        ("@dataclass\nclass C(B):\n    y: int = 0", False),
        ("class C(B):\n    def drop(self):\n        del self.x", False),
        ("class C(B):\n    def clone(self):\n        return C.__new__(C)", False),
        ("class C(B):\n    x = None\n    def __init__(self): ...", True),
    ],
)
def test_a_base_sets_it_only_if_its_init_runs(grow: Grow, child: str, certain: bool) -> None:
    project = grow(
        {
            "m.py": f"from dataclasses import dataclass\nclass B:\n    def __init__(self):\n        self.x = 1\n{child}\n"
        }
    )
    assert (_doubt(project, "m.C", "x") is None) is certain


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("class C:\n    def __getattr__(self, name): ...", "defines __getattr__"),
        (
            "class B:\n    def __getattribute__(self, name): ...\nclass C(B): ...",
            "defines __getattribute__",
        ),
        (
            "class C:\n    def load(self, kw):\n        for k in kw: setattr(self, k, 1)",
            "computed name",
        ),
        ("class C:\n    def __init__(self, kw): self.__dict__.update(kw)", "__dict__"),
        ("class C(BaseModel):\n    model_config = ConfigDict(extra='allow')", "extra fields"),
        ("class C(BaseModel):\n    model_config = {'extra': 'allow'}", "extra fields"),
        ("class C(BaseModel, extra='allow'): ...", "extra fields"),
        ("class C(BaseModel):\n    class Config:\n        extra = Extra.allow", "extra fields"),
        ("class C:\n    def drop(self): del self.x", "deletes `x`"),
    ],
)
def test_dynamic_attributes_are_said(grow: Grow, text: str, reason: str) -> None:
    project = grow({"m.py": f"from pydantic import BaseModel, ConfigDict, Extra\n{text}\n"})
    cls = _class(project, "m.C")
    assert cls.has_dynamic_attributes
    assert reason in cls.dynamic_reasons()[0]


def test_plain_setattr_and_forbidding_models_are_not_dynamic(grow: Grow) -> None:
    project = grow(
        {
            "m.py": "from pydantic import BaseModel, ConfigDict\nclass A:\n    def f(self): setattr(self, 'x', 1)\nclass B(BaseModel):\n    model_config = ConfigDict(extra='forbid')\n"
        }
    )
    assert not _class(project, "m.A").has_dynamic_attributes
    assert not _class(project, "m.B").has_dynamic_attributes


def test_unknown_decorators_and_metaclasses_leave_the_class_open(grow: Grow) -> None:
    project = grow(
        {
            "m.py": "from abc import ABCMeta\nfrom x import magic, Meta\n@magic\nclass A: ...\nclass B(metaclass=Meta): ...\nclass C(metaclass=ABCMeta): ...\nclass D(A): ...\n"
        }
    )
    assert _class(project, "m.A").mro().unknown == ("decorator x.magic",)
    assert _class(project, "m.B").mro().unknown == ("metaclass Meta",)
    assert _class(project, "m.C").mro().complete
    assert not _class(project, "m.D").mro().complete


def test_constructor_is_the_written_init(grow: Grow) -> None:
    project = grow(
        {
            "m.py": "from dataclasses import dataclass\nfrom x import U\nclass A:\n    def __init__(self, a, *, b=1): ...\nclass B(A): ...\n@dataclass\nclass D:\n    x: int\nclass N(A):\n    def __new__(cls, *a): ...\nclass O(U): ...\n"
        }
    )
    init = _class(project, "m.B").constructor()
    assert init is not None
    assert init.qualified_name == "m.A.__init__"
    assert (init.accepts("b"), init.accepts("c")) == (True, False)
    assert [_class(project, f"m.{name}").constructor() for name in "DNO"] == [None, None, None]
