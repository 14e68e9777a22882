"""The URL of an engine of SQLAlchemy, as far as it is written out."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit.authoring import assigned_literal, keyword

_SQLITE = re.compile(r"sqlite(?:\+\w+)?(?::.*)?", re.DOTALL)


def url_of(source: Source, call: ast.Call) -> ast.expr | None:
    given = keyword(call, "url")
    return given.value if given is not None else call.args[0] if call.args else None


def url_start(source: Source, url: ast.expr | None) -> str | None:
    """How a URL starts, as far as it is written out; None where nothing is."""
    value = None if url is None else assigned_literal(source, url)
    if isinstance(value, ast.JoinedStr) and value.values:
        value = value.values[0]
    if isinstance(value, ast.BinOp):
        return url_start(source, value.left)
    if isinstance(value, ast.Call):
        name = source.qualified_name(value.func) or ""
        if name.endswith((".URL.create", ".make_url")):
            drivername = keyword(value, "drivername")
            first = drivername.value if drivername is not None else next(iter(value.args), None)
            return url_start(source, first)
        if isinstance(value.func, ast.Attribute) and value.func.attr == "format":
            return url_start(source, value.func.value)
        return None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return None


def is_sqlite_url(start: str | None) -> bool:
    """True for the start of a URL of SQLite, and for the name of its driver."""
    return start is not None and _SQLITE.fullmatch(start) is not None
