"""What stands in the way of a rename beyond the places that name the symbol."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import (
    ClassFacts,
    ClassKind,
    KnownClass,
    ModuleFacts,
    definition_of,
    files_naming,
    of_other_file,
)
from fixaudit_codemods.maintainability.rename_symbol._names import submodule_hindrance
from fixaudit_codemods.maintainability.rename_symbol._symbol import Symbol, classes_of, fronts
from fixaudit_codemods.maintainability.rename_symbol._verdicts import Hindrance, Kind

# Decorators that keep no name of what they decorate: by the standard library's documentation.
_PLAIN_DECORATORS = re.compile(
    r"(?:builtins\.)?(?:staticmethod|classmethod|property)"
    r"|(?:functools|contextlib|abc|typing|typing_extensions|dataclasses|enum|warnings)\.\w+"
    r"|.*\.(?:setter|getter|deleter)"
    r"|(?:tenacity\.retry|backoff\.on_exception|cachetools\.cached|pytest\.mark\.\w+)"
)
# Bases that ask for nothing by the names of classes and methods which they do not have themselves.
_PLAIN_BASES = re.compile(
    r"object|abc\.ABC|(?:typing|typing_extensions)\.\w+|enum\.\w+|[A-Z]\w*(?:Error|Exception|Warning)"
    r"|Exception|BaseException|dict|list|set|tuple|str|int|float|threading\.Thread|json\.JSONEncoder"
    r"|logging\.(?:Handler|Formatter|Filter|LoggerAdapter)|collections\.\w+|collections\.abc\.\w+"
    r"|(?:pydantic\.(?:main\.|v1\.)?)?BaseModel|pydantic_settings\.BaseSettings"
)
_LOADED_MODULES = frozenset({"", "abc", "enum", "threading", "json", "logging", "collections"})
_PICKLING = ("pickle", "joblib", "dill", "cloudpickle", "shelve")
_LOADED_BY_NAME = re.compile(
    r"conftest|settings|celeryconfig|gunicorn\w*|noxfile|setup|fabfile|tasks"
)
_QUOTED = r"[\"']{0}[\"']"
_DOCUMENTS = (".md", ".rst", ".txt", ".adoc")
_TEMPLATES = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".tpl", ".tmpl", ".mako")


def hindrances(source: Source, symbol: Symbol) -> Iterator[Hindrance]:
    """All that keeps the symbol from being renamed and is no place that names it in Python."""
    yield from _beside(source, symbol)
    if symbol.homes:
        yield from submodule_hindrance(source, symbol)
        yield from _by_module(source, symbol)
        if _LOADED_BY_NAME.fullmatch(symbol.path.stem):
            why = f"what loads a `{symbol.path.name}` may look names up in it"
            yield Hindrance(Kind.MODULES, source.shown(symbol.path), symbol.line, why)
    else:
        yield from _of_family(source, symbol)


# ------------------------------------------------------------------ classes


def _of_family(source: Source, symbol: Symbol) -> Iterator[Hindrance]:
    found = classes_of(source, symbol)
    if not found:
        why = f"the classes below `{symbol.owner}` are too many, or not known"
        yield Hindrance(Kind.USE, source.shown(symbol.path), symbol.line, why)
        return
    for cls in found:
        yield from _of_class(source, symbol, cls)


def _of_class(source: Source, symbol: Symbol, cls: ClassFacts) -> Iterator[Hindrance]:
    path = source.shown(cls.path)
    for base in _asking_bases(source, cls, symbol.old)[:1]:
        why = f"`{base}`, which is not of the project, may call it"
        yield Hindrance(Kind.OUTSIDE, path, cls.line, why)
    for each in cls.mro().own:
        if (each.path, each.record.qualified) in symbol.family:
            continue
        if symbol.old in each.body.found:
            why = f"`{each.name}` has the method too: rename it there, at the top"
            yield Hindrance(Kind.USE, source.shown(each.path), each.line, why)
    if cls.declares(symbol.new) is not None:
        why = f"`{symbol.new}` is taken: `{cls.name}` has it already"
        yield Hindrance(Kind.TAKEN, path, cls.line, why)
    if not all(each.function for each in cls.body.found.get(symbol.old, ())):
        why = f"`{symbol.old}` is no method of `{cls.name}`, but a field or a variable"
        yield Hindrance(Kind.USE, path, cls.line, why)


# ------------------------------------------------------------------ the definition itself


def of_definition(source: Source, symbol: Symbol, node: ast.AST) -> Iterator[Hindrance]:
    """What is asked by the name of the definition: decorators, registries, stored objects, importers."""
    line = getattr(node, "lineno", symbol.line)
    for decorator in getattr(node, "decorator_list", ()):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = source.qualified_name(called) or ast.unparse(called)
        if not _PLAIN_DECORATORS.fullmatch(name):
            why = f"`@{ast.unparse(called)}` may keep it under its name"
            yield Hindrance(Kind.DECORATORS, source.path, decorator.lineno, why)
    if isinstance(node, ast.ClassDef):
        yield from _of_class_name(source, symbol, node)
    if symbol.homes and symbol.old.startswith("pytest_"):
        yield Hindrance(Kind.OUTSIDE, source.path, line, "pytest calls hooks by their names")
    if symbol.homes and symbol.old.startswith("test") and source.is_test:
        yield Hindrance(Kind.OUTSIDE, source.path, line, "a test is known by its name")


def _of_class_name(source: Source, symbol: Symbol, node: ast.ClassDef) -> Iterator[Hindrance]:
    cls = source.project.class_of(node, source.project.facts_of_source(source))
    for base in _asking_bases(source, cls, "")[:1]:
        why = f"`{base}` may use the class's name, for a table or a registry"
        yield Hindrance(Kind.OUTSIDE, source.path, node.lineno, why)
    for module in _PICKLING:
        for hit in source.project.mentions(f"import {module}".encode(), 1, about=symbol.path):
            why = f"`{module}` stores classes by their names: what is stored names the old one"
            yield Hindrance(Kind.PICKLES, source.shown(hit.path), hit.line, why)
            return


def is_model(source: Source, node: ast.AST) -> bool:
    """True for a class of pydantic, whose name stands in the schema that it gives."""
    if not isinstance(node, ast.ClassDef):
        return False
    cls = source.project.class_of(node, source.project.facts_of_source(source))
    return cls.kind is ClassKind.PYDANTIC


def documents(source: Source, symbol: Symbol) -> list[str]:
    """The places of documents that say the old name."""
    word = re.compile(rf"(?<!\w){re.escape(symbol.old)}(?!\w)")
    found = source.project.mentions_beside(symbol.old.encode(), 2_000)
    hits = (hit for hit in found if hit.path.name.endswith(_DOCUMENTS) and word.search(hit.text))
    return [f"{source.shown(hit.path)}:{hit.line}" for hit in hits]


def _asking_bases(source: Source, cls: ClassFacts, method: str) -> list[str]:
    """Bases of a class, and of those above it, that are not of the project and may ask for names."""
    found = []
    for each in cls.mro().own:
        for base in each.bases:
            meant = source.project.base_of(each, base)
            if isinstance(meant, ClassFacts):
                continue
            plain = base.value if isinstance(base, ast.Subscript) else base
            name = (
                each.module.qualify(ast.unparse(plain)) if meant is None else meant.qualified_name
            )
            if not _PLAIN_BASES.fullmatch(name) or _has(name, meant, method):
                found.append(name)
    return found


def _has(name: str, known: KnownClass | None, method: str) -> bool:
    """True where a class of the standard library, or a known one, has the method itself."""
    if known is not None and method in known.attributes:
        return True
    module, _, last = name.rpartition(".")
    if module.partition(".")[0] not in _LOADED_MODULES:
        return False
    return hasattr(getattr(importlib.import_module(module or "builtins"), last, None), method)


def public_hindrance(source: Source, symbol: Symbol) -> Iterator[Hindrance]:
    """A name that `__all__` offers in a distribution which others install."""
    for home in sorted(symbol.homes):
        facts = source.project.facts_of(home)
        if (
            facts is not None
            and symbol.old in (facts.exports or ())
            and _is_installed(source, home)
        ):
            why = f"`__all__` of `{facts.name}` offers it to whoever installs the project"
            yield Hindrance(Kind.PUBLIC, source.shown(home), 1, why)
            return


def _is_installed(source: Source, home: Path) -> bool:
    content = source.project.nearest("pyproject.toml", home.parent) or b""
    return (
        b"[build-system]" in content or source.project.nearest("setup.py", home.parent) is not None
    )


# ------------------------------------------------------------------ modules as values, other files


def _by_module(source: Source, symbol: Symbol) -> Iterator[Hindrance]:
    """Modules that hold the name and are handed on, or imported by a text."""
    own = source.project.facts_of_source(source).path
    for home in sorted(symbol.homes):
        stem = home.parent.name if home.stem == "__init__" else home.stem
        for path in (own, *files_naming(source, stem, symbol.path)):
            key = ("modules handed on", symbol, stem)
            read = partial(_handed_on, symbol=symbol, stem=stem)
            found = read(source) if path == own else of_other_file(source, path, key, read)
            yield from found or ()


def _handed_on(source: Source, symbol: Symbol, stem: str) -> tuple[Hindrance, ...]:
    words = {stem}
    for alias in source.nodes(ast.alias):
        if alias.asname is not None and alias.name.rpartition(".")[2] == stem:
            words.add(alias.asname)
    found = []
    nodes: list[ast.Name | ast.Attribute] = [*source.nodes(ast.Name)]
    nodes += source.nodes(ast.Attribute)
    for node in nodes:
        word = node.id if isinstance(node, ast.Name) else node.attr
        if word not in words or not isinstance(node.ctx, ast.Load):
            continue
        above = source.parent(node)
        if isinstance(above, ast.Attribute) or _says_which(source, node, above):
            continue
        meant = definition_of(source, node)
        if isinstance(meant, ModuleFacts) and meant.path in symbol.homes:
            why = f"the module `{word}` is handed on, and its names may be looked up"
            found.append(Hindrance(Kind.MODULES, source.path, node.lineno, why))
    names = {symbol.module}
    for text in source.nodes(ast.Constant):
        if text.value in names and not _is_logger_name(source, text):
            why = f"a string names the module `{symbol.module}`, which may be loaded by it"
            found.append(Hindrance(Kind.MODULES, source.path, text.lineno, why))
    return tuple(found)


def _says_which(source: Source, node: ast.expr, above: ast.AST | None) -> bool:
    """True where a call that is handed the module says the one name that it looks up, or reloads it."""
    if not isinstance(above, ast.Call) or not above.args or above.args[0] is not node:
        return False
    if source.qualified_name(above.func) == "importlib.reload":
        return True
    last = ast.unparse(above.func).rpartition(".")[2]
    named = len(above.args) > 1 and isinstance(above.args[1], ast.Constant)
    return named and last in (
        "getattr",
        "hasattr",
        "setattr",
        "delattr",
        "object",
        "spy",
        "delitem",
    )


def _is_logger_name(source: Source, text: ast.Constant) -> bool:
    call = source.parent(text)
    return isinstance(call, ast.Call) and "ogger" in ast.unparse(call.func)


def _beside(source: Source, symbol: Symbol) -> Iterator[Hindrance]:
    """Files that are no Python and name it: by a path, in quotes, or in a template."""
    old = re.escape(symbol.old)
    path = re.compile(rf"(\w+)[.:]{old}(?!\w)")
    owners = fronts(symbol)
    quoted = re.compile(_QUOTED.format(old))
    word = re.compile(rf"(?<!\w){old}(?!\w)")
    for hit in source.project.mentions_beside(symbol.old.encode(), 2_000):
        name = hit.path.name
        said = word.search(hit.text) is not None
        if name.endswith(_DOCUMENTS):
            continue
        if name.endswith(_TEMPLATES):
            named = re.search(r"\{[{%]", hit.text) is not None and said
        elif name.endswith((".pyi", ".pyx", ".pxd", ".ipynb")):
            named = said
        else:
            before = {each[1] for each in path.finditer(hit.text)}
            named = bool(before & owners) or quoted.search(hit.text) is not None
        # What holds both names says the rename itself.
        if named and symbol.new not in hit.text:
            yield Hindrance(Kind.FILES, source.shown(hit.path), hit.line, "it is named there")
