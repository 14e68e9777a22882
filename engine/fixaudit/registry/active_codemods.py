"""The codemods of a configuration, each imported when a file needs it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from fixaudit.registry.manifest_entry import matching_vaguely
from fixaudit.registry.prefilter import Prefilter
from fixaudit.registry.selection import matched_names, select_codemods

if TYPE_CHECKING:
    from fixaudit.authoring.codemod import Codemod
    from fixaudit.config.model import Config
    from fixaudit.config.request import Request
    from fixaudit.registry.manifest_entry import ManifestEntry
    from fixaudit.suppress.comment_notes import Asked


def chosen(
    request: Request, config: Config, entries: Sequence[ManifestEntry], ignored: tuple[str, ...]
) -> list[ManifestEntry]:
    """Those of the entries that a request and a configuration select, without what `ignored` names.

    Raises:
        ConfigError: a selector that means nothing, or options for a codemod that is not there.
    """
    select = request.select if request.select is not None else config.select
    more = (*config.extend_select, *request.extend_select)
    less = (*config.ignore, *request.ignore)
    entries = matching_vaguely(entries, (*(select or ()), *more, *less, *ignored))
    if not any(entry.is_vague for entry in entries):
        config.check_codemods(entry.name for entry in entries)
    found = select_codemods(entries, select, more, less)
    if request.codemods and request.select is None and not request.extend_select:
        return []
    off = matched_names(entries, ignored) if ignored else frozenset()
    return [entry for entry in found if entry.name not in off]


class Selected(Prefilter):
    """The codemods that run on a file under one configuration.

    Each is imported when a file needs it, and at once where the configuration has options for it:
    a wrong option is refused before any file is read.

    `entries` run, `available` is all that comments may name.

    Raises:
        ConfigError: an option that a codemod does not have, or of another type.
    """

    def __init__(
        self,
        entries: Sequence[ManifestEntry],
        config: Config,
        request: Request,
        available: Sequence[ManifestEntry],
    ) -> None:
        super().__init__(request.codemods)
        self._request = request
        self._available = available
        self._cards = entries
        self._config = config
        self._triggered = (*entries, *request.codemods)
        self._loaded: dict[int, Codemod] = {}
        for number, entry in enumerate(entries):
            if entry.name in config.codemods:
                self.codemod(number)

    def codemod(self, number: int) -> Codemod:
        """One of them, made with its options. Raises CodemodError where it does not import."""
        if number >= len(self._cards):
            return super().codemod(number - len(self._cards))
        known = self._loaded.get(number)
        if known is None:
            entry = self._cards[number].load()
            known = self._loaded[number] = entry(self._config.options(entry.name, entry.Options))
        return known

    @cached_property
    def named_in_comments(self) -> Asked:
        """What comments may name under this configuration, and what of it runs."""
        from fixaudit.suppress.comment_notes import Asked

        request, entries = self._request, self._available
        narrowed = request.select is not None or request.ignore or request.codemods
        is_vague = any(entry.is_vague for entry in entries)
        is_whole = not narrowed and all(entry.folder is None for entry in entries)
        known = None if is_vague else (*entries, *request.codemods)
        return Asked(known, (*self._cards, *request.codemods), is_whole)

    def all(self) -> tuple[Codemod, ...]:
        """All of them, imported and made."""
        return tuple(self.codemod(number) for number in range(len(self._triggered)))
