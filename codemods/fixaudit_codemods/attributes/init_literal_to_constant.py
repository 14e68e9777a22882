"""A number that `__init__` gives every instance becomes a constant of the class: `self.limit = self.LIMIT`.

Whoever looks for the limit finds it by name, at the top of the class, and a subclass changes it in one
line. The attribute stays, so that all that reads it runs on.

It is `unsafe`: the class gets a name more, which a subclass or a test may have for itself. It leaves
alone: starting values, which something changes later, small numbers that say nothing (-1, 0, 1, 2),
attributes that a parameter may give, classes whose body a library reads (models, dataclasses, enums),
tests and generated code. For a human is a class that has the name already, with another value.

Off by default: a style. The constants are named as the attributes, in capitals; the option `names` has
other names, each of which ends as the attribute does. In `pyproject.toml`:

    [tool.fixaudit.codemods.init-literal-to-constant]
    names = ["JIKAN_MAX_REQUESTS_PER_SECOND"]
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Edit, Evidence, Finding, ReportMatch, Role, Source, rewriting
from fixaudit.authoring import ClassFacts, ClassKind

_SAID_ENOUGH = frozenset({-1, 0, 1, 2})
_MANY = 100
_OTHER_NAME = (
    "Give the constant another name by the option `names`, as in "
    '`[tool.fixaudit.codemods.init-literal-to-constant]` with `names = ["{prefix}_{name}"]`.'
)
Assignment = ast.Assign | ast.AnnAssign


@dataclass(frozen=True)
class Options:
    names: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.names:
            if not name.isidentifier():
                raise ValueError(f'"names" must hold names of constants, and "{name}" is none')


class InitLiteralToConstant(Codemod):
    name = "init-literal-to-constant"
    code = "FA604"
    triggers = (b"__init__",)
    trigger_pattern = re.compile(rb"\.\w+[^=\n]*=\s*\(?-?\d")
    visits = (ast.FunctionDef,)
    default = False  # a style: the code runs the same
    tags = frozenset({"style"})
    report_match = ReportMatch(
        keywords=(
            ("magic number*|magic value*|magische zahl*|nombre* magique*|número* mágico*",),
            ("hardcoded|hard-coded|hardcode*", "limit*|number*|value*|constant*|interval*|threshold*"),
            ("class constant*|class-level constant*", "define*|move*|extract*"),
        ),
        options={"names": (r"(?<![\w.])(?-i:([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)) ?= ?\d",)},
        as_written=("names",),
    )  # fmt: skip
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "names": "names for the constants, such as `API_MAX_RETRIES` for the attribute `max_retries`",
        "attributes": "only these attributes, such as `max_retries`; all by default",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test says its numbers where it uses them",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.FunctionDef, source: Source) -> Iterator[Finding]:
        owner = source.parent(node)
        if node.name != "__init__" or not isinstance(owner, ast.ClassDef) or not node.args.args:
            return
        receiver = node.args.args[0].arg
        for statement in node.body:
            attribute = _number_given(statement, receiver)
            if attribute is None:
                continue
            if self.options.attributes and attribute not in self.options.attributes:
                continue
            assert isinstance(statement, ast.Assign | ast.AnnAssign)
            yield self._judged(source, owner, statement, attribute)

    def _judged(
        self, source: Source, owner: ast.ClassDef, node: Assignment, attribute: str
    ) -> Finding:
        if (reason := self.out_of_scope(source)) is not None:
            return self.leave(source, node, reason)
        if attribute.isupper():
            return self.leave(source, node, "it has the name of a constant already")
        cls = source.project.class_of(owner, source.project.facts_of_source(source))
        if cls.kind is not ClassKind.PLAIN:
            return self.leave(source, node, f"the body of a {cls.kind} is read by its library")
        changed = _changed(source, owner, node, attribute)
        if changed is not None:
            return self.leave(source, node, changed)
        return self._written(source, owner, cls, node, attribute)

    def _written(
        self, source: Source, owner: ast.ClassDef, cls: ClassFacts, node: Assignment, attribute: str
    ) -> Finding:
        assert node.value is not None
        name, value = self._constant(attribute), source.segment(node.value)
        receiver = ast.unparse(_target(node).value)
        edits: list[Edit] = [source.replace(node.value, f"{receiver}.{name}")]
        there = _value_in(owner, name)
        if there is None and (taken := cls.declares(name)) is None:
            added = _added(source, owner, f"{name} = {value}")
            if added is None:
                reason = "the class has no line of its own for a constant"
                return self.review(source, node, reason, "Write the class over several lines.")
            edits.append(added)
        elif there is None or ast.dump(there) != ast.dump(node.value):
            where = cls.name if there is not None else getattr(taken, "name", "a base")
            reason = f"`{where}` has a `{name}` already, and it is no {value}"
            guidance = _OTHER_NAME.format(prefix=cls.name.upper(), name=name)
            return self.review(source, node, reason, guidance)
        reason = f"every `{cls.name}` gets {value}, and nothing changes it: `{cls.name}.{name}` names it"  # fmt: skip
        return self.unsafe(source, node, reason, edits)

    def _constant(self, attribute: str) -> str:
        plain = attribute.lstrip("_").upper()
        chosen = (name.upper() for name in self.options.names)
        name = next((name for name in chosen if name.endswith(plain)), plain)
        return f"_{name}" if attribute.startswith("_") and name == plain else name


# ------------------------------------------------------------------------------ the number


def _number_given(statement: ast.stmt, receiver: str) -> str | None:
    """The attribute that a statement gives a number worth a name; None for all other statements."""
    match statement:
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Name(id=owner), attr=name)], value=value
        ) | ast.AnnAssign(
            target=ast.Attribute(value=ast.Name(id=owner), attr=name), value=ast.expr() as value
        ) if (
            owner == receiver
        ):
            return name if _is_worth_a_name(value) and not name.startswith("__") else None
    return None


def _is_worth_a_name(value: ast.expr) -> bool:
    """True for a number, and for a product of numbers such as `60 * 60`."""
    match value:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float() as number):
            return number not in _SAID_ENOUGH
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number not in _SAID_ENOUGH
        case ast.BinOp(left=left, op=ast.Mult() | ast.Pow() | ast.LShift(), right=right):
            return all(_is_number(part) for part in (left, right))
    return False


def _is_number(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Pow(), right=right):
            return _is_number(left) and _is_number(right)
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _target(node: Assignment) -> ast.Attribute:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    assert isinstance(target, ast.Attribute)
    return target


# ------------------------------------------------------------------------------ who changes it


def _changed(
    source: Source, owner: ast.ClassDef, node: Assignment, attribute: str
) -> Evidence | str | None:
    """What gives the attribute another value than the number."""
    own = _target(node)
    for other in source.nodes(ast.Attribute):
        assert isinstance(other, ast.Attribute)
        if other.attr == attribute and other is not own and not isinstance(other.ctx, ast.Load):
            return f"a starting value: line {other.lineno} gives another one"
    for method in owner.body:
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method.name == attribute:
            return f"`{attribute}` has a setter in line {method.lineno}"
    name = attribute.encode()
    for needle in (b"." + name + b" =", b"." + name + b" +=", b"." + name + b" -=", b'"' + name + b'"'):  # fmt: skip
        for mention in source.project.mentions(needle, _MANY):
            if source.shown(mention.path) == source.path or f".{attribute} ==" in mention.text:
                continue
            if needle.startswith(b'"') and "setattr(" not in mention.text:
                continue
            text = "a starting value: another one is given from outside"
            return source.proof_at(mention.path, mention.line, text)
    return None


# ------------------------------------------------------------------------------ the constant


def _value_in(owner: ast.ClassDef, name: str) -> ast.expr | None:
    """What the class's own body gives a constant of that name."""
    for item in owner.body:
        match item:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return value
            case ast.AnnAssign(target=ast.Name(id=found), value=value) if found == name:
                return value
    return None


def _added(source: Source, owner: ast.ClassDef, text: str) -> Edit | None:
    """A line behind the constants that the class begins with, or behind its docstring."""
    leading = [item for item in owner.body if _is_docstring(item) or _is_constant(item)]
    behind = None
    for item in owner.body:
        if item not in leading:
            break
        behind = item
    if behind is None:
        first = owner.body[0]
        return rewriting.insert_before(source, first, f"{text}\n")
    return rewriting.insert_after(source, behind, f"\n{text}" if _is_docstring(behind) else text)


def _is_docstring(item: ast.stmt) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)


def _is_constant(item: ast.stmt) -> bool:
    target = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
    return isinstance(target, ast.Name) and target.id.strip("_").isupper()
