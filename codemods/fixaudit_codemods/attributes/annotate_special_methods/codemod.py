"""Special methods without a return annotation get the one Python prescribes: `__init__() -> None`.

Type checkers pass over the body of a function that has no annotation at all, so an `__init__`
without arguments is never checked, and what it assigns is of unknown type. What most special
methods give is no choice of their author: Python fails on a `__str__` that gives no str.

It leaves alone: methods whose body, decorators or type comment say something else, projects that
switched ANN204 off, generated code and tests. Where the result depends on the body
(`__eq__`, `__contains__`, `__exit__`) the body has to show it. Methods whose result nobody
prescribes (`__enter__`, `__iter__`, `__call__`, `__getitem__`) are not looked at.

The edit is `unsafe` where the annotation is the first of its method: mypy checks the body from then
on, and may find errors in it. It is `fix` where `check_untyped_defs` has mypy check it already and
nothing in it begins as None or empty (mypy takes that for Any as long as there is no annotation),
or where the body gives a type checker nothing to object to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, ReportMatch, Role, Source, Verdict
from fixaudit.authoring import Why, mypy_is_told, rule_switched_off
from fixaudit_codemods.attributes._ignores import ignored
from fixaudit_codemods.attributes._partial_types import attributes_begun_as_none
from fixaudit_codemods.attributes._signatures import (
    Function,
    has_type_comment,
    is_complete,
    is_generator,
    return_annotation,
    returns_of,
    unchecked_body,
)
from fixaudit_codemods.attributes.annotate_special_methods._special_methods import (
    ENFORCED,
    EXITS,
    NAMES,
    NOTHING,
    changing_decorator,
    gives_plainly,
    gives_truth,
    gives_value,
    may_give_nothing,
)

ANNOTATE_NONE = "Say there what else it may be, before a checker reports its uses: `self.{0}: Connection | None = None`."
GUIDANCE = "Annotate by hand what the body gives, or change the body to give what Python expects."


@dataclass(frozen=True)
class Options:
    methods: tuple[str, ...] = ()
    complete_only: bool = False


class AnnotateSpecialMethods(Codemod):
    name = "annotate-special-methods"
    code = "FA610"
    triggers = (b"def __",)
    visits = (ast.FunctionDef, ast.AsyncFunctionDef)
    default = False  # a style: the code runs the same
    may_enable_others = False
    tags = frozenset({"types"})
    equivalent_codes = ("ANN204",)
    report_match = ReportMatch(
        rules=("ANN204",),
        keywords=(
            ("special methods", "return"),
            ("special method", "annotation"),
            ("__init__", "-> none"),
            ("dunder", "return type"),
            (
                (
                    "constructor|__init__|init|special method|dunder|magic method|konstruktor*|"
                    "constructeur*"
                ),
                (
                    "return type|return annotation|annotation|annotate|type hint|rückgabetyp*|"
                    "typ-annotation*|type de retour|tipo de retorno"
                ),
            ),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "methods": "names of the methods to annotate, such as `__init__`; all known ones by default",
        "complete_only": "only methods whose parameters are all annotated (mypy's disallow_incomplete_defs)",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test class is not what type checkers are asked about",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Function, source: Source) -> Iterator[Finding]:
        if node.name not in NAMES or node.returns is not None:
            return
        wanted: tuple[str, ...] = self.options.methods
        if wanted and node.name not in wanted:
            return
        kept = self._kept(source, node)
        if kept is not None:
            yield self.leave(source, node, kept)
            return
        yield self._judge_result(source, node)

    def _kept(self, source: Source, node: Function) -> Why | None:
        """Why the method stays as it is, whatever it gives."""
        if not _in_class_body(source, node):
            return "not in the body of a class: no special method"
        if (reason := self.out_of_scope(source)) is not None:
            return reason
        if has_type_comment(source, node):
            return "a type comment says what it gives"
        if self.options.complete_only and not is_complete(node):
            return "not all of its parameters are annotated"
        return rule_switched_off(source, "ANN204")

    def _judge_result(self, source: Source, node: Function) -> Finding:
        name, decorator = node.name, changing_decorator(source, node)
        if decorator is not None and name != "__init__":
            return self.review(source, node, f"`@{decorator}` may change what it gives", GUIDANCE)
        if isinstance(node, ast.AsyncFunctionDef) != (name == "__aexit__"):
            reason = "it is no coroutine function" if name == "__aexit__" else f"Python does not await `{name}`"  # fmt: skip
            return self.review(source, node, reason, GUIDANCE)
        if is_generator(node):
            return self.review(source, node, "it yields: a call gives a generator", GUIDANCE)
        if name in NOTHING:
            return self._nothing(source, node)
        if name in EXITS:
            return self._exit(source, node)
        return self._value(source, node)

    def _nothing(self, source: Source, node: Function) -> Finding:
        if gives_value(source, node):
            return self.review(source, node, "it returns a value that Python drops", GUIDANCE)
        return self._annotated(source, node, "None", f"`{node.name}` gives nothing")

    def _exit(self, source: Source, node: Function) -> Finding:
        if any(value is not None for value in returns_of(node)):
            reason = "what it returns decides whether exceptions are swallowed"
            return self.review(source, node, reason, GUIDANCE)
        return self._annotated(source, node, "None", "it returns nothing: exceptions go on")

    def _value(self, source: Source, node: Function) -> Finding:
        result = ENFORCED.get(node.name, "bool")
        if may_give_nothing(source, node):
            reason = f"it may end without a value, where `{node.name}` has to give {result}"
            return self.review(source, node, reason, GUIDANCE)
        if node.name in ENFORCED:
            reason = f"Python takes nothing but {result} from `{node.name}`"
            return self._annotated(source, node, result, reason)
        if not gives_truth(source, node):
            return self.review(source, node, "nothing shows that it always gives bool", GUIDANCE)
        return self._annotated(source, node, "bool", "all that it returns is bool")

    def _annotated(self, source: Source, node: Function, result: str, reason: str) -> Finding:
        if result != "None" and _means_other(source, node, result):
            return self.review(source, node, f"the name `{result}` means something else here")
        edit = return_annotation(source, node, result)
        if edit is None:
            return self.review(source, node, "the end of its signature was not found", GUIDANCE)
        comments, doubts = ignored(source, node)
        found = self._found(source, node, result, reason, [edit, *comments])
        return self.doubt(source, node, found, doubts, Verdict.UNSAFE)

    def _found(
        self, source: Source, node: Function, result: str, reason: str, edits: list[Edit]
    ) -> Finding:
        unchecked = unchecked_body(source, node) or _any_returned(source, node, result)
        if unchecked is None:
            return self.fix(source, node, reason, edits)
        reason = f"{reason}; {unchecked}"
        nones = attributes_begun_as_none(node)
        if not nones:
            return self.unsafe(source, node, reason, edits)
        if mypy_is_told(source, "check_untyped_defs") is None:
            more = f" and {len(nones) - 1} more are" if len(nones) > 1 else " is"
            reason = f"{reason}: `{nones[0]}`{more} None to it"
        return self.unsafe(source, node, reason, edits, guidance=ANNOTATE_NONE.format(nones[0]))


# ------------------------------------------------------------------------------ the signature


def _in_class_body(source: Source, node: Function) -> bool:
    return isinstance(source.scopes.scope_of(node).node, ast.ClassDef)


def _any_returned(source: Source, node: Function, result: str) -> str | None:
    """Why mypy may report a `return` of the method: of what is Any to it, where it is told to."""
    if result in ("None", "bool") or gives_plainly(source, node, result):
        return None
    told = mypy_is_told(source, "warn_return_any")
    return told and f"mypy ({told}) reports it where what the body returns is Any to it"


def _means_other(source: Source, node: Function, name: str) -> bool:
    """An annotation is evaluated where the `def` stands: names of the class count."""
    return bool(source.lookup(name, node)) or source.scopes.has_star_import()
