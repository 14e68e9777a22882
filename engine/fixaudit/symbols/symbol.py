"""What is renamed: a name of a module, or a method with all that overrides it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fixaudit.semantics.classes import ClassFacts
from fixaudit.source.source import Source
from fixaudit.source.subclasses import subclasses_of
from fixaudit.symbols.passed_on import modules_defining, modules_offering


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a rename is about, and where it stands.

    `owner` is the class of a method, by its name in the module. `homes` are the modules that hold a
    name of a module under that name; `family` the classes with the method, by file and name.
    """

    old: str
    new: str
    path: Path
    line: int
    module: str
    owner: str = ""
    homes: frozenset[Path] = frozenset()
    family: frozenset[tuple[Path, str]] = frozenset()

    @property
    def shown(self) -> str:
        """Its dotted name."""
        return ".".join(part for part in (self.module, self.owner, self.old) if part)


def symbols_meant(source: Source, old: str, new: str) -> list[Symbol]:
    """What of the project a dotted name may mean, the module in front as far as it is said: a function,
    class or variable of a module, or a method. `new` is the name that it would get.
    """
    front, _, word = old.rpartition(".")
    found = [
        _of_module(source, word, new, path, line)
        for path, line in modules_defining(source, word)
        if is_named(source, path, front)
    ]
    module, _, owner = front.rpartition(".")
    for path, _line in modules_defining(source, owner) if owner else ():
        if is_named(source, path, module):
            found += _methods(source, word, new, path, owner)
    return found


def classes_of(source: Source, symbol: Symbol) -> list[ClassFacts] | None:
    """The class of a method, then those below it; None where they are too many."""
    top = _class_at(source, symbol.path, symbol.owner)
    if top is None:
        return []
    below = subclasses_of(source, top, True)
    return None if below is None else [top, *below]


def _of_module(source: Source, old: str, new: str, path: Path, line: int) -> Symbol:
    homes = modules_offering(source, path, old)
    name = _name_of(source, path)
    return Symbol(old, new, path, line, name, homes=homes)


def _methods(source: Source, old: str, new: str, path: Path, owner: str) -> list[Symbol]:
    cls = _class_at(source, path, owner)
    if cls is None or old not in cls.body.found:
        return []
    line, name = cls.body.found[old][0].line, _name_of(source, path)
    symbol = Symbol(old, new, path, line, name, owner)
    found = classes_of(source, symbol) or [cls]
    family = frozenset((each.path, each.record.qualified) for each in found)
    return [Symbol(old, new, path, line, name, owner, family=family)]


def _class_at(source: Source, path: Path, owner: str) -> ClassFacts | None:
    own = source.project.facts_of_source(source)
    facts = own if path == own.path else source.project.facts_of(path)
    found = None if facts is None else source.project.resolve(facts, owner)
    return found if isinstance(found, ClassFacts) and found.path == path else None


def _name_of(source: Source, path: Path) -> str:
    own = source.project.facts_of_source(source)
    if path == own.path:
        return own.name
    return source.project.module_name(path) or path.stem


def is_named(source: Source, path: Path, said: str) -> bool:
    """True where what is said is the end of the module's dotted name or of its path, or nothing."""
    inner = source.project.inner(path).with_suffix("")
    parts = inner.parent.parts if inner.stem == "__init__" else inner.parts
    names = (_name_of(source, path), ".".join(parts))
    return not said or any(f".{name}".endswith(f".{said}") for name in names)


def fronts(symbol: Symbol) -> frozenset[str]:
    """What may stand before the name in a path of names."""
    stems = {path.stem for path in (symbol.path, *symbol.homes)}
    folders = {path.parent.name for path in symbol.homes if path.stem == "__init__"}
    classes = {name.rpartition(".")[2] for _, name in symbol.family}
    return frozenset(stems | folders | classes | {symbol.module.rpartition(".")[2]})
