"""Objects that tests and scripts of the project put in the place of a class."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from fixaudit import Source
from fixaudit.project import ClassFacts, Mention
from fixaudit.project.types import TypeFacts
from fixaudit_codemods._lifecycle import may_mean, place

_MANY = 2000
_BAGS = frozenset({"SimpleNamespace", "Namespace", "AttrDict", "DotDict", "Munch", "Box"})
_BAG_WORDS = (b"Namespace(", b"AttrDict(", b"DotDict(", b"Munch(", b"Box(")
_STRICT = re.compile(r"create_autospec\(|\bspec(?:_set)?\s*=")


def find(
    source: Source, site: ast.expr, owner: ast.expr, found: TypeFacts, name: str
) -> str | None:
    """`path:line` of an object that stands in for one of the classes and lacks the attribute."""
    words = _entry_words(source, site, owner)
    for cls in found.members:
        place = _by_class_name(source, cls, name) or _by_bag(source, cls, name, words)
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
    return frozenset(word for word in words if not word.startswith("__") and len(word) > 3)


# -------------------------------------------------------------------- fakes by the class's name


def _by_class_name(source: Source, cls: ClassFacts, name: str) -> str | None:
    """`class FakeSettings`, `Mock(spec=Settings)`, `create_autospec(Settings)`."""
    fake = re.compile(rf"^class\s+\w*{re.escape(cls.name)}\w*\s*[:(]")
    bare = cls.declares(name)
    in_class = bare is not None and bare.attribute is not None and bare.attribute.where == "method"
    for mention in source.project.mentions(cls.name.encode(), _MANY):
        if not mention.is_test:
            continue
        if not in_class and _STRICT.search(mention.text) and may_mean(source, mention, cls):
            return place(source, mention)
        if fake.search(mention.text) and _lacks(source, mention, cls, name):
            return place(source, mention)
    return None


def _lacks(source: Source, mention: Mention, cls: ClassFacts, name: str) -> bool:
    module = source.project.facts_of(mention.path)
    if module is None:
        return True
    view = source.project.view(module)
    for node in view.index.by_type.get(ast.ClassDef, ()):
        assert isinstance(node, ast.ClassDef)
        if node.lineno != mention.line or node.name.startswith("Test"):
            continue
        facts = source.project.class_facts(node, module, view.qualified(module, node))
        if any(entry.key == cls.key for entry in facts.mro().own):
            return False
        declared = facts.declares(name)
        return declared is None or not declared.certain
    return False


# -------------------------------------------------------------------- bags of attributes


def _by_bag(source: Source, cls: ClassFacts, name: str, words: frozenset[str]) -> str | None:
    """`SimpleNamespace(debug=True)` whose attributes are those of the class, but not all of them."""
    for path, calls in _bags(source):
        for call in calls:
            given = [item.arg for item in call.keywords]
            if name in given:
                continue
            plain = [item for item in given if item is not None]
            declared = [item for item in plain if cls.declares(item) is not None]
            if plain and len(declared) < len(plain):
                continue
            if len(plain) < 2 and not _says_one_of(source, path, words | {cls.name}):
                continue
            return f"{_shown(source, path)}:{call.lineno}"
    return None


def _bags(source: Source) -> Iterator[tuple[Path, Sequence[ast.Call]]]:
    paths: dict[Path, None] = {}
    for word in _BAG_WORDS:
        for mention in source.project.mentions(word, _MANY):
            paths[mention.path] = None
    for path in paths:
        module = source.project.facts_of(path)
        if module is None:
            continue
        calls = source.project.view(module).index.by_type.get(ast.Call, ())
        yield path, [item for item in calls if isinstance(item, ast.Call) and _makes_bag(item)]


def _makes_bag(call: ast.Call) -> bool:
    func = call.func
    last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return last in _BAGS


def _says_one_of(source: Source, path: Path, words: frozenset[str]) -> bool:
    content = source.project.read(path) or b""
    return any(re.search(rb"\b" + word.encode() + rb"\b", content) for word in words)


# -------------------------------------------------------------------- put there from outside

_OTHER = r"(?:None\b|SimpleNamespace\(|(?:\w+\.)?SimpleNamespace\(|object\(\)|\w*Mock\(\s*spec)"


def _set_from_outside(source: Source, owner: ast.expr, words: frozenset[str]) -> str | None:
    """`client._settings = None` in other code than the class's own."""
    if not isinstance(owner, ast.Attribute):
        return None
    stored = re.compile(rf"(?<!self)\.{owner.attr}\s*=\s*{_OTHER}")
    for mention in source.project.mentions(f".{owner.attr} = ".encode(), _MANY):
        if stored.search(mention.text) and _says_one_of(source, mention.path, words):
            return place(source, mention)
    return None


def _shown(source: Source, path: Path) -> str:
    root = source.project.root
    if root is not None and path.is_relative_to(root):
        path = path.relative_to(root)
    return path.as_posix()
