"""Objects that tests and scripts of the project put in the place of a class."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fixaudit import Evidence, Project, Reach, Source
from fixaudit.authoring import (
    ClassFacts,
    Mention,
    ModuleFacts,
    TypeFacts,
    is_test_path,
    starting_with,
    walk,
)
from fixaudit_codemods.attributes._exercised import exercised
from fixaudit_codemods.attributes._without_init import may_mean

Place = tuple[Path, int]

_MANY = 2000
_BAGS = frozenset({"SimpleNamespace", "Namespace", "AttrDict", "DotDict", "Munch", "Box"})
_MAKERS = tuple(
    f"{name}{space}(" for name in (*_BAGS, "type", "namedtuple", "Mock") for space in ("", " ")
)
_BAG_WORDS = (b"Namespace(", b"AttrDict(", b"DotDict(", b"Munch(", b"Box(")
_MAKES_CLASSES = re.compile(rb"^\s*class\s|\btype\(|namedtuple\(|Mock\(", re.MULTILINE)
_STRICT = re.compile(r"create_autospec\(|\bspec(?:_set)?\s*=")


def find(
    source: Source, site: ast.expr, owner: ast.expr, found: TypeFacts, name: str
) -> Evidence | None:
    """An object that seems to stand in for one of the classes and lacks the attribute."""
    place = _find(source, site, owner, found, name)
    if place is None:
        return None
    text = f"{source.shown(place[0])}:{place[1]} puts an object without `{name}` in its place"
    return source.hint_at(*place, text, Reach.FUNCTION)


def _find(
    source: Source, site: ast.expr, owner: ast.expr, found: TypeFacts, name: str
) -> Place | None:
    words = _entry_words(source, site, owner)
    for cls in found.members:
        place = _by_class_name(source, cls, name) or _by_attributes(source, cls, name, words)
        if place is not None:
            return place
    return _set_from_outside(source, owner, words)


def _entry_words(source: Source, site: ast.expr, owner: ast.expr) -> frozenset[str]:
    """What a test says when it brings an object here: function, class, factory."""
    words: set[str] = set()
    for above in source.ancestors(site):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            words.add(above.name)
    for node in ast.walk(owner):
        if isinstance(node, ast.Call):
            words.add(ast.unparse(node.func).rpartition(".")[2])
    if isinstance(owner, ast.Name):
        for binding in source.lookup(owner.id, owner):
            value = binding.value
            if isinstance(value, ast.Call):
                words.add(ast.unparse(value.func).rpartition(".")[2])
    names = (word for word in words if word.isidentifier() and not word.startswith("__"))
    return frozenset(word for word in names if len(word) > 3)


# -------------------------------------------------------------------- fakes by the class's name


def _by_class_name(source: Source, cls: ClassFacts, name: str) -> Place | None:
    """`class FakeSettings`, `Mock(spec=Settings)`, `create_autospec(Settings)`."""
    fake = re.compile(rf"^class\s+\w*{re.escape(cls.name)}\w*\s*[:(]")
    bare = cls.declares(name)
    in_class = bare is not None and bare.attribute is not None and bare.attribute.where == "method"
    for mention in source.project.mentions(cls.name.encode(), _MANY, tests_only=True):
        if not in_class and _STRICT.search(mention.text) and may_mean(source, mention, cls):
            return mention.path, mention.line
        if fake.search(mention.text) and _lacks(source, mention, cls, name):
            return mention.path, mention.line
    return None


def _is_test_class(name: str) -> bool:
    return name.startswith("Test") or name.endswith(("Test", "Tests", "TestCase"))


def _lacks(source: Source, mention: Mention, cls: ClassFacts, name: str) -> bool:
    module = source.project.facts_of(mention.path)
    if module is None:
        return True
    for record in module.contents.classes():
        if record.span[0] != mention.line or _is_test_class(record.name):
            continue
        facts = source.project.class_facts(record, module)
        if any(entry.key == cls.key for entry in facts.mro().own):
            return False
        declared = facts.declares(name)
        return declared is None or not declared.certain
    return False


# -------------------------------------------------------------------- objects by their attributes


@dataclass(frozen=True, slots=True)
class _Maker:
    """A call or class that makes objects with these attributes; `**` stands for any further ones."""

    line: int
    attributes: tuple[str, ...]


def _by_attributes(
    source: Source, cls: ClassFacts, name: str, words: frozenset[str]
) -> Place | None:
    """`SimpleNamespace(debug=True)` and the like: attributes of the class, but not all of them.

    A double speaks for what the test around it exercises: that, or a test that uses what makes the
    double, says one of the words.
    """
    said = words | {cls.name}
    for path in _paths(source, said):
        for maker in source.project.derived(path, "bags", partial(_bags, source.project)) or ():
            if _stands_in(cls, name, maker.attributes) and exercised(
                source, path, maker.line, said
            ):
                return path, maker.line
        if not _is_test(source, path):
            continue
        plain = partial(_plain_classes, source.project)
        for maker in source.project.derived(path, "plain classes", plain) or ():
            is_itself = path == cls.path and maker.line == cls.line
            if is_itself or len(maker.attributes) < 2:
                continue
            if _stands_in(cls, name, maker.attributes) and exercised(
                source, path, maker.line, said
            ):
                return path, maker.line
    return None


def _bags(project: Project, module: ModuleFacts) -> tuple[_Maker, ...]:
    """The objects that a module makes of attributes alone, in source order."""
    nodes = (node for item in project.naming(module, _MAKERS) for node in walk(item))
    calls = (node for node in nodes if isinstance(node, ast.Call))
    found = ((call.lineno, call.col_offset, _given(call)) for call in calls)
    makers = sorted((line, at, tuple(given)) for line, at, given in found if given is not None)
    return tuple(_Maker(line, given) for line, _, given in makers)


def _plain_classes(project: Project, module: ModuleFacts) -> tuple[_Maker, ...]:
    """The classes of a module that derive from nothing, with their attributes."""
    makers = []
    for record in module.contents.classes():
        if not record.bases:
            found = project.class_facts(record, module).body.found
            makers.append(_Maker(record.span[0], tuple(item for item in found if _counts(item))))
    return tuple(makers)


def _paths(source: Source, words: frozenset[str]) -> Iterator[Path]:
    """Files that make bags of attributes, and tests that say one of the words."""
    paths: dict[Path, None] = {}
    for word in _BAG_WORDS:
        for mention in source.project.mentions(word, _MANY, along=_BAG_WORDS):
            paths[mention.path] = None
    for text in sorted(words):
        for mention in source.project.mentions(text.encode(), _MANY, tests_only=True):
            if mention.path in paths:
                continue
            if _MAKES_CLASSES.search(source.project.read(mention.path) or b""):
                paths[mention.path] = None
    yield from paths


def _is_test(source: Source, path: Path) -> bool:
    return is_test_path(source.shown(path))


def _counts(attribute: str) -> bool:
    return not attribute.startswith("__")


def _given(call: ast.AST) -> list[str] | None:
    """The attributes of an object made without a class of its own; `**` for any further ones."""
    match call:
        case ast.Call(func=ast.Name(id="type"), args=[_, _, ast.Dict(keys=keys)]):
            return [str(key.value) for key in keys if isinstance(key, ast.Constant)]
        case ast.Call(func=func, args=args, keywords=keywords):
            last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if last in _BAGS:
                return [item.arg or "**" for item in keywords]
            if last == "namedtuple" and len(args) > 1:
                return _strings(args[1])
            if last.endswith("Mock"):
                specs = [item.value for item in keywords if item.arg in ("spec", "spec_set")]
                return _strings(specs[0]) if specs and isinstance(specs[0], ast.List) else None
    return None


def _strings(node: ast.expr) -> list[str]:
    """`["a", "b"]` and `"a b"`."""
    texts = [item.value for item in ast.walk(node) if isinstance(item, ast.Constant)]
    return [part for text in texts for part in str(text).replace(",", " ").split()]


def _stands_in(cls: ClassFacts, name: str, given: Sequence[str]) -> bool:
    """True for attributes that all belong to the class, without the one asked for."""
    plain = [item for item in given if item != "**"]
    if name in plain or any(cls.declares(item) is None for item in plain):
        return False
    return bool(given)


def _says_one_of(source: Source, path: Path, words: frozenset[str]) -> bool:
    content = source.project.read(path) or b""
    return any(re.search(starting_with(word) + rb"\b", content) for word in words)


# -------------------------------------------------------------------- put there from outside

_OTHER = r"(?:None\b|SimpleNamespace\(|(?:\w+\.)?SimpleNamespace\(|object\(\)|\w*Mock\(\s*spec)"


def _set_from_outside(source: Source, owner: ast.expr, words: frozenset[str]) -> Place | None:
    """`client._settings = None` in other code than the class's own."""
    if not isinstance(owner, ast.Attribute):
        return None
    stored = re.compile(rf"(?<!self)\.{owner.attr}\s*=\s*{_OTHER}")
    for mention in source.project.mentions(f".{owner.attr} = ".encode(), _MANY):
        if stored.search(mention.text) and _says_one_of(source, mention.path, words):
            return mention.path, mention.line
    return None
