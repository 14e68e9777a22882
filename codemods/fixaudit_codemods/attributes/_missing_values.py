"""Code elsewhere that makes models without their fields, or takes attributes away from some object."""

from __future__ import annotations

import ast
import re

from fixaudit import Evidence, Reach, Source
from fixaudit.authoring import ClassFacts, ClassKind, Declaration, Mention, Where
from fixaudit_codemods.attributes._without_init import ASKED_FOR, MANY, TAKERS

_PICKLING = frozenset({"pickle", "cloudpickle", "dill", "joblib", "shelve"})
_UNNAMED_MODEL = re.compile(r"(?<![\w.])([a-z_][\w.]*)\.(?:model_construct|construct)\(")


def made_without_it(source: Source, cls: ClassFacts, declaration: Declaration) -> Evidence | None:
    """What makes objects of the class and does not run what sets the attribute."""
    return _constructed_somewhere(source, cls, declaration) or _restored(source, cls, declaration)


def provided_for(source: Source, owner: ast.expr) -> int | None:
    """The line that gives a name its value by `getattr(x, "a", default)`: it may be the default."""
    for binding in source.lookup(owner.id, owner) if isinstance(owner, ast.Name) else ():
        match binding.value:
            case ast.Call(func=ast.Name(id="getattr"), args=[_, _, _], lineno=line):
                return line
    return None


def _restored(source: Source, cls: ClassFacts, declaration: Declaration) -> Evidence | None:
    """The class's module deals with pickles: one of before has none of the attributes of today."""
    attribute = declaration.attribute
    if attribute is None or attribute.where is not Where.INIT:
        return None
    text = "deals with pickles: an object that was stored before has no attribute of today"
    for item in cls.module.imports:
        if item.module.partition(".")[0] in _PICKLING:
            return source.hint_at(cls.path, item.line, text, Reach.MODULE)
    body = source.project.read(cls.path) or b""
    if (at := body.find(b"def __setstate__")) >= 0:
        return source.hint_at(cls.path, body.count(b"\n", 0, at) + 1, text, Reach.MODULE)
    return None


def _constructed_somewhere(
    source: Source, cls: ClassFacts, declaration: Declaration
) -> Evidence | None:
    """`model.model_construct(…)` of a class nobody names fills defaults, but not required fields.

    `cls.model_construct(…)` in a class says nothing of classes that are not below that one.
    """
    owner, attribute = declaration.owner, declaration.attribute
    if owner.kind is not ClassKind.PYDANTIC or attribute is None or _has_default(attribute.value):
        return None
    if attribute.where is not Where.CLASS_BODY:
        return None  # a method is there without any field
    for mention in source.project.mentions(b"construct(", MANY, about=cls.path)[:500]:
        found = _UNNAMED_MODEL.search(mention.text)
        if found is None or (found[1] == "cls" and not _is_at_home(source, mention, cls)):
            continue
        text = "makes models without their required fields"
        return source.hint_at(mention.path, mention.line, text, Reach.DISTRIBUTION)
    return None


def _is_at_home(source: Source, mention: Mention, cls: ClassFacts) -> bool:
    """True where the line stands in the class itself or in one that it inherits from."""
    module = source.project.facts_of(mention.path)
    if module is None:
        return True
    own = {(entry.path, *entry.record.span) for entry in cls.mro().own}
    around = [
        item for item in module.contents.classes() if item.span[0] <= mention.line <= item.span[2]
    ]
    return not around or any((mention.path, *item.span) in own for item in around)


def _has_default(value: ast.expr | None) -> bool:
    if value is None:
        return False
    if not isinstance(value, ast.Call) or not ast.unparse(value.func).endswith("Field"):
        return True
    given = {item.arg for item in value.keywords}
    first = value.args[0] if value.args else None
    by_position = first is not None and ast.unparse(first) != "..."
    return by_position or bool(given & {"default", "default_factory"})


def deleted(source: Source, cls: ClassFacts, name: str) -> Evidence | None:
    """`del x.name` and `delattr(x, "name")`, whatever `x` is."""
    homes = {entry.path for entry in cls.mro().own}
    taken = re.compile(rf"\bdel\s.*\.{name}\b(?!\s*[.\[(])|delattr\(.*['\"]{name}['\"]")
    for needle in TAKERS:
        for mention in source.project.mentions(needle, MANY, along=ASKED_FOR, about=cls.path):
            if name not in mention.text or not taken.search(mention.text):
                continue
            if "del self." not in mention.text or mention.path in homes:
                text = "deletes an attribute of that name"
                return source.hint_at(mention.path, mention.line, text, Reach.DISTRIBUTION)
    return None
