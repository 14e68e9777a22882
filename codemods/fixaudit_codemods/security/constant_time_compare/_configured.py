"""Values that the service is configured with: the environment, and fields of settings."""

from __future__ import annotations

import ast
import re

from fixaudit import Source
from fixaudit.authoring import origin_match, outside_bases, static_type

_ENVIRONMENT = re.compile(r"os\.getenv\(\)|os\.environ(?:\.get\(\))?")
_SETTINGS = re.compile(
    r"pydantic_settings(?:\.\w+)*\.BaseSettings|pydantic(?:\.\w+)*\.BaseSettings"
)


def configured(source: Source, expression: ast.expr) -> str | None:
    """Where a configured value comes from, in words that follow "and"; None for other values."""
    plain = expression
    while isinstance(plain, ast.Call) and isinstance(plain.func, ast.Attribute):
        if plain.func.attr not in ("encode", "strip", "get_secret_value"):
            break
        plain = plain.func.value
    shown = " ".join(source.segment(plain).split())
    held = plain.value if isinstance(plain, ast.Subscript) else plain
    if origin_match(source, held, _ENVIRONMENT) is not None or _from_environment(source, plain):
        return f"`{shown}` is set by the environment"
    if isinstance(plain, ast.Attribute):
        owner = static_type(source, plain.value)
        if owner is not None and any(
            _SETTINGS.fullmatch(base) for cls in owner.members for base in outside_bases(cls)
        ):
            return f"`{shown}` is a setting"
    return None


def _from_environment(source: Source, name: ast.expr) -> bool:
    """True for a name that is assigned `os.environ["…"]`, or `os.getenv("…") or …`."""
    if not isinstance(name, ast.Name):
        return False
    bindings = source.lookup(name.id, name)
    value = bindings[0].value if len(bindings) == 1 else None
    if isinstance(value, ast.BoolOp):
        value = value.values[0]
    if isinstance(value, ast.Subscript):
        value = value.value
    return value is not None and origin_match(source, value, _ENVIRONMENT) is not None
