"""A hashing site and all that is said around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source, memoized
from fixaudit_codemods.security.md5_to_sha256._call_sites import LocatedFinding
from fixaudit_codemods.security.md5_to_sha256._digest_flow import Place, Uses, callee, places

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
    """The calls in this file that surely mean `function`: by its name, or on `self` and `cls`."""
    method = owner is not None and source.parent(function) is owner
    named = _calls(source).get(function.name, ())
    return tuple(call for call in named if _means(source, call, function, method))


@memoized
def _calls(source: Source) -> dict[str, list[ast.Call]]:
    """The calls of the file by the last word of what they call."""
    by_name: dict[str, list[ast.Call]] = {}
    for call in source.nodes(ast.Call):
        by_name.setdefault(callee(call), []).append(call)
    return by_name


def _means(source: Source, call: ast.Call, function: _Function, method: bool) -> bool:
    match call.func:
        case ast.Name(id=name) if name == function.name and not method:
            return any(entry.node is function for entry in source.lookup(name, call))
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if method:
            return name == function.name
    return False


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
