"""`python -m fixaudit_cli` and the console script `fixaudit`."""

from __future__ import annotations

import gc
import sys

# Imports leave no garbage behind; at Python's own pace they are searched for it dozens of times.
_OBJECTS_BETWEEN = 50_000


def main() -> None:
    """Run the command line; every expected failure is one line on stderr and exit code 2."""
    gc.set_threshold(_OBJECTS_BETWEEN, *gc.get_threshold()[1:])
    from fixaudit_cli.quick import answer

    code = answer(sys.argv[1:])
    if code is None:
        from fixaudit_cli.app import run

        code = run(sys.argv[1:])
    from fixaudit_cli.ending import leave

    leave(code)


if __name__ == "__main__":
    main()
