"""Which protocol mandates MD5 at a site: by the code that it goes into, or by the names around it."""

from __future__ import annotations

import ast
import re

from fixaudit import Evidence, Reach, Source
from fixaudit.authoring import assigned_literal
from fixaudit_codemods.security.md5_to_sha256 import _purpose as meaning
from fixaudit_codemods.security.md5_to_sha256._context import Context
from fixaudit_codemods.security.md5_to_sha256._digest_flow import Place

# What others read the digest under: a header, an argument, an address.
_READ_BY_OTHERS = frozenset({"keyword", "entry", "item", "text"})
_ADDRESS = re.compile(r"https?://(?!localhost|127\.)\S+")
_CLIENT = re.compile(r"(?:requests|httpx|aiohttp|urllib3|urllib\.request)\.")
_OF_THE_INPUT = ("HTTP digest authentication", "Gravatar")


def mandated_by(context: Context) -> Evidence | None:
    """The protocol that mandates MD5; a hint where only names of functions, files and variables say so."""
    source, call = context.source, context.site.call
    names = [*context.functions, context.owner, context.path_words, context.used.variable or ""]
    words = " ; ".join([*names, *(place.words for place in context.everywhere)])
    kept = next((word for word in context.keep_words if word.lower() in meaning.plain(words)), None)
    if kept is not None:
        return source.proof(call, f"`{kept}` (named in the options) mandates MD5")
    for place in context.everywhere:
        named = _of_place(source, place)
        if named is not None:
            return source.proof(place.node, f"{named} mandates MD5", Reach.FUNCTION)
    found = meaning.protocol(words)
    if found is None:
        found = meaning.protocol(context.input_words)
        found = found if found in _OF_THE_INPUT else None
    if found is None:
        return None
    told = f"the names around it speak of {found}, which mandates MD5"
    return source.hint(call, told, Reach.FUNCTION)


def service_advice(context: Context) -> str | None:
    """What to do about a password in a file that talks to a service: that one may ask for MD5."""
    source, line = context.source, context.site.call.lineno
    nodes: list[ast.Call | ast.Constant] = [
        call
        for call in source.nodes(ast.Call)
        if _CLIENT.match(source.qualified_name(call.func) or "")
    ]
    nodes = nodes or [text for text in source.nodes(ast.Constant) if _is_address(source, text)]
    if not nodes:
        return None
    nearest = min(nodes, key=lambda node: abs(node.lineno - line))
    shown = ast.unparse(nearest.func) if isinstance(nearest, ast.Call) else str(nearest.value)
    return (
        f"keep MD5 while the service of `{shown}` (line {nearest.lineno}) is sent it "
        "and asks for MD5; what is kept here needs a password hash instead"
    )


def _is_address(source: Source, node: ast.Constant) -> bool:
    """True for the address of a service, and not of an author as in `__author__`."""
    is_one = isinstance(node.value, str) and _ADDRESS.fullmatch(node.value)
    return bool(is_one) and not source.segment(source.statement(node)).startswith("__")


def _of_place(source: Source, place: Place) -> str | None:
    """The protocol that the code of one place says: what others read the digest under."""
    if place.words.endswith("UUID") and _is_version_3(place.node):
        return "UUID version 3"
    if place.kind not in _READ_BY_OTHERS:
        return None
    if isinstance(place.node, ast.Name | ast.Attribute):
        written = assigned_literal(source, place.node)
        text = written.value if isinstance(written, ast.Constant) else None
        return meaning.protocol(text) if isinstance(text, str) else None
    return meaning.protocol(place.words)


def _is_version_3(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(
        entry.arg == "version" and isinstance(entry.value, ast.Constant) and entry.value.value == 3
        for entry in node.keywords
    )
