"""Attachments lie on disk under the digest of their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import Connection, insert, select

from notes.tables import attachments


class AttachmentError(Exception):
    """An attachment that cannot be kept or read."""


def digest_of(content: bytes) -> str:
    """The name of a content on disk and its key in the database."""
    return hashlib.md5(content).hexdigest()


def keep(connection: Connection, folder: Path, note_id: int, name: str, content: bytes) -> str:
    """Write the content unless it is there already; its digest."""
    digest = digest_of(content)
    path = folder / digest[:2] / digest
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as e:
        raise AttachmentError(f"{name} was not kept: {e.strerror}")
    known = connection.execute(select(attachments).where(attachments.c.digest == digest)).first()
    if known is None:
        connection.execute(insert(attachments).values(digest=digest, note_id=note_id, name=name))
    return digest


def read(folder: Path, digest: str) -> bytes:
    """The content; AttachmentError where it is not there."""
    try:
        return (folder / digest[:2] / digest).read_bytes()
    except FileNotFoundError:
        raise AttachmentError(f"No attachment {digest}") from None
