"""A settings class gets the field that the options name, in the style of its neighbours.

A value that is to be configurable needs a place: a field of the settings, with a type and the default
that the code has today. Where that is only the project can say, so without options a settings class that
a report names is shown with the lines of configuration; with them the field is written below the last one:

    [tool.fixaudit.codemods.setting-add-field]
    fields = ["Settings.llm_timeout_seconds: int = 30"]

It is `unsafe`: an environment variable of that name is read from then on. A class whose fields are
written as `Field(default=…)` gets one so. It leaves alone a class that has the field already, and says
where its default is another one than the report's. For a human are class names that several classes
have, and dataclasses that others derive from.

Off by default: what it adds is always the project's own choice.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source, rewriting
from fixaudit.authoring import ClassKind
from fixaudit_codemods.settings._settings_classes import (
    Named,
    default_of_field,
    fields_of,
    holds_settings,
    is_field_call,
    named,
    reads_environment,
)

_LINES = '`[tool.fixaudit.codemods.setting-add-field]` `fields = ["{owner}.new_name: {kind} = {value}"]`'  # fmt: skip
ONE_CLASS = 'Write the class in the options, with its module where two have the name: `fields = ["package.module.Class.name: type = value"]`.'


# As a report writes a field: with a text, a name or a number, and without the full stop behind it.
_SAID = (
    r"(?<![\w.])([a-z_]\w*: ?(?:int|float|str|bool) = ?" r"(?:\"[^\"]*\"|'[^']*'|-?\w+(?:\.\w+)*))"
)


@dataclass(frozen=True)
class Options:
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for text in self.fields:
            if not named("fields", text).annotation:
                raise ValueError(
                    f'"fields" must say the type: `Class.name: type = value`, not "{text}"'
                )


class SettingAddField(Codemod):
    name = "setting-add-field"
    code = "FA623"
    triggers = (b"Settings", b"Config", b"Options")
    visits = (ast.ClassDef,)
    default = False  # which field is the project's choice
    tags = frozenset({"settings"})
    right_already = ("^it has the field already",)
    report_match = ReportMatch(
        keywords=(
            ("add*|new|introduc*|missing", "setting|settings|config option|configuration option|config field"),
            ("configurable", "setting*|env*|environment variable|configuration"),
            ("pool_timeout|pool timeout", "add*|missing"),
        ),
        options={"fields": (_SAID,)},
    )  # fmt: skip
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "fields": "fields to add, such as `Settings.llm_timeout: int = 30`; the class may be left out "
        "where a file has one settings class",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test has settings of its own",
        Role.EXAMPLE: "an example shows its settings",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef, source: Source) -> Iterator[Finding]:
        if not holds_settings(source, node) or not fields_of(node):
            return
        if (reason := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, reason)
        elif not self.options.fields:
            yield self._shown(source, node)
        else:
            for text in self.options.fields:
                wanted = named("fields", text)
                if wanted.is_of(node, source):
                    yield self._wanted(source, node, wanted)

    def _shown(self, source: Source, node: ast.ClassDef) -> Finding:
        last = fields_of(node)[-1]
        value = default_of_field(source, last)
        shown = "…" if value is None else ast.unparse(value)
        lines = _LINES.format(owner=node.name, kind=source.segment(last.annotation), value=shown)
        reason = f"`{node.name}` has {len(fields_of(node))} settings: a field more is added as configured"
        found = self.review(source, node, reason, f"Say which, with its type and default: {lines}.")
        reason = "neither a report nor the options ask for a field more"
        return self.left_unless_cited(source, node, found, reason)

    def _wanted(self, source: Source, node: ast.ClassDef, wanted: Named) -> Finding:
        for field in fields_of(node):
            if (
                isinstance(field.target, ast.Name)
                and field.target.id.lower() == wanted.name.lower()
            ):
                default = default_of_field(source, field)
                text = "no default" if default is None else f"the default {ast.unparse(default)}"
                same = text == f"the default {wanted.default}"
                reason = f"it has the field already, with {text}"
                return self.leave(
                    source, field, reason if same else f"{reason}, not {wanted.default}"
                )
        if not wanted.module and (other := _other_class(source, node, wanted)) is not None:
            reason = f"which class is meant is not certain: {other} holds another `{wanted.owner}`"
            if not wanted.owner:
                reason = f"which class is meant is not certain: {other} holds settings too"
            return self.review(source, node, reason, ONE_CLASS)
        return self._added(source, node, wanted)

    def _added(self, source: Source, node: ast.ClassDef, wanted: Named) -> Finding:
        fields = fields_of(node)
        if _has_dataclasses_below(source, node):
            reason = f"dataclasses derive from `{node.name}`: a default in front of their fields may be an error"  # fmt: skip
            return self.review(
                source, node, reason, "Add the field by hand, and look at the subclasses."
            )
        calls = [field for field in fields if is_field_call(source, field)]
        value = wanted.written(source)
        if len(calls) * 2 > len(fields):
            call = calls[-1].value
            assert isinstance(call, ast.Call)
            by_keyword = any(item.arg == "default" for item in call.keywords)
            value = f"{source.segment(call.func)}({'default=' if by_keyword else ''}{value})"
        edit = rewriting.insert_after(source, fields[-1], f"{wanted.name}: {wanted.annotation} = {value}")  # fmt: skip
        if edit is None:
            reason = "the last field shares its line with other code"
            return self.review(source, node, reason, "Write one field a line.")
        who = "the environment" if reads_environment(source, node) else "who makes one"
        reason = f"`{node.name}` gets `{wanted.name}`, {wanted.default} by default: {who} may set it from then on"  # fmt: skip
        return self.unsafe(source, node, reason, [edit])


def _other_class(source: Source, node: ast.ClassDef, wanted: Named) -> str | None:
    """The place of another class that the option may mean; None for none."""
    classes = [item for item in source.nodes(ast.ClassDef) if isinstance(item, ast.ClassDef)]
    others = [item for item in classes if item is not node and holds_settings(source, item)]
    if not wanted.owner and others:
        return f"line {others[0].lineno}"
    headers = [each for each in source.project.headers(node.name).found if each.bases is not None]
    if len(headers) < 2:
        return None
    written = re.compile(rf"class {node.name}\b")
    mentions = source.project.mentions(f"class {node.name}".encode())
    places = (
        f"{source.shown(each.path)}:{each.line}" for each in mentions if written.match(each.text)
    )
    here = f"{source.path}:{node.lineno}"
    return next((place for place in places if place != here), "another file")


def _has_dataclasses_below(source: Source, node: ast.ClassDef) -> bool:
    cls = source.project.class_of(node, source.project.facts_of_source(source))
    if cls.kind is not ClassKind.DATACLASS:
        return False
    here = any(
        isinstance(base, ast.Name) and base.id == node.name
        for item in source.nodes(ast.ClassDef)
        for base in getattr(item, "bases", ())
    )
    return here or bool(source.project.naming_as_base(node.name))
