"""What is done with the dates of a field, in all files: `follow` notes it in the group of a flow."""

from __future__ import annotations

import ast

from fixaudit import Source
from fixaudit.authoring import ClassFacts, clipped
from fixaudit_codemods.database.utcnow_to_aware import _fields as fields
from fixaudit_codemods.database.utcnow_to_aware._group import Follower
from fixaudit_codemods.database.utcnow_to_aware._origins import is_none
from fixaudit_codemods.database.utcnow_to_aware._sites import function_of


def follow(
    flow: Follower, node: ast.AST, name: str, owner: ClassFacts, *, meets: bool = False
) -> None:
    """Follow the field of a class through all files in which it may be used."""
    stored = fields.storage_of(owner, name)
    if stored is None:
        flow.doubt(node, f"`{name}` may be a column of a base class that is not known")
        return
    storage, declared = stored
    if storage is fields.Storage.ZONED:
        told = "meets" if meets else "goes into"
        flow.group.changes.append(f"it {told} `{name}`, which has a time zone")
        return
    if storage is fields.Storage.NAIVE:
        text = f"`{name}` is a column that is not known to have a time zone"
        flow.group.doubts.append(fields.declared_as(flow.source, declared, owner, text))
        return
    if name not in flow.group.fields:
        flow.group.fields.add(name)
        _family(flow, node, name, owner)


def _family(flow: Follower, node: ast.AST, name: str, owner: ClassFacts) -> None:
    files = fields.files_naming(flow.source, name)
    if files is None:
        flow.doubt(node, f"`{name}` is used in too many files to follow it")
        return
    if fields.is_shown_whole(owner):
        told = f"whatever writes all of `{owner.name}` as text gains `+00:00` for `{name}`"
        flow.group.changes.append(told)
    for source in files:
        there = flow.of(source)
        for how, use in fields.uses_of(source, name, owner):
            _use(there, how, use, name, owner)


def _use(flow: Follower, how: fields.How, use: ast.expr, name: str, owner: ClassFacts) -> None:
    """Judge one place that may set or read a field that is followed."""
    if how is fields.How.GIVEN:
        _set(flow, use, name, owner)
    elif how is fields.How.HIDDEN:
        flow.doubt(use, f"what is given to `{name}` is not seen here")
    elif isinstance(getattr(use, "ctx", None), ast.Load):
        if getattr(flow.source.parent(use), "func", None) is use:
            return  # a date is not called: `.timestamp()` is a method of something else
        if fields.is_filled_from_outside(owner) and _is_met(flow, use):
            flow.doubt(use, f"`{name}` is also filled from outside, and compared here")
        flow.follow(use)
    elif isinstance(getattr(use, "ctx", None), ast.Store):
        statement = flow.source.parent(use)
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            _set(flow, statement.value, name, owner)
        else:
            flow.doubt(use, f"`{name}` is set together with others")


def _is_met(flow: Follower, node: ast.expr) -> bool:
    parent = flow.source.parent(node)
    return isinstance(parent, ast.BinOp) or (
        isinstance(parent, ast.Compare) and not any(map(is_none, parent.comparators))
    )


def _set(flow: Follower, value: ast.expr | None, name: str, owner: ClassFacts) -> None:
    """A value that a field gets: it has to be none, aware, or one that changes too."""
    if value is None:
        return
    for given in _defaults(flow.source, value):
        if function_of(flow.source, given) is not None:
            flow.add_site(given)
        elif not flow.is_ours(given):
            told = clipped(ast.unparse(given))
            flow.doubt(given, f"`{name}` also gets `{told}`, which may be naive")


def _defaults(source: Source, value: ast.expr) -> list[ast.expr]:
    """What a field starts with, where `field(…)` or `Field(…)` says it; else the value itself."""
    match value:
        case ast.Call(func=func, keywords=words):
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name in ("field", "Field", "ib"):
                given = {word.arg: word.value for word in words}
                for key in ("default_factory", "factory", "default"):
                    if (found := given.get(key)) is not None:
                        return [found.body if isinstance(found, ast.Lambda) else found]
                return [] if not value.args else _field_default(value.args[0])
        case ast.BoolOp(values=values):
            return values
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
    return [value]


def _field_default(value: ast.expr) -> list[ast.expr]:
    return [] if isinstance(value, ast.Constant) and value.value is ... else [value]
