"""A function that returns nothing says so: `def close(self):` becomes `def close(self) -> None:`.

A type checker takes the result of a function without a return annotation for `Any`: it finds neither
the caller that works with the None, nor the `return` that somebody adds later.

It leaves alone: functions that return a value or yield, special methods (`annotate-special-methods`
has those), functions that only raise, declarations (`...`, `Protocol`, `@overload`), methods that an
override in the project makes return a value or a library prescribes (`annotate-overrides`), what has a type comment, projects that switched the
rule off, tests and generated code. For a human are empty methods that nobody overrides, methods
whose base promises a value, and properties.

The edit is `fix` where the annotation cannot bring a type checker's errors by itself: a parameter is
annotated already or `check_untyped_defs` is on, so that mypy checks the body today. It is `unsafe`
where the body is checked for the first time, where a caller uses the result, and where a decorator or
a base from outside may read the annotation or promise another result. The program runs the same, so
it is off by default.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Evidence, Finding, ReportMatch, Role, Source, Verdict, memoized
from fixaudit.authoring import (
    ClassFacts,
    Why,
    callers_of,
    never_passes_end,
    rule_switched_off,
)
from fixaudit_codemods.attributes._ignores import ignored
from fixaudit_codemods.attributes._known_signatures import known_method
from fixaudit_codemods.attributes._overrides import (
    overriding_value,
    promised_by_base,
    unknown_base,
)
from fixaudit_codemods.attributes._signatures import (
    Function,
    has_type_comment,
    is_generator,
    is_none,
    return_annotation,
    returns_of,
    says_nothing,
    unchecked_body,
)

_TYPING = ("typing", "typing_extensions")
_KEEPING = frozenset(
    {"abc.abstractmethod", "builtins.classmethod", "builtins.staticmethod", "functools.cache"}
    | {"functools.lru_cache", "functools.wraps", "atexit.register"}
    | {f"{module}.{name}" for module in _TYPING for name in ("final", "override", "no_type_check")}
    | {f"click.{name}" for name in ("command", "group", "option", "argument", "pass_context", "pass_obj")}
    | {"celery.shared_task", "dramatiq.actor", "django.dispatch.receiver"}
    | {"sqlalchemy.event.listens_for"}
)  # fmt: skip
_ABSTRACT = frozenset({"abc.abstractmethod", "abc.abstractproperty"})
_DECLARING = frozenset({"abstractmethod", "abc.abstractmethod", "classmethod", "staticmethod"})
_OVERLOAD = frozenset(f"{module}.overload" for module in _TYPING)
_COMMAND_LINES = frozenset({"click", "typer", "asyncclick", "rich_click", "cloup"})
_COMMANDS = frozenset({"command", "group", "callback", "option", "argument"})
_ACCESSORS = frozenset({"setter", "deleter"})
_PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})
DECLARED = (
    "Annotate what the implementations give: `-> None` for a hook, their common type otherwise."
)
PROMISED = "Return what the base promises, or change the annotation of the base."


class AnnotateReturnNone(Codemod):
    name = "annotate-return-none"
    code = "FA611"
    triggers = (b"def ",)
    trigger_pattern = re.compile(rb"\)\s*:")  # a signature that ends without an arrow
    visits = (ast.FunctionDef, ast.AsyncFunctionDef)
    default = False  # a style: the code runs the same
    may_enable_others = False
    tags = frozenset({"types"})
    equivalent_codes = ("ANN201", "ANN202", "ANN205", "ANN206")
    report_match = ReportMatch(
        rules=("ANN201", "ANN202", "ANN205", "ANN206", "no-untyped-def"),
        keywords=(
            (
                "missing|without|no|lack*|lacks|fehlend*|ohne|sans|sin",
                "return type|return types|return annotation*|return-type|rückgabetyp*|type de retour|tipo de retorno",
            ),
            ("-> none",),
            ("missing|incomplete|without|lack*", "type annotation*|type hint*|typehint*"),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "tests are not what type checkers are asked about",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Function, source: Source) -> Iterator[Finding]:
        if node.returns is not None or _is_special(node.name):
            return
        # Expressions are looked at last: most functions return a value.
        if any(not is_none(value) for value in returns_of(node)) or is_generator(node):
            return
        kept = self._kept(source, node)
        if kept is not None:
            yield self.leave(source, node, kept)
        else:
            yield self._judged(source, node)

    def _kept(self, source: Source, node: Function) -> Why | None:
        """Why the function stays as it is."""
        if (reason := self.out_of_scope(source)) is not None:
            return reason
        if has_type_comment(source, node):
            return "a type comment says what it gives"
        if _OVERLOAD & {source.qualified_name(item) for item in node.decorator_list}:
            return "an overload is a declaration"
        if _only_raises(node):
            return "it only raises: `NoReturn`, or a declaration for others to override"
        if _is_bare(node, ast.Constant) and source.class_of(node) is None:
            return "only a declaration: its body is `...`"
        parent = source.parent(node)
        if isinstance(parent, ast.ClassDef):
            known = known_method(source, parent, node.name)
            if known is not None:
                return f"`{known[0]}` prescribes its types: `annotate-overrides` has it"
        return rule_switched_off(source, _rule(source, node))

    def _judged(self, source: Source, node: Function) -> Finding:
        """The hindrances in order, the cheapest to find first."""
        for decorator in node.decorator_list:
            if source.qualified_name(decorator) in _PROPERTIES:
                reason = "a property that gives nothing: is a `return` missing?"
                return self.review(source, node, reason, "Return the value, or make it a method.")
        cls = _class_around(source, node)
        if cls is not None:
            is_async = isinstance(node, ast.AsyncFunctionDef)
            sub = overriding_value(source, cls, node.name, is_async=is_async)
            if sub is not None:
                return self.leave(source, node, sub)
            base = promised_by_base(source, cls, node.name, is_async=is_async)
            if base is not None:
                return self.review(source, node, base, PROMISED)
            if _is_hook(node, cls):
                return self._declared(source, node, cls)
        return self._annotated(source, node, cls)

    def _declared(self, source: Source, node: Function, cls: ClassFacts) -> Finding:
        decorators = {source.qualified_name(item) for item in node.decorator_list}
        abstract = decorators & _ABSTRACT or _is_bare(node, ast.Constant)
        if abstract:
            return self.leave(source, node, "a declaration: its implementations say what it gives")
        reason = f"an empty method: nothing shows what overrides of `{cls.name}.{node.name}` give"
        return self.review(source, node, reason, DECLARED)

    def _annotated(self, source: Source, node: Function, cls: ClassFacts | None) -> Finding:
        edit = return_annotation(source, node, "None")
        if edit is None:
            reason = "the end of its signature was not found"
            return self.review(source, node, reason, "Write `-> None` before the colon.")
        comments, doubts = ignored(source, node)
        found = self._found(source, node, cls, [edit, *comments])
        return self.doubt(source, node, found, doubts, Verdict.UNSAFE)

    def _found(
        self, source: Source, node: Function, cls: ClassFacts | None, edits: list[Edit]
    ) -> Finding:
        reason = "no way through it returns a value"
        risk = _risk(source, node, cls)
        if risk is None:
            return self.fix(source, node, reason, edits)
        if isinstance(risk, Evidence):
            text = f"{reason}; {risk.text} ({risk.path}:{risk.line})"
            return self.unsafe(source, node, text, edits, because=risk)
        return self.unsafe(source, node, f"{reason}; {risk}", edits)


# ------------------------------------------------------------------------------ the body


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _only_raises(node: Function) -> bool:
    """True where every way through the body ends in an exception; a loop without end returns None."""
    if returns_of(node) or not never_passes_end(node.body):
        return False
    return not isinstance(node.body[-1], ast.While)


def _is_bare(node: Function, kind: type[ast.AST]) -> bool:
    """True for a body of docstring and `...` alone."""
    last = node.body[-1]
    if not isinstance(last, ast.Expr) or not isinstance(last.value, kind):
        return False
    bare = isinstance(last.value, ast.Constant) and last.value.value is ...
    return bare and all(says_nothing(item) for item in node.body)


def _is_hook(node: Function, cls: ClassFacts) -> bool:
    """True for an empty method that may be there to be overridden: it overrides none itself."""
    if not all(says_nothing(item) for item in node.body):
        return False
    plain = all(ast.unparse(item) in _DECLARING for item in node.decorator_list)
    return plain and all(node.name not in base.attributes for base in cls.mro().own[1:])


def _rule(source: Source, node: Function) -> str:
    """The code that linters have for a missing return annotation of such a function."""
    decorators = {source.qualified_name(item) for item in node.decorator_list}
    if "builtins.staticmethod" in decorators:
        return "ANN205"
    if "builtins.classmethod" in decorators:
        return "ANN206"
    return "ANN202" if node.name.startswith("_") or source.function(node) else "ANN201"


def _class_around(source: Source, node: Function) -> ClassFacts | None:
    parent = source.parent(node)
    while isinstance(parent, (ast.If, ast.Try, ast.With)):
        parent = source.parent(parent)
    if not isinstance(parent, ast.ClassDef):
        return None
    return source.project.class_of(parent, source.project.facts_of_source(source))


# ------------------------------------------------------------------------------ the risk


def _risk(source: Source, node: Function, cls: ClassFacts | None) -> Evidence | str | None:
    """Why the annotation may bring errors of a type checker, or change what runs."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not _passes_it_by(source, called):
            return f"`@{ast.unparse(called)}` may read the annotation"
    if cls is not None and (outside := unknown_base(cls, node.name)):
        return f"`{outside}` may promise another result"
    unchecked = unchecked_body(source, node)
    if unchecked is not None:
        return unchecked
    # Last, for it costs a search: who is not known is no objection, the program runs the same.
    for caller in callers_of(source, node) or ():
        if caller.is_used:
            return caller.proof(source, "a caller uses the result, which is always None")
    return None


def _passes_it_by(source: Source, decorator: ast.expr) -> bool:
    """True for a decorator that is known to make nothing of a return annotation."""
    if source.qualified_name(decorator) in _KEEPING:
        return True
    if not isinstance(decorator, ast.Attribute):
        return False
    return decorator.attr in _ACCESSORS or (decorator.attr in _COMMANDS and _has_commands(source))


@memoized
def _has_commands(source: Source) -> bool:
    """True where the file imports a library of command lines: its groups decorate by methods."""
    roots = {
        (binding.target or "").partition(".")[0]
        for bindings in source.scopes.module.bindings.values()
        for binding in bindings
        if binding.kind == "import"
    }
    return bool(roots & _COMMAND_LINES)
