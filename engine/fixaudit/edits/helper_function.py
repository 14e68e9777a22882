"""A function that a codemod's edits call: the module's own, one of its distribution, or a new one."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from fixaudit.model.finding import NeededModuleName, NeededName
from fixaudit.semantics.importing import is_light, may_import
from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.source.memo import memoized
from fixaudit.source.name_access import access
from fixaudit.source.source import Source

_LINE_LIMIT = 88
_SIGNATURE = re.compile(r"(def \w+\()(.*)(\) -> .*:)")


@dataclass(frozen=True, slots=True)
class HelperFunction:
    """What kind of function it is.

    Attributes:
        names: those that a new one may get, without an underscore where possible: other modules of
            the distribution import it.
        known_names: those under which a project may keep one already, besides.
        begins: how the text behind `def name(` begins in those of other modules.
        is_one: whether a definition, or what an import binds, in the module itself is such a function.
        fits: whether a function of another module is one.
        written: a new one of a name for a file; None where what it needs is out of reach. A new one
            is in the style of the file.
    """

    names: tuple[str, ...]
    known_names: tuple[str, ...]
    begins: str
    is_one: Callable[[ast.AST], bool]
    fits: Callable[[FunctionFacts], bool]
    written: Callable[[Source, str], NeededModuleName | None]


@dataclass(frozen=True, slots=True)
class Helper:
    """What an edit calls, what must be added for it, and the function of another module that it is."""

    text: str
    needed_names: tuple[NeededName, ...] = ()
    found: FunctionFacts | None = None


def helper_function(source: Source, node: ast.AST, kind: HelperFunction) -> Helper | None:
    """How code at `node` calls a function of that kind; None where none could be written here.

    A function of the distribution is taken where importing it goes in no circle. A new one is defined
    in the module; where a run adds it to several, in one of them, and the others import it from there.
    A module that cannot hold one takes none of another either: there may be one only since a run wrote
    it, and the next run would change what this one left.
    """
    bound = source.scopes.module.bindings
    for name in (*kind.names, *kind.known_names):
        bindings = bound.get(name, [])
        if len(bindings) == 1 and kind.is_one(bindings[0].node):
            if source.lookup(name, node) == bindings:
                return Helper(name)
    new = next(
        (name for name in kind.names if name not in bound and not source.lookup(name, node)), None
    )
    written = kind.written(source, new) if new is not None else None
    if new is None or written is None:
        return None
    found = _of_distribution(source, kind)
    reached = access(source, node, found.module.name, found.name) if found is not None else None
    if reached is not None:
        return Helper(reached.text, reached.needed_names, found)
    return Helper(new, (replace(in_style_of(source, written), shared_as=kind.names[0]),))


@memoized
def _of_distribution(source: Source, kind: HelperFunction) -> FunctionFacts | None:
    """The function of another module of the distribution, which this one may import."""
    project = source.project
    own = project.facts_of_source(source).path
    names = tuple(dict.fromkeys((*kind.names, *kind.known_names)))
    needles = [f"def {name}({kind.begins}".encode() for name in names]
    for name, needle in zip(names, needles, strict=True):
        for mention in project.mentions(needle, 4, along=needles):
            if mention.is_test or not may_import(project, own, mention.path):
                continue
            facts = project.facts_of(mention.path)
            found = project.resolve(facts, name) if facts is not None else None
            if isinstance(found, FunctionFacts) and found.owner is None and kind.fits(found):
                if is_light(project, own, found.path) or _is_imported(project, found):
                    return found
    return None


def _is_imported(project: Project, found: FunctionFacts) -> bool:
    """True where a file besides its own names the function: it is there for others."""
    users = project.users(found.name, [found.module.name.rpartition(".")[2]])
    return any(mention.path != found.path for mention in users)


# ---------------------------------------------------------------- how it is written


def in_style_of(source: Source, new: NeededModuleName) -> NeededModuleName:
    """A definition in the quotes and the line length of a file."""
    return _in_quotes_of(source, replace(new, text=_in_lines_of(source, new.text)))


def _in_lines_of(source: Source, text: str) -> str:
    """The parameters on a line of their own where the first line is longer than 88 and all others."""
    head, _, rest = text.partition("\n")
    parts = _SIGNATURE.fullmatch(head)
    longest = max(_LINE_LIMIT, *map(len, source.text.splitlines() or [""]))
    if parts is None or len(head) <= longest:
        return text
    return f"{parts[1]}\n    {parts[2]}\n{parts[3]}\n{rest}"


def _in_quotes_of(source: Source, new: NeededModuleName) -> NeededModuleName:
    """Single quotes where most strings of the file have them, the docstring aside."""
    if not _has_single_quotes(source):
        return new
    needs = tuple(
        _in_quotes_of(source, each) if isinstance(each, NeededModuleName) else each
        for each in new.needs
    )
    parts = new.text.split('"""')
    parts[::2] = [part if "'" in part else part.replace('"', "'") for part in parts[::2]]
    return replace(new, text='"""'.join(parts), needs=needs)


@memoized
def _has_single_quotes(source: Source) -> bool:
    first = [source.segment(node)[:1] for node in source.nodes(ast.Constant)]
    return first.count("'") > first.count('"')
