"""How a run of the command line ends: its exit code, and the end of the process."""

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
        # The reader (`head`, a pager) has ended, which is no error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except Exception:
        return _defect()


def _defect() -> int:
    """Tell of an exception that nobody expected: its traceback, and what it means for the user."""
    sys.excepthook(*sys.exc_info())
    told = "this is a defect of fixaudit: please report it with the lines above"
    print(f"fixaudit: error: {told}", file=sys.stderr)
    return EXIT_ERROR


def leave(code: int) -> NoReturn:
    """End the process without freeing its memory: that takes seconds for a run's trees."""
    if sys.getprofile() is not None or sys.gettrace() is not None:
        sys.exit(code)  # a profiler or debugger writes its results at an orderly end
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
