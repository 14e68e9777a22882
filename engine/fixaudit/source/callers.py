"""Who calls a function of this file, and with what for one of its parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fixaudit.model.evidence import Evidence
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.semantics.values.callees import CalleeReader
from fixaudit.semantics.values.infer import Inference
from fixaudit.source.memo import memoized
from fixaudit.source.program_entries import Entered, Entries
from fixaudit.source.references import step_from
from fixaudit.source.source import Source
from fixaudit.syntax.module import Function

_MANY = 200
_BODIES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Caller:
    """One call of the function: the function that it stands in (None for none), and the module.

    `is_used` is false where the call is a statement of its own, awaited or not.
    """

    call: ast.Call
    function: Function | None
    module: ModuleFacts
    is_used: bool = True

    def proof(self, source: Source, text: str) -> Evidence:
        """What the call proves, with its place."""
        return source.proof_at(self.module.path, self.call.lineno, text)


@memoized
def callers_of(source: Source, function: Function) -> tuple[Caller, ...] | None:
    """The calls of a module-level function or a method of this file, in code that is no test.

    None where there are more than can be looked at, where the function is handed on without a call,
    and where a call of the same name may be one of it: who calls it is then not known. Costs a
    search of the project for the name.
    """
    mentions = source.project.mentions(function.name.encode(), _MANY)
    if len(mentions) == _MANY:
        return None
    own = source.project.facts_of_source(source)
    target = (own.path, function.lineno)
    found: list[Caller] = []
    for path in dict.fromkeys([own.path, *(each.path for each in mentions if not each.is_test)]):
        module = own if path == own.path else source.project.facts_of(path)
        if module is None:
            return None
        inference = Inference(source.project, module)
        view = inference.view
        for use in view.loads(frozenset({function.name})):
            meant = inference.definition(use)
            if not isinstance(meant, FunctionFacts):
                return None
            if (meant.path, meant.line) != target:
                continue
            above = [parent for _, parent in view.ancestors(use)]
            call = above[0]
            if not isinstance(call, ast.Call) or call.func is not use:
                return None
            around = next((each for each in above if isinstance(each, _FUNCTIONS)), None)
            found.append(Caller(call, around, module, _is_used(above)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class CoroutineCaller:
    """A call in an `async def` that runs the function, and the plain functions in between, with the
    call that each of them makes."""

    caller: Caller
    through: tuple[str, ...]
    between: tuple[Caller, ...] = ()


@memoized
def coroutines_calling(
    source: Source, function: Function, deep: int = 3
) -> tuple[CoroutineCaller, ...]:
    """The coroutines that call a function of this file, directly or through `deep` plain functions.

    A lower bound: calls through objects of which nothing is known, and functions that are handed on,
    are not followed. Tests are not looked at. Costs a search of the project for each name.
    """
    own = source.project.facts_of_source(source)
    found: list[CoroutineCaller] = []
    seen: set[tuple[Path, int]] = set()
    latest: list[tuple[Path, Function, tuple[Caller, ...]]] = [(own.path, function, ())]
    for _ in range(deep + 1):
        below: list[tuple[Path, Function, tuple[Caller, ...]]] = []
        for path, target, between in latest:
            if (path, target.lineno) in seen:
                continue
            seen.add((path, target.lineno))
            for caller in _calls(source, own, path, target):
                if isinstance(caller.function, ast.AsyncFunctionDef):
                    through = tuple(each.function.name for each in between if each.function)
                    found.append(CoroutineCaller(caller, through, between))
                elif caller.function is not None:
                    below.append((caller.module.path, caller.function, (caller, *between)))
        latest = below
    return tuple(found)


def _calls(source: Source, own: ModuleFacts, path: Path, target: Function) -> Iterator[Caller]:
    """The calls of a function, as far as they are known; none where there are too many to look at."""
    project = source.project
    mentions = project.mentions(target.name.encode(), _MANY)
    if len(mentions) == _MANY:
        return
    for each in dict.fromkeys([path, *(each.path for each in mentions if not each.is_test)]):
        module = own if each == own.path else project.facts_of(each)
        if module is None:
            continue
        reader = CalleeReader(project, module, all_behind=True)
        for use in reader.view.loads(frozenset({target.name})):
            above = [parent for _, parent in reader.view.ancestors(use)]
            call = above[0] if above else None
            if not isinstance(call, ast.Call) or call.func is not use:
                continue
            places = {callee.place[:2] for callee in reader.called(call)}
            own_method = each == path and _is_own_method(use, above, target)
            if (path, target.lineno) in places or own_method:
                around = next((item for item in above if isinstance(item, _BODIES)), None)
                if not isinstance(around, ast.Lambda):  # handed on, as to `asyncio.to_thread`
                    yield Caller(call, around, module, _is_used(above))


def _is_own_method(use: ast.expr, above: list[ast.AST], target: Function) -> bool:
    """True for `self.load(…)` in the class that defines `load`."""
    cls = next((item for item in above if isinstance(item, ast.ClassDef)), None)
    is_self = isinstance(use, ast.Attribute) and ast.unparse(use.value) in ("self", "cls")
    return (
        cls is not None
        and is_self
        and any(
            isinstance(item, _FUNCTIONS)
            and (item.name, item.lineno) == (target.name, target.lineno)
            for item in cls.body
        )
    )


def _is_used(above: list[ast.AST]) -> bool:
    """`above` is the call and what stands around it."""
    outside = above[2] if isinstance(above[1], ast.Await) else above[1]
    return not isinstance(outside, ast.Expr)


def argument_of(call: ast.Call, function: Function, parameter: str, *, bound: bool) -> ast.expr | None:  # fmt: skip
    """What a call gives for a parameter: its own argument, or the default.

    `bound` says that the first parameter is the receiver. None where neither is there, and where
    `*rest` or `**options` may hold it.
    """
    arguments = function.args
    names = [entry.arg for entry in (*arguments.posonlyargs, *arguments.args)]
    for word in call.keywords:
        if word.arg in (parameter, None):
            return word.value if word.arg == parameter else None
    if parameter in names:
        position = names.index(parameter) - bound
        given = call.args[: position + 1]
        if any(isinstance(entry, ast.Starred) for entry in given):
            return None
        if len(given) > position:
            return given[position]
    return default_of(function, parameter)


def default_of(function: Function, parameter: str) -> ast.expr | None:
    """The default of a parameter; None where it has none."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = zip(reversed(plain), reversed(arguments.defaults), strict=False)
    only = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return next((value for entry, value in (*defaults, *only) if entry.arg == parameter), None)


def lines_in_commands(source: Source, path: Path, words: frozenset[str]) -> frozenset[int]:
    """The lines of a file that hold one of some names in a command of a terminal, or under a `__main__`
    guard: they run once, in a process that ends with them.

    Who calls the function around such a name is not followed.
    """
    project = source.project
    read = partial(_lines_in_commands, project, words)
    return project.derived(path, f"commands with {' '.join(sorted(words))}", read) or frozenset()


def _lines_in_commands(
    project: Project, words: frozenset[str], module: ModuleFacts
) -> frozenset[int]:
    entries = Entries(project, module)
    named = project.view(module).loads(words)
    steps = ((node.lineno, step_from(project, module, node, entries).entry) for node in named)
    return frozenset(
        line for line, entry in steps if entry is not None and entry.by is Entered.COMMAND
    )
