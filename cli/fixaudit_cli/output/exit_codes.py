"""How a run of the command line ends: its exit code, and the end of the process."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from fixaudit.errors import FixauditError
from fixaudit_cli.output.so_far import SO_FAR

EXIT_DONE, EXIT_FINDINGS, EXIT_ERROR, EXIT_INTERRUPTED = 0, 1, 2, 130


def guarded(call: Callable[[], int]) -> int:
    """The exit code of a call; every expected failure is one line on stderr."""
    SO_FAR.restart()
    try:
        return call()
    except FixauditError as error:
        from fixaudit_cli.output.terminal import OutputError

        tail = f"; {SO_FAR.words}" if SO_FAR.words and isinstance(error, OutputError) else ""
        return _told(f"error: {error}{tail}", EXIT_ERROR)
    except KeyboardInterrupt:
        return _told(f"interrupted; {SO_FAR.words or 'no file was changed'}", EXIT_INTERRUPTED)
    except BrokenPipeError:
        from fixaudit_cli.output.terminal import give_up

        give_up(sys.stdout)  # the reader (`head`, a pager) has ended, which is no error
        return EXIT_DONE
    except Exception:
        return _defect()


def _defect() -> int:
    """Tell of an exception that nobody expected: its traceback, and what it means for the user."""
    sys.excepthook(*sys.exc_info())
    told = "this is a defect of fixaudit: please report it with the lines above"
    return _told(f"error: {told}", EXIT_ERROR)


def _told(message: str, code: int) -> int:
    from fixaudit_cli.output.terminal import note

    note(f"fixaudit: {message}")
    return code


def leave(code: int) -> NoReturn:
    """End the process without freeing its memory: that takes seconds for a run's trees."""
    if sys.getprofile() is not None or sys.gettrace() is not None:
        sys.exit(code)  # a profiler or debugger writes its results at an orderly end
    atexit._run_exitfuncs()
    os._exit(_flushed(code))


def _flushed(code: int) -> int:
    """The exit code, once all that was written is out; 2 where standard output takes no more."""
    try:
        sys.stdout.flush()
    except BlockingIOError:
        from fixaudit_cli.output.terminal import flush

        flush(sys.stdout)
    except BrokenPipeError:
        pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        code = _told(f"error: standard output: {reason}", EXIT_ERROR)
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    return code
