"""The errors fixaudit raises on purpose; each message is one line that says what to do."""

from __future__ import annotations


class FixauditError(Exception):
    """Base of all errors meant for a user; `str(error)` is one readable line."""


class ConfigError(FixauditError):
    """A configuration file, option or command-line value that cannot be used."""


class CodemodError(FixauditError):
    """A codemod that cannot be loaded, or that broke its contract."""


class SourceError(FixauditError):
    """A file that cannot be read as Python source.

    Attributes: `kind` is one of `syntax`, `null-byte`, `encoding`, `cookie`; `line` is 1-based or
    None where no line can be named.
    """

    def __init__(self, kind: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.line = line


class ReportError(FixauditError):
    """An audit report that cannot be read; the message names file, line and what to do."""


class NotLookedAtError(FixauditError):
    """A codemod could not look at a file at all; its silence must not pass for a clean file."""


class OverTimeError(BaseException):
    """A step takes too long; no codemod may take it for an error of its own."""
