"""One literal in the code becomes the one that the options name: `max_retries = 3` -> `max_retries = 5`.

Which value is right only the project can say. Without options nothing is wrong with a number, and
nothing is said of it; where a report names one whose name speaks of limits, waiting or tries, the lines
of configuration are shown, and a report that says both values has them filled in:

    [tool.fixaudit.codemods.set-literal]
    values = ["max_retries = 5", "confirm_upload.retry_delays = [1.0, 2.0, 4.0]"]

A name may stand behind the function or class that holds it. With the options the value is changed, as
`unsafe`: that is what it is for. A comment behind it that repeats the old number, or the sum of a list
of them, goes. Nothing is changed where the name is given a value in more than one place or one that is
worked out: that is for a human. Fields of settings are those of `set-field-default`.

It leaves alone what has the value already, tests, examples and generated code. Off by default.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, ReportMatch, Role, Source, memoized
from fixaudit_codemods.settings._old_values import comment_of_old_value
from fixaudit_codemods.settings._settings_classes import Named, holds_settings, named

_TUNING = re.compile(
    r"(?:^|_)(?:retr(?:y|ies)|delays?|timeouts?|limits?|max|min|interval|ttl|window|threshold|backoff|"
    r"attempts|batch|size|capacity|poll)(?:_|$)",
    re.I,
)
_LINES = '`[tool.fixaudit.codemods.set-literal]` `values = ["{name} = {value}"]`'
SAY_WHICH = 'Write the function or class in front of the name in the options: `values = ["function.name = value"]`.'
BY_HAND = "Change it by hand, where the value is worked out."
Assignment = ast.Assign | ast.AnnAssign


@dataclass(frozen=True)
class Options:
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for text in self.values:
            named("values", text)


class SetLiteral(Codemod):
    name = "set-literal"
    code = "FA608"
    triggers = (b"=",)
    visits = (ast.Assign, ast.AnnAssign)
    default = False  # which value is the project's choice
    may_enable_others = False
    tags = frozenset({"settings"})
    right_already = ("^it has the value already",)
    report_match = ReportMatch(
        keywords=(
            ("retry|retries|backoff|window", "too short|too low|too small|increase*|insufficient|raise*"),
            ("increase*|raise*|lower*|reduce*", "limit|timeout|delay*|retries|interval|threshold|batch size"),
        ),
        options={
            "values": (r"(?<![\w.])([a-z_]\w* ?= ?(?:\[[^\[\]=]*\]|-?\d+(?:\.\d+)?))(?![\w,)]|\.\w)",)
        },
        elsewhere=False,
    )  # fmt: skip
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "values": "new values, such as `max_retries = 5` or `function.max_retries = 5`"
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test says its numbers where it uses them",
        Role.EXAMPLE: "an example shows its numbers",
        Role.MIGRATION: "a migration has run with its numbers",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Assignment, source: Source) -> Iterator[Finding]:
        name = _name_of(node)
        if name is None or node.value is None:
            return
        chosen = [named("values", text) for text in self.options.values]
        meant = [item for item in chosen if _is_meant(source, node, name, item)]
        shown = not chosen and _TUNING.search(name) is not None and _is_number(node.value)
        if not meant and not shown:
            return
        owner = source.class_of(node)
        if (
            isinstance(source.parent(node), ast.ClassDef)
            and owner
            and holds_settings(source, owner)
        ):
            return
        if (reason := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, reason)
        elif meant:
            yield self._changed(source, node, name, meant[-1])
        else:
            value = ast.unparse(node.value)
            text = f"`{name}` is {value} in the code: another value is written as configured"
            lines = _LINES.format(name=name, value="…")
            found = self.review(
                source, node, text, f"Say the new value in place of {value}: {lines}."
            )
            without = f"neither a report nor the options ask for another value than {value}"
            yield self.left_unless_cited(source, node, found, without)

    def _changed(self, source: Source, node: Assignment, name: str, wanted: Named) -> Finding:
        value = node.value
        assert value is not None
        others = _others(source, node, wanted)
        if others:
            reason = f"`{name}` is given a value in {', '.join(others)} too: which one is meant is not certain"
            return self.review(source, node, reason, SAY_WHICH)
        if not _is_literal(value):
            reason = f"the value of `{name}` is worked out, and the options give {wanted.default}"
            return self.review(source, node, reason, BY_HAND)
        old = ast.unparse(value)
        if old == wanted.default:
            return self.leave(source, node, f"it has the value already: {old}")
        edits: list[Edit] = [source.replace(value, wanted.written(source, value))]
        edits += comment_of_old_value(source, node, value)
        return self.unsafe(source, node, f"`{name}` is {wanted.default} in place of {old}", edits)


def _name_of(node: Assignment) -> str | None:
    """The name or attribute of `self` that a plain assignment gives a value."""
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if isinstance(node, ast.Assign) and len(node.targets) != 1:
        return None
    match target:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(), attr=name):
            return name
    return None


def _is_meant(source: Source, node: Assignment, name: str, wanted: Named) -> bool:
    """Reports are read in small letters, so capitals do not count."""
    if name.lower() != wanted.name.lower():
        return False
    if not wanted.owner:
        return True
    holders = (above for above in source.ancestors(node) if hasattr(above, "name"))
    return any(str(getattr(above, "name", "")).lower() == wanted.owner.lower() for above in holders)


def _others(source: Source, node: Assignment, wanted: Named) -> list[str]:
    """The other places that give the name a value, as `path:line`; those of tests left out."""
    here = [f"line {line}" for line in _lines(source, wanted) if line != node.lineno]
    return [*here, *_elsewhere(source, wanted)][:3]


@memoized
def _lines(source: Source, wanted: Named) -> tuple[int, ...]:
    """The lines of this file that give the name a value."""
    found = []
    for kind in (ast.Assign, ast.AnnAssign):
        for node in source.nodes(kind):
            assert isinstance(node, ast.Assign | ast.AnnAssign)
            name = _name_of(node)
            if name and _is_meant(source, node, name, wanted):
                found.append(node.lineno)
    return tuple(sorted(found))


@memoized
def _elsewhere(source: Source, wanted: Named) -> tuple[str, ...]:
    """The lines of other files that do, where no function or class is named."""
    if wanted.owner:
        return ()
    written = re.compile(rf"(?:\w+\.)?{re.escape(wanted.name)}\s*(?::[^=]+)?=(?!=)", re.I)
    names = sorted({wanted.name, wanted.name.lower(), wanted.name.upper()})
    mentions = (hit for name in names for hit in source.project.mentions(name.encode()))
    return tuple(
        f"{source.shown(each.path)}:{each.line}"
        for each in mentions
        if not each.is_test and source.shown(each.path) != source.path
        if written.match(each.text)
    )


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


def _is_number(value: ast.expr) -> bool:
    """True for a number, and for a list or tuple of numbers."""
    if isinstance(value, ast.List | ast.Tuple):
        return bool(value.elts) and all(_is_number(item) for item in value.elts)
    return isinstance(value, ast.Constant) and type(value.value) in (int, float)
