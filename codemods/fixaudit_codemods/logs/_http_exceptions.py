"""Classes of HTTP errors: the base by which a framework's error is caught, and the status it has."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit.authoring import ClassFacts, definition_of

BASES: dict[str, tuple[str, str]] = {
    "fastapi.HTTPException": ("fastapi", "HTTPException"),
    "fastapi.exceptions.HTTPException": ("fastapi.exceptions", "HTTPException"),
    "starlette.exceptions.HTTPException": ("starlette.exceptions", "HTTPException"),
    "litestar.exceptions.HTTPException": ("litestar.exceptions", "HTTPException"),
    "werkzeug.exceptions.HTTPException": ("werkzeug.exceptions", "HTTPException"),
    "aiohttp.web.HTTPException": ("aiohttp.web", "HTTPException"),
    "django.http.Http404": ("django.http", "Http404"),
    "django.http.response.Http404": ("django.http", "Http404"),
}
_FAMILIES = ("werkzeug.exceptions.", "aiohttp.web.HTTP")
_STATUS = re.compile(r"(?:HTTP_)?(\d{3})(?:_.*)?")


def catch_of(source: Source, cls: ast.expr) -> tuple[str, str] | None:
    """The base by which an HTTP error class is caught; None for other classes."""
    name = source.qualified_name(cls)
    known = base_of(name) if name is not None else None
    if known is not None:
        return known
    found = definition_of(source, cls) if isinstance(cls, (ast.Name, ast.Attribute)) else None
    if not isinstance(found, ClassFacts):
        return None
    bases = found.written_bases()
    return next((known for base in bases if (known := base_of(base)) is not None), None)


def base_of(name: str) -> tuple[str, str] | None:
    """The class to catch a library's HTTP error by, from its dotted name."""
    if name in BASES:
        return BASES[name]
    family = next((entry for entry in _FAMILIES if name.startswith(entry)), None)
    if family is None or not name.rpartition(".")[2][:1].isupper():
        return None
    return family.rpartition(".")[0], "HTTPException"


def status_of(call: ast.Call) -> int | None:
    """The status a call is given, first or by name; None where it is no constant."""
    named = [word.value for word in call.keywords if word.arg in ("status_code", "status", "code")]
    value = next(iter([*named, *call.args]), None)
    return status_value(value)


def status_value(value: ast.expr | None) -> int | None:
    """404 of `404`, `status.HTTP_404_NOT_FOUND` and `HTTPStatus(404)`."""
    if isinstance(value, ast.Constant) and type(value.value) is int:
        return value.value
    if isinstance(value, ast.Attribute) and (found := _STATUS.fullmatch(value.attr)):
        return int(found[1])
    return None
