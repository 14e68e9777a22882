"""The function of the project that a call certainly runs, and who else it might be."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from fixaudit import Evidence, Reach, Source, memoized
from fixaudit.authoring import (
    RECEIVERS,
    CallFit,
    ClassFacts,
    ClassKind,
    FunctionFacts,
    ParameterKind,
    definition_of,
    dotted_name,
    is_outside,
)
from fixaudit_codemods.attributes.drop_unexpected_keyword._headers import certainly_fits

_NAMED = (ParameterKind.POSITIONAL, ParameterKind.POSITIONAL_ONLY, ParameterKind.KEYWORD_ONLY)
_GENERATED = (ClassKind.DATACLASS, ClassKind.PYDANTIC)


@dataclass(frozen=True, slots=True)
class Callee:
    """`function` takes the call's arguments; `bound` says that its first one is given already.

    `dynamic` is true for a method looked up on an instance, which a subclass may replace.
    """

    function: FunctionFacts
    bound: bool
    dynamic: bool = False
    made: ClassFacts | None = None

    def fit(self, call: ast.Call) -> CallFit:
        """How the call's arguments fit the function's parameters."""
        return self.function.fit(call, bound=self.bound)

    def free(self, call: ast.Call) -> list[str]:
        """The parameters that the call leaves to their defaults, and may have meant."""
        plain = (ParameterKind.POSITIONAL, ParameterKind.POSITIONAL_ONLY)
        parameters = list(self.function.parameters)
        if self.bound and self.function.binds_receiver:
            parameters = parameters[1:]
        if any(isinstance(item, ast.Starred) for item in call.args):
            return [item.name for item in parameters if item.kind in _NAMED]
        given = {item.name for item in [p for p in parameters if p.kind in plain][: len(call.args)]}
        given |= {word.arg for word in call.keywords if word.arg is not None}
        return [item.name for item in parameters if item.name not in given and item.kind in _NAMED]

    @property
    def name(self) -> str:
        """The name a reader knows it by: that of the class for a constructor."""
        return self.function.name if self.made is None else self.made.name


def callee_of(source: Source, call: ast.Call) -> Callee | ClassFacts | None:
    """What a call runs; a class whose constructor is generated stands for itself.

    None too where the call fits all that it can run, whichever it is.
    """
    if not _may_be_ours(source, call.func) or is_outside(source, call.func):
        return None
    if certainly_fits(source, call):
        return None
    found = definition_of(source, call.func)
    if isinstance(found, FunctionFacts):
        return _of_function(source, call, found)
    if not isinstance(found, ClassFacts):
        return None
    constructor = found.constructor()
    if constructor is not None:
        return Callee(constructor, bound=True, made=found)
    order = found.mro()
    plain = all(entry.kind in _GENERATED for entry in order.own)
    return found if order.complete and plain and found.kind in _GENERATED else None


def _may_be_ours(source: Source, func: ast.expr) -> bool:
    """The cheap half of the question: builtins and plain variables are nobody's functions."""
    if isinstance(func, ast.Name):
        scope, _ = source.scopes.lookup(func.id, func)
        return scope is not None and _is_defined(source, scope.node, func.id)
    root = func
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root is not func


@memoized
def _is_defined(source: Source, home: ast.AST, name: str) -> bool:
    """True where imports, functions and classes alone bind a name of a module, class or function."""
    bindings = source.scopes.own_scope(home).bindings.get(name, ())
    return bool(bindings) and all(item.kind in ("import", "function", "class") for item in bindings)


def _of_function(source: Source, call: ast.Call, function: FunctionFacts) -> Callee | None:
    if function.owner is None:
        return Callee(function, bound=False)
    if not isinstance(call.func, ast.Attribute) or _has_no_receiver(function):
        return None
    if isinstance(definition_of(source, call.func.value), ClassFacts):
        return Callee(function, bound="classmethod" in function.decorators)
    return Callee(function, bound=True, dynamic=True)


def _has_no_receiver(function: FunctionFacts) -> bool:
    """Interfaces of zope name the arguments alone: `def write(data)`."""
    first = function.parameters[0].name if function.parameters else ""
    return function.binds_receiver and first.strip("_") not in RECEIVERS


def another_of_that_name(source: Source, function: FunctionFacts) -> Evidence | None:
    """Where else a method of that name is defined: a subclass may replace the one that is known."""
    pattern = re.compile(rf"\bdef {re.escape(function.name)}\(")
    for mention in source.project.mentions(f"def {function.name}(".encode(), cap=500):
        same = mention.path == function.path and mention.line == function.line
        if not same and not mention.is_test and pattern.search(mention.text):
            text = f"another `{function.name}` may be the one that is called"
            return source.hint_at(mention.path, mention.line, text)
    return None


def replaced_in(source: Source, callee: Callee) -> Evidence | None:
    """Where the project, by the names, puts something else in the function's place:
    `module.function = …`."""
    names = [f".{callee.name}"] if callee.made is None else [f".{callee.name}", f"{callee.name}.__init__"]  # fmt: skip
    for name in names:
        pattern = re.compile(rf"{re.escape(name)}\s*=(?!=)")
        for mention in source.project.mentions(name.encode()):
            if not mention.is_test and pattern.search(mention.text):
                text = f"another function may be put in the place of `{callee.name}`"
                return source.hint_at(mention.path, mention.line, text)
    return None


def taken_besides_fields(source: Source, made: ClassFacts) -> Evidence | None:
    """What the class or a base of it takes besides the names of its fields."""
    for entry in made.mro().own:
        what = "extra fields are allowed" if entry.body.allows_extra else None
        what = what or next(filter(None, map(_taken_besides, ast.walk(entry.parse()))), None)
        if what is not None:
            text = f"`{entry.name}` takes more than its fields: {what}"
            return source.proof_at(entry.path, entry.line, text, Reach.CLASS)
    return None


def _taken_besides(node: ast.AST) -> str | None:
    match node:
        case ast.keyword(arg="alias" | "validation_alias" | "alias_generator"):
            return "aliases"
        case ast.Name(id="alias_generator", ctx=ast.Store()) | ast.FunctionDef(
            name="alias_generator"
        ):
            return "aliases"
        case ast.Name(id="InitVar") | ast.Attribute(attr="InitVar"):
            return "an `InitVar`"
        case ast.FunctionDef(decorator_list=decorators) if any(map(_runs_before, decorators)):
            return f"`{node.name}` sees all that is given"
    return None


def _runs_before(decorator: ast.expr) -> bool:
    """`@model_validator(mode="before")`, `@root_validator(pre=True)`: it gets what no field has too."""
    if not isinstance(decorator, ast.Call):
        return False
    name = (dotted_name(decorator.func) or "").rpartition(".")[2]
    given = {word.arg: ast.unparse(word.value) for word in decorator.keywords}
    if name == "model_validator":
        return given.get("mode") != "'after'"
    return name == "root_validator" and given.get("pre") == "True"
