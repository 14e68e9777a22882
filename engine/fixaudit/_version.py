"""The version of fixaudit, and nothing else: the build reads it without importing the engine."""

__version__ = "0.1.0"
