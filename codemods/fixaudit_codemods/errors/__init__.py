"""Findings about raising and catching exceptions."""
