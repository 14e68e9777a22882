"""How often one client may try to log in."""

from __future__ import annotations

import time
from collections import defaultdict


class TooManyAttempts(Exception):
    """The client has to wait."""


class LoginRateLimiter:
    def __init__(self, max_attempts: int, window_seconds: int) -> None:
        self._max_attempts = max_attempts
        self._window_seconds = window_seconds
        self._attempts: defaultdict[str, list[float]] = defaultdict(list)

    def check(self, key: str) -> None:
        """Counts an attempt of the client.

        Raises:
            TooManyAttempts: there were `max_attempts` within the window.
        """
        now = time.monotonic()
        recent = [at for at in self._attempts[key] if now - at < self._window_seconds]
        if len(recent) >= self._max_attempts:
            self._attempts[key] = recent
            raise TooManyAttempts(key)
        recent.append(now)
        self._attempts[key] = recent

    def reset(self, key: str) -> None:
        self._attempts.pop(key, None)


login_rate_limiter = LoginRateLimiter(max_attempts=5, window_seconds=60)
