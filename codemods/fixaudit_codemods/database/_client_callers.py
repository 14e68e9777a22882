"""Who calls a function that gives a new client, and whether they keep what they get."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fixaudit import Project, Source, memoized
from fixaudit.authoring import Binding, Caller, ModuleFacts, callers_of, is_migration_path
from fixaudit_codemods.database._made_clients import CLOSING, Function

_MANY = 60
Lookup = Callable[[str, ast.AST], tuple[object, list[Binding]]]
WAYS = frozenset({"transport", "connector", "mounts", "app", "uds"})
"""Options by which a client has a way of its own to one host or object: a socket, an application."""


@dataclass(frozen=True, slots=True)
class Callers:
    """The calls of a function: `anew` use what they get once, `keeping` put it where it stays, and
    `closing` close it where others keep it.

    `complete` is false where only those of its own file are known; `once` says that all calls stand in
    modules' top levels, which run once.
    """

    anew: tuple[tuple[Path, int], ...]
    keeping: tuple[tuple[Path, int], ...]
    complete: bool
    once: bool = False
    closing: tuple[tuple[Path, int], ...] = ()


def callers(source: Source, function: Function) -> Callers:
    """The callers of a function of this file, in code that is no test."""
    found = callers_of(source, function)
    return _by_name(source, function.name) if found is None else _sorted(source, found, True)


@memoized
def _by_name(source: Source, name: str) -> Callers:
    """The calls of this file that have the name."""
    return _sorted(source, tuple(_own_calls(source, name)), False)


def _sorted(source: Source, found: tuple[Caller, ...], complete: bool) -> Callers:
    anew: list[tuple[Path, int]] = []
    keeping: list[tuple[Path, int]] = []
    closing: list[tuple[Path, int]] = []
    for each in found:
        kept = _is_kept(source, each)
        to = keeping if kept else closing if _is_closed(source, each) else anew
        to.append((each.module.path, each.call.lineno))
    if not keeping:  # each call makes one and closes it: it connects each time
        anew, closing = sorted([*anew, *closing]), []
    once = complete and bool(found) and all(each.function is None for each in found)
    return Callers(tuple(anew), tuple(keeping), complete, once, tuple(closing))


def _own_calls(source: Source, name: str) -> Iterator[Caller]:
    own = source.project.facts_of_source(source)
    for call in source.named(ast.Call, frozenset({name})):
        yield Caller(call, source.function(call), own)  # type: ignore[arg-type]


def _is_kept(source: Source, caller: Caller) -> bool:
    """In a module, a constructor or a cached function, in an attribute, or under a `global` name."""
    if caller.function is None or getattr(caller.function, "name", "").startswith("__"):
        return True
    decorators = getattr(caller.function, "decorator_list", [])
    if any("cache" in ast.unparse(each) for each in decorators):
        return True
    for _, above in source.project.view(caller.module).ancestors(caller.call):
        if isinstance(above, (ast.Assign, ast.AnnAssign)):
            targets = above.targets if isinstance(above, ast.Assign) else [above.target]
            return any(_stays(caller.function, target) for target in targets)
        if not isinstance(above, (ast.Await, ast.BoolOp, ast.IfExp)):
            return False
    return False


def _is_closed(source: Source, caller: Caller) -> bool:
    """True where the function that calls closes what it gets: `client = make()`, `client.close()`."""
    if caller.function is None:
        return False
    above = list(source.project.view(caller.module).ancestors(caller.call))
    statement = next((each for _, each in above if isinstance(each, ast.Assign)), None)
    names = {each.id for each in getattr(statement, "targets", ()) if isinstance(each, ast.Name)}
    return any(
        isinstance(each, ast.Attribute)
        and each.attr in CLOSING
        and isinstance(each.value, ast.Name)
        and each.value.id in names
        for each in ast.walk(caller.function)
    )


def _stays(function: ast.AST, target: ast.expr) -> bool:
    if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        holder = target.value.id  # `options["client"] = …`: it stays where the dict does
        return not any(
            isinstance(node, ast.Name) and node.id == holder and isinstance(node.ctx, ast.Store)
            for node in ast.walk(function)
        )
    if not isinstance(target, ast.Name):
        return True
    return any(
        isinstance(node, ast.Global) and target.id in node.names for node in ast.walk(function)
    )


def kept_elsewhere(source: Source, names: frozenset[str], needles: tuple[bytes, ...]) -> Iterator[tuple[Path, int]]:  # fmt: skip
    """The places of the distribution's other files that make a client of those names once and keep it.

    `needles` are what such a file holds. Tests and migrations are left out. A hint for a person.
    """
    project = source.project
    own = project.facts_of_source(source).path
    home = project.distribution(own)
    seen: dict[Path, None] = {}
    for needle in needles:
        for mention in project.mentions(needle, _MANY, along=needles):
            if mention.is_test or is_migration_path(source.shown(mention.path)):
                continue
            # What depends on this distribution is nothing that it may import.
            if mention.path != own and project.distribution(mention.path) == home:
                seen[mention.path] = None
    what = f"keeps {' '.join(sorted(names))}"
    for path in seen:
        line = project.derived(path, what, partial(_kept_in, project, names))
        if line:
            yield path, line


def _kept_in(project: Project, names: frozenset[str], module: ModuleFacts) -> int:
    """The line at which a module keeps a client that one of the names makes; 0 for none."""
    view = project.view(module)
    for node in view.loads(frozenset(name.rpartition(".")[2] for name in names)):
        above = list(view.ancestors(node))
        is_called = bool(above) and getattr(above[0][1], "func", None) is node
        if not is_called or _full_name(view.lookup, module, node) not in names:
            continue
        call = above[0][1]
        if isinstance(call, ast.Call) and WAYS.intersection(word.arg for word in call.keywords):
            continue  # no other host is reached through it
        line = _keeping_line([parent for _, parent in above])
        if line:
            return line
    return 0


def _full_name(lookup: Lookup, module: ModuleFacts, node: ast.Name | ast.Attribute) -> str:
    """What a dotted name of a module is called where it comes from; imports in functions count."""
    written = ast.unparse(node)
    head, dot, rest = written.partition(".")
    _, bindings = lookup(head, node)
    target = bindings[0].target if len(bindings) == 1 else None
    return module.qualify(written) if target is None else target + dot + rest


def _keeping_line(above: list[ast.AST]) -> int:
    """The line of `client = make(…)` in a module, or of `self.client = make(…)`; 0 for no such."""
    while above and isinstance(above[0], (ast.Attribute, ast.Call, ast.Await)):
        above = above[1:]
    if len(above) < 2 or not isinstance(above[0], (ast.Assign, ast.AnnAssign)):
        return 0
    statement = above[0]
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    function = next((each for each in above if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))), None)  # fmt: skip
    if function is None:
        return statement.lineno
    return statement.lineno if any(_stays(function, target) for target in targets) else 0
