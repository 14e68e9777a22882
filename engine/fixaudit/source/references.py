"""Who refers to a function or class: from where in the project code is entered, a step at a time."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fixaudit.files import file_roles
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.fragments import whole_names
from fixaudit.semantics.module_facts import ModuleFacts, dotted_name
from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.semantics.text_search import imported_words
from fixaudit.semantics.tree_view import View
from fixaudit.semantics.values.reach import remembered
from fixaudit.source.main_guard import is_main_guard
from fixaudit.source.program_entries import Entered, Entries, ProgramEntry

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_INNER_IMPORT = re.compile(rb"^[ \t]+(?:from|import)\b", re.MULTILINE)
# The dot stands apart from what is before it.
_SPACED = re.compile(rb"(?:^|\s)\s*\.$")
_FAR = 200
_OWNER = re.compile(rb"(?<![\w.)\]}\"'])([^\W\d]\w*)(?:\.\w+)*\.$")


@dataclass(frozen=True, slots=True)
class Target:
    """A function or class right in a module."""

    path: Path
    name: str
    line: int
    is_class: bool = False


@dataclass(frozen=True, slots=True)
class ReachStep:
    """Where code stands that is run or referred to: at an entry, or in a definition that others reach."""

    path: Path
    line: int
    entry: ProgramEntry | None
    inside: Target | None = None


def step_from(project: Project, module: ModuleFacts, node: ast.AST, entries: Entries) -> ReachStep:
    """What runs the code of a node: the entry around it, or the definition right in the module.

    A node of the module itself is run by who imports it.
    """
    view = project.view(module)
    inside: ast.AST | None = None
    for child, parent in view.ancestors(node):
        entry = None
        if isinstance(parent, ast.If):
            if is_main_guard(parent) and child in parent.body:
                text = "it stands under the `__main__` guard"
                entry = ProgramEntry(Entered.COMMAND, parent.lineno, text)
        elif isinstance(parent, _FUNCTIONS):
            if child not in parent.decorator_list and child is not parent.args:
                entry = entries.of_function(parent, view.parents.get(parent) is view.tree)
                inside = parent
        elif isinstance(parent, ast.ClassDef):
            if child not in parent.decorator_list:
                entry = entries.of_class(parent)
                inside = parent
        if entry is not None:
            return ReachStep(module.path, entry.line, entry)
    whole = entries.of_module()
    if whole is not None or inside is None:
        return ReachStep(module.path, getattr(node, "lineno", 1), whole)
    assert isinstance(inside, _DEFINITIONS)
    is_class = isinstance(inside, ast.ClassDef)
    target = Target(module.path, inside.name, inside.lineno, is_class)
    return ReachStep(module.path, getattr(node, "lineno", 1), None, target)


def steps_to(project: Project, target: Target) -> tuple[ReachStep, ...]:
    """The places of the project that refer to a definition, tests and examples aside."""
    return remembered(project, ("steps to", target), lambda: tuple(_steps(project, target)))


def _steps(project: Project, target: Target) -> Iterator[ReachStep]:
    own = project.facts_of(target.path)
    if own is None:
        return
    yield from _in_module(project, own, target)
    if target.name in (own.exports or ()):
        yield ReachStep(target.path, 1, ProgramEntry(Entered.IMPORTER, 1, "`__all__` offers it"))
    for path in _users(project, own, target):
        module = project.facts_of(path)
        if module is not None:
            read = partial(_read, project, path, target)
            yield from remembered(project, ("steps in", path, target), read)


def _read(project: Project, path: Path, target: Target) -> tuple[ReachStep, ...]:
    module = project.facts_of(path)
    if module is None:
        return ()
    if not _may_name(project, module, target.name):
        return tuple(_imports(project, module, target))
    return tuple(_in_module(project, module, target))


def _may_name(project: Project, module: ModuleFacts, name: str) -> bool:
    """False where no word of the text can mean what another module calls so: nothing is parsed then.

    Most words of a common name are methods and attributes of values: `self.get`, `row.get`.
    """
    if module.stars or not name.isascii():
        return True
    if any(item.name == name and item.bound != name for item in module.imports):
        return True
    text, word = project.text_of(module.path), name.encode()
    imported = remembered(project, ("words of imports", module.path), partial(_words, module, text))
    for at in whole_names(text, word):
        head = _head(text, at, word)
        if head is None or head in imported or (head and head.decode() in module.bindings):
            return True
    return False


def _words(module: ModuleFacts, text: bytes) -> frozenset[bytes]:
    """The names that imports bind, those of functions included."""
    inner = imported_words(text) if _INNER_IMPORT.search(text) is not None else ()
    return frozenset(item.bound.encode() for item in module.imports).union(inner)


def _head(text: bytes, at: int, word: bytes) -> bytes | None:
    """The first part of the dotted name that ends with a word: `a` of `a.b.word`.

    Empty for an attribute of what has no name, as a call; None where that is not told here.
    """
    before = text[text.rfind(b"\n", 0, at) + 1 : at]
    if not before.isascii():
        return None
    if before.endswith(b"."):
        owner = _OWNER.search(before)
        if owner is not None:
            return owner[1]
        return b"" if _SPACED.search(before) is None else None
    return None if text[max(0, at - _FAR) : at].rstrip().endswith(b".") else word


def _users(project: Project, own: ModuleFacts, target: Target) -> list[Path]:
    """The other files that may refer to a definition, by their imports and words."""
    name = own.name.removesuffix(".__init__")
    parts = name.split(".")
    mentions = list(project.users(target.name, [parts[-1]]))
    packages = {item.path.parent.name for item in mentions if item.path.name == "__init__.py"}
    if packages:
        mentions += project.users(target.name, [parts[-1], *packages])
    found = dict.fromkeys(item.path for item in mentions)
    return [path for path in found if path != target.path and not _is_beside(project, path)]


def _is_beside(project: Project, path: Path) -> bool:
    """True for files that show the code or change a database: what they use says nothing of it."""
    inner = project.inner(path)
    return file_roles.is_example_path(inner) or file_roles.is_migration_path(inner)


def _in_module(project: Project, module: ModuleFacts, target: Target) -> Iterator[ReachStep]:
    # First what may look into other files: nodes are good until then.
    entries = Entries(project, module)
    view = project.view(module)
    seen: set[ast.AST] = set()
    for node in view.loads(frozenset({target.name})):
        if not _means(project, module, view, node, target):
            continue
        above = [parent for _, parent in view.ancestors(node)]
        if _is_annotation(node, above) or _is_itself(module, above, target):
            continue
        handed = entries.of_handing_over(node, above)
        if handed is not None:
            seen.add(node)
            yield ReachStep(module.path, handed.line, handed)
            continue
        # Several references in one function say what one does.
        around = next(
            (each for each in above if isinstance(each, (*_DEFINITIONS, ast.If))), view.tree
        )
        if around in seen:
            continue
        seen.add(around)
        step = step_from(project, module, node, entries)
        if step.entry is None and step.inside is None:
            script = file_roles.is_script_path(project.inner(module.path))
            by = Entered.COMMAND if script else Entered.IMPORTER
            text = "a script runs it" if script else f"`{module.name}` uses it when it is loaded"
            step = ReachStep(step.path, step.line, ProgramEntry(by, step.line, text))
        yield step
    if not seen and module.path != target.path:
        yield from _imports(project, module, target)


def _imports(project: Project, module: ModuleFacts, target: Target) -> Iterator[ReachStep]:
    """An import of the name that the module makes no use of: it is there for others."""
    for item in module.imports:
        if item.name == target.name and (
            not module.is_package or item.bound in (module.exports or ())
        ):
            found = project.resolve(module, item.bound)
            if isinstance(found, (FunctionFacts, ClassFacts)):
                if found.path == target.path and found.line == target.line:
                    text = f"`{module.name}` imports it"
                    yield ReachStep(
                        module.path, item.line, ProgramEntry(Entered.IMPORTER, item.line, text)
                    )


def _means(
    project: Project,
    module: ModuleFacts,
    view: View,
    node: ast.Name | ast.Attribute,
    target: Target,
) -> bool:
    written = dotted_name(node)
    if written is None:
        return False
    found = project.resolve_at(module, written, node)
    if isinstance(found, (FunctionFacts, ClassFacts)):
        return found.path == target.path and found.line == target.line
    if found is not None or isinstance(node, ast.Attribute):
        return False
    # Bound more than once, as by an import that is tried: one of the bindings is enough.
    _, bindings = view.lookup(written, node)
    stem = target.path.stem
    ends = tuple(f"{base}.{target.name}" for base in (stem, target.path.parent.name))
    return any(
        (binding.target or "").endswith(ends)
        or (module.path == target.path and getattr(binding.node, "lineno", 0) == target.line)
        for binding in bindings
    )


def _is_annotation(node: ast.AST, above: list[ast.AST]) -> bool:
    child = node
    for parent in above:
        if isinstance(parent, (ast.arg, ast.AnnAssign)) and child is parent.annotation:
            return True
        if isinstance(parent, _FUNCTIONS) and child is parent.returns:
            return True
        if isinstance(parent, ast.ExceptHandler) and child is parent.type:
            return True
        if isinstance(parent, ast.stmt):
            return False
        child = parent
    return False


def _is_itself(module: ModuleFacts, above: list[ast.AST], target: Target) -> bool:
    """True inside of the definition, as where a function calls itself."""
    return module.path == target.path and any(
        isinstance(node, _DEFINITIONS) and node.lineno == target.line for node in above
    )
