"""The default of one settings field becomes the one that the options name: `Field(default=5)` -> `Field(default=10)`.

Which value is right only the project (or who measured it) can say. Without options nothing is said of
a number; where a report names the field, the lines of configuration are shown, and a report that says
the values has them filled in:

    [tool.fixaudit.codemods.set-field-default]
    fields = ["Settings.db_pool_size = 10"]

With them the default is changed, as `unsafe`: whoever sets nothing gets the new value. A comment on the
line that repeats the old number goes, because it would be wrong. Nothing is changed where the name fits
more than one field, where the field has no default, a factory or one that is worked out, and where a
bound of the field (`le`, `lt`, `ge`, `gt`) does not allow the value: those are for a human.

It leaves alone fields that have the value, tests, examples and generated code. Off by default: which
value is the project's choice.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from fixaudit import Codemod, Edit, Finding, ReportMatch, Role, Source
from fixaudit.authoring import VariableFacts, definition_of
from fixaudit_codemods.settings._old_values import comment_of_old_value
from fixaudit_codemods.settings._settings_classes import (
    Named,
    default_of_field,
    fields_of,
    holds_settings,
    named,
)

_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {"ge": operator.ge, "gt": operator.gt, "le": operator.le, "lt": operator.lt}  # fmt: skip
_LINES = '`[tool.fixaudit.codemods.set-field-default]` `fields = ["{owner}.{name} = {value}"]`'
SAY_WHICH = (
    'Write the class in front of the name in the options: `fields = ["Class.name = value"]`.'
)
AT_THE_CONSTANT = (
    "Change the constant, where everything that uses it is to change with it (`set-literal` does it: "
    '`values = ["{1} = {0}"]`); or write {0} in its place in the field.'
)
BY_HAND = "Change it by hand, where the value is put together."


@dataclass(frozen=True)
class Options:
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for text in self.fields:
            named("fields", text)


class SetFieldDefault(Codemod):
    name = "set-field-default"
    code = "FA622"
    triggers = (b"Settings", b"Config", b"Options")
    visits = (ast.ClassDef,)
    default = False  # which value is the project's choice
    may_enable_others = False
    tags = frozenset({"settings"})
    right_already = ("^it has the value already",)
    report_match = ReportMatch(
        keywords=(
            ("pool", "starvation|exhaust*|too small|increase*|erschöpf*"),
            (
                "pool_size|pool size|max_overflow|max overflow",
                "increase*|raise*|default*|low|small",
            ),
            ("default*", "setting*|config*", "increase*|raise*|change*|lower*|too low|too high"),
        ),
        options={
            "fields": (
                r"(?<![\w.])([a-z_]\w*(?:: ?[a-z]+)? ?= ?-?\d+(?:\.\d+)?)\b(?! ?[,)])",
                r"(?<!\w)set `?([a-z_]\w*=-?\d+)",
            )
        },
        elsewhere=False,
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "fields": "new defaults, such as `Settings.db_pool_size = 10`; the class may be left out where one "
        "settings class of the project has the field",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test has settings of its own",
        Role.EXAMPLE: "an example shows its settings",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef, source: Source) -> Iterator[Finding]:
        if not holds_settings(source, node):
            return
        reason = self.out_of_scope(source)
        chosen = {text: named("fields", text) for text in self.options.fields}
        for field in fields_of(node):
            assert isinstance(field.target, ast.Name)
            name = field.target.id
            meant = [
                entry
                for entry in chosen.values()
                if entry.is_of(node, source) and entry.name.lower() == name.lower()
            ]
            if reason is not None and (meant or not chosen):
                yield self.leave(source, field, reason)
            elif meant:
                yield self._changed(source, node, field, meant[-1])
            elif not chosen and _number_of(source, field) is not None:
                yield self._shown(source, node, field, name)

    def _shown(
        self, source: Source, node: ast.ClassDef, field: ast.AnnAssign, name: str
    ) -> Finding:
        value = _number_of(source, field)
        lines = _LINES.format(owner=node.name, name=name, value="…")
        reason = f"`{name}` is {value} by default: another one is written as configured"
        found = self.review(
            source, field, reason, f"Say the new default in place of {value}: {lines}."
        )
        reason = f"neither a report nor the options ask for another default than {value}"
        return self.left_unless_cited(source, field, found, reason)

    def _changed(
        self, source: Source, node: ast.ClassDef, field: ast.AnnAssign, wanted: Named
    ) -> Finding:
        value, name = default_of_field(source, field), ast.unparse(field.target)
        if value is not None and (there := _constant_of(source, value)) is not None:
            reason = f"`{name}` has the constant {there} as its default, and the options give {wanted.default}"
            return self.review(
                source, field, reason, AT_THE_CONSTANT.format(wanted.default, ast.unparse(value))
            )
        if value is None or not _is_plain(value):
            what = "no default" if value is None else "a default that is worked out"
            reason = f"`{name}` has {what}, and the options give {wanted.default}"
            return self.review(source, field, reason, BY_HAND)
        old = ast.unparse(value)
        if old == wanted.default:
            return self.leave(source, field, f"it has the value already: {old}")
        if not wanted.owner and _is_elsewhere(source, node, field):
            reason = f"another class has a field `{name}` too: which one is meant is not certain"
            return self.review(source, field, reason, SAY_WHICH)
        bound = _forbidden(field, wanted)
        if bound is not None:
            reason = f"the field's own bound `{bound}` does not allow {wanted.default}"
            return self.review(
                source, field, reason, "Change the bound too, or choose another value."
            )
        edits: list[Edit] = [source.replace(value, wanted.written(source, value))]
        edits += comment_of_old_value(source, field, value)
        reason = f"`{node.name}.{name}` is {wanted.default} by default in place of {old}, for all who set nothing"  # fmt: skip
        return self.unsafe(source, field, reason, edits)


def _constant_of(source: Source, value: ast.expr | None) -> str | None:
    """The constant that a default names, with its value and its place; None for anything else."""
    if not isinstance(value, (ast.Name, ast.Attribute)):
        return None
    text = ast.unparse(value)
    own = source.lookup(text, value)
    if len(own) == 1 and own[0].value is not None:
        made, place = own[0].value, f"line {own[0].value.lineno}"
    else:
        found = definition_of(source, value)
        if not isinstance(found, VariableFacts) or found.value is None:
            return None
        made, place = found.value, f"{source.shown(found.path)}:{found.line}"
    return f"`{text}` ({ast.unparse(made)}, {place})" if _is_plain(made) else None


def _is_plain(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


def _number_of(source: Source, field: ast.AnnAssign) -> str | None:
    """The default as written, where it is a number."""
    value = default_of_field(source, field)
    if isinstance(value, ast.Constant) and type(value.value) in (int, float):
        return ast.unparse(value)
    return None


def _is_elsewhere(source: Source, node: ast.ClassDef, field: ast.AnnAssign) -> bool:
    """True where another settings class of this file, or a line of another file, has such a field."""
    assert isinstance(field.target, ast.Name)
    name = field.target.id
    for other in source.nodes(ast.ClassDef):
        assert isinstance(other, ast.ClassDef)
        if other is not node and any(
            isinstance(item.target, ast.Name) and item.target.id == name
            for item in fields_of(other)
        ):
            return True
    mentions = source.project.mentions(f"{name}: ".encode())
    return any(
        source.shown(each.path) != source.path and not each.is_test and "=" in each.text
        for each in mentions
        if each.text.startswith(f"{name}: ")
    )


def _forbidden(field: ast.AnnAssign, wanted: Named) -> str | None:
    """The bound in the call of `Field` that the new value breaks."""
    if not isinstance(field.value, ast.Call):
        return None
    for keyword in field.value.keywords:
        allows = _BOUNDS.get(keyword.arg or "")
        if allows is not None and _is_plain(keyword.value):
            try:
                fits = allows(ast.literal_eval(wanted.default), ast.literal_eval(keyword.value))
            except (TypeError, ValueError):
                continue
            if not fits:
                return f"{keyword.arg}={ast.unparse(keyword.value)}"
    return None
