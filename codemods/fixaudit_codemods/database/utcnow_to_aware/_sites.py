"""`utcnow` and `utcfromtimestamp`: where they stand, and what they become."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit import Edit, NeededName, Source, access, calls

NAMES = {"utcnow": "now", "utcfromtimestamp": "fromtimestamp"}
_UTC = frozenset({"datetime.timezone.utc", "datetime.UTC", "pytz.utc", "pytz.UTC", "zoneinfo.UTC", "dateutil.tz.UTC", "django.utils.timezone.utc"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Zone:
    """How UTC is written at a place, and the import it needs."""

    text: str
    needed_names: tuple[NeededName, ...] = ()


def function_of(source: Source, node: ast.expr) -> str | None:
    """The name in `NAMES` where an attribute is that function of `datetime.datetime`."""
    if not isinstance(node, ast.Attribute) or node.attr not in NAMES:
        return None
    return node.attr if source.qualified_name(node.value) == "datetime.datetime" else None


def is_site(source: Source, node: ast.AST) -> bool:
    """True for a call of one of the two functions."""
    return isinstance(node, ast.Call) and function_of(source, node.func) is not None


def zone_at(source: Source, node: ast.expr, preferred: str) -> Zone | None:
    """UTC as code at `node` can write it; None where the names mean something else here."""
    for wanted in dict.fromkeys((preferred, "timezone.utc", "UTC")):
        if wanted == "UTC" and source.target_version < (3, 11):
            continue
        name, _, rest = wanted.partition(".")
        reached = access(source, node, "datetime", name)
        if reached is not None:
            return Zone(f"{reached.text}.{rest}" if rest else reached.text, reached.needed_names)
    return None


def aware_edits(source: Source, call: ast.Call, zone: str, behind: str = "") -> list[Edit] | None:
    """The edits that make the call's value aware; None where its layout hides the arguments.

    `behind` is put after the call.
    """
    func = call.func
    assert isinstance(func, ast.Attribute)
    end, stop = source.span(func).end, source.span(call).end
    start = end - len(func.attr)
    if source.body[start:end] != func.attr.encode():
        return None
    if func.attr == "utcnow":
        if call.args or call.keywords or b"#" in source.body[end:stop]:
            return None
        opening = source.body.find(b"(", end, stop)
        if source.body[end:opening].strip(b" \t\f"):
            # `(datetime.utcnow)()`, or a line break: what stands between stays.
            edits = [source.edit(start, end, "now"), source.edit(opening + 1, stop - 1, zone)]
            return [*edits, source.edit(stop, stop, behind)] if behind else edits
        # One edit: nothing of the call stays.
        return [source.edit(start, stop, f"now({zone}){behind}")]
    if len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
        return None
    added = calls.add_keywords(source, call, f"tz={zone}", beside=True)
    if isinstance(added, calls.Refusal):
        return None
    edits = [source.edit(start, end, NAMES[func.attr]), *added]
    return [*edits, source.edit(stop, stop, behind)] if behind else edits


def given_zone(source: Source, call: ast.Call) -> tuple[ast.Call, str] | None:
    """The call of `.replace(tzinfo=timezone.utc)` right behind a site, and its time zone."""
    attribute = source.parent(call)
    if not isinstance(attribute, ast.Attribute) or attribute.attr != "replace":
        return None
    replacing = source.parent(attribute)
    match replacing:
        case ast.Call(args=[], keywords=[ast.keyword(arg="tzinfo", value=value)]):
            if replacing.func is attribute and source.qualified_name(value) in _UTC:
                return replacing, source.segment(value)
    return None


def without_replace(source: Source, call: ast.Call, replacing: ast.Call) -> Edit | None:
    """Removes `.replace(…)` behind a site; None where it holds a comment or stands in brackets."""
    start, end = source.span(call).end, source.span(replacing).end
    between = source.body[start:end]
    if b"#" in between or not between.lstrip().startswith(b"."):
        return None
    return source.edit(start, end, "")
