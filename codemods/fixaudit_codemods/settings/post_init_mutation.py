"""Fields of a Pydantic model that `model_post_init` gives another value are shown, with the ways out.

What is assigned there is not validated, unless the model says `validate_assignment`; it counts more than
what the caller or the environment gave, and `model_fields_set` does not tell the two apart.

For a human is each `model_post_init` that assigns fields, itself or in methods of the class that it
calls; the finding names the lines. A `before` validator, which audits advise, is no equal: it gives
defaults only, so that a value that is given wins from then on, and it sees aliases and raw values.

It leaves alone: private attributes, which are made there as Pydantic has it, models that validate what
is assigned, tests and generated code. Off by default: the model works as it is written.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import ClassFacts, ClassKind, own_nodes

WAYS = (
    "A value that follows from other fields: `@computed_field` with `@property`, never stored, and nobody can "
    'give another one. A default that depends on other fields: `@model_validator(mode="before")` with '
    "`data.setdefault(...)`, which only defaults: a value that is given wins, where the assignment wins today, "
    'and the keys are aliases and raw values. A rule that must hold: `@model_validator(mode="after")` that '
    "raises, or `validate_assignment=True` in `model_config`, which validates each of these assignments and "
    "runs the after-validators again."
)
FROZEN = "Compute the value before the model is made, or in a `before` validator."


class PostInitMutation(Codemod):
    name = "post-init-mutation"
    code = "FA619"
    triggers = (b"model_post_init",)
    visits = (ast.FunctionDef,)
    default = False  # it works as it is written; an audit calls it a matter of design
    may_enable_others = False
    tags = frozenset({"settings"})
    right_already = ("^the model validates what is assigned",)
    report_match = ReportMatch(
        keywords=(
            ("model_post_init",),
            (
                "pydantic|settings",
                "mutat*",
                "after init*|post init*|post-init*|field*|validation|model*",
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test has models of its own",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.FunctionDef, source: Source) -> Iterator[Finding]:
        owner = source.parent(node)
        if node.name != "model_post_init" or not isinstance(owner, ast.ClassDef):
            return
        cls = source.project.class_of(owner, source.project.facts_of_source(source))
        if cls.kind is not ClassKind.PYDANTIC:
            return
        if (kept := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, kept)
            return
        places = list(_assigned(owner, node, cls, set()))
        if not places:
            yield self.leave(source, node, "it gives no field another value")
            return
        lines: dict[str, list[int]] = {}
        for name, line in places:
            lines.setdefault(name, []).append(line)
        told = ", ".join(f"`{name}` ({_lines(found)})" for name, found in [*lines.items()][:8])
        more = f" and {len(lines) - 8} more" if len(lines) > 8 else ""
        settings = _settings_of(cls)
        if "frozen" in settings:
            reason = f"the model is frozen: assigning {told}{more} raises when it runs"
            yield self.review(source, node, reason, FROZEN)
        elif "validate_assignment" in settings:
            yield self.leave(source, node, f"the model validates what is assigned: {told}{more}")
        else:
            reason = f"it gives {told}{more} a value that nothing validates, whatever was given"
            yield self.review(source, node, reason, WAYS)


def _assigned(
    owner: ast.ClassDef, method: ast.FunctionDef, cls: ClassFacts, seen: set[str]
) -> Iterator[tuple[str, int]]:
    """The fields that a method assigns, with their lines; methods of the class that it calls count."""
    seen.add(method.name)
    named = [*method.args.posonlyargs, *method.args.args]
    receiver = named[0].arg if named else ""
    methods = {item.name: item for item in owner.body if isinstance(item, ast.FunctionDef)}
    for node in own_nodes(method):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=field, ctx=ast.Store()):
                if name == receiver and _is_field(cls, field):
                    yield field, node.lineno
            case ast.Call(func=ast.Name(id="setattr"), args=[ast.Name(id=name), ast.Constant(value=str(field)), _]):  # fmt: skip
                if name == receiver and _is_field(cls, field):
                    yield field, node.lineno
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=called)):
                if name == receiver and called in methods and called not in seen:
                    yield from _assigned(owner, methods[called], cls, seen)


def _is_field(cls: ClassFacts, name: str) -> bool:
    """True for an annotated attribute of the body, here or in a base; private ones are no fields."""
    declared = (item for each in cls.mro().own for item in each.attributes.get(name, ()))
    return not name.startswith("_") and any(item.direct for item in declared)


def _settings_of(cls: ClassFacts) -> set[str]:
    """Those of `frozen` and `validate_assignment` that a class or a base of the project switches on."""
    found = set()
    for each in cls.mro().own:
        for node in each.parse().body:
            is_config = isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == "model_config"
                for target in node.targets
            )
            for part in ast.walk(node) if is_config else ():
                match part:
                    case ast.keyword(arg=str(name), value=ast.Constant(value=True)):
                        found.add(name)
                    case ast.Dict(keys=keys, values=values):
                        found |= {
                            key.value
                            for key, value in zip(keys, values, strict=True)
                            if isinstance(key, ast.Constant)
                            and isinstance(key.value, str)
                            and isinstance(value, ast.Constant)
                            and value.value is True
                        }
    return found & {"frozen", "validate_assignment"}


def _lines(lines: list[int]) -> str:
    first = ", ".join(str(line) for line in lines[:-1])
    return f"lines {first} and {lines[-1]}" if first else f"line {lines[-1]}"
