"""One file as codemods see it, and the questions they ask about it.

`from fixaudit.source import Source` stays: the class is imported at its first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    if name != "Source":
        raise AttributeError(f"module 'fixaudit.source' has no attribute {name!r}")
    return import_module("fixaudit.source.source").Source
