"""Lazy module globals built by one thread only."""
