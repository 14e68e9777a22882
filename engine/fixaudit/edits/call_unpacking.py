"""What `*args` and `**kwargs` of a call may hold besides what is written in it."""

from __future__ import annotations

import ast
from typing import Literal

Hidden = Literal["both", "positional", "keywords", "neither"]


def unpacks(call: ast.Call) -> bool:
    """True where `*args` or `**kwargs` may bring more than is written."""
    starred = any(isinstance(entry, ast.Starred) for entry in call.args)
    return starred or any(entry.arg is None for entry in call.keywords)


def may_hold(call: ast.Call, name: str, hidden: Hidden) -> str | None:
    """What the call unpacks that may bring a value for the parameter `name`, as written."""
    if hidden in ("both", "positional"):
        for entry in call.args:
            if isinstance(entry, ast.Starred):
                return ast.unparse(entry)
    for word in call.keywords if hidden in ("both", "keywords") else ():
        if word.arg is None and not _lacks(word.value, name):
            return f"**{ast.unparse(word.value)}"
    return None


def _lacks(value: ast.expr, name: str) -> bool:
    """True for a dict display whose keys are all written out and others."""
    keys = value.keys if isinstance(value, ast.Dict) else [None]
    return all(isinstance(key, ast.Constant) and key.value != name for key in keys)
