"""Who calls a function of this file, and with what for one of its parameters."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit.model.evidence import Evidence
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.semantics.values.infer import Inference
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.syntax.module import Function

_MANY = 200
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
