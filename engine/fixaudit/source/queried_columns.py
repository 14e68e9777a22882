"""The queries of the project that ask one table by several of its columns."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from fixaudit.source.class_references import ClassReference, class_references
from fixaudit.source.source import Source

_FILTERS = frozenset({"where", "filter", "having"})
_EQUAL = (ast.Eq, ast.In)
_RANGE = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
# What a query begins with, and what may be its first link where it is put together over several lines.
_LINKS = _FILTERS | {
    "select", "query", "update", "delete", "exists", "filter_by", "order_by", "and_", "join", "outerjoin", "options"
}  # fmt: skip
# Links that only go on with a query.
_CONTINUING = _FILTERS | {"filter_by", "order_by", "join", "outerjoin", "options"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_FEWEST = 2
# Equal columns of an index: more of them find few rows less, and cost each write.
_MOST = 3


@dataclass(frozen=True, slots=True)
class QueriedColumns:
    """Columns that a query compares (equal ones first, then one range or order), and its place."""

    columns: tuple[str, ...]
    path: Path
    line: int


@dataclass
class _Query:
    path: Path
    line: int
    equal: dict[str, None]
    ordered: dict[str, None]
    is_known: bool = True

    def asked(self) -> QueriedColumns | None:
        """Equal columns, and the first of those that are compared or sorted by their order."""
        if not self.is_known:
            return None
        rest = [name for name in self.ordered if name not in self.equal]
        columns = (*list(self.equal)[:_MOST], *rest[:1]) if self.equal else ()
        return QueriedColumns(columns, self.path, self.line) if len(columns) >= _FEWEST else None


def queried_columns(
    source: Source, cls: ast.ClassDef, columns: frozenset[str]
) -> list[QueriedColumns]:
    """By which columns together queries ask the table of a class of this file, the most common first.

    Seen are chains of calls from `where`, `filter`, `filter_by`, `having` and `order_by`; a statement
    that is put together over several lines counts by its parts. What `class_references` does not find
    is not there, nor are queries that compare an attribute which is none of `columns`.
    """
    found: dict[tuple[Path, int, int], _Query] = {}
    for reference in class_references(source, cls):
        above = reference.above[0] if reference.above else None
        if isinstance(above, ast.Attribute):
            _note(found, reference, above.attr, above.attr in columns)
        elif isinstance(above, ast.Call) and _last(above) in ("select", "query"):
            _by_keyword(found, reference, above, columns)
    asked = [each for query in found.values() if (each := query.asked()) is not None]
    often = Counter(each.columns for each in asked)
    return sorted(asked, key=lambda each: -often[each.columns])


def _note(
    found: dict[tuple[Path, int, int], _Query], reference: ClassReference, name: str, is_known: bool
) -> None:
    kind, call = _use(reference.above)
    if call is None or (not is_known and kind != "equal"):
        return
    whole = _whole(reference.above, call)
    path = reference.module.path
    key = (path, whole.lineno, whole.col_offset)
    query = found.setdefault(key, _Query(path, whole.lineno, {}, {}))
    query.is_known &= is_known and not _is_begun_elsewhere(whole, reference.above)
    (query.equal if kind == "equal" else query.ordered)[name] = None


def _by_keyword(
    found: dict[tuple[Path, int, int], _Query],
    reference: ClassReference,
    call: ast.Call,
    columns: frozenset[str],
) -> None:
    """`query(Model).filter_by(a=…, b=…)`."""
    whole = _whole(reference.above, call)
    link: ast.AST = whole
    path = reference.module.path
    names = []
    while isinstance(link, (ast.Call, ast.Attribute)):
        if isinstance(link, ast.Call) and _last(link) == "filter_by":
            names += [word.arg for word in link.keywords if word.arg in columns]
        link = link.func if isinstance(link, ast.Call) else link.value
    if names:
        key = (path, whole.lineno, whole.col_offset)
        query = found.setdefault(key, _Query(path, whole.lineno, {}, {}))
        query.equal.update(dict.fromkeys(name for name in names if name is not None))


def _is_begun_elsewhere(whole: ast.Call, above: tuple[ast.AST, ...]) -> bool:
    """True for `self._query(session, Model).filter(…)`: the function may compare more columns.

    So may what gives the function its `query`, as a parameter or by `query, _ = self._query(…)`.
    """
    first = _first(whole)
    if _last(first) not in _LINKS:
        return True
    begun = first.func.value if isinstance(first.func, ast.Attribute) else None
    holder = next((node for node in above if isinstance(node, _FUNCTIONS)), None)
    if not isinstance(begun, ast.Name) or holder is None or _last(first) not in _CONTINUING:
        return False
    return begun.id in _parameters(holder) or any(
        isinstance(value, ast.Call) and _last(_first(value)) not in _LINKS
        for value in _values(holder, begun.id)
    )


def _first(whole: ast.Call) -> ast.Call:
    first = whole
    while isinstance(first.func, ast.Attribute) and isinstance(first.func.value, ast.Call):
        first = first.func.value
    return first


def _parameters(holder: ast.AST) -> set[str]:
    assert isinstance(holder, _FUNCTIONS)
    given = holder.args
    return {each.arg for each in [*given.posonlyargs, *given.args, *given.kwonlyargs]}


def _values(holder: ast.AST, name: str) -> Iterator[ast.expr]:
    """What a function gives one of its names, also as a part of a tuple."""
    for node in ast.walk(holder):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(target)):
                    yield node.value


def _last(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", None) or getattr(call.func, "id", ""))


def _use(above: tuple[ast.AST, ...]) -> tuple[str, ast.Call | None]:
    """How a column is used, and in which call of a query: `where(X.a == b)`, `order_by(X.a.desc())`."""
    kind = ""
    for inner, node in pairwise(above):
        if isinstance(node, ast.Compare) and not kind:
            if len(node.ops) != 1 or inner is not node.left:
                return "", None
            kind = "equal" if isinstance(node.ops[0], _EQUAL) else ""
            kind = kind or ("order" if isinstance(node.ops[0], _RANGE) else "other")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func is inner and node.func.attr == "in_":
                kind = "equal"
            elif inner is not node.func and node.func.attr in _FILTERS:
                return (kind, node) if kind in ("equal", "order") else ("", None)
            elif inner is not node.func and node.func.attr == "order_by":
                return ("order", node) if kind in ("", "order") else ("", None)
            elif inner is not node.func:
                name = node.func.attr
                if name not in ("and_", "desc", "asc"):
                    return "", None
        elif isinstance(node, ast.Call):
            if getattr(node.func, "id", "") not in ("and_", "desc", "asc"):
                return "", None
        elif not isinstance(node, (ast.Attribute, ast.BinOp)) or _is_or(node):
            return "", None
    return "", None


def _is_or(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and not isinstance(node.op, ast.BitAnd)


def _whole(above: tuple[ast.AST, ...], call: ast.Call) -> ast.Call:
    """The whole chain of calls that a call is a link of."""
    whole: ast.AST = call
    for node in above[above.index(call) + 1 :]:
        chained = isinstance(node, ast.Attribute) and node.value is whole
        if not chained and not (isinstance(node, ast.Call) and node.func is whole):
            break
        whole = node
    assert isinstance(whole, (ast.Call, ast.Attribute))
    return whole  # type: ignore[return-value]
