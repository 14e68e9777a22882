"""Accounts, login and logout."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone
from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, Header, HTTPException, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.config import settings
from desk.database import get_session
from desk.models import Account, ActivityEntry, LoginSession
from desk.security import hash_password, new_token, verify_password

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/auth", tags=["auth"])

# The browser's cookies.
SESSION_COOKIE = "desk_session"
CSRF_COOKIE = "desk_csrf"
CSRF_HEADER = "X-CSRF-Token"

MIN_PASSWORD = 10
SESSION_COOKIE = "desk_session"


class Credentials(BaseModel):
    """What a login takes."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=128)


DatabaseSession = Annotated[Session, Depends(get_session)]


def current_account(
    session: DatabaseSession,
    desk_session: Annotated[str | None, Cookie()] = None,
) -> Account:
    """The account of the caller's session, or 401."""
    login = session.get(LoginSession, desk_session) if desk_session else None
    if login is None or _ran_out(login):
        raise HTTPException(status_code=401, detail="Please log in.")
    return session.get_one(Account, login.account_id)


def checked_csrf(
    desk_csrf: Annotated[str, Cookie()] = "",
    x_csrf_token: Annotated[str, Header()] = "",
) -> None:
    """403 unless the header repeats the cookie."""
    if not desk_csrf or desk_csrf != x_csrf_token:
        raise HTTPException(status_code=403, detail="The CSRF token is wrong.")


def _ran_out(login: LoginSession) -> bool:
    expires = login.expires_at
    if expires.tzinfo is None:
        expires = expires.replace(tzinfo=timezone.utc)
    return expires < datetime.now(timezone.utc)


@router.post("/register", status_code=201)
def register(body: Credentials, session: DatabaseSession) -> dict[str, str]:
    """A new account."""
    if len(body.password) < MIN_PASSWORD:
        raise HTTPException(status_code=422, detail="The password is too short.")
    email = body.email.strip().lower()
    if session.scalar(select(Account.id).where(Account.email == email)):
        raise HTTPException(status_code=409, detail="There is an account of this address.")
    account = Account(email=email, password_hash=hash_password(body.password))
    session.add(account)
    session.commit()
    return {"id": account.id}


@router.post("/login")
def login(body: Credentials, response: Response, session: DatabaseSession) -> dict[str, str]:
    """Log in: sets the cookies of the session and of its CSRF token."""
    email = body.email.strip().lower()
    account = session.scalar(select(Account).where(Account.email == email))
    if not account or not verify_password(body.password, account.password_hash):
        logger.info("refused login")
        raise HTTPException(status_code=401, detail="Wrong address or password.")
    token, csrf = new_token(), new_token()
    expires = datetime.now(timezone.utc) + timedelta(days=settings.SESSION_DAYS)
    session.add(LoginSession(token=token, account_id=account.id, expires_at=expires))
    session.add(ActivityEntry(account_id=account.id, action="login"))
    session.commit()
    age = settings.SESSION_DAYS * 86400
    response.set_cookie(SESSION_COOKIE, token, max_age=age, httponly=True, samesite="lax")
    response.set_cookie(CSRF_COOKIE, csrf, max_age=age, samesite="lax")
    return {"id": account.id}


@router.post("/logout", status_code=204)
def logout(
    session: DatabaseSession,
    response: Response,
    desk_session: Annotated[str | None, Cookie()] = None,
) -> None:
    """Forget the session."""
    login = session.get(LoginSession, desk_session) if desk_session else None
    if login is not None:
        session.delete(login)
        session.commit()
    response.delete_cookie(SESSION_COOKIE)
    response.delete_cookie(CSRF_COOKIE)
