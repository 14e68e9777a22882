"""What `apply` says of what a report asks for besides edits: places to keep as they are, and options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fixaudit.plan.model import Kept, Planned
from fixaudit.plan.stored import Entry
from fixaudit.plan.wording import listed
from fixaudit_cli.output.terminal import note


def say_of_kept(spared: Sequence[Kept], entries: Iterable[Entry]) -> None:
    """Say what is left alone because a report or a person asks for it, and what is edited all the same.

    An entry with a warning is edited although a report asks to keep it.
    """
    places = [(f"{kept.site.path}:{kept.site.line}", kept) for kept in spared]
    say_of_stored([(place, k.warning) for place, k in places if not k.by_hand], entries)
    yours = [(place, kept.warning) for place, kept in places if kept.by_hand]
    _say(yours, "left alone")
    if yours:
        note("`fixaudit plan -i --ask-again` of the report asks about what you keep again")


def say_of_stored(spared: Sequence[tuple[str, str]], entries: Iterable[Entry]) -> None:
    """The same of a plan file: places with the words of who keeps them."""
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


def say_of_options(planned: Iterable[Planned]) -> None:
    """Say once for each option what findings whose sites use it ask for, and how to set it."""
    findings: dict[tuple[str, str, str], list[str]] = {}
    for entry in planned:
        for asked in _asked(entry.settings):
            findings.setdefault(asked, []).append(entry.finding.id)
    for (codemod, key, value), ids in findings.items():
        one = len(ids) == 1
        note(
            f"finding{'' if one else 's'} {', '.join(ids)} ask{'s' if one else ''} for {key} = {value}:"
            f" `--config 'codemods.{codemod}.{key}={value}'`"
        )


def _asked(settings: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Codemod, option and value of the lines of a `fixaudit.toml`; what a person has to fill in is none."""
    codemod = ""
    for line in settings:
        if line.startswith("[codemods."):
            codemod = line.removeprefix("[codemods.").removesuffix("]")
        elif not line.startswith("#"):
            key, _, value = line.partition(" = ")
            yield codemod, key, value
