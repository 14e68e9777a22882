"""Findings that a project knows of and has not mended yet: the baseline, and what is new against it."""
