"""What routes depend on."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request
from sqlalchemy import Connection, Engine

from notes.auth import user_of_token
from notes.cache import Cache
from notes.config import Settings
from notes.services.digest import Writer


@dataclass
class State:
    """The parts of one application."""

    settings: Settings
    engine: Engine
    cache: Cache
    writer: Writer


def state_of(request: Request) -> State:
    state: State = request.app.state.notes
    return state


def connection_of(state: Annotated[State, Depends(state_of)]) -> Iterator[Connection]:
    """A connection with a transaction that ends with the request."""
    with state.engine.begin() as connection:
        yield connection


def user_id_of(
    request: Request,
    connection: Annotated[Connection, Depends(connection_of)],
    authorization: Annotated[str, Header()] = "",
) -> int:
    """Who asks; 401 where the token is missing or has expired."""
    user_id = user_of_token(connection, authorization.removeprefix("Bearer "))
    if user_id is None:
        raise HTTPException(status_code=401, detail="Log in first")
    request.state.user_id = user_id
    return user_id


def administrator(
    state: Annotated[State, Depends(state_of)], x_admin_token: Annotated[str, Header()] = ""
) -> None:
    """Lets administrators pass; 403 for everybody else."""
    if not hmac.compare_digest(x_admin_token.encode(), state.settings.admin_token.encode()):
        raise HTTPException(status_code=403, detail="Not an administrator")


StateDep = Annotated[State, Depends(state_of)]
ConnectionDep = Annotated[Connection, Depends(connection_of)]
UserDep = Annotated[int, Depends(user_id_of)]
