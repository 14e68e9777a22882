"""The command line, told whose files are: a stranger's, without giving them away, which only root can.

`FIXAUDIT_TEST_OWNERS` holds user ids by path, as JSON; the nearest path upward counts. Git is told
the same by the variable of its own tests.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from fixaudit.files import ownership

VARIABLE = "FIXAUDIT_TEST_OWNERS"
GITS_VARIABLE = "GIT_TEST_ASSUME_DIFFERENT_OWNER"


def main() -> None:
    owners: dict[str, int] = json.loads(os.environ[VARIABLE])
    real = ownership._uid_of

    def told(path: str | os.PathLike[str]) -> int:
        place = Path(os.path.realpath(path))
        found = (owners.get(str(above)) for above in (place, *place.parents))
        return next((uid for uid in found if uid is not None), real(path))

    ownership._uid_of = told
    from fixaudit_cli.__main__ import main as run

    run()


if __name__ == "__main__":
    # As `python -m` starts it: nothing of this folder stands in for a module.
    sys.path.remove(str(Path(__file__).resolve().parent))
    main()
