"""Methods that a library prescribes get its types: `process_bind_param(self, value: Any, dialect: Dialect) -> Any`.

What such a method is called with, and what it has to give, is not its author's choice. Without the
types a checker passes over it, and an attribute that the library's object does not have is found
when the method runs. Known are the methods of SQLAlchemy's type decorators, of `json`, `logging`,
`html.parser`, `threading`, `argparse` and `socketserver`, Starlette's `dispatch`, Pydantic's
`model_post_init`, Django's commands and watchdog's handlers, and the parameters of tests that are
pytest's own fixtures.

It adds what is missing and changes no annotation that is there. It leaves alone: methods with other
parameters than the library's, whose decorators change them or whose type comments type them,
generated code, and tests unless `include-tests` asks for them. For a human are a method that gives a
value where the library drops it, and the other way round.

The edit is `fix` where the body is checked today and nothing in it gets a narrower type; it is
`unsafe` where it is the first annotation, so that a checker reads the body from then on, and where the
body works with a parameter that was anything and is now the library's class.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Evidence, Finding, ReportMatch, Role, Source, Verdict
from fixaudit.authoring import Why, own_nodes, rule_switched_off
from fixaudit_codemods.attributes._ignores import ignored
from fixaudit_codemods.attributes._known_signatures import (
    ANY,
    FIXTURES,
    METHODS,
    Known,
    known_method,
)
from fixaudit_codemods.attributes._signatures import (
    Function,
    annotated_parameter,
    has_type_comment,
    is_none,
    return_annotation,
    returns_of,
    unchecked_body,
)
from fixaudit_codemods.attributes.annotate_overrides._written_types import Writer

_SAFE_DECORATORS = frozenset(
    {"typing.override", "typing_extensions.override", "typing.final", "abc.abstractmethod"}
)
_NAMES = METHODS | FIXTURES.keys()
GIVES = "Return what the library expects, or annotate by hand what the method is meant to give."
BY_HAND = "Import the type under another name and annotate by hand."


class AnnotateOverrides(Codemod):
    name = "annotate-overrides"
    code = "FA612"
    triggers = tuple(sorted(name.encode() for name in _NAMES))
    visits = (ast.FunctionDef, ast.AsyncFunctionDef)
    default = False  # a style: the code runs the same
    may_enable_others = False
    tags = frozenset({"types"})
    equivalent_codes = ("ANN001", "ANN002", "ANN003", "ANN201")
    report_match = ReportMatch(
        rules=("ANN001", "no-untyped-def"),
        keywords=(
            ("overrid*|overriding|hook", "annotation*|annotate*|type hint*|untyped|unannotated"),
            (
                "dialect|process_bind_param|process_result_value|load_dialect_impl|typedecorator",
                "type*|annotation*|annotate*|untyped",
            ),
            ("missing|without|lack*", "type annotation*|type hint*|parameter types"),
            ("fixture*", "annotation*|annotate*|type hint*|untyped"),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "tests are not what type checkers are asked about",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Function, source: Source) -> Iterator[Finding]:
        parent = source.parent(node)
        if isinstance(parent, ast.ClassDef):
            known = known_method(source, parent, node.name)
            if known is not None:
                yield from self._method(source, node, *known)
        elif _takes_fixtures(source, node):
            yield from self._fixtures(source, node)

    def _method(self, source: Source, node: Function, base: str, known: Known) -> Iterator[Finding]:
        typed = None if known.is_async != _is_async(node) else _typed(node, known)
        missing = [entry for entry in typed or () if entry[0].annotation is None]
        if typed is not None and node.returns is not None and not missing:
            return
        kept = self._kept(source, node)
        if kept is None and typed is None:
            kept = f"it takes other parameters than `{base}.{node.name}`"
        if kept is not None:
            yield self.leave(source, node, kept)
        elif node.returns is None and (wrong := _wrong_result(node, known)) is not None:
            reason = f"`{base}.{node.name}` gives `{_last(known.result)}`, and {wrong}"
            yield self.review(source, node, reason, GIVES)
        else:
            reason = f"its types are those of `{base}.{node.name}`"
            result = "None" if _gives_nothing(node, known) else known.result
            yield self._written(source, node, missing, result, reason)

    def _kept(self, source: Source, node: Function) -> Why | None:
        if (reason := self.out_of_scope(source)) is not None:
            return reason
        if has_type_comment(source, node):
            return "a type comment says what it takes"
        for decorator in node.decorator_list:
            if source.qualified_name(decorator) not in _SAFE_DECORATORS:
                return f"`@{ast.unparse(decorator)}` may change what it takes"
        return rule_switched_off(source, "ANN001")

    def _fixtures(self, source: Source, node: Function) -> Iterator[Finding]:
        named = [entry for entry in _named(node) if entry.arg in FIXTURES]
        missing = [(entry, FIXTURES[entry.arg]) for entry in named if entry.annotation is None]
        if not missing:
            return
        kept = self.out_of_scope(source) or _own_fixture(source, missing)
        if kept is not None:
            yield self.leave(source, node, kept)
            return
        names = ", ".join(f"`{entry.arg}`" for entry, _ in missing)
        reason = f"{names}: a fixture of pytest's own"
        yield self._written(source, node, missing, None, reason)

    def _written(
        self,
        source: Source,
        node: Function,
        missing: list[tuple[ast.arg, str]],
        result: str | None,
        reason: str,
    ) -> Finding:
        writer = Writer(source, node)
        edits: list[Edit] = []
        for argument, wanted in missing:
            text = writer.text(wanted)
            if text is None:
                return self.review(source, node, f"{reason}; {writer.hindrance}", BY_HAND)
            edits.append(annotated_parameter(source, node, argument, text))
        if result is not None and node.returns is None:
            text = writer.text(result)
            edit = None if text is None else return_annotation(source, node, text)
            if edit is None:
                hindrance = writer.hindrance or "the end of its signature was not found"
                return self.review(source, node, f"{reason}; {hindrance}", BY_HAND)
            edits.append(edit)
        needed = tuple(writer.needed)
        risk = unchecked_body(source, node) or _narrowed(node, missing, result)
        doubts: tuple[Evidence, ...] = ()
        if result is not None or node.returns is not None:
            comments, doubts = ignored(source, node, {entry.arg for entry, _ in missing})
            edits += comments
        if risk is None:
            found = self.fix(source, node, reason, edits, needed)
        else:
            found = self.unsafe(source, node, f"{reason}; {risk}", edits, needed)
        return self.doubt(source, node, found, doubts, Verdict.UNSAFE)


# ------------------------------------------------------------------------------ what is known


def _named(node: Function) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def _is_async(node: Function) -> bool:
    return isinstance(node, ast.AsyncFunctionDef)


def _typed(node: Function, known: Known) -> list[tuple[ast.arg, str]] | None:
    """The parameters behind the receiver with their types; None where the library has others."""
    arguments = node.args
    named = _named(node)[1:]
    if len(named) != len(known.parameters) or arguments.kwonlyargs:
        return None
    extra = [entry for entry in (arguments.vararg, arguments.kwarg) if entry is not None]
    if bool(extra) != (known.rest is not None):
        return None
    typed = list(zip(named, known.parameters, strict=True))
    return typed + [(entry, known.rest or ANY) for entry in extra]


def _wrong_result(node: Function, known: Known) -> str | None:
    """What the body does instead of giving what the library expects."""
    values = [value for value in returns_of(node) if not is_none(value)]
    if known.result == "None" and values:
        return f"line {values[0].lineno if values[0] else node.lineno} returns a value"
    optional = known.result in (ANY, "None") or "None" in known.result
    if not optional and not values and not isinstance(node.body[-1], ast.Raise):
        return "no way through it returns a value"
    return None


def _gives_nothing(node: Function, known: Known) -> bool:
    """True where the library takes a value or None, and no way through the body returns a value."""
    return known.result.endswith("| None") and all(is_none(value) for value in returns_of(node))


def _takes_fixtures(source: Source, node: Function) -> bool:
    """True for a test function, and for a fixture of the project."""
    if not any(entry.arg in FIXTURES for entry in _named(node)):
        return False
    if node.name.startswith("test_"):
        return True
    called = (item.func if isinstance(item, ast.Call) else item for item in node.decorator_list)
    return any(source.qualified_name(item) == "pytest.fixture" for item in called)


def _own_fixture(source: Source, missing: list[tuple[ast.arg, str]]) -> str | None:
    """A fixture of the project that may stand in the place of pytest's own."""
    for argument, _ in missing:
        headers = source.project.headers(argument.arg)
        here = source.scopes.module.bindings.get(argument.arg, ())
        if headers.found or any(binding.kind == "function" for binding in here):
            return f"the project has a function `{argument.arg}`, which may be the fixture"
    return None


def _narrowed(node: Function, missing: list[tuple[ast.arg, str]], result: str | None) -> str | None:
    """What of a body that is checked today gets a narrower type than it has."""
    typed = {argument.arg: wanted for argument, wanted in missing if wanted != ANY}
    for inner in own_nodes(node):
        if isinstance(inner, ast.Name) and inner.id in typed:
            wanted = _last(typed[inner.id])
            return f"`{inner.id}`, which line {inner.lineno} uses, is `{wanted}` to a checker now"
    if node.returns is None and result not in (None, "None", ANY):
        return f"what it returns has to be `{_last(result)}` to a checker now"
    return None


def _last(name: str) -> str:
    """The type as a reader writes it, without modules."""
    return re.sub(r"\b[a-z_]\w*\.(?=\w)", "", name)
