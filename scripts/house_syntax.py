"""What the measures of shape read in the syntax of a file: functions, annotations, faces."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from house_files import Checkout, Function

FACE_CLASSES = ("Codemod", "Module", "Project", "Source")
FACE_PACKAGES = ("fixaudit", "fixaudit.authoring")
_MATCHING = frozenset({"search", "match", "fullmatch", "findall", "finditer", "split", "sub"})


def function_lines(node: Function) -> int:
    """Lines from `def` to the end, without decorators."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def complexity(node: Function) -> int:
    """Branches and one, counted as ruff's C901 does (which has no way to record today's values)."""
    loops = ast.For | ast.AsyncFor | ast.While
    branches = loops | ast.If | ast.ExceptHandler | ast.FunctionDef | ast.AsyncFunctionDef
    count = 0
    for child in ast.walk(node):
        if isinstance(child, branches):
            count += 1
        elif isinstance(child, ast.Match):
            count += len(child.cases) - _is_irrefutable(child.cases[-1])
        elif isinstance(child, ast.Try | ast.TryStar):
            count += bool(child.orelse)
    return count  # the function itself is the one


def _is_irrefutable(case: ast.match_case) -> bool:
    pattern = case.pattern
    return case.guard is None and isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def parameters(node: Function) -> int:
    """Parameters without `self` and `cls`."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    rest = [entry for entry in (arguments.vararg, arguments.kwarg) if entry is not None]
    own = bool(named) and named[0].arg in ("self", "cls")
    return len(named) + len(rest) - own


def annotation_texts_in_codemods(house: Checkout) -> dict[str, int]:
    """Annotations that a codemod reads as text: what they mean is a question of the engine."""
    return {
        file.path: sum(_reads_annotation_text(node) for node in ast.walk(file.tree))
        for file in house.of("fixaudit_codemods")
    }


def _reads_annotation_text(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=("unparse" | "dump")), args=[subject, *_]):
            return _is_annotation(subject)
        case ast.Call(func=ast.Attribute(value=subject)) if _is_annotation(subject):
            return True  # `.startswith`, `.split`: of a text only
        case ast.Call(func=ast.Attribute(attr=name), args=arguments) if name in _MATCHING:
            return any(_is_annotation(argument) for argument in arguments)
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            texts = any(isinstance(part, ast.Constant) and isinstance(part.value, str)
                        for side in sides for part in ast.walk(side))  # fmt: skip
            return texts and any(_is_annotation(side) for side in sides)
    return False


def _is_annotation(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in ("annotation", "returns") or name.endswith("_annotation")
    return False


def public_names_of_face(house: Checkout) -> dict[str, int]:
    """Names of the faces, and public attributes of the classes that codemods are handed."""
    found: dict[str, int] = {}
    for package in FACE_PACKAGES:
        stub = Path(house.root, house.files[package].path).with_suffix(".pyi")
        tree = ast.parse(stub.read_text("utf-8")) if stub.exists() else house.files[package].tree
        found[package] = len(set(_names(tree)))
    for file in house.of("fixaudit"):
        for node in file.tree.body:
            if isinstance(node, ast.ClassDef) and node.name in FACE_CLASSES:
                names = {*_names(node), *_instance_names(node)}
                found[node.name] = max(found.get(node.name, 0), len(names))
    return found


def _names(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    names: list[str] = []
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=module, names=aliases) if module != "__future__":
                names += [alias.asname or alias.name for alias in aliases]
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.append(name)
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.append(name)
            case ast.Assign(targets=targets):
                names += [target.id for target in targets if isinstance(target, ast.Name)]
    yield from (name for name in names if not name.startswith("_"))


def _instance_names(cls: ast.ClassDef) -> Iterator[str]:
    for node in ast.walk(cls):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                if not name.startswith("_"):
                    yield name
