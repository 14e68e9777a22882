"""`hasattr(self.model, "is_deleted")` where no class that `self.model` can be declares the attribute.

A repository that is generic over its model asks each model for what only some of them have. Where none
has it, the branch behind the test never runs: soft deletes that delete, filters that filter nothing. Where
all have it, the test hides a renamed column. The classes are those that the project's subclasses give for
the type variable, else those below its bound. Nothing is edited.

It is on: what stands behind the test is dead, or the test is. It leaves alone: attributes that some of
the classes declare (the test decides between them, and taking it out breaks the others), classes that
make attributes up or only annotate them, names that libraries give to classes, and tests. Objects of one known class are
`hasattr-declared`'s and `getattr-default-removal`'s.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import ROW_KINDS, AttributeFacts, ClassFacts, ClassKind, Where
from fixaudit_codemods.attributes._candidate_classes import (
    Candidates,
    candidates_of,
)

_KNOWN = frozenset({*ROW_KINDS, ClassKind.PYDANTIC, ClassKind.DATACLASS})
_OF_LIBRARIES = frozenset({"metadata", "registry", "query", "objects", "_meta", "model_fields"})
_OF_CLASS = frozenset({Where.METHOD, Where.PROPERTY, Where.NESTED_CLASS, Where.SLOTS})
_SHOWN = 4
_DEAD = (
    "Give the attribute to the classes that need it (for a column with its migration), or drop the test with "
    "what stands behind it. A mixin (`class SoftDelete: is_deleted: Mapped[bool]`) and `issubclass(model, "
    "SoftDelete)` say it to the type checker too, and a rename is then an error in place of a silent no."
)
_ALWAYS = (
    "Drop the test, and bound the type variable to a base or protocol that declares the attribute: the "
    "type checker then sees it. A class added later without it fails at once, where it was passed over."
)
_DECLARED = "Read {what} plainly: {idle}, and only hides a rename, which is an error in place of a silent no then."


class DeadAttributeProbe(Codemod):
    name = "dead-attribute-probe"
    code = "FA628"
    triggers = (b"hasattr(", b"getattr(")
    visits = (ast.Call,)
    names = frozenset({"hasattr", "getattr"})
    tags = frozenset({"types"})
    right_already = ("^the test decides",)
    report_match = ReportMatch(
        keywords=(
            ("hasattr", "risk|runtime|model|repository|dynamic|dead|never|silently|narrowing|type"),
            ("hasattr|getattr", "attribute", "does not exist|nowhere|no model|never declared|undeclared"),
            ("dead branch|dead code", "hasattr|getattr|attribute"),
        ),
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "tests may pass anything",
        Role.GENERATED: "generated code stays as it is",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        match node.args:
            case [owner, ast.Constant(value=str(name)), *rest]:
                pass
            case _:
                return
        probe = source.qualified_name(node.func)
        if probe != "builtins.hasattr" and not (probe == "builtins.getattr" and rest):
            return
        found = candidates_of(source, owner)
        if found is None or not found.classes or name.startswith("__") or name in _OF_LIBRARIES:
            return
        yield self._told(source, node, name, found)

    def _told(self, source: Source, node: ast.Call, name: str, found: Candidates) -> Finding:
        unclear = next((cls for cls in found.classes if _is_unclear(cls)), None)
        if unclear is not None:
            reason = f"`{unclear.name}`, which `{found.what}` can be, may have attributes that no code declares"
            return self.leave(source, node, reason)
        has = {cls.name: _has(cls, name, found.themselves) for cls in found.classes}
        having = [cls for cls in found.classes if has[cls.name]]
        others = [cls for cls in found.classes if has[cls.name] is False]
        if len(others) == len(found.classes):
            reason = f"always false: none of {_names(others)} (all that `{found.what}` can be) declares `{name}`"
            return self.review(source, node, reason, _DEAD)
        if len(having) == len(found.classes):
            return self._always(source, node, name, found)
        unset = [cls for cls in found.classes if has[cls.name] is None]
        if unset:
            reason = f"the test decides: {_names(unset)} only annotate `{name}`, which sets nothing"
        else:
            reason = (
                f"the test decides: `{name}` is in {_names(having)}, and not in {_names(others)}"
            )
        return self.leave(source, node, reason)

    def _always(self, source: Source, node: ast.Call, name: str, found: Candidates) -> Finding:
        never = "its default is never given" if len(node.args) > 2 else "it is always true"
        if found.top is None or not _has(found.top, name, found.themselves):
            reason = f"{never}: {_names(list(found.classes))} (all that `{found.what}` can be) declare `{name}`"
            return self.review(source, node, reason, _ALWAYS)
        reason = f"{never}: `{found.top.name}` declares `{name}`, which all below it inherit"
        shown = f"`{ast.unparse(node.args[0])}.{name}`"
        idle = "the default is of no use" if len(node.args) > 2 else "the test is of no use"
        return self.review(source, node, reason, _DECLARED.format(what=shown, idle=idle))


def _has(cls: ClassFacts, name: str, itself: bool) -> bool | None:
    """Whether the class (its instances, unless `itself`) has the attribute; None where it may."""
    declared = cls.declares(name)
    if declared is None or not itself:
        return declared is not None
    items = [item for entry in cls.mro().own for item in entry.body.found.get(name, ())]
    return True if any(_is_set(cls, item) for item in items) else None


def _is_set(cls: ClassFacts, item: AttributeFacts) -> bool:
    """True for what the class itself has: no bare annotation, no field that a library takes away."""
    if item.where in _OF_CLASS:
        return True
    if item.where is not Where.CLASS_BODY or cls.kind in ROW_KINDS:
        return item.where is Where.CLASS_BODY
    made = cls.kind is ClassKind.DATACLASS and isinstance(item.value, ast.Call)
    return item.value_at is not None and cls.kind is not ClassKind.PYDANTIC and not made


def _is_unclear(cls: ClassFacts) -> bool:
    known = cls.kind in _KNOWN or cls.mro().complete
    return cls.has_dynamic_attributes or not known


def _names(classes: list[ClassFacts]) -> str:
    shown = ", ".join(f"`{cls.name}`" for cls in classes[:_SHOWN])
    more = len(classes) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
