"""Which calls in the body of a model make an attribute that every instance of it answers.

Such an attribute is a descriptor of the mapper: read on a row that has no value yet it gives None or
the default, never an AttributeError. Relations of Django are none of them: `RelatedObjectDoesNotExist`
is an AttributeError, too.
"""

from __future__ import annotations

import ast
import re

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.known_classes import ClassKind
from fixaudit.semantics.module_facts import VariableFacts, dotted_name

_SQLALCHEMY = "Column|mapped_column|relationship|column_property|deferred|composite|synonym"
_MAKERS = {
    ClassKind.SQLALCHEMY: re.compile(
        rf"(?:sqlalchemy|sqlalchemy\.orm|sqlalchemy\.schema|flask_sqlalchemy\.SQLAlchemy\(\))\.(?:{_SQLALCHEMY})"
    ),
    ClassKind.DJANGO: re.compile(r"django\.db\.models\.(?!OneToOne|ManyToMany)\w+Field"),
    ClassKind.PEEWEE: re.compile(r"(?:peewee|playhouse\.\w+)\.(?!ForeignKey|ManyToMany)\w+Field"),
}
_MAPPED = re.compile(r"(?:[\w.]+\.)?(?:Mapped|DynamicMapped|WriteOnlyMapped)\[")


def answers_always(kind: ClassKind, owner: ClassFacts, value: ast.expr) -> bool:
    """True where `value`, in the body of `owner`, makes a field of a model of that kind."""
    makers = _MAKERS.get(kind)
    written = dotted_name(value.func) if isinstance(value, ast.Call) else None
    if makers is None or written is None:
        return False
    return makers.fullmatch(outside_name(owner, written) or "") is not None


def outside_name(cls: ClassFacts, written: str) -> str | None:
    """The dotted name of something outside of the project, as it is written in a class's file.

    What a call outside makes is named by that call: `flask_sqlalchemy.SQLAlchemy().Model`.
    """
    found = cls.project.resolve_for(cls, written)
    if isinstance(found, str):
        return found
    rest = ""
    if found is None and "." in written:
        head, _, last = written.rpartition(".")
        found, rest = cls.project.resolve_for(cls, head), f".{last}"
    if not isinstance(found, VariableFacts) or found.conditional:
        return None
    value = found.value
    func = dotted_name(value.func) if isinstance(value, ast.Call) else None
    return None if func is None else f"{found.module.qualify(func)}(){rest}"


def is_mapped(written: str) -> bool:
    """True for the text of an annotation by which SQLAlchemy maps a column or relation."""
    return _MAPPED.match(written.strip("\"'")) is not None
