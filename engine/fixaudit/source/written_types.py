"""Types as annotations write them, in one form: whether two of them, in any files, are the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit.errors import SourceError
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts, VariableFacts, dotted_name
from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts, plain_typing
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import BUILTINS
from fixaudit.syntax.parser import parse

# What `typing` has under an old name, by its documentation.
_BUILTINS = ("List", "Dict", "Set", "FrozenSet", "Tuple", "Type")
_ABSTRACT = """Sequence Mapping Iterable Iterator Callable Awaitable Coroutine Generator AsyncIterator
    AsyncGenerator AsyncIterable MutableMapping MutableSequence Collection Hashable Sized Container"""
_ALIASES = {
    **{f"typing.{name}": name.lower() for name in _BUILTINS},
    **{f"collections.abc.{name}": f"typing.{name}" for name in _ABSTRACT.split()},
}


class _UnknownError(Exception):
    """A name whose meaning is not known for certain."""


def written_type(source: Source, annotation: ast.expr) -> str | None:
    """The type that an annotation of this file writes, in full names: `list[app.models.User] | None`.

    Two annotations with the same text mean the same type, however they are written: `Optional[X]`
    and `X | None`, `List[X]` and `list[X]`, by whatever import. None where the meaning of a name is
    not known, and for type variables and `Self`, which mean another type in each place.
    """
    module = source.project.facts_of_source(source)
    source.project.settle()
    return _written(source.project, module, annotation, annotation)


def result_type(source: Source, function: FunctionFacts) -> str | None:
    """The type that a function of the project is annotated to return, in the form of `written_type`.

    Of a coroutine function it is what awaiting gives. None where there is no annotation, where its
    meaning is not known, and where a decorator or overloads make it another.
    """
    source.project.facts_of_source(source)
    kept = {"staticmethod", "classmethod", "abc.abstractmethod", "typing.override", "typing.final"}
    if function.overloads or not kept.issuperset(function.decorators):
        return None
    returns = function.returns
    if returns is None or (function.is_async and function.is_generator):
        return None
    return _written(source.project, function.module, returns, function.node)


def _written(project: Project, module: ModuleFacts, node: ast.expr, anchor: ast.AST) -> str | None:
    try:
        return _Writer(project, module, anchor).text(node)
    except _UnknownError:
        return None


class _Writer:
    def __init__(self, project: Project, module: ModuleFacts, anchor: ast.AST) -> None:
        self._project, self._module, self._anchor = project, module, anchor

    def text(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=None):
                return "None"
            case ast.Constant(value=str(text)):
                return self.text(_parsed(text))
            case ast.BinOp(op=ast.BitOr()) | ast.Subscript():
                return self._compound(node)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return f"[{', '.join(map(self.text, parts))}]"
            case ast.Constant(value=value) if value is ...:
                return "..."
            case ast.Name() | ast.Attribute():
                return self._name(node)
        raise _UnknownError

    def _compound(self, node: ast.BinOp | ast.Subscript) -> str:
        members = list(self._members(node))
        if len(members) != 1 or isinstance(node, ast.BinOp):
            return " | ".join(sorted(dict.fromkeys(members)))
        return members[0]

    def _members(self, node: ast.expr) -> Iterator[str]:
        """The members of a union; a type that is none is its only one."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from self._members(_parsed(node.value))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            yield from self._members(node.left)
            yield from self._members(node.right)
        elif isinstance(node, ast.Subscript):
            base = self.text(node.value)
            given = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if base == "typing.Literal":
                yield f"{base}[{', '.join(map(ast.unparse, given))}]"
            elif base in ("typing.Optional", "typing.Union"):
                for part in given:
                    yield from self._members(part)
                if base == "typing.Optional":
                    yield "None"
            else:
                yield f"{base}[{', '.join(map(self.text, given))}]"
        else:
            yield self.text(node)

    def _name(self, node: ast.Name | ast.Attribute) -> str:
        written = dotted_name(node)
        if written is None:
            raise _UnknownError
        found = self._project.resolve_at(self._module, written, self._anchor)
        if isinstance(found, ClassFacts):
            return found.qualified_name
        if isinstance(found, VariableFacts) and not isinstance(found.value, ast.Call):
            return found.qualified_name
        if found is None and written in BUILTINS and not self._module.stars:
            found = written if written not in self._module.bindings else None
        if not isinstance(found, str):
            raise _UnknownError
        name = plain_typing(found)
        if name in ("typing.Self", "typing.TypeVar"):
            raise _UnknownError
        return _ALIASES.get(name, name)


def _parsed(text: str) -> ast.expr:
    """A type in quotes."""
    try:
        body = parse(f"({text}\n)").body
    except SourceError as error:
        raise _UnknownError from error
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise _UnknownError
    return body[0].value
