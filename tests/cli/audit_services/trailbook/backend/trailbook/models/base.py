from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base class of all tables."""
