"""Passwords and tokens."""

from __future__ import annotations

import hashlib
import secrets

SCRYPT_COST = 2**12


def hash_password(password: str) -> str:
    """`salt$digest`, both in hex."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_digest(password, salt).hex()}"


def verify_password(password: str, stored: str) -> bool:
    """Whether this is the password whose hash is stored."""
    salt, _, digest = stored.partition("$")
    found = _digest(password, bytes.fromhex(salt))
    return secrets.compare_digest(found, bytes.fromhex(digest))


def new_token() -> str:
    return secrets.token_urlsafe(32)


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=SCRYPT_COST, r=8, p=1)
