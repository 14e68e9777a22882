"""What is found below a folder, by git or by a walk."""

from __future__ import annotations

from dataclasses import dataclass, field

SUFFIXES = (".py", ".pyw")


@dataclass(slots=True)
class Listing:
    """Absolute paths of the Python files below a folder; some may be links, or be gone by now.

    `unreadable` pairs folders with the reason they could not be looked into.
    """

    paths: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
