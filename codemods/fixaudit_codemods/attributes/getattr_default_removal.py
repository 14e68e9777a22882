"""`getattr(obj, "name", default)` becomes `obj.name` where the class of `obj` declares the attribute.

The default says that the attribute may be missing. Where the class declares it, that is not so:
the string hides typing errors and renamings from the type checker, and the default can contradict
the declared one without anybody noticing.

Left alone: objects whose class is not known for certain or that may be None, attributes that only
some method sets or that may be read before `__init__` has set them, properties (the default hides
an error inside them), classes that make attributes up, computed names, and defaults that call
something. An attribute that no class declares is reported: there the default is all one ever gets.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from fixaudit import (
    Codemod,
    Evidence,
    Finding,
    ObsoleteImport,
    Reach,
    ReportMatch,
    Role,
    Source,
    Verdict,
    calls,
)
from fixaudit.authoring import ROW_KINDS, Declaration, Where
from fixaudit_codemods.attributes._declared_attributes import (
    Doubt,
    Proof,
    known_type,
    prove,
    unusable_name,
)
from fixaudit_codemods.attributes._seen_by_checkers import seen_by_checkers

_MOST_SHOWN = 60  # characters of two defaults that a reason shows
_EMPTY = ("dict", "list", "set", "tuple", "frozenset")


class GetattrDefaultRemoval(Codemod):
    """getattr with a constant name becomes plain attribute access where it is proven safe."""

    name = "getattr-default-removal"
    code = "FA106"
    triggers = (b"getattr",)
    visits = (ast.Call,)
    names = frozenset({"getattr"})
    tags = frozenset({"core", "types"})
    equivalent_codes: ClassVar[tuple[str, ...]] = ("B009",)
    report_match = ReportMatch(
        rules=("B009",),
        keywords=(
            ("getattr", "default"),
            ("unnecessary", "getattr"),
            ("getattr", "typing"),
            (
                "getattr",
                (
                    "needless|superfluous|not needed|unneeded|hides|hide|typo|type checker|"
                    "überflüssig*|inutile*|innecesari*"
                ),
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "tests may pass anything",
        Role.GENERATED: "a program wrote this file",
        Role.MIGRATION: "a migration meets the models of other times",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) == "builtins.getattr":
            yield self._judge(source, node)

    def _judge(self, source: Source, node: ast.Call) -> Finding:
        match node:
            case ast.Call(args=[owner, ast.Constant(value=str(name)), *rest], keywords=[]):
                pass
            case _:
                return self.leave(source, node, "the attribute's name is computed")
        if len(rest) > 1 or any(isinstance(item, ast.Starred) for item in (owner, *rest)):
            return self.leave(source, node, "its arguments are not plain")
        reason = unusable_name(name) or self.out_of_scope(source)
        reason = reason or _about_chain(source, node, owner)
        if reason is None and rest:
            reason = _about_default(source, owner, rest[0])
        if reason is not None:
            return self.leave(source, node, reason)
        if not rest:
            return self._without_default(source, node, owner, name)
        answer = prove(source, node, owner, name)
        if isinstance(answer, Doubt):
            evidence = answer.evidence(source, node)
            if answer.guidance is not None:
                return self.review(source, node, evidence, answer.guidance)
            return self.leave(source, node, evidence)
        reason = _reason(answer, rest[0])
        if _stands_in_for_none(answer, rest[0]):
            plain = f"{ast.unparse(owner)}.{name}"
            reason = f"{reason}: it is never given"
            return self.review(source, node, reason, _MEANT.format(plain, ast.unparse(rest[0])))
        finding = self._rewrite(source, node, owner, name, reason, rest[0])
        if (
            not answer.hints
            and (hint := seen_by_checkers(source, node, rest[0], answer.declarations)) is not None
        ):
            return self.doubt(source, node, finding, hint, Verdict.UNSAFE)
        return self.doubt(source, node, finding, answer.hints, answer.verdict, answer.guidance)

    def _without_default(
        self, source: Source, node: ast.Call, owner: ast.expr, name: str
    ) -> Finding:
        """`getattr(obj, "name")` raises as `obj.name` does; only a reader must know the name."""
        if isinstance(source.parent(node), ast.Expr):
            return self.leave(source, node, "it stands there for the error it may raise")
        found = known_type(source, owner)
        if isinstance(found, Doubt):
            return self.leave(source, node, found.reason)
        if not all(item is not None and _is_visible(item) for item in found.declares(name)):
            return self.leave(source, node, f"`{found.names}` does not declare `{name}`")
        finding = self._rewrite(
            source, node, owner, name, f"`{found.names}` declares `{name}`", None
        )
        if (hint := _for_checkers(source, node)) is not None:
            return self.doubt(source, node, finding, hint)
        if (hint := _about_protected(source, node, owner, name)) is not None:
            return self.doubt(source, node, finding, hint, Verdict.UNSAFE)
        hint = seen_by_checkers(source, node, None, found.declares(name))
        return finding if hint is None else self.doubt(source, node, finding, hint, Verdict.UNSAFE)

    def _rewrite(
        self,
        source: Source,
        node: ast.Call,
        owner: ast.expr,
        name: str,
        reason: str,
        default: ast.expr | None,
    ) -> Finding:
        edits = calls.to_attribute(source, node, owner, name)
        if isinstance(edits, calls.Refusal) and not edits.comment:
            return self.leave(source, node, edits.reason)
        if isinstance(edits, calls.Refusal):
            return self.review(source, node, f"{reason}; a comment stands inside", _MOVE_IT)
        return self.fix(source, node, reason, edits, _needless(source, default))


_CHECKERS = re.compile(
    r"#\s*(?:noqa|(?:based)?pyright|mypy|pylint|pyre-ignore|pytype|type|ty)\s*(?:[:\[]|$)",
    re.IGNORECASE,
)
_OWN = ("self", "cls")


def _for_checkers(source: Source, node: ast.Call) -> Evidence | None:
    """A comment in the call's line that names a checker: the call is written like that for it."""
    for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
        if _CHECKERS.search(source.line_text(line)):
            told = f"the comment in line {line} is for a checker that would report the attribute"
            return replace(source.hint(node, told, Reach.STATEMENT), line=line)
    return None


def _about_protected(source: Source, node: ast.Call, owner: ast.expr, name: str) -> Evidence | None:
    """`getattr(other, "_x")` is how one asks a checker to say nothing of a protected attribute."""
    if not name.startswith("_") or (isinstance(owner, ast.Name) and owner.id in _OWN):
        return None
    told = (
        f"`{name}` is protected, and without a default the function may be there to say nothing "
        "of that to a checker"
    )
    return source.hint(node, told)


_MOVE_IT = "move the comment, then read the attribute directly"


def _is_visible(declaration: Declaration) -> bool:
    """False for what only `setattr` sets: no type checker knows of it."""
    attribute = declaration.attribute
    return (
        declaration.certain or attribute is None or attribute.where is not Where.METHOD_ASSIGNMENT
    )


def _about_chain(source: Source, node: ast.Call, owner: ast.expr) -> str | None:
    """`getattr(getattr(x, "a", None), "b", None)` goes on at every level where one is missing."""
    around = source.parent(node)
    is_inner = isinstance(around, ast.Call) and around.args[:1] == [node]
    for call in (around if is_inner else None, owner):
        name = source.qualified_name(call.func) if isinstance(call, ast.Call) else None
        if name in ("builtins.getattr", "builtins.hasattr"):
            return "it is part of a chain that provides for missing attributes"
    return None


def _about_default(source: Source, owner: ast.expr, default: ast.expr) -> str | None:
    """Why the default cannot simply go."""
    texts = {ast.unparse(part) for part in ast.walk(default) if isinstance(part, ast.expr)}
    if not isinstance(owner, ast.Constant) and ast.unparse(owner) in texts:
        return "its default is the object itself: other types come here too"
    if not all(_is_still(source, part) for part in ast.walk(default)):
        return "its default calls or computes something"
    return None


def _is_still(source: Source, node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = source.qualified_name(node.func) or ""
        bare = not node.args and not node.keywords
        if name == "builtins.getattr":
            return True
        return bare and name.removeprefix("builtins.") in _EMPTY
    moving = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Subscript, ast.comprehension)
    return not isinstance(node, moving)


_MEANT = (
    "The attribute is there and None, which `getattr` gives back. Perhaps `{0} or {1}` was meant; where None is right, "
    "read `{0}` plainly."
)


def _stands_in_for_none(proof: Proof, default: ast.expr) -> bool:
    """True for a text that is put together for a missing value, where the declared one is None."""
    attribute = proof.declarations[0].attribute
    value = attribute.value if attribute is not None and attribute.where == "class body" else None
    declared = _declared_default(value) if value is not None else None
    is_none = isinstance(declared, ast.Constant) and declared.value is None
    return is_none and isinstance(default, ast.JoinedStr)


def _reason(proof: Proof, default: ast.expr) -> str:
    """Who declares the attribute, and what the declared default is where the two differ."""
    declaration = proof.declarations[0]
    attribute = declaration.attribute
    place = f"`{declaration.owner.qualified_name.rpartition('.')[2]}`"
    is_row = declaration.owner.kind in ROW_KINDS
    if is_row or attribute is None or attribute.value is None or attribute.where != "class body":
        return f"{place} declares it"
    declared = _declared_default(attribute.value)
    if declared is None:
        return f"{place} declares it"
    if ast.dump(declared) == ast.dump(default):
        return f"{place} declares it with the same default"
    one, other = ast.unparse(declared), ast.unparse(default)
    if len(one) + len(other) > _MOST_SHOWN:
        return f"{place} declares it with another default"
    return f"{place} declares it with the default {one}, not {other}"


def _declared_default(value: ast.expr) -> ast.expr | None:
    if not isinstance(value, ast.Call):
        return value
    given = {item.arg: item.value for item in value.keywords}
    first = value.args[0] if value.args and not isinstance(value.args[0], ast.Starred) else None
    found = given.get("default", first)
    return None if found is None or ast.unparse(found) == "..." else found


def _needless(source: Source, default: ast.expr | None) -> list[ObsoleteImport]:
    """Names that the default may have been the last to use."""
    if default is None:
        return []
    names = {part.id: part for part in ast.walk(default) if isinstance(part, ast.Name)}
    return [
        ObsoleteImport(name)
        for name, part in names.items()
        if any(binding.kind == "import" for binding in source.lookup(name, part))
    ]
