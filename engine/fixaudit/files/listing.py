"""What is found below a folder, by git or by a walk."""

from __future__ import annotations

from dataclasses import dataclass, field

SUFFIXES = (".py", ".pyw")


@dataclass(slots=True)
class Listing:
    """Absolute paths of the Python files below a folder; some may be links, or be gone by now.

    `unreadable` pairs folders with the reason they could not be looked into; `inner` are the tops of
    repositories inside of the one that owns the folder, whose files are among the paths; `skipped`
    are folders passed over by their name, or as environments. `named` are paths of the other files
    that were asked for by their names.
    """

    paths: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)
    skipped: set[str] = field(default_factory=set)
    named: list[str] = field(default_factory=list)
