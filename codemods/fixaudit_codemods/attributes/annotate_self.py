"""`self` and `cls` without an annotation need none: the rule that asks for one, ANN101 and ANN102, is retired.

Type checkers know what the first parameter of a method is, subclasses included; PEP 484 leaves it out on
purpose. Ruff deprecated both rules in 0.2 and removed them in 0.8: where the settings select one, Ruff
stops with "Rule `ANN101` was removed and cannot be selected" and checks nothing; ignoring one has no
effect but a warning, and a `# noqa` for it is an unused one (RUF100). flake8-annotations still reports
them (3.3, by default), so with flake8 they are switched off in its settings. An annotation can do
harm: `self: Any` takes every attribute of the method's body from the type checker, and `self: "Report"` gives
a subclass the methods of the base only.

Shown is the first such method of a class, with how many there are, the lines of settings that name the
rules and what to do with each. Nothing is written: there is nothing to change in the code.

It leaves alone: `self: Self` and type variables, which say more than is inferred, static methods, functions
in a class's methods, tests, generated and vendored code. Off by default: a class without such
annotations is as it should be, and this is for a report that says otherwise.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source, memoized
from fixaudit.authoring import Mention

_RULES = re.compile(r"ANN10[12]")
_KEY = re.compile(r"[\s\[{,]*\"?([\w.\-*/]+)\"?\s*[=:]")
_SETTINGS = ("toml", "cfg", "ini", ".flake8")
_SHOWN = 4
NOTHING = (
    "It needs nothing: annotate the other parameters and what is returned (ANN001, ANN201), and let type "
    "checkers infer this one. `Self` of typing is for what a method returns."
)
SELECTED = "Take the code out of {places}: Ruff 0.8 and later stops there and checks nothing."
IGNORED = "Take the code out of {places}: it has no effect on Ruff 0.8 and later but a warning; flake8 with flake8-annotations needs it."
FLAKE8 = "Where flake8-annotations reports it: `extend-ignore = ANN101,ANN102` in flake8's settings, or `ANN` checked by Ruff in its place."
COMMENT = "Remove the comment; only flake8-annotations still heeds it."
LOOSE = "Remove the annotation: the class is inferred. What it costs: type checkers may find errors in the body."


class AnnotateSelf(Codemod):
    name = "annotate-self"
    code = "FA624"
    triggers = (b"self", b"cls", b"ANN10")
    trigger_pattern = re.compile(rb"\(\s*(?:self|cls)\b|\b(?:self|cls)\s*:|ANN10")
    visits = (ast.ClassDef,)
    default = False  # a class without such annotations is as it should be
    may_enable_others = False
    tags = frozenset({"types"})
    report_match = ReportMatch(
        rules=("ANN101", "ANN102"),
        keywords=(
            ("`self`|self|`cls`|cls", "annotation|annotations|annotate*|type hint*|typ-annotation*", "missing|without|lack*"),
            ("ann101|ann102",),
            ("missing type annotation for self|missing-type-self|missing-type-cls",),
        ),
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test class is not what type checkers are asked about",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef, source: Source) -> Iterator[Finding]:
        bare: list[ast.arg] = []
        for method in node.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                first = _first(method)
                if first is None or not _is_bound(source, method):
                    continue
                if first.annotation is None:
                    bare.append(first)
                else:
                    yield self._annotated(source, first, first.annotation)
                if (comment := _comment(source, method)) is not None:
                    reason = f"`{comment}` is for a rule that Ruff 0.8 removed"
                    yield self.review(source, method, reason, COMMENT)
        if bare:
            yield self._bare(source, node, bare)

    def _bare(self, source: Source, node: ast.ClassDef, bare: list[ast.arg]) -> Finding:
        names = " and ".join(
            f"`{name}`" for name in sorted({each.arg for each in bare}, reverse=True)
        )
        one = len(bare) == 1
        count, verbs = ("1 method", "has no annotation, and needs none") if one else (f"{len(bare)} methods", "have no annotation, and need none")  # fmt: skip
        reason = f"{names} of {count} of `{node.name}` {verbs}: type checkers infer it, and Ruff 0.8 removed ANN101 and ANN102"
        said = _settings(source)
        if said:
            reason += f"; {_places(source, said)} still name{'s' if len(said) == 1 else ''} them"
        return self.review(source, bare[0], reason, _advice(source, said))

    def _annotated(self, source: Source, first: ast.arg, annotation: ast.expr) -> Finding:
        name = source.qualified_name(annotation) or ""
        if name in ("typing.Any", "typing_extensions.Any"):
            reason = f"`{first.arg}: Any` takes all that the body does with `{first.arg}` from the type checker"
            return self.review(source, first, reason, LOOSE)
        return self.leave(source, first, "its annotation says more than is inferred, or as much")


def _first(method: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.arg | None:
    """The first positional parameter."""
    return next(iter((*method.args.posonlyargs, *method.args.args)), None)


def _is_bound(source: Source, method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = {source.qualified_name(each) for each in method.decorator_list}
    return "builtins.staticmethod" not in names


def _comment(source: Source, method: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """A `noqa` for one of the rules in the method's header."""
    if b"noqa" not in source.body:
        return None
    for line in range(method.lineno, method.body[0].lineno + 1):
        text = source.comments_by_line.get(line, "")
        if "noqa" in text and _RULES.search(text):
            return text.strip()
    return None


# ------------------------------------------------------------------ settings


@memoized
def _settings(source: Source) -> tuple[tuple[Mention, str], ...]:
    """The lines of settings above the file that name one of the rules, each with its key."""
    found = (*source.project.mentions_beside(b"ANN101"), *source.project.mentions_beside(b"ANN102"))
    own = source.project.facts_of_source(source).path
    above = [each for each in found if each.path.parent in own.parents]
    lines = {(each.path, each.line): each for each in above if each.path.name.endswith(_SETTINGS)}
    known = sorted(lines.items(), key=lambda entry: (str(entry[0][0]), entry[0][1]))
    code = ((each, _key(source, each)) for _, each in known if not each.text.startswith("#"))
    return tuple((each, key) for each, key in code if key)


def _key(source: Source, mention: Mention) -> str:
    """The key whose value a line belongs to: `select`, `ignore`, a glob of `per-file-ignores`, …"""
    content = source.project.read(mention.path) or b""
    lines = content.decode("utf-8", "replace").splitlines()
    for text in reversed(lines[: mention.line]):
        before = text.split("#", 1)[0]
        found = _KEY.match(before)
        if found is not None and "ANN" not in found[1]:
            return found[1]
    return ""


def _places(source: Source, said: tuple[tuple[Mention, str], ...]) -> str:
    shown = [f"{source.shown(each.path)}:{each.line}" for each, _ in said]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


def _advice(source: Source, said: tuple[tuple[Mention, str], ...]) -> str:
    selected = tuple(entry for entry in said if "select" in entry[1] or "enable" in entry[1])
    ignored = tuple(entry for entry in said if entry not in selected)
    advice = [NOTHING]
    if selected:
        advice.append(SELECTED.format(places=_places(source, selected)))
    if ignored:
        advice.append(IGNORED.format(places=_places(source, ignored)))
    if not said:
        advice.append(FLAKE8)
    return " ".join(advice)
