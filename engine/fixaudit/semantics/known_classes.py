"""Classes of the standard library, of pydantic and of database mappers that are known as bases.

Where each kind comes from: docs.pydantic.dev, sqlmodel.tiangolo.com, docs.sqlalchemy.org (Declarative
Mapping), docs.djangoproject.com (Models), docs.peewee-orm.com (Models and Fields).
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class ClassKind(StrEnum):
    """What makes the class's attributes: a plain body, or a library that reads annotations."""

    PLAIN = "plain"
    DATACLASS = "dataclass"
    PYDANTIC = "pydantic model"
    NAMED_TUPLE = "NamedTuple"
    TYPED_DICT = "TypedDict"
    ENUM = "Enum"
    PROTOCOL = "Protocol"
    SQLALCHEMY = "SQLAlchemy model"
    DJANGO = "Django model"
    PEEWEE = "Peewee model"


ROW_KINDS = frozenset({ClassKind.SQLALCHEMY, ClassKind.DJANGO, ClassKind.PEEWEE})
"""Classes whose instances are rows: relations of other classes give them attributes, too."""


@dataclass(frozen=True, slots=True)
class KnownClass:
    """A base outside of the project: its name, what it makes of subclasses, its own attributes."""

    qualified_name: str
    kind: ClassKind = ClassKind.PLAIN
    attributes: frozenset[str] = frozenset()


_OBJECT = frozenset(
    {"__class__", "__dict__", "__doc__", "__module__", "__init__", "__eq__", "__hash__"}
)
_MODEL = frozenset(
    {"model_config", "model_fields", "model_computed_fields", "model_dump", "model_dump_json"}
    | {
        "model_copy",
        "model_validate",
        "model_validate_json",
        "model_json_schema",
        "model_construct",
    }
    | {
        "model_fields_set",
        "model_extra",
        "model_post_init",
        "model_rebuild",
        "dict",
        "json",
        "copy",
    }
    | {"parse_obj", "parse_raw", "construct", "schema", "validate"}
)
_MAPPED = frozenset({"metadata", "registry", "__table__", "__tablename__", "__mapper__"})
_TUPLE = frozenset(dir(tuple)) | {"_asdict", "_replace", "_fields", "_make", "_field_defaults"}
_ENUM = frozenset({"name", "value", "_value_", "_name_"})

_KNOWN: dict[str, tuple[ClassKind, frozenset[str]]] = {
    "abc.ABC": (ClassKind.PLAIN, frozenset()),
    "typing.Generic": (ClassKind.PLAIN, frozenset()),
    "typing.Protocol": (ClassKind.PROTOCOL, frozenset()),
    "typing.NamedTuple": (ClassKind.NAMED_TUPLE, _TUPLE),
    "typing.TypedDict": (ClassKind.TYPED_DICT, frozenset(dir(dict))),
    "enum.Enum": (ClassKind.ENUM, _ENUM),
    "enum.IntEnum": (ClassKind.ENUM, _ENUM | frozenset(dir(int))),
    "enum.StrEnum": (ClassKind.ENUM, _ENUM | frozenset(dir(str))),
    "enum.Flag": (ClassKind.ENUM, _ENUM),
    "enum.IntFlag": (ClassKind.ENUM, _ENUM | frozenset(dir(int))),
    "pydantic.BaseModel": (ClassKind.PYDANTIC, _MODEL),
    "pydantic.BaseSettings": (ClassKind.PYDANTIC, _MODEL),
    "pydantic.main.BaseModel": (ClassKind.PYDANTIC, _MODEL),
    "pydantic.v1.BaseModel": (ClassKind.PYDANTIC, _MODEL),
    "pydantic.v1.BaseSettings": (ClassKind.PYDANTIC, _MODEL),
    "pydantic.generics.GenericModel": (ClassKind.PYDANTIC, _MODEL),
    "pydantic_settings.BaseSettings": (ClassKind.PYDANTIC, _MODEL),
    "pydantic_settings.main.BaseSettings": (ClassKind.PYDANTIC, _MODEL),
    "pydantic.v1.main.BaseModel": (ClassKind.PYDANTIC, _MODEL),
    "pydantic.v1.generics.GenericModel": (ClassKind.PYDANTIC, _MODEL),
    "pydantic.RootModel": (ClassKind.PYDANTIC, _MODEL | {"root"}),
    "sqlmodel.SQLModel": (ClassKind.PYDANTIC, _MODEL | _MAPPED),
    "sqlmodel.main.SQLModel": (ClassKind.PYDANTIC, _MODEL | _MAPPED),
    "sqlalchemy.orm.DeclarativeBase": (ClassKind.SQLALCHEMY, _MAPPED),
    "sqlalchemy.orm.DeclarativeBaseNoMeta": (ClassKind.SQLALCHEMY, _MAPPED),
    "sqlalchemy.orm.MappedAsDataclass": (ClassKind.SQLALCHEMY, _MAPPED),
    "sqlalchemy.ext.asyncio.AsyncAttrs": (ClassKind.PLAIN, frozenset({"awaitable_attrs"})),
    "sqlalchemy.orm.declarative_base()": (ClassKind.SQLALCHEMY, _MAPPED),
    "sqlalchemy.ext.declarative.declarative_base()": (ClassKind.SQLALCHEMY, _MAPPED),
    "flask_sqlalchemy.SQLAlchemy().Model": (ClassKind.SQLALCHEMY, _MAPPED | {"query"}),
    "django.db.models.Model": (ClassKind.DJANGO, frozenset({"pk"})),
    "peewee.Model": (ClassKind.PEEWEE, frozenset()),
    "playhouse.flask_utils.FlaskDB().Model": (ClassKind.PEEWEE, frozenset()),
}

# Class decorators that leave attribute look-up as the body says, with what they make of the class.
CLASS_DECORATORS: dict[str, ClassKind | None] = {
    "dataclasses.dataclass": ClassKind.DATACLASS,
    "pydantic.dataclasses.dataclass": ClassKind.DATACLASS,
    "attr.dataclass": ClassKind.DATACLASS,
    "attr.s": None,
    "attr.attrs": None,
    "attr.define": ClassKind.DATACLASS,
    "attr.frozen": ClassKind.DATACLASS,
    "attr.mutable": ClassKind.DATACLASS,
    "attrs.define": ClassKind.DATACLASS,
    "attrs.frozen": ClassKind.DATACLASS,
    "attrs.mutable": ClassKind.DATACLASS,
    "functools.total_ordering": None,
    "typing.final": None,
    "typing.runtime_checkable": None,
    "typing.deprecated": None,
    "enum.unique": None,
}
METACLASSES = frozenset({"abc.ABCMeta", "type", "enum.EnumMeta", "enum.EnumType"})


@lru_cache(maxsize=256)
def known_class(name: str) -> KnownClass | None:
    """The base of that name (builtins without prefix), or None where nothing is known of it."""
    if name == "object":
        return KnownClass(name, attributes=_OBJECT)
    if name in _KNOWN:
        kind, attributes = _KNOWN[name]
        return KnownClass(name, kind, attributes | _OBJECT)
    found = getattr(builtins, name, None)
    if isinstance(found, type):
        return KnownClass(name, attributes=frozenset(dir(found)))
    return None
