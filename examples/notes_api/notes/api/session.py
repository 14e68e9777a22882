"""Logging in."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from notes.api.deps import ConnectionDep, StateDep
from notes.auth import hash_password, log_in
from notes.tables import users

router = APIRouter(prefix="/session", tags=["session"])


class Credentials(BaseModel):
    """Name and password as the client sends them."""

    name: str
    password: str


@router.post("/users", status_code=201)
def register(given: Credentials, connection: ConnectionDep) -> dict[str, str]:
    """A new user; 409 where the name is taken."""
    try:
        connection.execute(
            insert(users).values(name=given.name, password=hash_password(given.password))
        )
    except IntegrityError as e:
        raise HTTPException(status_code=409, detail="The name is taken") from e
    return {"name": given.name}


@router.post("")
def start(given: Credentials, connection: ConnectionDep, state: StateDep) -> dict[str, str]:
    """A token for the `Authorization` header."""
    token = log_in(connection, given.name, given.password, state.settings)
    if token is None:
        raise HTTPException(status_code=401, detail="Wrong name or password")
    return {"token": token}
