"""What stands in the way of a rename beyond the places that name the symbol."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import (
    ClassFacts,
    ClassKind,
    Hindrance,
    HindranceKind,
    KnownClass,
    Mention,
    Symbol,
    SymbolScan,
    Written,
    classes_of,
    fronts,
    identifiers,
    modules_handed_on,
    scan_for_symbol,
    submodule_hindrance,
)

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
        yield from modules_handed_on(source, symbol)
        if _LOADED_BY_NAME.fullmatch(symbol.path.stem):
            why = f"what loads a `{symbol.path.name}` may look names up in it"
            yield Hindrance(HindranceKind.MODULES, source.shown(symbol.path), symbol.line, why)
    else:
        yield from _of_family(source, symbol)


# ------------------------------------------------------------------ classes


def _of_family(source: Source, symbol: Symbol) -> Iterator[Hindrance]:
    found = classes_of(source, symbol)
    if not found:
        why = f"the classes below `{symbol.owner}` are too many, or not known"
        yield Hindrance(HindranceKind.USE, source.shown(symbol.path), symbol.line, why)
        return
    for cls in found:
        yield from _of_class(source, symbol, cls)


def _of_class(source: Source, symbol: Symbol, cls: ClassFacts) -> Iterator[Hindrance]:
    path = source.shown(cls.path)
    for base in _asking_bases(source, cls, symbol.old)[:1]:
        why = f"`{base}`, which is not of the project, may call it"
        yield Hindrance(HindranceKind.OUTSIDE, path, cls.line, why)
    for each in cls.mro().own:
        if (each.path, each.record.qualified) in symbol.family:
            continue
        if symbol.old in each.body.found:
            why = f"`{each.name}` has the method too: rename it there, at the top"
            yield Hindrance(HindranceKind.USE, source.shown(each.path), each.line, why)
    if cls.declares(symbol.new) is not None:
        why = f"`{symbol.new}` is taken: `{cls.name}` has it already"
        yield Hindrance(HindranceKind.TAKEN, path, cls.line, why)
    if not all(each.function for each in cls.body.found.get(symbol.old, ())):
        why = f"`{symbol.old}` is no method of `{cls.name}`, but a field or a variable"
        yield Hindrance(HindranceKind.USE, path, cls.line, why)


# ------------------------------------------------------------------ the definition itself


def scanned(source: Source, symbol: Symbol) -> SymbolScan:
    """What a file says of the symbol, with what is asked by the names of definitions in it."""
    found = scan_for_symbol(source, symbol)
    more = [
        hindrance
        for each in identifiers(source, symbol.old)
        if each.kind is Written.DEFINITION and not {*each.spans}.isdisjoint(found.spans)
        for hindrance in _of_definition(source, symbol, each.node)
    ]
    for line, text in source.comments_by_line.items() if found.spans else ():
        if "fixaudit" in text and ("rename-symbol" in text or "FA616" in text):
            why = "a comment keeps the codemod from it"
            more.append(Hindrance(HindranceKind.USE, source.path, line, why))
    return replace(found, hindrances=(*found.hindrances, *more))


def _of_definition(source: Source, symbol: Symbol, node: ast.AST) -> Iterator[Hindrance]:
    """What is asked by the name of the definition: decorators, registries, stored objects, importers."""
    line = getattr(node, "lineno", symbol.line)
    for decorator in getattr(node, "decorator_list", ()):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = source.qualified_name(called) or ast.unparse(called)
        if not _PLAIN_DECORATORS.fullmatch(name):
            why = f"`@{ast.unparse(called)}` may keep it under its name"
            yield Hindrance(HindranceKind.DECORATORS, source.path, decorator.lineno, why)
    if isinstance(node, ast.ClassDef):
        yield from _of_class_name(source, symbol, node)
    if symbol.homes and symbol.old.startswith("pytest_"):
        yield Hindrance(
            HindranceKind.OUTSIDE, source.path, line, "pytest calls hooks by their names"
        )
    if symbol.homes and symbol.old.startswith("test") and source.is_test:
        yield Hindrance(HindranceKind.OUTSIDE, source.path, line, "a test is known by its name")


def _of_class_name(source: Source, symbol: Symbol, node: ast.ClassDef) -> Iterator[Hindrance]:
    cls = source.project.class_of(node, source.project.facts_of_source(source))
    for base in _asking_bases(source, cls, "")[:1]:
        why = f"`{base}` may use the class's name, for a table or a registry"
        yield Hindrance(HindranceKind.OUTSIDE, source.path, node.lineno, why)
    for module in _PICKLING:
        for hit in source.project.mentions(f"import {module}".encode(), 1, about=symbol.path):
            why = f"`{module}` stores classes by their names: what is stored names the old one"
            yield Hindrance(HindranceKind.PICKLES, source.shown(hit.path), hit.line, why)
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
            yield Hindrance(HindranceKind.PUBLIC, source.shown(home), 1, why)
            return


def _is_installed(source: Source, home: Path) -> bool:
    content = source.project.nearest("pyproject.toml", home.parent) or b""
    return (
        b"[build-system]" in content or source.project.nearest("setup.py", home.parent) is not None
    )


# ------------------------------------------------------------------ other files


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
        if named and not _is_own_setting(source, hit):
            path_shown = source.shown(hit.path)
            yield Hindrance(HindranceKind.FILES, path_shown, hit.line, "it is named there")


def _is_own_setting(source: Source, hit: Mention) -> bool:
    """True in the settings of fixaudit, which say the renames themselves."""
    if hit.path.name in ("fixaudit.toml", ".fixaudit.toml"):
        return True
    if hit.path.name != "pyproject.toml":
        return False
    lines = (source.project.read(hit.path) or b"").splitlines()[: hit.line]
    tables = [line.strip() for line in lines if line.lstrip().startswith(b"[") and b"=" not in line]
    return bool(tables) and tables[-1].startswith(b"[tool.fixaudit")
