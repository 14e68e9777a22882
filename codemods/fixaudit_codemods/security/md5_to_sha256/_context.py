"""A hashing site and all that is said around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source, memoized
from fixaudit_codemods.security.md5_to_sha256._call_sites import LocatedFinding
from fixaudit_codemods.security.md5_to_sha256._digest_flow import Place, Uses, places

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Context:
    """A site and all that is said around it.

    `places` is where the function itself sends the digest, `beyond` where callers in the same file
    send what it returns, `callers` those calls.
    """

    source: Source
    site: LocatedFinding
    used: Uses
    places: tuple[Place, ...]
    callers: tuple[ast.Call, ...]
    beyond: tuple[Place, ...]
    functions: tuple[str, ...]
    owner: str
    keep_words: tuple[str, ...]

    @property
    def path_words(self) -> str:
        return " ".join(self.source.path.removesuffix(".py").split("/")[-2:])

    @property
    def everywhere(self) -> tuple[Place, ...]:
        """The places here and in callers."""
        return self.places + self.beyond

    @property
    def place_words(self) -> str:
        return " ; ".join(place.words for place in self.places)

    @property
    def input_words(self) -> str:
        data = self.site.data
        named = [] if data is None else [ast.unparse(data)]
        named += [ast.unparse(argument) for argument in _fed(self.source, self.used, self.site)]
        return " ; ".join(named)


def context_of(
    source: Source, site: LocatedFinding, used: Uses, keep_words: tuple[str, ...]
) -> Context:
    """Everything that is asked about one site."""
    around = [above for above in source.ancestors(site.call) if isinstance(above, _Function)]
    owner = source.class_of(site.call)
    found = [place for read in used.reads for place in places(source, read)]
    if not used.reads:
        found = list(places(source, site.call))
    returned = any(place.kind == "return" for place in found)
    callers = _callers(source, around[0], owner) if returned and around else ()
    beyond = tuple(place for call in callers for place in places(source, call))
    return Context(
        source,
        site,
        used,
        tuple(found),
        callers,
        beyond,
        tuple(above.name for above in around),
        owner.name if owner else "",
        keep_words,
    )


def _callers(
    source: Source, function: _Function, owner: ast.ClassDef | None
) -> tuple[ast.Call, ...]:
    """The calls in this file that surely mean `function`: by its name, or on `self` and `cls` in
    its class and in those that have to do with it."""
    if owner is not None and source.parent(function) is owner:
        family = _families(source)[owner]
        return tuple(
            call
            for around in (family, None)
            for call in _calls_on_self(source).get((function.name, around), ())
        )
    home = _home(source, function.name, function)
    return tuple(_calls_by_name(source).get((function.name, home), ()))


@memoized
def _calls_by_name(source: Source) -> dict[tuple[str, ast.AST | None], list[ast.Call]]:
    """The calls of plain names, by the scope that the name is found in."""
    found: dict[tuple[str, ast.AST | None], list[ast.Call]] = {}
    for call in source.nodes(ast.Call):
        if isinstance(call.func, ast.Name):
            home = _home(source, call.func.id, call)
            found.setdefault((call.func.id, home), []).append(call)
    return found


def _home(source: Source, name: str, node: ast.AST) -> ast.AST | None:
    """The module, class or function that binds what a name means at a node."""
    scope, _ = source.scopes.lookup(name, node)
    return scope.node if scope is not None else None


@memoized
def _calls_on_self(source: Source) -> dict[tuple[str, str | None], list[ast.Call]]:
    """The calls of `self.name` and `cls.name`, by the family of the class around, if there is one."""
    found: dict[tuple[str, str | None], list[ast.Call]] = {}
    for call in source.nodes(ast.Call):
        match call.func:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                around = source.class_of(call)
                family = None if around is None else _families(source)[around]
                found.setdefault((name, family), []).append(call)
    return found


@memoized
def _families(source: Source) -> dict[ast.ClassDef, str]:
    """The classes of the file, each with a name that those have in common that bases lead from
    one to the other: on `self`, each of them may call what any of them defines."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            above[name] = name = above[above[name]]
        return name

    classes = source.nodes(ast.ClassDef)
    own = {cls.name for cls in classes}
    for cls in classes:
        for base in cls.bases:
            for node in ast.walk(base):
                name = getattr(node, "id", None) or getattr(node, "attr", None)
                if name in own:
                    above[top(cls.name)] = top(name)
    return {cls: top(cls.name) for cls in classes}


def _fed(source: Source, used: Uses, site: LocatedFinding) -> Iterator[ast.expr]:
    """What the hash object is fed after its construction."""
    if used.variable is None:
        return
    function = source.function(site.call)
    for node in ast.walk(function) if function is not None else ():
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="update"), args=[data]):
                if name == used.variable:
                    yield data


def said(context: Context) -> str:
    """Docstring and comments of the function, and the comments beside the site."""
    return "\n".join(text for _, text in comments_around(context))


def comments_around(context: Context) -> Iterator[tuple[int, str]]:
    """Lines of docstring and comments that belong to the site, with their numbers."""
    function = context.source.function(context.site.call)
    first = last = context.source.statement(context.site.call).lineno
    if isinstance(function, _Function):
        first, last = function.lineno, function.end_lineno or last
        head = function.body[0]
        match head:
            case ast.Expr(value=ast.Constant(value=str() as docstring)):
                for offset, text in enumerate(docstring.split("\n")):
                    yield head.lineno + offset, text
    by_line = context.source.comments_by_line
    for line in range(first - 2, last + 1):
        if line in by_line:
            yield line, by_line[line]
