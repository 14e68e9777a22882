"""May an object be met before, or without, its `__init__` having set all attributes?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from fixaudit import Evidence, Reach, Source
from fixaudit.authoring import (
    ClassFacts,
    ClassKind,
    Declaration,
    FunctionNode,
    Mention,
    Where,
)
from fixaudit_codemods.attributes._without_init import (
    MANY,
    made_elsewhere,
    made_without_init,
    place,
)

_MANY_SUBCLASSES = 200
# Methods that Python calls on finished objects only.
_AFTER_INIT = frozenset(
    {"__call__", "__enter__", "__exit__", "__aenter__", "__aexit__", "__await__", "__iter__"}
    | {"__next__", "__aiter__", "__anext__", "__len__", "__getitem__", "__contains__"}
)
_EARLY = ("__init__", "__new__", "__del__", "__setattr__", "__init_subclass__", "__setstate__")
_AFTER_FIELDS = ("__post_init__", "__attrs_post_init__")
# Functions that take an unfinished object without looking at more of it.
_HARMLESS = frozenset({"super", "isinstance", "type", "id", "setattr", "hasattr", "getattr", "ref"})


def receiver_method(source: Source, site: ast.AST, owner: ast.expr) -> FunctionNode | None:
    """The method whose `self` the owner is; None for another object."""
    if not isinstance(owner, ast.Name):
        return None
    found: FunctionNode | None = None
    for above in source.ancestors(site):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found = above
        elif isinstance(above, ast.ClassDef):
            break
    else:
        return None
    if found is None:
        return None
    first = [*found.args.posonlyargs, *found.args.args][:1]
    return found if first and first[0].arg == owner.id else None


def doubt(
    source: Source,
    cls: ClassFacts,
    declaration: Declaration,
    name: str,
    method: FunctionNode | None,
) -> Evidence | None:
    """Why an object may lack an attribute that its `__init__` sets, or lose it; None for no reason."""
    try:
        below = tuple(subclasses(source, cls))
    except TooManyError:
        return _too_many(source, cls)
    family = [*cls.mro().own, *below]
    found = _about_subclasses(source, below, name)
    if found is not None or not _set_late(declaration):
        return found
    found = made_without_init(source, cls, family)
    if found is None and method is not None:
        found = _early(source, family, declaration, method)
    if found is None or found.is_hint:
        found = _escapes(source, cls, family, declaration) or found
    if found is None or found.is_hint:
        elsewhere = made_elsewhere(source, cls, family)
        found = elsewhere if found is None or (elsewhere and not elsewhere.is_hint) else found
    return found


def _too_many(source: Source, cls: ClassFacts) -> Evidence:
    text = f"`{cls.name}` has too many subclasses to look at"
    return source.hint_at(cls.path, cls.line, text, Reach.CLASS)


def _set_late(declaration: Declaration) -> bool:
    """False where the class itself holds a value for objects that have none."""
    attribute, owner = declaration.attribute, declaration.owner
    if attribute is None or not isinstance(owner, ClassFacts):
        return True
    if attribute.where is Where.INIT:
        return True
    if attribute.where is not Where.CLASS_BODY:
        return False
    if owner.kind is ClassKind.DATACLASS:
        slots = any("slots" in ast.unparse(item) for item in owner.decorator_list)
        defines = any("attr" in (item or "") for item in owner.decorators)
        return slots or defines or not isinstance(attribute.value, ast.Constant)
    return owner.kind is ClassKind.PYDANTIC or isinstance(attribute.value, (ast.Call, type(None)))


# -------------------------------------------------------------------- subclasses


class TooManyError(Exception):
    """A class has more subclasses than can be looked at."""


def subclasses(source: Source, cls: ClassFacts) -> Iterator[ClassFacts]:
    """The classes of the project below `cls`, found as they are asked for.

    Raises:
        TooManyError: after the most that are looked at.
    """
    known = {cls.key}
    waiting = [cls]
    while waiting:
        parent = waiting.pop()
        for found in _children(source, parent):
            if found.key not in known:
                if len(known) > _MANY_SUBCLASSES:
                    raise TooManyError
                known.add(found.key)
                waiting.append(found)
                yield found


def _children(source: Source, cls: ClassFacts) -> Iterator[ClassFacts]:
    """The classes that name `cls` as a base, or what an import makes of its name."""
    project = source.project
    for path in project.naming_as_base(cls.name, about=cls.path):
        module = project.facts_of(path)
        if module is None:
            continue
        names = {cls.name, *project.renamed(path, cls.name)}
        for record in module.contents.classes():
            if not any(name in base for base in record.bases for name in names):
                continue
            facts = project.class_facts(record, module)
            if facts.key != cls.key and any(_names_one(base, names) for base in facts.bases):
                if any(entry.key == cls.key for entry in facts.mro().own[1:]):
                    yield facts


def _names_one(base: ast.expr, names: set[str]) -> bool:
    if isinstance(base, ast.Name):
        return base.id in names
    return any(
        getattr(node, "id", None) in names or getattr(node, "attr", None) in names
        for node in ast.walk(base)
    )


def _about_subclasses(source: Source, below: Sequence[ClassFacts], name: str) -> Evidence | None:
    for sub in below:
        text = ""
        if sub.lacks(name, "__getattribute__"):
            continue
        if any(item.where is Where.PROPERTY for item in sub.body.found.get(name, ())):
            text = f"`{name}` is a property in the subclass `{sub.name}`"
        elif name in sub.body.deleted:
            text = f"the subclass `{sub.name}` deletes it"
        elif "__getattribute__" in sub.body.found:
            text = f"the subclass `{sub.name}` defines `__getattribute__`"
        if text:
            return source.proof_at(sub.path, sub.line, text, Reach.CLASS)
    return None


def declared_elsewhere(source: Source, cls: ClassFacts, name: str) -> Evidence | None:
    """A subclass that declares the attribute, or, by the name, code that sets it from outside."""
    try:
        for sub in subclasses(source, cls):
            if sub.declares(name) is not None:
                text = f"its subclass `{sub.name}` does"
                return source.proof_at(sub.path, sub.line, text, Reach.CLASS)
    except TooManyError:
        return _too_many(source, cls)
    own = source.path.removesuffix(source.role_path)
    for mention in source.project.mentions(f".{name} = ".encode(), MANY, about=cls.path):
        if place(source, mention).startswith(own) and not mention.text.startswith("self."):
            return _sets_one(source, mention)
    return _set_by_name(source, cls, name)


def _sets_one(source: Source, mention: Mention) -> Evidence:
    text = f"{place(source, mention)} sets an attribute of that name"
    return source.hint_at(mention.path, mention.line, text)


def _set_by_name(source: Source, cls: ClassFacts, name: str) -> Evidence | None:
    """`setattr(x, "name", …)`, which may stand in several lines."""
    for quote in "\"'":
        given = f"{quote}{name}{quote}".encode()
        setting = re.compile(rb"\bsetattr\([^()]*" + re.escape(given))
        mentions = source.project.mentions(given, 500, about=cls.path)
        for path, found in groupby(mentions, key=attrgetter("path")):
            text = source.project.read(path) or b""
            lines = text.splitlines() if b"setattr(" in text else []
            for mention in found:
                if setting.search(b" ".join(lines[max(0, mention.line - 3) : mention.line])):
                    return _sets_one(source, mention)
    return None


def _has(cls: ClassFacts, name: str) -> bool:
    declared = cls.declares(name)
    return declared is not None and declared.certain


def beside(source: Source, cls: ClassFacts, name: str) -> Evidence | None:
    """A class below the same base that lacks the attribute: annotations often name one for all."""
    if cls.kind is not ClassKind.PLAIN:
        return None
    for base in cls.mro().own[1:]:
        if _has(base, name):
            continue
        above = {entry.key for entry in cls.mro().own}
        try:
            for other in subclasses(source, base):
                if other.key not in above and not _has(other, name):
                    text = f"`{other.name}`, a `{base.name}` too, may lack it"
                    return source.hint_at(other.path, other.line, text, Reach.CLASS)
        except TooManyError:
            return _too_many(source, base)
    return None


# -------------------------------------------------------------------- before `__init__` has ended


def _early(
    source: Source, family: Sequence[ClassFacts], declaration: Declaration, method: FunctionNode
) -> Evidence | None:
    """Whether the method can run on an object whose `__init__` has not ended, or has failed."""
    is_field = declaration.attribute is not None and declaration.attribute.where is Where.CLASS_BODY
    name = method.name
    if name in _AFTER_FIELDS and is_field:
        return None
    special = name.startswith("__") and name.endswith("__") and name not in _AFTER_INIT
    if special:
        text = f"`{name}` may run before the attribute is set"
        return source.proof(method, text, Reach.CLASS)
    starts = _EARLY if is_field else (*_EARLY, *_AFTER_FIELDS)
    text = f"`{name}` may be called before `__init__` has set the attribute"
    if name in _reached(family, starts, on_self=True):
        return source.proof(method, text, Reach.CLASS)
    if name in _reached(family, starts, on_self=False):
        return source.hint(method, text, Reach.CLASS)
    return None


def _single_receiver(function: FunctionNode) -> str | None:
    first = [*function.args.posonlyargs, *function.args.args][:1]
    return first[0].arg if first else None


def _reached(
    family: Sequence[ClassFacts], starts: Sequence[str], *, on_self: bool
) -> frozenset[str]:
    """Names of methods and properties that the start methods use on `self`, or, by the name, on
    anything, and those in turn."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for entry in family:
            for item in entry.body.found.get(name, ()):
                if item.function is not None and item.function.name == name:
                    node = item.function_node
                    assert node is not None
                    waiting.extend(_used(node, _single_receiver(node) if on_self else None))
    return frozenset(seen)


def _used(function: FunctionNode, receiver: str | None) -> Iterator[str]:
    """The attributes read of the receiver, and of `super()`; of anything where it is None."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            owner = node.value.func if isinstance(node.value, ast.Call) else node.value
            named = owner.id if isinstance(owner, ast.Name) else ""
            if receiver is None or named in (receiver, "super"):
                yield node.attr


def _escapes(
    source: Source, cls: ClassFacts, family: Sequence[ClassFacts], declaration: Declaration
) -> Evidence | None:
    """An initialiser that gives the object to other code before the attribute is set."""
    attribute, owner = declaration.attribute, declaration.owner
    if attribute is None or attribute.where is not Where.INIT or not isinstance(owner, ClassFacts):
        return None
    text = f"`{cls.name}` hands itself on before its `__init__` has ended"
    for entry in family:
        for record in entry.body.initialisers.values():
            is_same = entry.key == owner.key and record == attribute.function
            before = attribute.line if is_same else 1 << 30
            line = _hands_itself_on(entry.as_method(record).node, before)
            if line is not None:
                return source.proof_at(entry.path, line, text, Reach.CLASS)
    return None


def _hands_itself_on(function: FunctionNode, before: int) -> int | None:
    """The line where an initialiser gives its object away, above the line `before`."""
    receiver = _single_receiver(function)
    held: set[int] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute):
            held.add(id(node.value))
        elif isinstance(node, ast.Call) and _is_harmless(node.func):
            held.update(id(item) for item in node.args)
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == receiver and id(node) not in held:
            if node.lineno < before:
                return node.lineno
    return None


def _is_harmless(func: ast.expr) -> bool:
    if isinstance(func, ast.Attribute):
        return func.attr in ("__init__", "__setattr__", "ref")
    return isinstance(func, ast.Name) and func.id in _HARMLESS
