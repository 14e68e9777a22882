"""Which tests watch what a function does, called by them or by what they call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts, span_of
from fixaudit.semantics.project import Project
from fixaudit.semantics.values.callees import Callee, CalleeReader, Place, method
from fixaudit.semantics.values.reach import reached, remembered
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.syntax.tree import walk

_MANY = 2000
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class WatchPattern:
    """How a test function is known to watch: `pattern` is in its text, and one of `words` in that."""

    words: tuple[bytes, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class WatchingCall:
    """A call in a test function that watches; `text` is that function's, from the line `first`.

    `calls` says how many calls away the function asked about is: 0 for the one called here.
    """

    path: Path
    line: int
    text: str
    first: int
    calls: int = 0

    def place(self, project: Project) -> str:
        """`path:line`, from the project's root."""
        return f"{project.inner(self.path).as_posix()}:{self.line}"


def watching_calls(source: Source, node: ast.AST, watch: WatchPattern) -> list[WatchingCall]:
    """The calls in watching test functions that run the function around `node`, the nearest first.

    Calls are followed over the project, through constructors, methods and coroutines. A method that
    a test calls on an object that nothing is known of (a fixture) counts by its name, for the
    classes that the test's file imports. None found proves nothing.
    """
    own = source.project.facts_of_source(source).path
    found = [
        replace(call, calls=distance)
        for above in source.ancestors(node)
        if isinstance(above, _FUNCTIONS)
        for distance, calls in _watched(source.project, watch).get(_place(own, above), ())
        for call in calls
    ]
    return sorted(found, key=lambda call: (call.calls, call.path, call.line))


@memoized
def watching_files(source: Source, watch: WatchPattern) -> list[tuple[Path, str]]:
    """The test files in which a test watches, with their texts."""
    project = source.project
    paths = [path for path in _files(project, watch) if _may_watch(project, path, watch)]
    return [(path, _text(project, path)) for path in paths]


def _may_watch(project: Project, path: Path, watch: WatchPattern) -> bool:
    """Whether the pattern is in the text of a file; asked once a run."""

    def read() -> bool:
        return watch.pattern.search(_text(project, path)) is not None

    return remembered(project, ("may watch", path, watch), read)


def _text(project: Project, path: Path) -> str:
    return (project.read(path) or b"").decode("utf-8", "replace")


def _place(path: Path, function: Function) -> Place:
    return path, function.lineno, function.col_offset


_Watched = dict[Place, list[tuple[int, list[WatchingCall]]]]


def _watched(project: Project, watch: WatchPattern) -> _Watched:
    """By the place of each function: how far away which calls run it."""

    def read() -> _Watched:
        starts: dict[object, tuple[Callee, list[WatchingCall]]] = {}
        for call, callee in _all_calls(project, watch):
            starts.setdefault(callee.key, (callee, []))[1].append(call)
        watched: _Watched = {}
        for callee, calls in starts.values():
            for distance, each in reached(project, callee):
                watched.setdefault(each.place, []).append((distance, calls))
        return watched

    return remembered(project, ("watched", watch), read)


def _all_calls(project: Project, watch: WatchPattern) -> Iterator[tuple[WatchingCall, Callee]]:
    for path in _files(project, watch):
        read = partial(_calls_in, project, path, watch)
        yield from remembered(project, ("watching", path, watch), read)


def _files(project: Project, watch: WatchPattern) -> dict[Path, None]:
    """The test files that hold one of the words, in order."""
    return {
        mention.path: None
        for word in watch.words
        for mention in project.mentions(word, _MANY, tests_only=True, along=watch.words)
    }


def _calls_in(
    project: Project, path: Path, watch: WatchPattern
) -> list[tuple[WatchingCall, Callee]]:
    """The calls of one test file's watching functions, with what they run."""
    module, content = project.facts_of(path), project.read(path)
    if module is None or content is None:
        return []
    lines = content.decode("utf-8", "replace").split("\n")
    imported = _imported_classes(project, module)
    found: list[tuple[WatchingCall, Callee]] = []
    words = [word.decode() for word in watch.words]
    for function in _functions(project.naming(module, words)):
        first = min([function.lineno, *(item.lineno for item in function.decorator_list)])
        text = "\n".join(lines[first - 1 : function.end_lineno])
        if watch.pattern.search(text):
            for line, callee in _calls_of(project, module, function, imported):
                found.append((WatchingCall(path, line, text, first), callee))
    return found


def _functions(statements: Iterable[ast.stmt]) -> Iterator[Function]:
    """The functions that stand in no other one."""
    for statement in statements:
        if isinstance(statement, _FUNCTIONS):
            yield statement
        elif isinstance(statement, (ast.ClassDef, ast.If, ast.Try, ast.With)):
            yield from _functions(statement.body)


def _calls_of(
    project: Project, module: ModuleFacts, function: Function, imported: list[ClassFacts]
) -> Iterator[tuple[int, Callee]]:
    view = project.view(module)
    node = view.node(span_of(function))
    owner = view.enclosing_class(node)
    cls = None if owner is None else project.class_of(owner, module)
    reader = CalleeReader(project, module, None if cls is None else method(cls, function.name))
    for inner in walk(node):
        known = list(reader.read([inner]))
        yield from known
        if not known and isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            if reader.is_unknown(inner.func.value):
                named = (method(each, inner.func.attr) for each in imported)
                yield from ((inner.lineno, callee) for callee in named if callee is not None)


def _imported_classes(project: Project, module: ModuleFacts) -> list[ClassFacts]:
    """The classes that a file imports, and those of the modules that it imports."""
    found: list[ClassFacts] = []
    for item in module.imports:
        dotted = item.module if item.name in (None, "*") else f"{item.module}.{item.name}"
        match project.definition(dotted, module.path):
            case ClassFacts() as cls:
                found.append(cls)
            case ModuleFacts() as there:
                found += (project.class_facts(each, there) for each in there.contents.classes())
    return found
