"""Access tokens: claims and a signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from ..config import settings


class InvalidToken(Exception):
    """The token is not one of ours, or it has expired."""


def _signature(body: bytes) -> str:
    return hmac.new(settings.secret_key.encode(), body, hashlib.sha256).hexdigest()


def make_token(user_id: uuid.UUID, role: str = "hiker") -> str:
    expires = int(time.time()) + 60 * settings.access_token_minutes
    claims = {"sub": str(user_id), "role": role, "exp": expires}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode())
    return f"{body.decode()}.{_signature(body)}"


def read_token(token: str) -> dict[str, Any]:
    """The claims of a token.

    Raises:
        InvalidToken: the signature is not ours, or the time is over.
    """
    body, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(body.encode()).encode()):
        raise InvalidToken("signature")
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body))
    if claims["exp"] < time.time():
        raise InvalidToken("expired")
    return claims
