"""What the word is in a string: a part of an annotation, of `__all__`, the name that a test replaces, or
something that nobody can prove."""

from __future__ import annotations

import ast
import re

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.source.source import Source
from fixaudit.source.static_type import definition_of
from fixaudit.symbols.identifiers import Identifier
from fixaudit.symbols.meaning import (
    OTHER,
    TOLD,
    HindranceKind,
    Meaning,
    doubt,
)
from fixaudit.symbols.members import receiver_meaning
from fixaudit.symbols.names import bound_meaning, is_home
from fixaudit.symbols.symbol import Symbol, fronts

_PATH = re.compile(r"[\w.:]*\w(?:\(\))?")
_READERS = frozenset(f"builtins.{name}" for name in ("getattr", "hasattr", "setattr", "delattr"))
_PATCHES = frozenset(
    {"unittest.mock.patch", "mock.patch", "unittest.mock.patch.dict", "mock.patch.dict"}
)
_OBJECTS = frozenset({"unittest.mock.patch.object", "mock.patch.object"})


def string_meaning(source: Source, symbol: Symbol, found: Identifier) -> Meaning:
    """What the word is in a string of code."""
    node = found.node
    assert isinstance(node, ast.Constant)
    text, parent = str(node.value), source.parent(node)
    if isinstance(parent, ast.Expr):
        return TOLD
    if _is_in_all(source, node):
        here = text == symbol.old and symbol.homes and is_home(source, symbol)
        return _at(found) if here else OTHER
    if _is_annotation(source, node):
        return _in_annotation(source, symbol, found, text)
    if isinstance(parent, ast.Call) and (known := _replaced(source, symbol, found, parent)):
        return known
    if text == symbol.old:
        return doubt("a string is the same word, and may be looked up by it", HindranceKind.STRINGS)
    if _PATH.fullmatch(text) and re.search(r"[.:]", text):
        parts = re.split(r"[.:]", text.removesuffix("()"))
        before = parts[: parts.index(symbol.old)]
        if not before or not before[-1] or before[-1] in fronts(symbol):
            return doubt("a string names it", HindranceKind.STRINGS)
        return OTHER
    return TOLD


def _at(found: Identifier) -> Meaning:
    """A use in the string, where its bytes are known."""
    if len(found.spans) == 1:
        return Meaning(True, spans=found.spans)
    return doubt("a string names it whose text has escapes or pieces", HindranceKind.STRINGS)


def _is_in_all(source: Source, node: ast.Constant) -> bool:
    """True for an element of `__all__`."""
    holder = source.parent(node)
    if not isinstance(holder, ast.List | ast.Tuple):
        return False
    match source.parent(holder):
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.AnnAssign(target=ast.Name(id="__all__")):
            return True
        case ast.AugAssign(target=ast.Name(id="__all__")):
            return True
    return False


# ------------------------------------------------------------------ annotations


def _is_annotation(source: Source, node: ast.Constant) -> bool:
    """True for a type written as a string."""
    child: ast.AST = node
    for above in source.ancestors(node):
        match above:
            case ast.arg() | ast.AnnAssign():
                return child is above.annotation
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return child is above.returns
            case ast.Subscript(value=value):
                if (source.qualified_name(value) or "").endswith(("Literal", "Annotated")):
                    return False
            case ast.Call(func=func, args=args):
                return bool(args) and args[0] is child and _is_cast(source, func)
            case ast.Tuple() | ast.List() | ast.BinOp():
                pass
            case _:
                return False
        child = above
    return False


def _is_cast(source: Source, func: ast.expr) -> bool:
    return source.qualified_name(func) in ("typing.cast", "typing_extensions.cast")


def _in_annotation(source: Source, symbol: Symbol, found: Identifier, text: str) -> Meaning:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return doubt("an annotation in a string cannot be read", HindranceKind.STRINGS)
    if symbol.family:
        return TOLD
    uses = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == symbol.old:
            uses.append(bound_meaning(source, symbol, found.node))
        if isinstance(node, ast.Attribute) and node.attr == symbol.old:
            facts = source.project.facts_of_source(source)
            owner = source.project.resolve_at(facts, ast.unparse(node.value), found.node)
            meant = isinstance(owner, ModuleFacts) and owner.path in symbol.homes
            uses.append(Meaning(meant))
    if not any(each.is_use for each in uses):
        return next((each for each in uses if each.why), OTHER)
    if len(uses) != len(found.spans) or not all(each.is_use for each in uses):
        return doubt(
            "an annotation in a string names it, among other things", HindranceKind.STRINGS
        )
    return Meaning(True, spans=found.spans)


# ------------------------------------------------------------------ calls that take a name


def _replaced(source: Source, symbol: Symbol, found: Identifier, call: ast.Call) -> Meaning | None:
    """The name that a call reads, sets or replaces; None for other calls and arguments."""
    node, func = found.node, source.qualified_name(call.func) or ast.unparse(call.func)
    assert isinstance(node, ast.Constant)
    is_first = bool(call.args) and call.args[0] is node
    is_second = len(call.args) > 1 and call.args[1] is node
    fixtures = func.endswith(
        ("mocker.patch", "mocker.patch.dict", "monkeypatch.setattr", "monkeypatch.delattr")
    )
    if is_first and (func in _PATCHES or fixtures):
        return _of_path(source, symbol, found, str(node.value))
    on_object = func in _OBJECTS or func.endswith(("mocker.patch.object", "mocker.spy"))
    if not is_second or not (on_object or fixtures or func in _READERS):
        return None
    meant = _of_receiver(source, symbol, call.args[0])
    if meant.is_use and func not in _READERS:
        return _at(found)
    if meant.is_use or meant.why:
        return doubt(f"`{func.rpartition('.')[2]}` looks it up by its name", HindranceKind.STRINGS)
    return OTHER


def _of_receiver(source: Source, symbol: Symbol, receiver: ast.expr) -> Meaning:
    if symbol.family:
        return receiver_meaning(source, symbol, receiver)
    owner = definition_of(source, receiver)
    if isinstance(owner, ModuleFacts):
        return Meaning(owner.path in symbol.homes)
    return OTHER if owner is not None else doubt("what it is asked of is not known")


def _of_path(source: Source, symbol: Symbol, found: Identifier, text: str) -> Meaning | None:
    parts = text.split(".")
    if parts.count(symbol.old) != 1 or not all(parts):
        return None
    own = source.project.facts_of_source(source).path
    front = ".".join(parts[: parts.index(symbol.old)])
    match source.project.definition(front, own):
        case ModuleFacts() as module:
            return _at(found) if module.path in symbol.homes else OTHER
        case ClassFacts() as cls:
            return _at(found) if (cls.path, cls.record.qualified) in symbol.family else OTHER
    return None
