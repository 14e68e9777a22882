"""Passwords and tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from notes.config import Settings
from notes.tables import tokens, users

ROUNDS = 120_000


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Salt and PBKDF2 digest, both in hex."""
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    return f"{salt.hex()}${digest.hex()}"


def check_password(password: str, stored: str) -> bool:
    """Whether the password is the one that was hashed."""
    salt, _, _ = stored.partition("$")
    return hmac.compare_digest(hash_password(password, bytes.fromhex(salt)), stored)


def issue_token(connection: Connection, user_id: int, settings: Settings) -> str:
    """A new token of the user."""
    value = secrets.token_hex(32)
    expires = datetime.utcnow() + timedelta(hours=settings.token_hours)
    connection.execute(insert(tokens).values(value=value, user_id=user_id, expires_at=expires))
    return value


def user_of_token(connection: Connection, value: str) -> int | None:
    """The user to whom a token belongs; None where there is none or it has expired."""
    row = connection.execute(select(tokens).where(tokens.c.value == value)).first()
    if row is None:
        return None
    if row.expires_at < datetime.utcnow():
        connection.execute(delete(tokens).where(tokens.c.value == value))
        return None
    return int(row.user_id)


def log_in(connection: Connection, name: str, password: str, settings: Settings) -> str | None:
    """A token where name and password fit, else None."""
    row = connection.execute(select(users).where(users.c.name == name)).first()
    if row is None or not check_password(password, row.password):
        return None
    return issue_token(connection, row.id, settings)
