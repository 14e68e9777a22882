"""Findings about log calls and prints."""
