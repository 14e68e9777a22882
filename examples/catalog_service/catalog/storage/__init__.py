"""Where items and covers live."""

from .covers import CoverStore
from .repository import ItemRepository

__all__ = ["CoverStore", "ItemRepository"]
