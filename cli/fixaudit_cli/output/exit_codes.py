"""How a run of the command line ends: exit codes for what went wrong, and leaving at once."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from fixaudit.errors import FixauditError

EXIT_DONE, EXIT_FINDINGS, EXIT_ERROR, EXIT_INTERRUPTED = 0, 1, 2, 130


def guarded(call: Callable[[], int]) -> int:
    """The exit code of a call; every expected failure is one line on stderr."""
    try:
        return call()
    except FixauditError as error:
        print(f"fixaudit: error: {error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("fixaudit: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader (`head`, a pager) went away: nothing to say, and nowhere to say it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE


def leave(code: int) -> NoReturn:
    """End the process without taking its memory apart: a run's trees take seconds for that."""
    if sys.getprofile() is not None or sys.gettrace() is not None:
        sys.exit(code)  # whoever measures this process wants it to end in order
    atexit._run_exitfuncs()
    os._exit(_flushed(code))


def _flushed(code: int) -> int:
    """The exit code, once all that was written is out; 2 where standard output takes no more."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        pass
    except (OSError, ValueError) as error:
        code = EXIT_ERROR
        if sys.stderr is not None:
            print(f"fixaudit: error: standard output: {error}", file=sys.stderr)
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except (OSError, ValueError):
        pass
    return code
