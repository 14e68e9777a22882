"""Dependencies of the routes: who calls, and whether they may."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, HTTPException

from .rbac_contract import permissions_of
from .tokens import InvalidToken, read_token


@dataclass(frozen=True)
class Caller:
    user_id: uuid.UUID
    role: str


async def current_caller(authorization: Annotated[str, Header()] = "") -> Caller:
    try:
        claims = read_token(authorization.removeprefix("Bearer "))
    except InvalidToken as error:
        raise HTTPException(status_code=401, detail="Not logged in") from error
    return Caller(uuid.UUID(claims["sub"]), claims["role"])


def require_permission(permission: str) -> Callable[..., Awaitable[Caller]]:
    """A dependency that answers 403 to callers whose role lacks the permission."""

    async def check(caller: Annotated[Caller, Depends(current_caller)]) -> Caller:
        if permission not in permissions_of(caller.role):
            raise HTTPException(status_code=403, detail=f"{permission} is missing")
        return caller

    return check
