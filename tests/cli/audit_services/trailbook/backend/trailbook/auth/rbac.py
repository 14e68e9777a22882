"""Deprecated: `rbac_contract` says who may do what, `dependencies` asks it."""

from __future__ import annotations

from fastapi import Header, HTTPException


def require_permission(permission: str):
    """A dependency that lets editors and operators pass, whatever the permission."""

    async def check(x_role: str = Header(default="")) -> None:
        if x_role not in ("editor", "operator"):
            raise HTTPException(status_code=403, detail=f"{permission} is missing")

    return check
