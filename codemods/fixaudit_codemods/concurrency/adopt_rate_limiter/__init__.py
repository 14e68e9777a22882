"""Limits counted in one process, moved to the limiter that the project has."""
