"""`python -m fixaudit_cli` and the console script `fixaudit`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line; every expected failure is one line on stderr and exit code 2."""
    # Imports make no garbage, and a run collects by the amount of text that it has parsed.
    gc.disable()
    _open_streams()
    from fixaudit_cli.output.fast_path import answer

    code = answer(sys.argv[1:])
    if code is None:
        from fixaudit_cli.app import run

        code = run(sys.argv[1:])
    from fixaudit_cli.output.exit_codes import leave

    leave(code)


def _open_streams() -> None:
    """Let a stream that the caller closed go nowhere; no file that is opened takes its number."""
    for number, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            if handle != number:
                os.dup2(handle, number)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8"))


if __name__ == "__main__":
    # `python -m` looks for modules in the current folder first, which may be anybody's.
    if not sys.flags.safe_path:
        del sys.path[0]
    main()
