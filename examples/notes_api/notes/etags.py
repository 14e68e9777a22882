"""Entity tags: a client that has the page already gets a 304."""

from __future__ import annotations

import hashlib

from fastapi import Response


def etag(body: bytes) -> str:
    """The strong entity tag of a body."""
    return f'"{hashlib.md5(body).hexdigest()}"'


def with_etag(response: Response, body: bytes, asked: str | None) -> Response:
    """The response with its tag, or a 304 where the client's tag fits."""
    tag = etag(body)
    if asked == tag:
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return response
