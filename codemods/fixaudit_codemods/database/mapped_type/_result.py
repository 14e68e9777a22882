"""What a column type of the project gives to Python, as its class says."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit.authoring import ClassFacts, FunctionFacts, VariableFacts, own_nodes
from fixaudit_codemods.database._sqlalchemy import type_decorator_bases

_CONVERSIONS = frozenset({"str", "int", "float", "bool", "bytes"})


@dataclass(frozen=True, slots=True)
class Result:
    """The Python type of a column's values, without None, as the type's module writes it."""

    written: str
    owner: ClassFacts
    line: int
    text: str


def results_of(cls: ClassFacts) -> list[Result]:
    """What the type gives: nothing where nothing says so, two where two different things are said."""
    method = cls.find_method("process_result_value")
    said = [None if method is None else _returned(cls, method), _parameter(cls)]
    found = {_root(each.written): each for each in reversed(said) if each is not None}
    return list(found.values())


def _root(written: str) -> str:
    return written.partition("[")[0].rpartition(".")[2].lower()


def _parameter(cls: ClassFacts) -> Result | None:
    """`str` of `class GUID(TypeDecorator[str])`."""
    for base in type_decorator_bases(cls):
        _, bracket, inner = base.partition("[")
        if bracket:
            written = inner.rpartition("]")[0]
            if not _is_variable(cls, written):
                return Result(
                    written, cls, cls.line, f"`{cls.name}` is a `TypeDecorator[{written}]`"
                )
    return None


def _is_variable(cls: ClassFacts, written: str) -> bool:
    """A type variable, by its name (`_T`, `T_co`) or by what makes it."""
    if len(written.strip("_").partition("_")[0]) == 1 or written in ("Any", "object"):
        return True
    found = cls.project.resolve_for(cls, written) if written.isidentifier() else None
    made = found.value if isinstance(found, VariableFacts) else None
    return isinstance(made, ast.Call) and ast.unparse(made.func).endswith("TypeVar")


def _returned(cls: ClassFacts, method: FunctionFacts) -> Result | None:
    node = method.node
    declared = without_none(node.returns)
    if declared is not None:
        written = ast.unparse(declared)
        if _is_variable(cls, written) and written not in ("Any", "object"):
            return None
        if written.rpartition(".")[2] in ("Any", "object"):
            return _converted(cls, method, node)
        text = f"`{cls.name}.process_result_value` returns `{written}`"
        return Result(written, cls, method.line, text)
    return _converted(cls, method, node) if node.returns is None else None


def _converted(cls: ClassFacts, method: FunctionFacts, node: ast.AST) -> Result | None:
    """`str` where all that is returned is None, `str(…)`, or a name that is only given such."""
    arguments = node.args.args  # type: ignore[attr-defined]
    value = arguments[1].arg if len(arguments) > 1 else ""
    kinds: set[str] = set()
    assigned: set[str] = set()
    for each in own_nodes(node):
        if isinstance(each, ast.Return) and each.value is not None:
            kinds.add(_kind(each.value, value))
        elif isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == value:
            assigned.add(_kind(each.value, ""))
    if "same" in kinds:
        kinds = (kinds - {"same"}) | (assigned or {""})
    kinds.discard("None")
    if len(kinds) != 1 or "" in kinds:
        return None
    kind = kinds.pop()
    return Result(kind, cls, method.line, f"`{cls.name}.process_result_value` gives `{kind}(…)`")


def _kind(value: ast.expr, name: str) -> str:
    if isinstance(value, ast.Constant) and value.value is None:
        return "None"
    if isinstance(value, ast.Name):
        return "same" if value.id == name else ""
    if isinstance(value, ast.IfExp):
        kinds = {_kind(value.body, name), _kind(value.orelse, name)} - {"None"}
        return kinds.pop() if len(kinds) == 1 else ""
    func = value.func if isinstance(value, ast.Call) else None
    called = func.id if isinstance(func, ast.Name) else ""
    return called if called in _CONVERSIONS else ""


def without_none(annotation: ast.expr | None) -> ast.expr | None:
    """`X` of `X | None`, `Optional[X]` and `X`; None where it is none of them, or a string."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        sides = [annotation.left, annotation.right]
        rest = [side for side in sides if not _is_none(side)]
        return rest[0] if len(rest) == 1 and not isinstance(rest[0], ast.BinOp) else None
    if isinstance(annotation, ast.Subscript) and _last(annotation.value) in ("Optional", "Union"):
        inner = annotation.slice
        if isinstance(inner, ast.Tuple):
            rest = [each for each in inner.elts if not _is_none(each)]
            return rest[0] if len(rest) == 1 else None
        return inner if _last(annotation.value) == "Optional" else None
    if annotation is None or _is_none(annotation) or isinstance(annotation, ast.Constant):
        return None
    return annotation


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _last(node: ast.expr) -> str:
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))
