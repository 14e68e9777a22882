"""The transport used in production: urllib in a worker thread, no further dependency."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any

from .client import ProviderError, RateLimited

TOO_MANY_REQUESTS = 429


class UrllibTransport:
    """Posts JSON with the standard library."""

    async def post(
        self, url: str, payload: dict[str, Any], headers: dict[str, str], timeout: float
    ) -> dict[str, Any]:
        body = json.dumps(payload).encode()
        request = urllib.request.Request(
            url, data=body, headers={**headers, "Content-Type": "application/json"}
        )
        return await asyncio.to_thread(self._send, request, timeout)

    def _send(self, request: urllib.request.Request, timeout: float) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as e:
            if e.code == TOO_MANY_REQUESTS:
                raise RateLimited("rate limited", float(e.headers.get("Retry-After", 1))) from e
            raise ProviderError(f"HTTP {e.code}", e.read().decode(errors="replace")) from e
        except OSError as e:
            raise ProviderError(f"Provider not reachable: {e}")
