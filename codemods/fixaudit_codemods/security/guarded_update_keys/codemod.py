"""Columns and attributes that whoever sends an update may name: `setattr(user, key, value)`, `.values(**data)`.

Where the keys of a request, or of a mapping that callers hand in, decide what is written, a client that
adds `"is_admin": true` or `"owner_id": 7` to its body writes that too. A schema or a list of the keys
that may be changed ends it. `hasattr(row, key)` is no such list: every column is an attribute. Nothing
is edited: which keys are open is the project's to say.

It is on: audits call it mass assignment. It leaves alone: keys that are listed, or that a list lets
through; fields of a schema without any that grants rights; objects that are no rows, unless the request
itself names the keys; `self` in `__init__`; and tests. Texts of SQL that are made of keys are
`sql-fstring`'s.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import (
    ROW_KINDS,
    Caller,
    Function,
    argument_of,
    callers_of,
    definition_of,
    row_class,
)
from fixaudit_codemods.security.guarded_update_keys._keys import (
    Keys,
    allowed_by,
    keys_of,
    refused_by,
)

_SHOWN = 3
GUIDANCE = (
    "List what may be changed and let nothing else through: a schema of its own for this update (its "
    'fields are the keys: `body.model_dump(exclude_unset=True)`; `extra="forbid"` tells clients what was '
    "refused), or a constant (`for key in data.keys() & EDITABLE:`), which costs a line for each new column. "
    "A list of what must not be changed is open to every column that is added later."
)


class GuardedUpdateKeys(Codemod):
    name = "guarded-update-keys"
    code = "FA415"
    triggers = (b"setattr(", b".values(")
    visits = (ast.Call,)
    names = frozenset({"setattr", "values"})
    tags = frozenset({"security", "database"})
    right_already = ("only keys that", "^the keys are")
    report_match = ReportMatch(
        rules=("CWE-915",),
        keywords=(
            ("mass assignment|mass-assignment|over-posting|overposting",),
            ("setattr", "update*|key*|field*|arbitrary|untrusted|request|unvalidated"),
            ("arbitrary|unvalidated|unchecked|any", "field*|column*|attribute*|key*", "update*|set|written|overwritten"),
            ("update*", "allowlist|allow-list|whitelist|allowed fields|guard*"),
        ),
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test sends what it likes",
        Role.VENDORED: "vendored code is not edited here",
        Role.MIGRATION: "a migration is run by its author",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if isinstance(node.func, ast.Name) and node.func.id == "setattr" and len(node.args) == 3:
            yield from self._attribute(source, node)
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "values":
            yield from self._values(source, node, node.func)

    def _attribute(self, source: Source, node: ast.Call) -> Iterator[Finding]:
        target, key = node.args[0], node.args[1]
        loop = _loop_of(source, node, key)
        if loop is None or (isinstance(target, ast.Name) and target.id in ("self", "cls")):
            return
        mapping = _mapping_of(loop.iter)
        listed = isinstance(loop.iter, (ast.Tuple, ast.List, ast.Set))
        keys = Keys("listed", f"line {loop.lineno}") if listed else keys_of(source, mapping)
        if keys is None:
            return
        row = row_class(source, target)
        is_row = row is not None and row.kind in ROW_KINDS
        if not is_row and keys.origin != "request":
            return
        let_through, shown = (None, "") if listed else _guards(source, node, loop)
        if let_through is not None:
            reason = f"only keys that `{let_through}` has are written"
            yield self.leave(source, node, reason)
            return
        name = row.name if row is not None and is_row else ast.unparse(target)
        yield self._told(source, node, keys, f"attribute of `{name}`", shown)

    def _values(self, source: Source, node: ast.Call, func: ast.Attribute) -> Iterator[Finding]:
        table = _updated(source, func.value)
        given = [word.value for word in node.keywords if word.arg is None] + node.args[:1]
        if table is None or len(given) != 1:
            return
        keys = keys_of(source, given[0])
        if keys is not None:
            yield self._told(source, node, keys, f"column of `{table}`", "")

    def _told(self, source: Source, node: ast.Call, keys: Keys, what: str, shown: str) -> Finding:
        if keys.origin == "listed":
            return self.leave(source, node, f"the keys are listed in {keys.text}")
        if keys.origin == "schema" and not keys.privileged:
            return self.leave(source, node, f"the keys are the fields of `{keys.text}`")
        if keys.origin == "schema":
            names = ", ".join(f"`{name}`" for name in keys.privileged)
            reason = f"clients may set {names}: `{keys.text}` has them as fields"
            return self.review(source, node, reason, GUIDANCE)
        if keys.origin == "request":
            reason = f"the request names every {what} that it wants written{shown}"
            return self.review(source, node, reason, GUIDANCE)
        written = _written_by_callers(source, node, keys.text)
        if written is not None:
            return self.leave(source, node, f"the keys are written at the calls: {written}")
        reason = f"the keys of `{keys.text}` name every {what} that is written{shown}"
        return self.review(source, node, reason, f"{_callers(source, node)}{GUIDANCE}")


# ------------------------------------------------------------------------------ what it is


def _loop_of(source: Source, node: ast.Call, key: ast.expr) -> ast.For | None:
    """The loop whose variable is the attribute's name."""
    loop = source.loop(node)
    if not isinstance(loop, ast.For) or not isinstance(key, ast.Name):
        return None
    bound = loop.target.elts[:1] if isinstance(loop.target, ast.Tuple) else [loop.target]
    return loop if any(isinstance(n, ast.Name) and n.id == key.id for n in bound) else None


def _mapping_of(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="items" | "keys"), args=[]):
            return value
    return node


def _guards(source: Source, node: ast.Call, loop: ast.For) -> tuple[str | None, str]:
    """What lets keys through, if anything does; else what only seems to, in words that end a reason."""
    tests: list[tuple[ast.expr, bool]] = []
    for above in source.ancestors(node):
        if above is loop:
            break
        if isinstance(above, ast.If):
            tests.append((above.test, True))
    for entry in loop.body:
        if isinstance(entry, ast.If) and isinstance(entry.body[-1], (ast.Continue, ast.Raise)):
            tests.append((entry.test, False))
    shown = ""
    for test, is_passed in tests:
        through = allowed_by(test) if is_passed else refused_by(test)
        if through is not None and not (is_passed and _is_denial(test)):
            return source.segment(through), ""
        against = refused_by(test) if is_passed else allowed_by(test)
        if against is not None:
            shown = f"; `{source.segment(against)}` keeps out only what it names"
        elif "hasattr(" in ast.unparse(test):
            shown = "; `hasattr` lets every column through"
    return None, shown


def _is_denial(test: ast.expr) -> bool:
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _updated(source: Source, node: ast.expr) -> str | None:
    """The class in `update(User).where(…)`."""
    while isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "update" and node.args:
            found = definition_of(source, node.args[0])
            qualified = source.qualified_name(node.func) or ""
            known = qualified.startswith(("sqlalchemy", "sqlmodel")) or found is not None
            return ast.unparse(node.args[0]) if known else None
        node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return None


def _function(source: Source, node: ast.Call) -> Function | None:
    function = source.function(node)
    return function if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def _written_by_callers(source: Source, node: ast.Call, name: str) -> str | None:
    """The calls, where each of them names the keys: as keywords, or in a dictionary."""
    function = _function(source, node)
    found = callers_of(source, function) if function is not None else None
    if function is None or not found:
        return None
    rest = function.args.kwarg
    if rest is not None and rest.arg == name:
        named = all(word.arg is not None for each in found for word in each.call.keywords)
        return _places(source, found) if named else None
    is_bound = source.class_of(function) is not None
    given = [argument_of(each.call, function, name, bound=is_bound) for each in found]
    named = all(isinstance(each, ast.Dict) and None not in each.keys for each in given)
    return _places(source, found) if named else None


def _callers(source: Source, node: ast.Call) -> str:
    """Where the function is called, so that it can be seen what is handed in."""
    function = _function(source, node)
    if function is None:
        return ""
    found = callers_of(source, function)
    if found is None:
        return f"Who calls `{function.name}`, and with what keys, is not known. "
    if not found:
        return f"Nobody calls `{function.name}` here. "
    return f"`{function.name}` is called in {_places(source, found)}. "


def _places(source: Source, callers: Sequence[Caller]) -> str:
    places = [f"{source.shown(each.module.path)}:{each.call.lineno}" for each in callers]
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return f"{', '.join(places[:_SHOWN])}{more}"
