"""How unexpected errors look to a client."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from catalog.enrichment import ProviderError, RateLimited

logger = logging.getLogger(__name__)


def install_error_handlers(app: FastAPI) -> None:
    """Answer provider errors with 502 or 503 instead of a bare 500."""

    @app.exception_handler(RateLimited)
    async def rate_limited(request: Request, exc: RateLimited) -> JSONResponse:
        seconds = max(1, round(exc.retry_after))
        return JSONResponse(
            {"detail": "The language model is busy"},
            status_code=503,
            headers={"Retry-After": str(seconds)},
        )

    @app.exception_handler(ProviderError)
    async def provider_error(request: Request, exc: ProviderError) -> JSONResponse:
        # Set by the proxy middleware in production, absent elsewhere.
        request_id = getattr(request.state, "request_id", "-")
        logger.error(f"Provider error in request {request_id}: {exc}")
        return JSONResponse({"detail": "The language model failed"}, status_code=502)
