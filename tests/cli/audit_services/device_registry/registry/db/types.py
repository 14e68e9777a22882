"""Column types that are the same on PostgreSQL and SQLite."""

from __future__ import annotations

import json
import uuid
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.types import TypeDecorator


class GUID(TypeDecorator[str]):
    """A UUID in 36 characters."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(String(36))

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if isinstance(value, uuid.UUID):
            return str(value)
        return str(uuid.UUID(value))

    def process_result_value(self, value, dialect):
        if value is not None:
            value = str(value)
        return value


class JSONText(TypeDecorator[Any]):
    """JSON in a text column."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is not None:
            value = json.dumps(value)
        return value

    def process_result_value(self, value, dialect):
        if value is not None:
            value = json.loads(value)
        return value
