"""Constants of a class that nothing explains are shown, with the places that read them.

A number without a unit (`RETRY_DELAY = 30`), a table or a pattern in a class body: the next reader has to find out from the code what
it means, why it is this value and what another one would break. Each class gets one finding with its constants; of each
it says where it is read, so that the comment can be written at once, or that nothing reads it. With
the option `module` the constants of the module itself are shown too.

It leaves alone: constants with a comment beside or above them (one comment heads all lines up to the next
empty one), with a string below, or named in the docstring; numbers whose name says the unit; texts and flags, which say what they are; members of
enumerations, and tests. It changes nothing: what to say there only the team knows. It is off by default, as a matter of style.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import names_written

_CONSTANT = re.compile(r"_{0,2}[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_UNIT = re.compile(
    r"(?:SECONDS?|SECS?|MS|MILLISECONDS|MINUTES?|MINS?|HOURS?|DAYS?|WEEKS?|BYTES|KB|MB|GB|KIB|MIB|PERCENT|PCT|PX|PIXELS"
    r"|HZ|PORT|VERSION|ID|INDEX|COLUMN|CODE|EXIT|CHARS|CHARACTERS|LINES|ROWS|TOKENS|BITS|USD|EUR)"
)
_NO_CONSTANTS = re.compile(
    r"(?:Int|Str)?(?:Enum|Flag)|(?:Text|Integer)?Choices|TypedDict|NamedTuple|Meta|BaseSettings"
)
_ENUMERATION = 4
_SHOWN = 4
_PLACES = 3
_MANY = 60
NUMBERS = "the unit, why this value, and what breaks with another one"
TABLES = "what its entries have in common, when one is added, and where they come from"
WHAT = (
    "A comment above each is enough: {say}. The alternatives: a "
    "string right below it, which documentation tools show, or `Attributes:` in the class's docstring, which nobody corrects with the "
    "value"
)
_BY_NAME = "; a name with its unit (`_SECONDS`) needs no comment, and all places that read it change with it"


@dataclass(frozen=True)
class Options:
    module: bool = False


class UndocumentedConstant(Codemod):
    name = "undocumented-constant"
    code = "FA626"
    triggers = (b"class ", b" = ")
    trigger_pattern = re.compile(
        rb"^[ \t]*_{0,2}[A-Z][A-Z0-9_]+\s*(?::[^=\n]+)?= ?(?:[\[{(\d\-]|[\w.]+\()", re.MULTILINE
    )
    visits = (ast.ClassDef, ast.Module)
    default = False  # a matter of style until somebody asks
    tags = frozenset({"style"})
    right_already = ("^each of its constants ",)
    report_match = ReportMatch(
        keywords=(
            (
                "constant|constants",
                "document*|undocumented|docstring*|comment*|explain*|explanation*|purpose|unclear",
            ),
            ("class-level constants|class level constants|undocumented constant*",),
            ("konstante*", "kommentar*|dokument*|erklär*|undokumentiert*"),
            ("constante*", "commentaire*|document*|comentario*|sin documentar"),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {"module": "show the module's own constants too"}
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test's values stand for themselves",
        Role.MIGRATION: "a migration stays as it ran",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef | ast.Module, source: Source) -> Iterator[Finding]:
        if isinstance(node, ast.Module) and not self.options.module:
            return
        if isinstance(node, ast.ClassDef) and _holds_no_constants(node):
            return
        constants = [item for item in node.body if _name(item) and not _is_field(node, item)]
        constants = [item for item in constants if _is_obscure(source, item)]
        bare = [item for item in constants if not _is_explained(source, node, item)]
        if not constants:
            return
        if _is_enumeration(node):
            reason = "it is a list of numbers by their names, an enumeration in all but its base"
            yield self.leave(source, constants[0], reason)
        elif not bare:
            reason = "each of its constants has a comment, or stands in the docstring"
            yield self.leave(source, constants[0], reason)
        elif (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, bare[0], role)
        else:
            yield self._shown(source, node, bare)

    def _shown(
        self, source: Source, node: ast.ClassDef | ast.Module, bare: Sequence[ast.stmt]
    ) -> Finding:
        names = [f"`{_name(item)}`" for item in bare[:_SHOWN]]
        names += [f"{len(bare) - _SHOWN} more"] * (len(bare) > _SHOWN)
        whose = f" of `{node.name}`" if isinstance(node, ast.ClassDef) else ""
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        reason = f"nothing says what {listed}{whose} {'is' if len(bare) == 1 else 'are'} for"
        told = "; ".join(_read(source, node, item) for item in bare[:_SHOWN])
        numbers = [_is_number(getattr(item, "value", None)) for item in bare]
        says = [NUMBERS] * any(numbers) + [TABLES] * (not all(numbers))
        what = WHAT.format(say=", or of a table ".join(says)) + _BY_NAME * any(numbers)
        return self.review(source, bare[0], reason, f"{told}. {what}.")


def _holds_no_constants(node: ast.ClassDef) -> bool:
    names = [node.name, *(ast.unparse(base).rpartition(".")[2] for base in node.bases)]
    return any(_NO_CONSTANTS.fullmatch(name) for name in names)


def _name(statement: ast.stmt) -> str:
    """The name of a constant that a statement sets; empty for all else."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name if _CONSTANT.fullmatch(name) else ""
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return name if _CONSTANT.fullmatch(name) else ""
    return ""


def _is_field(node: ast.ClassDef | ast.Module, statement: ast.stmt) -> bool:
    """True for `X: int = 0` in a class that may make fields of what is annotated."""
    if not isinstance(statement, ast.AnnAssign) or not isinstance(node, ast.ClassDef):
        return False
    parts = ast.walk(statement.annotation)
    named = {getattr(part, "id", getattr(part, "attr", "")) for part in parts}
    return bool(node.decorator_list or node.bases) and not named & {"Final", "ClassVar"}


def _is_enumeration(node: ast.ClassDef | ast.Module) -> bool:
    """True for a class of nothing but numbers by their names."""
    if not isinstance(node, ast.ClassDef):
        return False
    rest = [item for item in node.body if not (isinstance(item, ast.Expr) or _name(item))]
    numbers = [item for item in node.body if _is_number(getattr(item, "value", None))]
    return not rest and len(numbers) >= _ENUMERATION


def _is_obscure(source: Source, statement: ast.stmt) -> bool:
    """True for numbers without a unit in the name, tables and patterns."""
    value = getattr(statement, "value", None)
    if _is_number(value):
        return _UNIT.fullmatch(_name(statement).rpartition("_")[2]) is None
    match value:
        case ast.Dict(keys=entries) | ast.List(elts=entries) | ast.Tuple(elts=entries):
            return len(entries) > 1 and not _are_names(value, entries)
        case ast.Set(elts=entries):
            return len(entries) > 1 and not _are_names(value, entries)
        case ast.Call(func=func) if source.qualified_name(func) in ("re.compile", "regex.compile"):
            return True
        case ast.Call(func=ast.Name(id="frozenset" | "set" | "dict" | "tuple"), args=[_, *_]):
            return True
    return False


def _are_names(value: ast.expr, entries: Sequence[ast.expr | None]) -> bool:
    """True for `(State.FAILED, State.DONE)`: what stands in it is said elsewhere."""
    named = all(isinstance(entry, (ast.Name, ast.Attribute)) for entry in entries)
    return named and not isinstance(value, ast.Dict)


def _is_number(value: ast.expr | None) -> bool:
    match value:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float()):
            return True
        case ast.UnaryOp(operand=inner):
            return _is_number(inner)
        case ast.BinOp(left=left, right=right):
            return _is_number(left) and _is_number(right)
    return False


def _is_explained(source: Source, node: ast.ClassDef | ast.Module, item: ast.stmt) -> bool:
    docstring = ast.get_docstring(node, clean=False) or ""
    if re.search(rf"\b{re.escape(_name(item))}\b", docstring):
        return True
    below = node.body[node.body.index(item) + 1 :][:1]
    if below and isinstance(below[0], ast.Expr) and isinstance(below[0].value, ast.Constant):
        if isinstance(below[0].value.value, str):
            return True
    comments = source.comments_by_line
    end = item.end_lineno or item.lineno
    if any(line in comments for line in range(item.lineno, end + 1)):
        return True
    line = item.lineno - 1
    while line > 0 and source.line_text(line).strip():
        if source.line_text(line).lstrip().startswith("#"):
            return True
        if isinstance(node, ast.ClassDef) and line <= node.lineno:
            break
        line -= 1
    return False


def _read(source: Source, node: ast.ClassDef | ast.Module, item: ast.stmt) -> str:
    """Where a constant is read, in words."""
    name = _name(item)
    own = list(_own_reads(source, node, name))
    if own:
        lines = sorted({each.lineno for each in own})
        return f"`{name}` is read on {_listed([f'line {line}' for line in lines])}"
    places = list(_other_reads(source, node, name))
    if places:
        return f"`{name}` may be meant by what reads that name on {_listed(places)}"
    return f"no Python code here reads `{name}` by its name: perhaps it can go"


def _listed(places: Sequence[str]) -> str:
    more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
    return f"{', '.join(places[:_PLACES])}{more}"


def _own_reads(
    source: Source, node: ast.ClassDef | ast.Module, name: str
) -> Iterator[ast.Name | ast.Attribute]:
    """The places of this file that certainly mean it."""
    for use in names_written(source, name):
        in_class = source.parent(source.statement(use)) is node or isinstance(node, ast.Module)
        if isinstance(use.ctx, ast.Load) and in_class:
            yield use
    for access in source.named(ast.Attribute, frozenset({name})):
        base = access.value
        if (
            access.attr != name
            or not isinstance(node, ast.ClassDef)
            or not isinstance(base, ast.Name)
        ):
            continue
        inside = base.id in ("self", "cls") and source.class_of(access) is node
        if isinstance(access.ctx, ast.Load) and (inside or base.id == node.name):
            yield access


def _other_reads(source: Source, node: ast.ClassDef | ast.Module, name: str) -> Iterator[str]:
    """The places of the project that read an attribute, or import a name, called so."""
    before = r"\." if isinstance(node, ast.ClassDef) else r"(?:\.|import .*|^\s*)"
    word = re.compile(rf"{before}\b{re.escape(name)}\b(?!\s*=[^=])")
    own = source.project.facts_of_source(source).path
    for mention in source.project.mentions(name.encode(), _MANY):
        if not mention.is_test and word.search(mention.text):
            path = "line " if mention.path == own else f"{source.shown(mention.path)}:"
            yield f"{path}{mention.line}"
