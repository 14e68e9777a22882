"""Which exceptions end the work on a file: the user's interrupt, not one that a codemod raises itself."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fixaudit.errors import OverTimeError


class UserInterrupt:
    """Listens to the interrupt signal while code of codemods runs.

    Attributes:
        has_come: whether the signal came while it was listened to.
    """

    def __init__(self) -> None:
        self.has_come = False
        self._listens = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Notes the signal during the body, and raises KeyboardInterrupt as Python does.

        At its end the body is interrupted again where it has swallowed that. In a thread, and where
        the program handles the signal in its own way, nothing is noted.
        """
        is_main = threading.current_thread() is threading.main_thread()
        if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield
            return
        self.has_come, self._listens = False, True
        signal.signal(signal.SIGINT, self._note)
        try:
            yield
            if self.has_come:
                raise KeyboardInterrupt
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._listens = False

    def _note(self, *_: object) -> None:
        self.has_come = True
        raise KeyboardInterrupt

    def raised(self, error: BaseException) -> bool:
        """True for the user's interrupt, not for a KeyboardInterrupt that other code raised.

        A process that ignores the signal gets none. Where nothing is noted it may be the user's.
        """
        if not isinstance(error, KeyboardInterrupt):
            return False
        if self._listens:
            return self.has_come
        return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


INTERRUPT = UserInterrupt()


def ends_the_work(error: BaseException) -> bool:
    """True for the user's interrupt and for the end of a file's time, which nothing may swallow."""
    return INTERRUPT.raised(error) or isinstance(error, OverTimeError)
