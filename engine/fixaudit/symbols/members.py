"""Whether a place means a method of a class or of those below it."""

from __future__ import annotations

import ast

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.known_classes import ClassKind
from fixaudit.semantics.values.infer import Inference
from fixaudit.source.source import Source
from fixaudit.source.static_type import definition_of
from fixaudit.source.values import value_of
from fixaudit.symbols.identifiers import Identifier, Written
from fixaudit.symbols.meaning import (
    OTHER,
    USE,
    HindranceKind,
    Meaning,
    doubt,
)
from fixaudit.symbols.symbol import Symbol

_STAND_INS = ("unittest.mock.", "mock.", "types.SimpleNamespace", "argparse.Namespace")


def method_meaning(source: Source, symbol: Symbol, found: Identifier) -> Meaning:
    """What a place that writes the word means, strings left out."""
    node = found.node
    match found.kind:
        case Written.DEFINITION | Written.NAME:
            return _in_body(source, symbol, node)
        case Written.ATTRIBUTE:
            assert isinstance(node, ast.Attribute)
            return receiver_meaning(source, symbol, node.value)
        case Written.PATTERN:
            return doubt("a pattern looks at an attribute of that name")
        case Written.KEYWORD:
            return of_keyword(source, node)
    return OTHER


def of_keyword(source: Source, node: ast.AST) -> Meaning:
    """What a keyword of a call means: nothing, but where it makes an attribute of a stand-in."""
    call = source.parent(node)
    made = source.qualified_name(call.func) if isinstance(call, ast.Call) else None
    if made is not None and made.startswith(_STAND_INS):
        return doubt("a stand-in is given an attribute of that name", HindranceKind.STAND_INS)
    return OTHER


def _in_body(source: Source, symbol: Symbol, node: ast.AST) -> Meaning:
    """A name or `def` that stands in the body of a class."""
    scope = source.scopes.scope_of(node)
    if isinstance(node, ast.Name):
        scope = source.scopes.lookup(symbol.old, node)[0] or scope
    if not isinstance(scope.node, ast.ClassDef):
        return OTHER
    cls = _facts(source, scope.node)
    if _is_in(cls, symbol):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            return doubt(f"`{cls.name}` gives the name a value that is no method")
        return USE
    if isinstance(node, ast.Name):
        return OTHER
    if cls.kind is ClassKind.PROTOCOL:
        return doubt(f"the protocol `{cls.name}` asks for a method of that name")
    if source.is_test:
        why = f"`{cls.name}` of a test has the method too, and may stand in for the class"
        return doubt(why, HindranceKind.STAND_INS)
    return OTHER


def receiver_meaning(source: Source, symbol: Symbol, receiver: ast.expr) -> Meaning:
    """What `receiver.<the word>` means."""
    owner = source.class_of(receiver)
    if _is_super(source, receiver):
        own = _facts(source, owner) if owner is not None else None
        return USE if own is not None and _is_in(own, symbol) else OTHER
    if owner is not None and _is_first_parameter(source, receiver, owner):
        return _of_class(source, symbol, _facts(source, owner))
    found = definition_of(source, receiver)
    if isinstance(found, ClassFacts):
        return _of_class(source, symbol, found)
    if _is_container(source, receiver):
        return OTHER
    value = value_of(source, receiver)
    text = ast.unparse(receiver)
    if value is None or value.assumed or not (value.members or value.outside):
        return doubt(f"what `{text}` is there is not known")
    if any(each.startswith(_STAND_INS) for each in value.outside):
        return doubt(f"`{text}` is a stand-in", HindranceKind.STAND_INS)
    answers = [_of_class(source, symbol, each) for each in value.members]
    answers += [OTHER] * bool(value.outside)
    unclear = [each for each in answers if each.why]
    if unclear or len({each.is_use for each in answers}) > 1:
        return unclear[0] if unclear else doubt(f"`{text}` may be something else, too")
    return answers[0]


def _of_class(source: Source, symbol: Symbol, cls: ClassFacts) -> Meaning:
    """What the attribute of an instance of a class means, or of the class itself."""
    if _is_in(cls, symbol):
        return USE
    if cls.declares(symbol.old) is not None:
        return OTHER
    return doubt(f"`{cls.name}` is not seen to have it")


def _is_container(source: Source, receiver: ast.expr) -> bool:
    """True for a list, dict or other container of things, whatever they are."""
    source.project.settle()
    facts = source.project.facts_of_source(source)
    shape = Inference(source.project, facts).shape(receiver)
    return shape is not None and shape.container != "none"


def _is_in(cls: ClassFacts, symbol: Symbol) -> bool:
    return (cls.path, cls.record.qualified) in symbol.family


def _facts(source: Source, node: ast.ClassDef) -> ClassFacts:
    return source.project.class_of(node, source.project.facts_of_source(source))


def _is_super(source: Source, receiver: ast.expr) -> bool:
    return (
        isinstance(receiver, ast.Call) and source.qualified_name(receiver.func) == "builtins.super"
    )


def _is_first_parameter(source: Source, receiver: ast.expr, owner: ast.ClassDef) -> bool:
    """True for `self` or `cls`, never given another value, in a method of the class."""
    if not isinstance(receiver, ast.Name):
        return False
    bindings = source.lookup(receiver.id, receiver)
    if len(bindings) != 1 or bindings[0].kind != "parameter":
        return False
    function = bindings[0].statement
    if isinstance(function, ast.Lambda) or source.parent(function) is not owner:
        return False
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    first = next(iter((*function.args.posonlyargs, *function.args.args)), None)
    static = any(
        isinstance(each, ast.Name) and each.id == "staticmethod" for each in function.decorator_list
    )
    return first is bindings[0].node and not static
