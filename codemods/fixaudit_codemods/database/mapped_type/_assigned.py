"""What the project's code gives to a mapped attribute."""

from __future__ import annotations

import ast

from fixaudit import Evidence, Source
from fixaudit.authoring import class_references, keyword

_MANY = 60
_LITERALS = {"str": str, "int": int, "float": float, "bool": bool, "bytes": bytes}


def other_value(source: Source, owner: ast.ClassDef, attribute: str, given: str, call: ast.Call) -> Evidence | None:  # fmt: skip
    """The first place that gives the attribute what is not certainly of the type `given`.

    That is a default of the column, an argument of the model's constructor, or an assignment to an
    attribute of that name, whatever has it (then it is a hint).
    """
    for word in ("default", "insert_default", "default_factory", "onupdate"):
        default = keyword(call, word)
        if default is not None and not _is(default.value, given):
            return source.proof(default.value, f"the column's `{word}` may give another type")
    for reference in class_references(source, owner):
        made = reference.above[0] if reference.above else None
        if isinstance(made, ast.Call) and made.func is reference.node:
            value = keyword(made, attribute)
            if value is not None and not _is(value.value, given):
                text = f"`{owner.name}(…)` gets what may be another type"
                return source.proof_at(reference.module.path, value.value.lineno, text)
    return _assignment(source, attribute, given)


def _assignment(source: Source, attribute: str, given: str) -> Evidence | None:
    needle = f".{attribute} = "
    for mention in source.project.mentions(needle.encode(), _MANY):
        right = mention.text.partition(needle)[2]
        if mention.is_test or mention.text.lstrip().startswith(("#", "self.")):
            continue
        if not right.startswith(f"{given}("):
            text = f"an attribute `{attribute}` is given what may be another type"
            return source.hint_at(mention.path, mention.line, text)
    return None


def _is(value: ast.expr, given: str) -> bool:
    """True for a literal of the type, `None`, and `str(…)`; a function as a default is not followed,
    but for a lambda whose body is such."""
    if isinstance(value, ast.Lambda):
        return _is(value.body, given)
    if isinstance(value, ast.Constant):
        return value.value is None or type(value.value) is _LITERALS.get(given)
    if isinstance(value, ast.JoinedStr):
        return given == "str"
    func = value.func if isinstance(value, ast.Call) else value
    return isinstance(func, ast.Name) and func.id == given
