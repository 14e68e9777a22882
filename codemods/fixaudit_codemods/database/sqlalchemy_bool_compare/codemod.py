"""`column == False` in a SQLAlchemy query becomes `column == false()`; `column is True` is repaired.

Linters take `== False` for a mistake, and following their advice makes one: `column is False` compares
objects in Python, so the condition is the constant False and the query finds nothing, silently.
`false()` and `true()` say what is meant, give the same SQL, and need no `noqa`; the one that covered
the comparison goes. The option `style` writes `column.is_(False)` instead, which is other SQL.

It leaves alone: comparisons of ordinary Python values, also inside of queries' arguments, queries of
other libraries (Django, peewee, pandas, polars), and migrations. `is` on what is not certainly a
column is for a human.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from fixaudit import (
    Access,
    Codemod,
    Edit,
    Finding,
    ReportMatch,
    Role,
    Source,
    access,
    memoized,
    rewriting,
)
from fixaudit.authoring import origin_match
from fixaudit_codemods.database._sqlalchemy import uses_sqlalchemy
from fixaudit_codemods.database.sqlalchemy_bool_compare._expressions import is_column, is_condition

_BOOL = re.compile(r"builtins\.bool\(\)")
_IDENTITY = (ast.Is, ast.IsNot)
_NOQA = re.compile(
    rb"[ \t]*#[ \t]*noqa:[ \t]*(?P<codes>[A-Z]+\d+(?:[ ,\t]+[A-Z]+\d+)*)[ \t]*"
    rb"(?P<words>(?![A-Z]+\d)[^\r\n#]*)(?=\r|\n|\Z|#)"
)
_TO_DO = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
_COMPARED = tuple(
    f"{operator}{gap}{word}"
    for operator in ("==", "!=", "is", "is not")
    for gap in ("", " ")
    for word in ("True", "False")
)
GUIDANCE = (
    "If this is a column, `is` compares Python objects and the condition is always the same: write "
    "`column.is_(True)`. If it is a Python value, decide outside of the query."
)


@dataclass(frozen=True)
class Options:
    style: Literal["constant", "is"] = "constant"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operand <operator> value`, with the bool that was written."""

    node: ast.Compare
    operand: ast.expr
    written: ast.expr
    operator: ast.cmpop
    value: bool

    @property
    def identity(self) -> bool:
        return isinstance(self.operator, _IDENTITY)

    @property
    def negated(self) -> bool:
        return isinstance(self.operator, (ast.NotEq, ast.IsNot))


class SqlalchemyBoolCompare(Codemod):
    name = "sqlalchemy-bool-compare"
    code = "FA501"
    triggers = (b"True", b"False")
    trigger_pattern = re.compile(
        "(?:True|False)(?: (?:[=!]=|is)|{})".format(
            "|".join(f"(?<={text})" for text in _COMPARED)
        ).encode()
    )
    visits = (ast.Compare,)
    default = False  # `== False` works as it is: only linters mind
    tags = frozenset({"database"})
    report_match = ReportMatch(
        rules=("E712", "singleton-comparison", "C0121"),
        keywords=(
            ("== false", "where"),
            ("== true", "where"),
            ("== false", "sqlalchemy"),
            ("== true", "sqlalchemy"),
            ("comparison to false",),
            ("comparison to true",),
            ("is_deleted == false",),
            (
                "compare*|comparison|vergleich*|comparaison|comparación",
                "true|false|boolean|bool",
                "sqlalchemy|query|queries|column|filter|abfrage*|spalte*|colonne|columna",
            ),
        ),
        options={"style": (r"\.(is)_\((?:true|false)\)",)},
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "style": "`constant` (`== false()`, the same SQL) or `is` (`.is_(False)`, other SQL)",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.MIGRATION: "a migration stays as it ran",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Compare, source: Source) -> Iterator[Finding]:
        found = _comparison(node)
        if found is None:
            return
        column, condition = is_column(source, found.operand), is_condition(source, node)
        if not column and not condition:
            if not found.identity and (reason := _look_alike(source, node)) is not None:
                yield self.leave(source, node, reason)
            return
        reason = _left_alone(source, found)
        if reason is not None:
            yield self.leave(source, node, reason)
        elif found.identity and not column:
            what = "`is` in a query compares Python objects, if this is a column"
            yield self.review(source, node, what, GUIDANCE)
        else:
            yield self._rewritten(source, found)

    def _rewritten(self, source: Source, found: Comparison) -> Finding:
        if self.options.style == "is":
            edits, needed_names = [_to_is(source, found)], ()
        else:
            reach = _constant(source, found)
            if reach is None:
                word = str(found.value).lower()
                reason = f"`{word}` and `sqlalchemy` mean something else here"
                return self.review(source, found.node, reason, "use `.is_(…)`, or another name")
            edits, needed_names = _to_constant(source, found, reach), reach.needed_names  # type: ignore[assignment]
        edits += _noqa_edits(source, found)
        if found.identity:
            reason = "`is` compares Python objects: the condition was a constant; rows will change"
            return self.unsafe(source, found.node, reason, edits, needed_names)
        if self.options.style == "is":
            reason = "`IS` is other SQL than `=`: NULL and some databases treat it differently"
            return self.unsafe(source, found.node, reason, edits, needed_names)
        reason = "a column of a query is compared with SQL's own constant; the SQL stays the same"
        return self.fix(source, found.node, reason, edits, needed_names)


def _comparison(node: ast.Compare) -> Comparison | None:
    if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq, *_IDENTITY)):
        return None
    left, right = node.left, node.comparators[0]
    for operand, written in ((left, right), (right, left)):
        if isinstance(written, ast.Constant) and isinstance(written.value, bool):
            if isinstance(operand, ast.Constant):
                return None
            return Comparison(node, operand, written, node.ops[0], written.value)
    return None


def _look_alike(source: Source, node: ast.Compare) -> str | None:
    if uses_sqlalchemy(source):
        return "nothing shows that this is a column of a query"
    above = source.parent(node)
    if isinstance(above, ast.Call) and getattr(above.func, "attr", "") in ("where", "filter"):
        return "nothing shows that this is a query of SQLAlchemy"
    return None


def _left_alone(source: Source, found: Comparison) -> str | None:
    if isinstance(found.operand, (ast.Compare, ast.BoolOp)):
        return "the other side is a Python condition"
    is_plain = isinstance(found.operand, (ast.Name, ast.Call))
    if found.identity and is_plain and not is_column(source, found.operand):
        return "an ordinary Python value: it decides whether there is a condition"
    if isinstance(found.operand, ast.Name) and _is_python_value(source, found.operand):
        return "an ordinary Python value, not a column"
    above = source.parent(found.node)
    while isinstance(above, (ast.BoolOp, ast.UnaryOp)):
        if not isinstance(above, ast.UnaryOp) or isinstance(above.op, ast.Not):
            return "its truth is asked for in Python, which no column has"
        above = source.parent(above)
    if getattr(above, "test", None) is found.node:
        return "its truth is asked for in Python, which no column has"
    return None


def _is_python_value(source: Source, name: ast.Name) -> bool:
    """True for a parameter annotated with `bool` and the like."""
    return origin_match(source, name, _BOOL) is not None


# ----------------------------------------------------------------------------- edits


def _constant(source: Source, found: Comparison) -> Access | None:
    word = str(found.value).lower()
    direct = access(source, found.node, "sqlalchemy", word)
    if direct is not None:
        return direct
    module = access(source, found.node, "sqlalchemy")
    return Access(f"{module.text}.{word}", module.needed_names) if module is not None else None


def _to_constant(source: Source, found: Comparison, reach: Access) -> list[Edit]:
    edits = [source.replace(found.written, f"{reach.text}()")]
    if found.identity:
        edits.append(_operator_edit(source, found))
    return edits


def _operator_edit(source: Source, found: Comparison) -> Edit:
    left = rewriting.outer_parentheses(source, found.node.left)
    right = rewriting.outer_parentheses(source, found.node.comparators[0])
    between = source.body[left.end : right.start]
    match = re.search(rb"is(\s+not)?", between)
    assert match is not None
    text = "!=" if found.negated else "=="
    return source.edit(left.end + match.start(), left.end + match.end(), text)


def _to_is(source: Source, found: Comparison) -> Edit:
    operand = source.slice(rewriting.outer_parentheses(source, found.operand))
    method = "is_not" if found.negated else "is_"
    if isinstance(found.operand, (ast.BinOp, ast.UnaryOp, ast.Await)) and operand[0] != "(":
        operand = f"({operand})"
    return source.replace(found.node, f"{operand}.{method}({found.value})")


def _noqa_edits(source: Source, found: Comparison) -> list[Edit]:
    """Takes E712 out of the `noqa` that covered the comparison, once nothing else needs it."""
    if found.identity:
        return []
    first, last = found.node.lineno, found.node.end_lineno or found.node.lineno
    edits = []
    for line in range(first, last + 1):
        start, end = source.positions.line_start(line), source.positions.line_end(line)
        comment = _NOQA.search(source.body, start, end)
        if comment is None or "E712" not in _codes(comment) or _others(source, found, line):
            continue
        rest = [code for code in _codes(comment) if code != "E712"]
        # The words say why the linter is wrong about the comparison.
        words = comment["words"].decode().strip()
        text = comment[0].decode()
        gap = text[: len(text) - len(text.lstrip())]
        kept = f"{gap}# noqa: {', '.join(rest)} {words}".rstrip() if rest else ""
        if not rest and _TO_DO.search(words):
            kept = f"{gap}# {words.lstrip('-:,; ')}"
        kept += "  " if source.body[comment.end() : comment.end() + 1] == b"#" else ""
        edits.append(source.edit(*comment.span(), kept, drops_comments=True))
    return edits


@memoized
def _by_line(source: Source) -> dict[int, list[ast.Compare]]:
    found: dict[int, list[ast.Compare]] = {}
    for node in source.nodes(ast.Compare):
        found.setdefault(node.lineno, []).append(node)
    return found


def _codes(comment: re.Match[bytes]) -> list[str]:
    return re.findall(r"[A-Z]+\d+", comment["codes"].decode())


def _others(source: Source, found: Comparison, line: int) -> bool:
    """True where a later comparison on the line still needs the comment, or one that stays."""
    own = source.span(found.node)
    for node in _by_line(source).get(line, ()):
        span = source.span(node)
        other = _comparison(node)
        if other is None or other.identity or span == own:
            continue
        kept = _left_alone(source, other) is not None
        proven = is_column(source, other.operand) or is_condition(source, node)
        if kept or not proven or span.start > own.start:
            return True
    return False
