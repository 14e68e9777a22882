"""What `apply` says of the places that a report asks to keep as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fixaudit.plan.stored import Entry
from fixaudit.plan.wording import listed
from fixaudit_cli.output.terminal import note


def say_of_kept(spared: Sequence[tuple[str, str]], entries: Iterable[Entry]) -> None:
    """Say what is left alone because a report asks for it, and what is edited all the same.

    `spared` are places with the words of the report; an entry with such words is edited.
    """
    _say(spared, "left alone")
    _say([(f"{e.path}:{e.line}", e.warning) for e in entries if e.warning], "edited all the same")
    if spared:
        one = len(spared) == 1
        sites, be, them = ("site", "is", "it") if one else ("sites", "are", "them")
        note(
            f"{len(spared)} {sites} that the report asks to keep {be} left alone;"
            f" --with-kept (of `apply --report` and `plan`) edits {them} too"
        )


def _say(places: Iterable[tuple[str, str]], words: str) -> None:
    by_warning: dict[str, list[str]] = {}
    for place, warning in places:
        by_warning.setdefault(warning, []).append(place)
    for warning, where in by_warning.items():
        note(f"{warning}; {words}: {listed(where)}")
