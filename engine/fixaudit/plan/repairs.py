"""All proofs of a repair that do not rest on the finding's own code being gone, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fixaudit.plan.codebase import Tree
from fixaudit.plan.old_code import OldFiles
from fixaudit.plan.past import FileChange, Past
from fixaudit.plan.place_asked import PlaceAsked
from fixaudit.plan.put_there import PutThere
from fixaudit.plan.repaired_elsewhere import RepairedElsewhere
from fixaudit.plan.repaired_form import RepairedForm, leaves_undone


@dataclass(slots=True)
class Repairs:
    """Asks what changes put at a place, how they built its code anew, and what they did elsewhere for it."""

    tree: Tree
    files: OldFiles
    pasts: Sequence[Past]
    _put: PutThere = field(init=False)
    _form: RepairedForm = field(init=False)
    _elsewhere: RepairedElsewhere = field(init=False)

    def __post_init__(self) -> None:
        self._put = PutThere(self.tree, self.files)
        self._form = RepairedForm(self.tree, self.files, self._put)
        self._elsewhere = RepairedElsewhere(self.tree, self._put, self.pasts)

    def proof(self, place: PlaceAsked, *, stands: bool) -> str | None:
        """Which change repaired a place, as told; None where nothing shows it. See `PutThere.proof`."""
        put = self._put.proof(place, stands=stands)
        return put or self._form.proof(place) or self._elsewhere.proof(place)

    def meant(self, place: PlaceAsked, gone: Sequence[str], change: FileChange) -> bool:
        """True for a change that took own code away for the finding's sake. See `PutThere.meant`."""
        return self._put.meant(place, gone, change)

    def undone(self, place: PlaceAsked, gone: Sequence[str]) -> bool:
        """True where the code that went says by itself that nothing is done. See `leaves_undone`."""
        return bool(gone) and leaves_undone(gone, place.finding)
