"""What is known of a function from its definition alone: signature, colour, decorators."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fixaudit.semantics.module_facts import (
    FunctionNode,
    FunctionRecord,
    Locate,
    ModuleFacts,
    Parameter,
    ParameterKind,
    dotted_name,
    expression_at,
    interned_parameter,
    optional_span,
    span_of,
)
from fixaudit.syntax.tree import children

# Decorators after which a call still takes the arguments that the `def` names.
SIGNATURE_KEEPING = frozenset(
    {
        "staticmethod",
        "classmethod",
        "abc.abstractmethod",
        "functools.lru_cache",
        "functools.cache",
        "contextlib.contextmanager",
        "contextlib.asynccontextmanager",
        "typing.overload",
        "typing.override",
        "typing.final",
        "typing.no_type_check",
        "typing.deprecated",
        "warnings.deprecated",
    }
)


@dataclass(frozen=True, slots=True)
class CallFit:
    """How a call's arguments fit a signature.

    `certain` is false where `*args`/`**kwargs` in the call, or an unknown decorator, hide the
    answer; the other fields then hold only what is wrong in any case.
    """

    certain: bool
    unexpected: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    surplus: int = 0
    twice: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """True where nothing is known to be wrong."""
        return not (self.unexpected or self.missing or self.surplus or self.twice)


@dataclass(frozen=True, slots=True, eq=False)
class FunctionFacts:
    """A function or method of the project.

    `parameters` hold `self`/`cls` of methods too. `decorators` are the names as the module's
    imports give them, None for one that is no plain name. `owner` is the qualified name of the
    class. `overloads` are the `@overload` definitions before the real one.
    """

    record: FunctionRecord
    module: ModuleFacts = field(repr=False)
    locate: Locate = field(repr=False)
    owner: str | None = None
    overloads: tuple[FunctionRecord, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The name behind `def`."""
        return self.record.name

    @property
    def qualified_name(self) -> str:
        """Its dotted name, with module and class."""
        return f"{self.owner or self.module.name}.{self.record.name}"

    @property
    def path(self) -> Path:
        """The file that defines it."""
        return self.module.path

    @property
    def line(self) -> int:
        """The line of `def`."""
        return self.record.span[0]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters, in order."""
        return self.record.parameters

    @property
    def decorators(self) -> tuple[str | None, ...]:
        """Qualified names of the decorators."""
        return qualified_names(self.record.decorators, self.module)

    @property
    def is_async(self) -> bool:
        """True for `async def`."""
        return self.record.is_async

    @property
    def is_generator(self) -> bool:
        """True where the function's own body yields."""
        return self.record.is_generator

    @property
    def node(self) -> FunctionNode:
        """The definition itself. In another file it is parsed for this question, and not for long."""
        found = self.locate(self.record.span)
        assert isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef))
        return found

    @property
    def returns(self) -> ast.expr | None:
        """The return annotation, parsed on demand."""
        return expression_at(self.locate, self.record.returns)

    @property
    def binds_receiver(self) -> bool:
        """True for methods called on an instance or class: their first parameter is given."""
        return self.owner is not None and "staticmethod" not in self.decorators

    @property
    def signature_is_kept(self) -> bool:
        """True where no decorator can change which arguments a call takes."""
        return all(name in SIGNATURE_KEEPING for name in self.decorators)

    def accepts(self, keyword: str) -> bool | None:
        """Whether a call may pass `keyword=`; None where a decorator may have changed it."""
        if not self.signature_is_kept:
            return None
        taking = (ParameterKind.POSITIONAL, ParameterKind.KEYWORD_ONLY)
        for parameter in self.parameters:
            if parameter.kind is ParameterKind.VAR_KEYWORD:
                return True
            if parameter.name == keyword and parameter.kind in taking:
                return True
        return False

    def fit(self, call: ast.Call, *, bound: bool) -> CallFit:
        """How the arguments of `call` fit; `bound` says that `self` or `cls` is given already."""
        parameters = self.parameters
        if bound and self.binds_receiver:
            parameters = parameters[1:]
        return call_fit(parameters, call, certain=self.signature_is_kept and not self.overloads)


def function_record(node: FunctionNode, *, may_yield: bool = True) -> FunctionRecord:
    """What a definition says; `may_yield` is false where its text holds no `yield`."""
    return FunctionRecord(
        name=node.name,
        span=span_of(node),
        is_async=isinstance(node, ast.AsyncFunctionDef),
        is_generator=may_yield and _yields(node),
        hands_over=node.name == "__init__" and hands_over(node),
        parameters=tuple(parameters_of(node.args)),
        decorators=written_names(node.decorator_list),
        returns=optional_span(node.returns),
    )


def _yields(node: FunctionNode) -> bool:
    return any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in own_nodes(node))


def hands_over(initialiser: FunctionNode) -> bool:
    """True where every way through calls `super().__init__(…)`: a statement of the body itself."""
    for statement in initialiser.body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call() as before) as func)):
                is_super = isinstance(before.func, ast.Name) and before.func.id == "super"
                if is_super and func.attr == "__init__":
                    return True
            case ast.Return():
                return False
            case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While() | ast.Match():
                if any(isinstance(inner, ast.Return) for inner in ast.walk(statement)):
                    return False
    return False


def written_names(decorators: list[ast.expr]) -> tuple[str | None, ...]:
    """Dotted names of decorators as written, without the arguments of `@decorator(…)`."""
    plain = (item.func if isinstance(item, ast.Call) else item for item in decorators)
    return tuple(dotted_name(item) for item in plain)


def qualified_names(written: tuple[str | None, ...], module: ModuleFacts) -> tuple[str | None, ...]:
    """Names that a module writes, as its imports give them; None stays None."""
    return tuple(None if name is None else plain_typing(module.qualify(name)) for name in written)


def plain_typing(name: str) -> str:
    """`typing_extensions.Self` and `builtins.property` under their usual names."""
    for prefix, usual in (("typing_extensions.", "typing."), ("builtins.", "")):
        if name.startswith(prefix):
            return usual + name.removeprefix(prefix)
    return name


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function's body, without those of functions and classes inside it."""
    stack: list[ast.AST] = list(reversed(getattr(function, "body", [])))
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        stack += reversed(children(node))


def nodes_below(function: FunctionNode) -> Iterator[ast.AST]:
    """Every node of a function's body, in no order; several times as fast as `ast.walk`."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        for value in vars(node).values():
            if value.__class__ is list:
                stack.extend(item for item in value if isinstance(item, ast.AST))
            elif isinstance(value, ast.AST) and value.__class__ not in _LEAVES:
                stack.append(value)


def statements_below(function: FunctionNode) -> Iterator[ast.AST]:
    """Every statement of a function's body and of the blocks in it, functions and classes too."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        for value in vars(node).values():
            if value.__class__ is list and value and isinstance(value[0], _HOLDING):
                stack.extend(value)


_HOLDING = (ast.stmt, ast.ExceptHandler, ast.match_case)
_LEAVES = (ast.Load, ast.Store, ast.Constant, ast.Name)


def call_fit(parameters: tuple[Parameter, ...], call: ast.Call, *, certain: bool) -> CallFit:
    """Match a call's arguments with parameters as Python would, with no receiver among them."""
    positional = [item for item in parameters if item.kind in _BY_POSITION]
    by_keyword = {item.name for item in parameters if item.kind in _BY_KEYWORD}
    takes_any = any(item.kind is ParameterKind.VAR_KEYWORD for item in parameters)
    takes_more = any(item.kind is ParameterKind.VAR_POSITIONAL for item in parameters)
    starred = any(isinstance(item, ast.Starred) for item in call.args)
    given = sum(not isinstance(item, ast.Starred) for item in call.args)
    keywords = [item.arg for item in call.keywords if item.arg is not None]
    spread = len(keywords) < len(call.keywords)
    filled = {item.name for item in positional[:given]}
    named = by_keyword.intersection(keywords)
    needed = [item.name for item in parameters if item.kind in _NEEDED and not item.has_default]
    hidden = starred or spread
    return CallFit(
        certain=certain and not hidden,
        unexpected=() if takes_any else tuple(n for n in keywords if n not in by_keyword),
        missing=() if hidden else tuple(n for n in needed if n not in filled and n not in named),
        surplus=0 if takes_more else max(0, given - len(positional)),
        twice=tuple(n for n in keywords if n in filled and n in by_keyword) if not starred else (),
    )


_BY_POSITION = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL)
_BY_KEYWORD = (ParameterKind.POSITIONAL, ParameterKind.KEYWORD_ONLY)
_NEEDED = (*_BY_POSITION, ParameterKind.KEYWORD_ONLY)


def parameters_of(arguments: ast.arguments) -> Iterator[Parameter]:
    """The parameters of a signature, in order."""
    plain = [*arguments.posonlyargs, *arguments.args]
    without, only = len(plain) - len(arguments.defaults), len(arguments.posonlyargs)
    for position, arg in enumerate(plain):
        kind = ParameterKind.POSITIONAL_ONLY if position < only else ParameterKind.POSITIONAL
        yield interned_parameter(arg.arg, kind, position >= without)
    if arguments.vararg is not None:
        yield interned_parameter(arguments.vararg.arg, ParameterKind.VAR_POSITIONAL)
    for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield interned_parameter(arg.arg, ParameterKind.KEYWORD_ONLY, default is not None)
    if arguments.kwarg is not None:
        yield interned_parameter(arguments.kwarg.arg, ParameterKind.VAR_KEYWORD)
