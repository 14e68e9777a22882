"""Reads the facts of a module from its tree: its top level at once, classes when they are asked for."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from pathlib import Path

from fixaudit.semantics.module_facts import (
    Binding,
    Contents,
    FunctionRecord,
    ImportFacts,
    ModuleFacts,
    Part,
    dotted_name,
    optional_span,
)
from fixaudit.semantics.signatures import function_record
from fixaudit.syntax.binder import absolute_module
from fixaudit.syntax.tree import walk

_SPACE = rb"(?:[ \t]|\\\r?\n)"
# Starts with a literal, which the search skips to; what stands before it is looked at afterwards.
_GLOBAL = re.compile(
    rb"global" + _SPACE + rb"+(\w+(?:" + _SPACE + rb"*," + _SPACE + rb"*\w+)*)[ \t]*(?=[;#\r\n]|\Z)"
)
_NAME = re.compile(rb"\w+")
_OPAQUE_TARGETS = (ast.Tuple, ast.List, ast.Starred)


class LinesWith:
    """The lines of a text that hold one of some words; all may, where line ends are of several kinds."""

    def __init__(self, words: tuple[bytes, ...], body: bytes) -> None:
        self._lines: list[int] | None = None
        if b"\r" in body and body.count(b"\r") != body.count(b"\r\n"):
            return
        self._lines, line, counted = [], 1, 0
        for at in sorted(at for word in words for at in _places(word, body)):
            line += body.count(b"\n", counted, at)
            counted = at
            self._lines.append(line)

    def touch(self, node: ast.stmt) -> bool:
        """True where a statement may hold one of the words."""
        if self._lines is None:
            return True
        first = bisect_left(self._lines, node.lineno)
        return first < bisect_right(self._lines, node.end_lineno or node.lineno)


def _places(word: bytes, body: bytes) -> Iterator[int]:
    at = body.find(word)
    while at != -1:
        yield at
        at = body.find(word, at + 1)


def read_module(
    tree: ast.Module,
    path: Path,
    name: str,
    body: bytes,
    contents: Contents,
    parts: tuple[Part, ...] = (),
) -> ModuleFacts:
    """The facts of a parsed module; `name` is its dotted name, `body` its text."""
    is_package = path.stem == "__init__"
    package = name if is_package else name.rpartition(".")[0]
    reader = _Reader(package, LinesWith((b"yield",), body))
    reader.block(tree.body, conditional=False, typing_only=False)
    reader.globals_of(body)
    exports, unclear = reader.exports()
    return ModuleFacts(
        name=name,
        package=package,
        path=path,
        bindings={key: tuple(found) for key, found in reader.bindings.items()},
        imports=tuple(reader.imports),
        exports=exports,
        exports_unclear=unclear,
        is_package=is_package,
        parts=parts,
        contents=contents,
    )


def global_names(body: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The lines of what reads like a `global` statement, with the names it declares."""
    for statement in _GLOBAL.finditer(body):
        before = body[body.rfind(b"\n", 0, statement.start()) + 1 : statement.start()].strip()
        if before and not before.endswith((b":", b";")):
            continue
        line = body.count(b"\n", 0, statement.start()) + 1
        yield line, tuple(name.decode() for name in _NAME.findall(statement.group(1)))


def is_type_checking(test: ast.expr) -> bool:
    """True for the test of `if TYPE_CHECKING:`, with or without `typing.`."""
    return dotted_name(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING")


class _Reader:
    def __init__(self, package: str, yields: LinesWith) -> None:
        self.package = package
        self.yields = yields
        self.bindings: dict[str, list[Binding]] = {}
        self.imports: list[ImportFacts] = []
        self.listed: list[ast.expr | None] = []

    def block(self, body: list[ast.stmt], conditional: bool, typing_only: bool) -> None:
        for statement in body:
            self.statement(statement, conditional, typing_only)

    def statement(self, node: ast.stmt, conditional: bool, typing_only: bool) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                for item in self.import_facts(node, conditional, typing_only):
                    self.imports.append(item)
                    if item.name != "*":
                        self.bind(
                            item.bound, Binding("import", node.lineno, conditional, imported=item)
                        )
            case ast.ClassDef():
                place = (node.lineno, node.col_offset)
                self.bind(node.name, Binding("class", node.lineno, conditional, place=place))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                record = self.function(node)
                self.bind(node.name, Binding("function", node.lineno, conditional, function=record))
            case ast.Assign():
                for target in node.targets:
                    self.target(target, node, conditional)
            case ast.AnnAssign():
                self.target(node.target, node, conditional)
            case ast.If():
                checking = is_type_checking(node.test)
                self.block(node.body, conditional or not checking, typing_only or checking)
                self.block(node.orelse, True, typing_only)
            case _:
                self.compound(node, conditional, typing_only)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> FunctionRecord:
        return function_record(node, may_yield=self.yields.touch(node))

    def compound(self, node: ast.stmt, conditional: bool, typing_only: bool) -> None:
        """Statements that bind opaquely themselves, and whose blocks may or may not run."""
        for name in _opaque_names(node):
            self.opaque(name, node.lineno, conditional)
        plain = isinstance(node, (ast.With, ast.AsyncWith))
        for block in _blocks(node):
            self.block(block, conditional or not plain, typing_only)

    def target(self, target: ast.expr, node: ast.Assign | ast.AnnAssign, conditional: bool) -> None:
        if isinstance(target, ast.Name):
            annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
            if target.id == "__all__":
                self.listed.append(node.value)
            binding = Binding(
                "variable",
                node.lineno,
                conditional,
                annotation=optional_span(annotation),
                value=optional_span(node.value),
            )
            self.bind(target.id, binding)
        elif isinstance(target, _OPAQUE_TARGETS):
            for inner in walk(target):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    self.opaque(inner.id, node.lineno, conditional)

    def opaque(self, name: str, line: int, conditional: bool) -> None:
        self.bind(name, Binding("opaque", line, conditional))

    def bind(self, name: str, binding: Binding) -> None:
        self.bindings.setdefault(name, []).append(binding)

    def import_facts(
        self, node: ast.Import | ast.ImportFrom, conditional: bool, typing_only: bool
    ) -> Iterator[ImportFacts]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else alias.name.partition(".")[0]
                bound = alias.asname or module
                yield ImportFacts(bound, module, None, node.lineno, conditional, typing_only)
            return
        # A relative import that leaves the package, or whose package has no name, keeps its dots.
        source = absolute_module(node.module, node.level, self.package)
        for alias in node.names:
            bound = alias.asname or alias.name
            yield ImportFacts(bound, source, alias.name, node.lineno, conditional, typing_only)

    def globals_of(self, body: bytes) -> None:
        """Names that functions rebind through `global`, as one more binding each.

        Found in the text: a line of a docstring that reads like a `global` statement only makes a
        name less certain, and a walk over the whole tree would take as long as parsing it.
        """
        for line, names in global_names(body):
            for name in names:
                self.opaque(name, line, True)

    def exports(self) -> tuple[tuple[str, ...] | None, bool]:
        """`__all__` where it is a plain list of strings, and whether there is another one."""
        found = self.bindings.get("__all__", ())
        if not found:
            return None, False
        value = self.listed[0] if len(found) == 1 and self.listed else None
        if isinstance(value, (ast.List, ast.Tuple)):
            names = [item.value for item in value.elts if isinstance(item, ast.Constant)]
            if len(names) == len(value.elts):
                return tuple(str(name) for name in names), False
        return None, True


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block
    for handler in getattr(node, "handlers", ()):
        yield handler.body
    for case in getattr(node, "cases", ()):
        yield case.body


def _opaque_names(node: ast.stmt) -> Iterator[str]:
    """Names bound by the statement's own header or expression, not by its blocks."""
    match node:
        case ast.For() | ast.AsyncFor():
            roots: list[ast.AST] = [node.target, node.iter]
        case ast.With() | ast.AsyncWith():
            roots = list(node.items)
        case ast.Match():
            roots = [case.pattern for case in node.cases]
        case ast.While():
            roots = [node.test]
        case ast.Try() | ast.TryStar():
            yield from (handler.name for handler in node.handlers if handler.name)
            return
        case _:
            roots = [node]
    for root in roots:
        yield from stored_names(root)


def stored_names(root: ast.AST) -> Iterator[str]:
    """The names that an expression, target or pattern binds or deletes."""
    for inner in walk(root):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            yield inner.id
        elif isinstance(inner, (ast.MatchAs, ast.MatchStar)) and inner.name:
            yield inner.name
        elif isinstance(inner, ast.MatchMapping) and inner.rest:
            yield inner.rest
