"""Reads the top level of a module: which names it binds, how often, and on what condition."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from fixaudit.semantics.facts import Binding, ImportFacts, ModuleFacts, dotted_name
from fixaudit.syntax.binder import absolute_module

_SPACE = rb"(?:[ \t]|\\\r?\n)"
# Starts with a literal, which the search skips to; what stands before it is looked at afterwards.
_GLOBAL = re.compile(
    rb"global" + _SPACE + rb"+(\w+(?:" + _SPACE + rb"*," + _SPACE + rb"*\w+)*)[ \t]*(?=[;#\r\n]|\Z)"
)
_STORING = (b"setattr", b"delattr", b"__dict__", b"__new__")
_NAME = re.compile(rb"\w+")
_OPAQUE_TARGETS = (ast.Tuple, ast.List, ast.Starred)


def read_module(tree: ast.Module, path: Path, name: str, body: bytes) -> ModuleFacts:
    """The facts of a parsed module; `name` is its dotted name, `body` its text."""
    is_package = path.stem == "__init__"
    package = name if is_package else name.rpartition(".")[0]
    reader = _Reader(package)
    reader.block(tree.body, conditional=False, typing_only=False)
    reader.globals_of(tree, body)
    exports, unclear = _exports(reader.bindings.get("__all__", []))
    return ModuleFacts(
        name=name,
        package=package,
        path=path,
        tree=tree,
        bindings={key: tuple(found) for key, found in reader.bindings.items()},
        imports=tuple(reader.imports),
        stars=tuple(item for item in reader.imports if item.name == "*"),
        exports=exports,
        exports_unclear=unclear,
        is_package=is_package,
        storing_lines=_lines_with(_STORING, body),
    )


def _lines_with(words: tuple[bytes, ...], body: bytes) -> tuple[int, ...] | None:
    """The lines that hold one of the words, ascending; None where line ends are of several kinds."""
    if b"\r" in body and body.count(b"\r") != body.count(b"\r\n"):
        return None
    lines, line, counted = [], 1, 0
    for at in sorted(at for word in words for at in _places(word, body)):
        line += body.count(b"\n", counted, at)
        counted = at
        lines.append(line)
    return tuple(lines)


def _places(word: bytes, body: bytes) -> Iterator[int]:
    at = body.find(word)
    while at != -1:
        yield at
        at = body.find(word, at + 1)


def is_type_checking(test: ast.expr) -> bool:
    """True for the test of `if TYPE_CHECKING:`, with or without `typing.`."""
    return dotted_name(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING")


class _Reader:
    def __init__(self, package: str) -> None:
        self.package = package
        self.bindings: dict[str, list[Binding]] = {}
        self.imports: list[ImportFacts] = []

    def block(self, body: list[ast.stmt], conditional: bool, typing_only: bool) -> None:
        for statement in body:
            self.statement(statement, conditional, typing_only)

    def statement(self, node: ast.stmt, conditional: bool, typing_only: bool) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                for item in self.import_facts(node, conditional, typing_only):
                    self.imports.append(item)
                    if item.name != "*":
                        self.bind(item.bound, "import", node, conditional, item)
            case ast.ClassDef():
                self.bind(node.name, "class", node, conditional)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.bind(node.name, "function", node, conditional)
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

    def compound(self, node: ast.stmt, conditional: bool, typing_only: bool) -> None:
        """Statements that bind opaquely themselves, and whose blocks may or may not run."""
        for name in _opaque_names(node):
            self.bind(name, "opaque", node, conditional)
        plain = isinstance(node, (ast.With, ast.AsyncWith))
        for block in _blocks(node):
            self.block(block, conditional or not plain, typing_only)

    def target(self, target: ast.expr, node: ast.stmt, conditional: bool) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, "variable", node, conditional)
        elif isinstance(target, _OPAQUE_TARGETS):
            for inner in ast.walk(target):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    self.bind(inner.id, "opaque", node, conditional)

    def bind(
        self,
        name: str,
        kind: str,
        node: ast.stmt,
        conditional: bool,
        imported: ImportFacts | None = None,
    ) -> None:
        binding = Binding(kind, node.lineno, conditional, node, imported)  # type: ignore[arg-type]
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

    def globals_of(self, tree: ast.Module, body: bytes) -> None:
        """Names that functions rebind through `global`, as one more binding each.

        Found in the text: a line of a docstring that reads like a `global` statement only makes a
        name less certain, and a walk over the whole tree would take as long as parsing it.
        """
        for statement in _GLOBAL.finditer(body):
            before = body[body.rfind(b"\n", 0, statement.start()) + 1 : statement.start()].strip()
            if before and not before.endswith((b":", b";")):
                continue
            line = body.count(b"\n", 0, statement.start()) + 1
            for name in _NAME.findall(statement.group(1)):
                binding = Binding("opaque", line, True, tree)
                self.bindings.setdefault(name.decode(), []).append(binding)


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
        yield from _stored_names(root)


def _stored_names(root: ast.AST) -> Iterator[str]:
    for inner in ast.walk(root):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            yield inner.id
        elif isinstance(inner, (ast.MatchAs, ast.MatchStar)) and inner.name:
            yield inner.name
        elif isinstance(inner, ast.MatchMapping) and inner.rest:
            yield inner.rest


def _exports(found: list[Binding]) -> tuple[tuple[str, ...] | None, bool]:
    if not found:
        return None, False
    node = found[0].node
    value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
    if len(found) == 1 and isinstance(value, (ast.List, ast.Tuple)):
        names = [item.value for item in value.elts if isinstance(item, ast.Constant)]
        if len(names) == len(value.elts):
            return tuple(str(name) for name in names), False
    return None, True
