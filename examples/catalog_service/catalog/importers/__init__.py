"""Importing films from the feeds of our partners."""

from .feed import FeedImporter

__all__ = ["FeedImporter"]
