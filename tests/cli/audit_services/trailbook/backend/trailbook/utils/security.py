"""Hashing of passwords."""

from __future__ import annotations

import hashlib

from passlib.context import CryptContext

pwd_context = CryptContext(schemes=["bcrypt"], deprecated="auto")


def _normalize_password(password: str) -> str:
    """bcrypt reads 72 bytes at most; a digest is always shorter."""
    return hashlib.sha256(password.encode("utf-8")).hexdigest()


def hash_password(password: str) -> str:
    """The hash to be stored for a password."""
    return pwd_context.hash(_normalize_password(password))


def verify_password(plain_password: str, hashed_password: str) -> bool:
    """Whether the password is that of the stored hash; hashes of version 0.3 had no digest."""
    normalized = _normalize_password(plain_password)
    try:
        if pwd_context.verify(normalized, hashed_password):
            return True
    except ValueError:
        pass
    try:
        return pwd_context.verify(plain_password, hashed_password)
    except ValueError:
        return False
