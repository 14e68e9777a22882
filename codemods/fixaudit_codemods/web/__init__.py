"""Findings about routes."""
