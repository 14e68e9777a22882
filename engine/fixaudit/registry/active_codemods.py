"""The codemods of a configuration, each imported when a file needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fixaudit.registry.manifest_entry import matching_vaguely
from fixaudit.registry.prefilter import Prefilter
from fixaudit.registry.selection import matched_names, select_codemods

if TYPE_CHECKING:
    from fixaudit.authoring.codemod import Codemod
    from fixaudit.config.model import Config
    from fixaudit.config.request import Request
    from fixaudit.registry.manifest_entry import ManifestEntry


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

    Raises:
        ConfigError: an option that a codemod does not have, or of another type.
    """

    def __init__(
        self, entries: Sequence[ManifestEntry], config: Config, made: Sequence[Codemod]
    ) -> None:
        super().__init__(made)
        self._cards = entries
        self._config = config
        self._triggered = (*entries, *made)
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

    def all(self) -> tuple[Codemod, ...]:
        """All of them, imported and made."""
        return tuple(self.codemod(number) for number in range(len(self._triggered)))
