"""Whom a digest is promised to as MD5: by the names that others see it under, here and where it is handed."""

from __future__ import annotations

import ast
import re
import sys

from fixaudit import Evidence, Reach, Source
from fixaudit.authoring import ClassFacts, FunctionFacts, clipped, definition_of, is_outside
from fixaudit_codemods.security.md5_to_sha256 import _purpose as meaning
from fixaudit_codemods.security.md5_to_sha256._comparisons import holds_digest
from fixaudit_codemods.security.md5_to_sha256._context import Context
from fixaudit_codemods.security.md5_to_sha256._digest_flow import callee

# Where nothing else tells what the digest is for.
_UNSAID = frozenset({"value", "fingerprint"})


def promised_by(context: Context, role: meaning.Role) -> Evidence | None:
    """A name that says checksum or MD5 to others, or a library that is handed what is called MD5."""
    source, call = context.source, context.site.call
    told = _name_seen(context)
    if told is not None:
        return source.hint(call, f"{told}: others may compare it with a real MD5")
    for place in context.everywhere:
        if place.kind == "argument" and isinstance(place.node, ast.Call):
            taken = _as_parameter(context, place.node)
            if taken is None and role.name in _UNSAID:
                taken = _by_library(context, place.node)
            if taken is not None:
                return source.hint(place.node, taken, Reach.FUNCTION)
    return None


def _name_seen(context: Context) -> str | None:
    for name in context.functions:
        if meaning.is_checked(name):
            return f"the function is called `{name}`"
    for place in context.everywhere:
        if place.kind in ("keyword", "attribute", "entry", "item"):
            if meaning.is_checked(place.words):
                return f"the value is kept as `{clipped(place.words)}`"
        elif place.kind == "argument" and isinstance(place.node, ast.Call):
            own = (context.source.qualified_name(place.node.func) or "").startswith("hashlib.")
            if meaning.is_checked(place.words) and not own:
                return f"the value is handed to `{clipped(place.words)}`"
        elif place.kind == "name" and meaning.is_checked(re.sub("(?i)md5", "", place.words)):
            return f"the value is called `{clipped(place.words)}`"
    return None


def _by_library(context: Context, call: ast.Call) -> str | None:
    """What cannot be read takes the digest, and the variable that it was in says MD5."""
    names = [context.used.variable, *(p.words for p in context.places if p.kind == "name")]
    called = next((name for name in names if name and "md5" in name.lower()), None)
    root = (context.source.qualified_name(call.func) or "").partition(".")[0]
    if (
        called is None
        or root in sys.stdlib_module_names
        or not is_outside(context.source, call.func)
    ):
        return None
    return f"`{called}` says MD5, and its digest goes to `{callee(call)}`, which is outside of the project"


def _as_parameter(context: Context, call: ast.Call) -> str | None:
    """The parameter or field of the project's own function or class that says checksum or MD5."""
    names = _parameters(context.source, call)
    for position, given in enumerate(call.args[: len(names)]):
        if isinstance(given, ast.Starred):
            return None
        if holds_digest(context, given) and meaning.is_checked(names[position]):
            return f"`{callee(call)}` takes the digest as `{names[position]}`: it may be compared with a real MD5"
    return None


def _parameters(source: Source, call: ast.Call) -> list[str]:
    """The names of what a call gives by position, where the project defines what is called."""
    found = definition_of(source, call.func)
    function = found.constructor() if isinstance(found, ClassFacts) else found
    if isinstance(function, FunctionFacts):
        names = [entry.name for entry in function.parameters]
        return names[1:] if function.binds_receiver else names
    if not isinstance(found, ClassFacts):
        return []
    fields = [entry for entry in found.parse().body if isinstance(entry, ast.AnnAssign)]
    return [ast.unparse(entry.target) for entry in fields]
