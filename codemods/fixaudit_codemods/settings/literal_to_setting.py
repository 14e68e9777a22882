"""A number in a call becomes a setting of the project: `timeout=10` becomes `timeout=self.config.api_timeout`.

A value that is written into each call is changed in all of them or in none, and nobody who runs the
program can change it. Which setting it is only the project can say, so without options such a number is
reported where settings are in reach that sound like it, and otherwise only where a report names it; with
the option `setting` it is written, as `unsafe`, because the setting may have another value. The reason
says where it has.

    [tool.fixaudit.codemods.literal-to-setting]
    setting = "self.config.api_timeout"
    value = "10"

It leaves alone: other values than the one configured, functions in which the expression means nothing,
defaults of parameters, tests, scripts and generated code. Where the settings class has no such field,
`setting-add-field` or a hand has to add it first: nothing is written. Calls without any timeout are
those of `request-timeout`.

Off by default: a number in the code is no defect by itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source, memoized
from fixaudit.authoring import (
    ClassFacts,
    Inference,
    VariableFacts,
    check_expression,
    configured_expression,
    static_type,
)

# How projects call what holds their settings.
_OWNERS = frozenset({"config", "settings", "cfg", "conf", "_config", "_settings", "options"})
_LINES = '`[tool.fixaudit.codemods.literal-to-setting]` `setting = "{setting}"` `value = "{value}"`'
SAY_WHICH = "Say which setting it is, and in `setting-import` what it is imported by"
NOTHING_NEAR = "no settings in reach sound like it, and neither a report nor the options name one"


@dataclass(frozen=True)
class Options:
    setting: str = ""
    setting_import: str = ""
    arguments: tuple[str, ...] = ("timeout",)
    value: str = ""

    def __post_init__(self) -> None:
        check_expression("setting", self.setting)
        check_expression("value", self.value)


class LiteralToSetting(Codemod):
    name = "literal-to-setting"
    code = "FA609"
    triggers = (b"=",)
    visits = (ast.Call,)
    default = False  # a number in a call is no defect; which setting it is a project must say
    may_enable_others = False
    tags = frozenset({"settings"})
    right_already = ("^it is a setting already",)
    report_match = ReportMatch(
        keywords=(
            ("timeout", "hardcoded|hard-coded|hardcode*|configurable|fest verdrahtet|codé en dur"),
            ("timeout", "config|setting*", "use|move|read|consistent*"),
        ),
        options={
            "setting": (r"\buse `?((?:self\.)?(?:config|settings|cfg)\.\w+)`?",),
            "value": (r"\btimeout ?= ?(\d+(?:\.\d+)?)\b",),
        },
        quoted=("value",),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "setting": "the expression that gives the value, such as `self.config.api_timeout`",
        "setting_import": "what that expression begins with, as a dotted name to import it by",
        "arguments": "the keyword arguments that are looked at",
        "value": "only this number; any by default",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test says its numbers where it uses them",
        Role.SCRIPT: "a script is changed where it is run",
        Role.EXAMPLE: "an example shows its numbers",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        for given in node.keywords:
            if given.arg in self.options.arguments:
                found = self._argument(source, given)
                if found is not None:
                    yield found

    def _argument(self, source: Source, given: ast.keyword) -> Finding | None:
        if _number(given.value) is None:
            return None
        if (kept := self.out_of_scope(source)) is not None:
            return self.leave(source, given, kept)
        wanted = self.options.value
        if wanted and ast.literal_eval(wanted) != _number(given.value):
            reason = f"it is {_number(given.value)}, and the options are about {wanted}"
            return self.leave(source, given, reason)
        if self.options.setting:
            return self._written(source, given, self.options.setting)
        reason = f"`{given.arg}={_number(given.value)}` is written into the call"
        assert given.arg is not None
        written = ast.unparse(given.value)
        advice = _proposal(source, source.class_of(given), given.arg, written)
        if advice is not None:
            return self.review(source, given, reason, advice)
        lines = _LINES.format(setting=f"settings.api_{given.arg}", value=written)
        found = self.review(source, given, reason, f"{SAY_WHICH}: {lines}.")
        return self.left_unless_cited(source, given, found, NOTHING_NEAR)

    def _written(self, source: Source, given: ast.keyword, setting: str) -> Finding:
        reached = configured_expression(source, given, setting, self.options.setting_import)
        if isinstance(reached, str):
            return self.leave(source, given, f"the setting is not in reach: {reached}")
        number, owner = _number(given.value), setting.rpartition(".")[0]
        field = setting.rpartition(".")[2]
        cls = _class_of(source, source.class_of(given), owner)
        cls = cls or _class_imported(source, self.options.setting_import, owner)
        reason = f"`{setting}` takes the place of {number}"
        if cls is not None:
            if cls.declares(field) is None:
                reason = f"`{cls.name}` has no field `{field}`"
                guidance = f"Add `{field}` to `{cls.name}` with the default {number} first, as `setting-add-field` does."  # fmt: skip
                return self.review(source, given, reason, guidance)
            default = _default(cls, field)
            if default is not None and default != number:
                reason = (
                    f"{reason}, and has the default {default} in `{cls.name}`: the value changes"
                )
            elif default is not None:
                reason = f"{reason}: the default of `{cls.name}` is the same"
        else:
            reason = f"{reason}; what value that has is not known here"
        edit = source.replace(given.value, reached.text)
        return self.unsafe(source, given, reason, [edit], reached.needed_names)


def _number(value: ast.expr) -> int | float | None:
    if isinstance(value, ast.Constant) and type(value.value) in (int, float):
        return value.value if isinstance(value.value, int | float) else None
    return None


# ------------------------------------------------------------------------------ settings in reach


@memoized
def _class_of(source: Source, around: ast.ClassDef | None, owner: str) -> ClassFacts | None:
    """The settings class that an expression certainly is, by a place of the file that reads it."""
    for use in _reads(source, owner.rpartition(".")[2]):
        if ast.unparse(use) == owner:
            if not owner.startswith("self.") or source.class_of(use) is around:
                facts = static_type(source, use)
                if facts is not None and len(facts.members) == 1:
                    return facts.members[0]
    return None


def _class_imported(source: Source, imported: str, owner: str) -> ClassFacts | None:
    """The settings class of `settings`, where `setting-import` says what is imported by that name."""
    if not imported or owner != imported.rpartition(".")[2]:
        return None
    project = source.project
    found = project.definition(imported, project.facts_of_source(source).path)
    if not isinstance(found, VariableFacts):
        return None
    shape = Inference(project, found.module).variable(found)
    return shape.classes[0] if shape is not None and len(shape.classes) == 1 else None


def _reads(source: Source, *names: str) -> Iterator[ast.expr]:
    """The names and attributes that are read under one of some last names."""
    for use in (*source.nodes(ast.Attribute), *source.nodes(ast.Name)):
        assert isinstance(use, ast.Attribute | ast.Name)
        last = use.attr if isinstance(use, ast.Attribute) else use.id
        if last in names and isinstance(use.ctx, ast.Load):
            yield use


def _default(cls: ClassFacts, field: str) -> int | float | None:
    """The number that a field has by default: written alone, or in `Field(…)`."""
    for each in cls.mro().own:
        for declared in each.attributes.get(field, ()):
            value = declared.value
            if isinstance(value, ast.Call):
                named = [item.value for item in value.keywords if item.arg == "default"]
                value = next(iter([*named, *value.args]), None)
            return None if value is None else _number(value)
    return None


@memoized
def _proposal(
    source: Source, around: ast.ClassDef | None, argument: str, written: str
) -> str | None:
    """The lines of configuration, with the settings in reach that sound like the argument, if any do."""
    number = ast.literal_eval(written)
    for use in _reads(source, *_OWNERS):
        if source.class_of(use) is not around:
            continue
        owner = ast.unparse(use)
        cls = _class_of(source, around, owner)
        fields = {} if cls is None else _fields_like(cls, argument)
        if cls is None or not fields:
            continue
        equal = (field for field, default in fields.items() if default == number)
        best = next(equal, next(iter(fields)))
        listed = ", ".join(f"`{field}` (default {value})" for field, value in fields.items())
        lines = _LINES.format(setting=f"{owner}.{best}", value=written)
        return (
            f"`{owner}` is a `{cls.name}` with {listed}. If it is one of them, configure {lines}."
        )
    return None


def _fields_like(cls: ClassFacts, word: str) -> dict[str, int | float | None]:
    names = sorted({name for each in cls.mro().own for name in each.attributes if word in name})
    return {name: _default(cls, name) for name in names[:5]}
