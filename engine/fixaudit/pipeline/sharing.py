"""A function that the edits of several files need: one module of the distribution defines it.

Each file is worked out by itself, with a definition of its own. Behind the last one the files that
define the same function are known, with all that verification, comments and selections have dropped:
those that may import it from one module are worked out again, with the import in place of the
definition. The module is one of theirs, or one for all, such as `utils.py`, that they import already.
Which one it is depends on the files of the run and what becomes of them, and on nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.files.file_roles import is_for_all
from fixaudit.model.outcome import Changed, Outcome, Unchanged

if TYPE_CHECKING:
    from fixaudit.pipeline.runner import Worker


def shared(
    worker: Worker,
    outcomes: Iterable[Outcome],
    compute: Callable[[Sequence[Path]], Iterator[Outcome]],
) -> Iterator[Outcome]:
    """The outcomes in their order, each function that edits share defined once where that can be.

    They are held back from the first one on that defines such a function. `compute` works out files,
    as `worker` then has them. A file that was told as unchanged before may get a definition: it is told
    again, as `is_more`.
    """
    held: list[Outcome] = []
    unchanged: set[Path] = set()
    for outcome in outcomes:
        if isinstance(outcome, Unchanged) and is_for_all(outcome.path):
            unchanged.add(worker.root / outcome.path)
        if held or (isinstance(outcome, Changed) and any(outcome.definitions)):
            held.append(outcome)
        else:
            yield outcome
    if held:
        from fixaudit.pipeline.shared_definitions import Sharing

        yield from Sharing(worker, held, unchanged).outcomes(compute)
