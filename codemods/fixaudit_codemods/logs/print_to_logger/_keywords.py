"""The keywords of a print, and whether its text is a format for its values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import ObsoleteImport, Source

STREAMS = frozenset({"sys.stdout", "sys.stderr"})
DATA_SEPARATORS = frozenset({"\t", ",", ";", "|", "\0"})
_PLACEHOLDER = re.compile(r"%[-+ 0#]*\d*(?:\.\d+)?[sdrfgix]\b")


def unusual_keywords(source: Source, call: ast.Call) -> str | None:
    """Why the keywords of a print speak against a log; None where they do not."""
    for keyword in call.keywords:
        value = keyword.value
        constant = value.value if isinstance(value, ast.Constant) else ...
        match keyword.arg:
            case "file":
                if source.qualified_name(value) not in STREAMS:
                    return "it writes to a file of its own"
            case "end":
                if constant not in ("\n", None):
                    return "`end` leaves the line open: progress, or output in pieces"
            case "flush":
                continue
            case "sep":
                if not isinstance(constant, str | None):
                    return "`sep` is known only at run time"
                if constant in DATA_SEPARATORS:
                    return "data on stdout: another program may read it"
            case _:
                return "its keywords are known only at run time"
    return None


def has_placeholders(call: ast.Call) -> bool:
    """True where the text is a valid format for just these values; else its `%` is no placeholder."""
    first, *values = call.args
    if not values or not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return False
    rest, count = _PLACEHOLDER.subn("", first.value.replace("%%", ""))
    return count == len(values) and "%" not in rest


def freed_streams(call: ast.Call) -> Iterator[ObsoleteImport]:
    """The import that `file=` may have been the last to use."""
    for keyword in call.keywords:
        if keyword.arg == "file":
            value = keyword.value
            while isinstance(value, ast.Attribute):
                value = value.value
            if isinstance(value, ast.Name):
                yield ObsoleteImport(value.id)


def separator(call: ast.Call) -> str:
    """What stands between the printed values."""
    for keyword in call.keywords:
        if keyword.arg == "sep" and isinstance(keyword.value, ast.Constant):
            return " " if keyword.value.value is None else str(keyword.value.value)
    return " "
