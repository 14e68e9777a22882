"""Text to a tree, and why a file does not parse: newer syntax than the running Python's, or Python 2."""

from __future__ import annotations

import ast
import re
import sys
import warnings

from fixaudit.config.model import MAX_FILE_SIZE
from fixaudit.errors import SourceError

_PYTHON_2 = (
    re.compile(rb"^[ \t]*print[ \t]+[\"'\w%]", re.MULTILINE),
    re.compile(rb"^[ \t]*except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:", re.MULTILINE),
    re.compile(rb"^[ \t]*exec[ \t]+[\"'\w]", re.MULTILINE),
    re.compile(rb"^[ \t]*raise[ \t]+\w+[ \t]*,[ \t]*[\"'\w]", re.MULTILINE),
)
_NEWER = (
    ((3, 12), re.compile(rb"^[ \t]*type[ \t]+\w+(\[[^\]]*\])?[ \t]*=", re.MULTILINE)),
    ((3, 12), re.compile(rb"^[ \t]*(async[ \t]+def|def|class)[ \t]+\w+[ \t]*\[", re.MULTILINE)),
    (
        (3, 13),
        re.compile(rb"^[ \t]*(async[ \t]+def|def|class|type)[ \t]+\w+\[[^\]]*=", re.MULTILINE),
    ),
    ((3, 14), re.compile(rb"(?<![\w\"'])(?:[tT][rR]?|[rR][tT])[\"']")),
    (
        (3, 14),
        re.compile(rb"^[ \t]*except\*?[ \t]+[\w.]+([ \t]*,[ \t]*[\w.]+)+[ \t]*:", re.MULTILINE),
    ),
)
_F_STRING = re.compile(rb"\b[fF][rR]?[\"']|\b[rR][fF][\"']")


_TOO_DEEP = "is nested too deeply for Python's own parser"
MOST_PARSED = MAX_FILE_SIZE
"""Of files that are only asked about, whatever is set for those that are looked at."""


def parse(text: str, path: str = "<unknown>") -> ast.Module:
    """`ast.parse` with every way it can fail turned into a SourceError that names the line."""
    with warnings.catch_warnings():
        # Another project's invalid escapes are not ours to announce.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text, path)
        except SyntaxError as error:
            raise SourceError("syntax", error.msg or "does not parse", error.lineno) from error
        except RecursionError as error:
            raise SourceError("syntax", _TOO_DEEP) from error
        except MemoryError as error:
            # Python's parser says this of deep nesting too; a short text cannot need much memory.
            raise SourceError("syntax", _too_large(text) or _TOO_DEEP) from error
        except ValueError as error:
            raise SourceError("syntax", str(error)) from error


def _too_large(text: str) -> str | None:
    if len(text) < MOST_PARSED:
        return None
    return (
        f"needs more memory than there is to parse its {len(text) / 1_000_000:.1f} MB,"
        " or is nested too deeply; exclude it if it holds data"
    )


def explain(data: bytes, message: str) -> str:
    """The parser's message, with the Python that reads the file where another one does."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if any(pattern.search(data) for pattern in _PYTHON_2):
        return f"{message}: this is Python 2, which fixaudit does not read; exclude it or port it first"
    for version, pattern in _NEWER:
        if sys.version_info < version and pattern.search(data):
            return _newer(message, version, running)
    if sys.version_info < (3, 12) and _F_STRING.search(data) and _libcst_reads(data):
        return _newer(message, (3, 12), running)
    return message


def _newer(message: str, version: tuple[int, int], running: str) -> str:
    needed = f"{version[0]}.{version[1]}"
    return f"{message}: syntax of Python {needed}; run fixaudit with Python {needed} or newer (this is {running})"


def _libcst_reads(data: bytes) -> bool:
    """LibCST's grammar is ahead of an older running Python's: what it reads is newer syntax."""
    import subprocess

    # In a process of its own: the native parser overflows its stack on deep nesting.
    script = "import sys, libcst; libcst.parse_module(sys.stdin.buffer.read())"
    run = subprocess.run(
        [sys.executable, "-c", script], input=data, capture_output=True, check=False
    )
    return run.returncode == 0
