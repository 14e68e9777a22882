"""Registration and login."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request

from ..application.login_rate_limit import TooManyAttempts, login_rate_limiter
from ..auth.tokens import make_token
from ..crud.user import UserRepository
from ..schemas.session import Credentials, Token
from ..utils.security import hash_password, verify_password
from .deps import user_repository

router = APIRouter(prefix="/session", tags=["session"])

Users = Annotated[UserRepository, Depends(user_repository)]


@router.post("/users", status_code=201)
async def register(body: Credentials, users: Users) -> Token:
    if await users.by_email(body.email) is not None:
        raise HTTPException(status_code=409, detail="Registered already")
    user = await users.add(body.email, hash_password(body.password))
    return Token(access_token=make_token(user.id))


@router.post("")
async def log_in(body: Credentials, request: Request, users: Users) -> Token:
    key = f"{request.client.host if request.client else 'unknown'}:{body.email}"
    try:
        login_rate_limiter.check(key)
    except TooManyAttempts as error:
        raise HTTPException(status_code=429, detail="Too many attempts") from error
    user = await users.by_email(body.email)
    if user is None:
        raise HTTPException(status_code=401, detail="Wrong e-mail or password")
    if not verify_password(body.password, user.password_hash):
        raise HTTPException(status_code=401, detail="Wrong e-mail or password")
    login_rate_limiter.reset(key)
    return Token(access_token=make_token(user.id))
