"""The tables. All times are UTC, in columns without a time zone."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, MetaData, String, Table

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), unique=True, nullable=False),
    Column("password", String(200), nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("value", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("expires_at", DateTime, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("title", String(200), nullable=False),
    Column("body", String, nullable=False, default=""),
    Column("archived", Boolean, nullable=False, default=False),
    Column("created_at", DateTime, nullable=False),
)

tags = Table(
    "tags",
    metadata,
    Column("note_id", ForeignKey("notes.id"), primary_key=True),
    Column("name", String(40), primary_key=True),
)

attachments = Table(
    "attachments",
    metadata,
    Column("digest", String(32), primary_key=True),
    Column("note_id", ForeignKey("notes.id"), nullable=False),
    Column("name", String(120), nullable=False),
)
