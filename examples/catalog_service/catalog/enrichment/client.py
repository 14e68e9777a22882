"""A thin client for the completion endpoint of our language model provider."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from catalog.core import Settings

log = logging.getLogger(__name__)


class ProviderError(Exception):
    """The provider refused or failed; ``body`` is what it answered, if anything."""

    def __init__(self, message: str, body: str = "") -> None:
        super().__init__(message)
        self.body = body


class RateLimited(ProviderError):
    """The provider asks us to slow down."""

    def __init__(self, message: str, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Transport(Protocol):
    """Posts JSON and returns the decoded answer; raises ``ProviderError``."""

    async def post(
        self, url: str, payload: dict[str, Any], headers: dict[str, str], timeout: float
    ) -> dict[str, Any]: ...


class CompletionClient:
    """Asks the provider for one completion at a time and waits out its rate limits."""

    def __init__(
        self,
        transport: Transport,
        settings: Settings,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transport = transport
        self._settings = settings
        self._sleep = sleep
        self.tokens_used = 0

    def _headers(self) -> dict[str, str]:
        # The key's name depends on the provider: openai_api_key, mistral_api_key, ...
        key = getattr(self._settings, f"{self._settings.llm_provider}_api_key", None)
        return {"Authorization": f"Bearer {key}"} if key else {}

    async def complete(self, prompt: str) -> str:
        """The model's answer to ``prompt``, stripped.

        Raises ``RateLimited`` when the retries are used up and ``ProviderError`` for the rest.
        """
        retries = self._settings.llm_max_retries
        for attempt in range(retries + 1):
            try:
                answer = await self._post(prompt)
            except RateLimited as e:
                if attempt == retries:
                    print(f"Max retries reached for {self._settings.llm_model}, giving up")
                    raise
                print(f"Rate limit hit. Waiting {e.retry_after:.1f}s before the next try...")
                await self._sleep(e.retry_after)
            except ProviderError as e:
                log.exception(f"Completion failed, the provider said: {e.body}")
                raise
            else:
                self.tokens_used += int(answer.get("usage", {}).get("total_tokens", 0))
                return str(answer["text"]).strip()
        raise RuntimeError(f"No attempt was made: llm_max_retries is {retries}")

    async def _post(self, prompt: str) -> dict[str, Any]:
        return await self._transport.post(
            f"{self._settings.llm_base_url}/completions",
            {"model": self._settings.llm_model, "prompt": prompt},
            self._headers(),
            timeout=getattr(self._settings, "llm_timeout_seconds", 30.0),
        )
