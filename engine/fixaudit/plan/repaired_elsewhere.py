"""A repair of one place in a function elsewhere that the finding names, by a commit that gives its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from fixaudit.plan.codebase import Tree
from fixaudit.plan.past import Past
from fixaudit.plan.place_asked import PlaceAsked
from fixaudit.plan.put_there import PutThere
from fixaudit.plan.repair_claimed import SAYS_SO, claims

_NAME = 6
"""Letters of a function's name that no two programs choose by chance."""
_MOST_NAMES = 6
_MOST_FILES = 2
"""Files that define a function of one name; of more, none is meant."""
_MOST_ASKED = 24
"""Files whose history is asked for the places of one report, beside those that it cites."""


@dataclass(slots=True)
class RepairedElsewhere:
    """Asks the histories of the files that define what a finding names. See `proof`."""

    tree: Tree
    put: PutThere
    pasts: Sequence[Past]
    _asked: set[str] = field(default_factory=set)
    _paths: dict[str, list[str]] = field(default_factory=dict)
    """By a function's name, the files that define one."""

    def proof(self, place: PlaceAsked) -> str | None:
        """Which change repaired the only place of a finding by code that it put into a function which the
        finding names, in whichever file; None where none says so by the finding's id or number."""
        finding = place.finding
        if sum(len(e.ranges) or 1 for e in finding.locations) != 1:
            return None
        if finding.id == f"L{finding.line}":  # it has no id of its own that a message could give
            return None
        for other in self._others(place):
            for change in reversed(other.later):
                if claims(change, finding, (), plainly=True) and self.put.changed(other, change):
                    return f"{change.by.told()} {SAYS_SO}, in `{other.symbol}`"
        return None

    def _others(self, place: PlaceAsked) -> Iterator[PlaceAsked]:
        """The functions that the finding names, as places without lines."""
        for name in place.finding.symbols[:_MOST_NAMES]:
            last = name.rpartition(".")[2]
            if len(last) < _NAME:
                continue
            if last not in self._paths:
                self._paths[last] = [p for p in self.tree.files if self._defines(p, last)]
            paths = self._paths[last]
            for path in paths if len(paths) <= _MOST_FILES else ():
                if path not in self._asked and len(self._asked) >= _MOST_ASKED:
                    continue
                self._asked.add(path)
                yield replace(
                    place,
                    path=path,
                    cited=None,
                    named=(last,),
                    versions=[data for past in self.pasts for data in past.versions(path)],
                    changes=[change for past in self.pasts for change in past.changes(path)],
                )

    def _defines(self, path: str, name: str) -> bool:
        return self.tree.holds(path, name) and any(
            each.name.rpartition(".")[2] == name for each in self.tree.definitions(path)
        )
