"""The Python files of a checkout and what they import of each other: what all measures rest on.

Every import statement counts: at the top, inside functions and under `TYPE_CHECKING`. Works on any
checkout that has the three source roots, however their files are arranged.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOTS = {
    "fixaudit": "engine/fixaudit",
    "fixaudit_codemods": "codemods/fixaudit_codemods",
    "fixaudit_cli": "cli/fixaudit_cli",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef
Graph = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Import:
    """One name that a file imports.

    Attributes:
        target: the module it names: of the house where there is one, else as written.
        home: the module that holds it; another than `target` where that is a face whose
            `__init__.pyi` says where its names come from.
        late: it stands in a function.
        typing: it stands under `TYPE_CHECKING`.
    """

    target: str
    home: str
    line: int
    late: bool
    typing: bool


@dataclass(frozen=True)
class HouseFile:
    """One file: its dotted name, its path from the checkout with `/`, its text and its imports."""

    name: str
    path: str
    text: str
    tree: ast.Module
    imports: tuple[Import, ...]

    @property
    def root(self) -> str:
        return self.name.partition(".")[0]

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def is_package(self) -> bool:
        return self.path.endswith("/__init__.py")

    @property
    def folder(self) -> str:
        """The room it stands in: the root with the folder below it, or the file where there is none."""
        return ".".join(self.name.split(".")[:2])

    def functions(self) -> Iterator[tuple[str, Function]]:
        """All functions with their dotted names in the file, those inside others too."""
        yield from _functions(self.tree.body, "")


@dataclass(frozen=True)
class Checkout:
    """All files by their dotted names."""

    root: Path
    files: Mapping[str, HouseFile]

    def of(self, root: str) -> list[HouseFile]:
        return [file for file in self.files.values() if file.root == root]

    def graph(self, *, late_and_typing: bool = True) -> Graph:
        """Each file's dotted name to those of the files it imports, through lazy faces."""
        return {
            name: frozenset(
                entry.home
                for entry in file.imports
                if entry.home in self.files and entry.home != name
                if late_and_typing or not (entry.late or entry.typing)
            )
            for name, file in self.files.items()
        }


def read_checkout(root: Path) -> Checkout:
    """All files of the three roots below a checkout.

    Raises:
        FileNotFoundError: there is no such root.
    """
    paths: dict[str, Path] = {}
    for package, folder in ROOTS.items():
        if not (root / folder).is_dir():
            raise FileNotFoundError(f"{root / folder}: no such source root")
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(root / folder).with_suffix("").parts
            paths[".".join([package, *parts]).removesuffix(".__init__")] = path
    faces = {name: _face(path, paths) for name, path in paths.items()}
    files = {}
    for name, path in paths.items():
        text = path.read_text("utf-8")
        tree = ast.parse(text)
        imports = tuple(_imports(tree, paths, faces))
        files[name] = HouseFile(name, path.relative_to(root).as_posix(), text, tree, imports)
    return Checkout(root, files)


def circles(graph: Graph) -> list[list[str]]:
    """The sets of files that reach each other, largest first."""
    return sorted(
        (sorted(group) for group in _components(graph) if len(group) > 1), key=len, reverse=True
    )


def longest_chain(graph: Graph) -> list[str]:
    """The longest way down the graph; a circle is one storey, named by its first file."""
    best: dict[str, list[str]] = {}
    for group in _components(graph):  # what a group imports comes before it
        below = {target for name in group for target in graph[name]} - set(group)
        longest = max((best[target] for target in sorted(below)), key=len, default=[])
        for name in group:
            best[name] = [min(group), *longest]
    return max(best.values(), key=len, default=[])


def folder_graph(checkout: Checkout, graph: Graph) -> Graph:
    """The same graph between folders (and files that stand in none)."""
    folders: dict[str, set[str]] = {}
    for name, targets in graph.items():
        own = checkout.files[name].folder
        others = {checkout.files[target].folder for target in targets} - {own}
        folders.setdefault(own, set()).update(others)
    return {name: frozenset(targets) for name, targets in folders.items()}


def _functions(body: Iterable[ast.AST], prefix: str) -> Iterator[tuple[str, Function]]:
    for node in body:
        inner = prefix
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{prefix}{node.name}."
        if not isinstance(node, ast.expr):  # a lambda has no name
            yield from _functions(ast.iter_child_nodes(node), inner)


def _face(path: Path, paths: Mapping[str, Path]) -> dict[str, str]:
    """The names that a lazy package serves, with the modules that hold them."""
    stub = path.with_suffix(".pyi")
    if path.name != "__init__.py" or not stub.exists():
        return {}
    found = {}
    for node in ast.parse(stub.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found[alias.asname or alias.name] = full if full in paths else node.module
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            found.update(dict.fromkeys(names, found[node.value.id]))
    return found


def _imports(
    tree: ast.Module, paths: Mapping[str, Path], faces: Mapping[str, Mapping[str, str]]
) -> Iterator[Import]:
    for node, late, typing in _statements(tree, late=False, typing=False):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, alias.name, node.lineno, late, typing)
            continue
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            full = f"{module}.{alias.name}"
            target = full if full in paths else module
            home = target if full in paths else faces.get(module, {}).get(alias.name, target)
            yield Import(target, home, node.lineno, late, typing)


def _statements(
    node: ast.AST, *, late: bool, typing: bool
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, late, typing
            continue
        inside = late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        for_types = isinstance(child, ast.If) and _last_name(child.test) == "TYPE_CHECKING"
        if not isinstance(child, ast.expr):  # no statement stands in an expression
            yield from _statements(child, late=inside, typing=typing or for_types)


def _last_name(node: ast.expr) -> str | None:
    """`TYPE_CHECKING` of `typing.TYPE_CHECKING` too."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def _components(graph: Graph) -> list[list[str]]:
    """Strongly connected components by Tarjan's algorithm, imported ones before importers."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 4 * len(graph) + 1000))
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for target in sorted(graph[name]):
            if target not in order:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], order[target])
        if low[name] == order[name]:
            at = stack.index(name)
            found.append(stack[at:])
            del stack[at:]

    for name in graph:
        if name not in order:
            visit(name)
    return found
