"""Which fixes the unsafe edits of a batch rest on."""

from __future__ import annotations

import pytest

from fixaudit.campaigns.batch import Batch, BatchFile
from fixaudit.campaigns.settings import BatchVerdict
from fixaudit.campaigns.waiting import with_waiting

HELPER = b"def bounded(many):\n    return many\n\n\n"
CALL = b"gather(bounded(many))\n"


def _batch(name: str, verdict: BatchVerdict, path: str, after: bytes) -> Batch:
    return Batch(name, verdict, (), (), (BatchFile(path, b"gather(many)\n", after, (), 1),))


@pytest.mark.parametrize(
    ("after", "expected"),
    [(b"import helpers\n" + CALL, ("fix-01",)), (HELPER + CALL, ())],
    ids=["calls a function of the fix", "has one of its own"],
)
def test_edits_wait_for_the_functions_that_only_fixes_define(
    after: bytes, expected: tuple[str, ...]
) -> None:
    fixes = [_batch("fix-01", "fix", "helpers.py", HELPER + CALL)]
    [found] = with_waiting(fixes, [_batch("unsafe-01", "unsafe", "other.py", after)], ())
    assert found.waits_for == expected
