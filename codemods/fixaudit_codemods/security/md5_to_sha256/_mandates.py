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
_ADDRESS = re.compile(r"https?://(?!localhost|127\.)")
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
    """What to do about a password where the class or function around, or that of a caller, calls
    something with the address of a service: that one may ask for MD5."""
    source = context.source
    for call in (context.site.call, *context.callers):
        home = source.class_of(call) or source.function(call)
        for node in ast.walk(home) if home is not None else ():
            sent = (
                [*node.args, *(k.value for k in node.keywords)]
                if isinstance(node, ast.Call)
                else []
            )
            for part in (part for given in sent for part in ast.walk(given)):
                match _written(source, home, part):
                    case ast.Constant(value=str() as text, lineno=line) if _ADDRESS.match(text):
                        return (
                            f"keep MD5 while the service at `{text[:60]}` (line {line}) is sent it "
                            "and asks for MD5; what is kept here needs a password hash instead"
                        )
    return None


def _written(source: Source, home: ast.AST | None, part: ast.AST) -> ast.AST:
    """What a part of an argument is written as: the value of a variable, or of `self.NAME`."""
    if isinstance(part, ast.Name):
        return assigned_literal(source, part)
    if isinstance(part, ast.Attribute) and isinstance(home, ast.ClassDef):
        for entry in home.body:
            match entry:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == part.attr:
                    return value
    return part


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
